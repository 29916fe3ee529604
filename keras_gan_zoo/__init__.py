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
    monitor,
    penalties,
    picture_files,
    pictures,
    schedules,
    translation_callbacks,
)
from keras_gan_zoo.models import (
    DCGAN,
    ConditionalGAN,
    CycleGAN,
    InfoGAN,
    Pix2Pix,
    VanillaGAN,
)
from keras_gan_zoo.monitor import CollapseMonitor
from keras_gan_zoo.storage import load

__all__ = [
    "DCGAN",
    "CollapseMonitor",
    "ConditionalGAN",
    "CycleGAN",
    "InfoGAN",
    "Pix2Pix",
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
    "monitor",
    "penalties",
    "picture_files",
    "pictures",
    "schedules",
    "translation_callbacks",
]
__version__ = "0.1.0"
