"""The GAN model zoo for Keras 3."""

import importlib

from keras_gan_zoo import (
    augmentation,
    callbacks,
    codes,
    control,
    control_callbacks,
    distribute,
    evaluation_callbacks,
    layers,
    losses,
    metrics,
    monitor,
    penalties,
    picture_files,
    pictures,
    progressive_layers,
    schedules,
    translation_callbacks,
)
from keras_gan_zoo.evaluation import evaluate
from keras_gan_zoo.models import (
    DCGAN,
    ConditionalGAN,
    CycleGAN,
    InfoGAN,
    Pix2Pix,
    ProGAN,
    VanillaGAN,
)
from keras_gan_zoo.monitor import CollapseMonitor
from keras_gan_zoo.presets import from_preset, list_presets
from keras_gan_zoo.storage import load

__all__ = [
    "DCGAN",
    "CollapseMonitor",
    "ConditionalGAN",
    "CycleGAN",
    "InfoGAN",
    "Pix2Pix",
    "ProGAN",
    "VanillaGAN",
    "augmentation",
    "callbacks",
    "codes",
    "control",
    "control_callbacks",
    "data",
    "distribute",
    "evaluate",
    "evaluation_callbacks",
    "from_preset",
    "layers",
    "list_presets",
    "load",
    "losses",
    "metrics",
    "monitor",
    "penalties",
    "picture_files",
    "pictures",
    "progressive_layers",
    "schedules",
    "translation_callbacks",
]
__version__ = "0.1.0"


def __getattr__(name):
    # The data come through TensorFlow on every backend. Where that is not
    # imported yet, on JAX and PyTorch, nobody waits for it before they do.
    if name == "data":
        return importlib.import_module("keras_gan_zoo.data")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
