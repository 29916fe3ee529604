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
    picture_files,
    pictures,
    progressive_layers,
    schedules,
    translation_callbacks,
)
from keras_gan_zoo.models import (
    DCGAN,
    ConditionalGAN,
    CycleGAN,
    InfoGAN,
    Pix2Pix,
    ProGAN,
    VanillaGAN,
)
from keras_gan_zoo.storage import load

__all__ = [
    "DCGAN",
    "ConditionalGAN",
    "CycleGAN",
    "InfoGAN",
    "Pix2Pix",
    "ProGAN",
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
    "picture_files",
    "pictures",
    "progressive_layers",
    "schedules",
    "translation_callbacks",
]
__version__ = "0.1.0"
