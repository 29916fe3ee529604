"""The GAN model zoo for Keras 3."""

import importlib

__version__ = "0.1.0"

#: Public modules and functions that stand deeper in the package.
_PLACES = {
    "codes": "objectives.codes",
    "distribute": "engine.distribute",
    "evaluate": "metrics.evaluation:evaluate",
    "explorer": "control.explorer",
    "from_preset": "files.presets:from_preset",
    "list_presets": "files.presets:list_presets",
    "load": "files.storage:load",
    "losses": "objectives.losses",
    "penalties": "objectives.penalties",
    "pictures": "modalities.pictures",
    "schedules": "objectives.schedules",
}
_FOLDERS = (
    "blocks",
    "callbacks",
    "control",
    "data",
    "engine",
    "families",
    "files",
    "layers",
    "metrics",
    "modalities",
    "models",
    "objectives",
    "tuning",
)
_FAMILIES = ("GAN", "GrowingGAN", "LatentGAN", "TranslationGAN")
_MODELS = (
    "ConditionalGAN",
    "CycleGAN",
    "DCGAN",
    "InfoGAN",
    "Pix2Pix",
    "ProGAN",
    "VanillaGAN",
)
__all__ = sorted([*_FOLDERS, *_PLACES, *_FAMILIES, *_MODELS])


def __getattr__(name):
    # Nothing is imported before it is asked for: neither Keras for a look at
    # the version, nor forty architectures for one of them.
    if name in _FOLDERS:
        place = name
    elif name in _FAMILIES:
        place = f"families:{name}"
    elif name in _MODELS:
        place = f"models:{name}"
    elif name in _PLACES:
        place = _PLACES[name]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = place.partition(":")
    found = importlib.import_module(f"keras_gan_zoo.{module}")
    return getattr(found, attribute) if attribute else found


def __dir__():
    return __all__
