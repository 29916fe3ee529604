"""The search for good settings; needs `pip install "keras_gan_zoo[tuner]"`."""

import importlib

__all__ = ["HyperGAN", "tune"]


def __getattr__(name):
    # KerasTuner is an extra. Names that do not need it load without it.
    if name in __all__:
        return getattr(
            importlib.import_module("keras_gan_zoo.tuning.hyper"), name
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
