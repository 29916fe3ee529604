"""The GAN model zoo for Keras 3."""

from keras_gan_zoo import (
    callbacks,
    codes,
    control,
    control_callbacks,
    data,
    layers,
    losses,
    metrics,
    penalties,
    pictures,
)
from keras_gan_zoo.models import DCGAN, ConditionalGAN, InfoGAN, VanillaGAN
from keras_gan_zoo.storage import load

__all__ = [
    "DCGAN",
    "ConditionalGAN",
    "InfoGAN",
    "VanillaGAN",
    "callbacks",
    "codes",
    "control",
    "control_callbacks",
    "data",
    "layers",
    "load",
    "losses",
    "metrics",
    "penalties",
    "pictures",
]
__version__ = "0.1.0"
