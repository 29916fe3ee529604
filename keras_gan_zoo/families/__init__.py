"""The abstract base classes of the architectures, without any network."""

from keras_gan_zoo.families.classifying import ClassifyingGAN
from keras_gan_zoo.families.encoding import EncodingGAN
from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.families.growing import GrowingGAN
from keras_gan_zoo.families.inpainting import InpaintingGAN
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.families.super_resolution import SuperResolutionGAN
from keras_gan_zoo.families.translation import TranslationGAN

__all__ = [
    "GAN",
    "ClassifyingGAN",
    "EncodingGAN",
    "GrowingGAN",
    "InpaintingGAN",
    "LatentGAN",
    "Losses",
    "SuperResolutionGAN",
    "TranslationGAN",
]
