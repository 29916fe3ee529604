"""Metrics of generated images. See `base.SampleMetric` for how to use them."""

from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.class_accuracy import ClassAccuracy
from keras_gan_zoo.metrics.frechet import FrechetDistance
from keras_gan_zoo.metrics.inception_score import InceptionScore
from keras_gan_zoo.metrics.kernel import KernelDistance
from keras_gan_zoo.metrics.manifold import DensityCoverage, PrecisionRecall
from keras_gan_zoo.metrics.modes import MixtureCoverage, ModeCoverage
from keras_gan_zoo.metrics.ms_ssim import MSSSIM
from keras_gan_zoo.metrics.perceptual import PerceptualDistance
from keras_gan_zoo.metrics.psnr import PSNR
from keras_gan_zoo.metrics.registry import get
from keras_gan_zoo.metrics.score import Score
from keras_gan_zoo.metrics.sliced_wasserstein import SlicedWassersteinDistance
from keras_gan_zoo.metrics.ssim import SSIM

__all__ = [
    "MSSSIM",
    "PSNR",
    "SSIM",
    "ClassAccuracy",
    "DensityCoverage",
    "FrechetDistance",
    "InceptionScore",
    "KernelDistance",
    "MixtureCoverage",
    "ModeCoverage",
    "PerceptualDistance",
    "PrecisionRecall",
    "Score",
    "SlicedWassersteinDistance",
    "features",
    "get",
]
