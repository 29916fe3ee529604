"""Metrics by short names, as in papers and on the command line."""

import keras

from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.class_accuracy import ClassAccuracy
from keras_gan_zoo.metrics.frechet import FrechetDistance
from keras_gan_zoo.metrics.inception_score import InceptionScore
from keras_gan_zoo.metrics.kernel import KernelDistance
from keras_gan_zoo.metrics.manifold import DensityCoverage, PrecisionRecall
from keras_gan_zoo.metrics.modes import ModeCoverage
from keras_gan_zoo.metrics.ms_ssim import MSSSIM
from keras_gan_zoo.metrics.perceptual import PerceptualDistance
from keras_gan_zoo.metrics.psnr import PSNR
from keras_gan_zoo.metrics.sliced_wasserstein import SlicedWassersteinDistance
from keras_gan_zoo.metrics.ssim import SSIM

# The unbiased kernel distance may use subsets of any size. Papers use this
# one.
KERNEL_SUBSET = 1000
CROPPED = 4  # pixels at each border, for a scale of 4


def get(identifier, extractor="pixels", image_shape=None, num_subset=None):
    """Makes the metrics of a name.

    ============  =======================================================
    "fid"         `FrechetDistance`
    "kid"         `KernelDistance`
    "prdc"        `PrecisionRecall` and `DensityCoverage`
    "is"          `InceptionScore`
    "swd"         `SlicedWassersteinDistance`
    "ms_ssim"     `MSSSIM`
    "modes"       `ModeCoverage`, a mode for each class of the classifier
    "accuracy"    `ClassAccuracy`, for models with labels
    "psnr"        `PSNR`, for models of pairs
    "ssim"        `SSIM`, for models of pairs
    "psnr_y"      `PSNR` of the luminance, without a border of 4 pixels, as
                  papers report it for a scale of 4
    "ssim_y"      `SSIM` of the luminance, without a border of 4 pixels
    "perceptual"  `PerceptualDistance`, for models of pairs
    ============  =======================================================

    Args:
        identifier: a name of the table, or a metric, which is returned as
            it is.
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`. Metrics of classes use the
            matching classifier: `"mnist_softmax"` for `"mnist"`.
        image_shape: tuple `(height, width, channels)`. Metrics of classes
            need it to count the classes.
        num_subset: int, the smallest number of images of one sample, or
            None. The kernel distance uses no larger subsets.

    Returns:
        List of metrics.

    Raises:
        ValueError: if there is no such metric, or no classifier for it.

    Example:

    >>> [metric.name for metric in get("prdc")]
    ['precision_recall', 'density_coverage']
    """
    if isinstance(identifier, keras.metrics.Metric):
        return [identifier]
    make = look_up(identifier, METRICS, "metric")
    return make(extractor, image_shape, num_subset)


def _kernel(extractor, image_shape, num_subset):
    size = min(KERNEL_SUBSET, num_subset or KERNEL_SUBSET)
    return [KernelDistance(extractor, subset_size=size)]


def _of_classes(cls):
    def make(extractor, image_shape, num_subset):
        classifier = features.classifier(extractor)
        num_classes = features.num_features(classifier, image_shape)
        return [cls(classifier, num_classes)]

    return make


METRICS = {
    "fid": lambda extractor, *_: [FrechetDistance(extractor)],
    "kid": _kernel,
    "prdc": lambda extractor, *_: [
        PrecisionRecall(extractor),
        DensityCoverage(extractor),
    ],
    "is": lambda extractor, *_: [
        InceptionScore(features.classifier(extractor))
    ],
    "swd": lambda *_: [SlicedWassersteinDistance()],
    "ms_ssim": lambda *_: [MSSSIM()],
    "modes": _of_classes(ModeCoverage),
    "accuracy": _of_classes(ClassAccuracy),
    "psnr": lambda *_: [PSNR()],
    "ssim": lambda *_: [SSIM()],
    "psnr_y": lambda *_: [PSNR(True, CROPPED, name="psnr_y")],
    "ssim_y": lambda *_: [SSIM(True, CROPPED, name="ssim_y")],
    "perceptual": lambda *_: [PerceptualDistance()],
}
