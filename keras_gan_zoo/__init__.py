"""The GAN model zoo for Keras 3."""

from keras_gan_zoo import (
    callbacks,
    data,
    layers,
    losses,
    penalties,
    pictures,
)
from keras_gan_zoo.models import DCGAN, VanillaGAN
from keras_gan_zoo.storage import load

__all__ = [
    "DCGAN",
    "VanillaGAN",
    "callbacks",
    "data",
    "layers",
    "load",
    "losses",
    "penalties",
    "pictures",
]
__version__ = "0.1.0"
