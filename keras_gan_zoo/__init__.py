"""The GAN model zoo for Keras 3."""

import importlib

__version__ = "0.1.0"

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
    "recipes",
    "tuning",
)
#: Public modules, functions and classes of deeper modules.
_PLACES = {
    "ClassifyingGAN": "families:ClassifyingGAN",
    "EncodingGAN": "families:EncodingGAN",
    "GAN": "families:GAN",
    "GrowingGAN": "families:GrowingGAN",
    "InpaintingGAN": "families:InpaintingGAN",
    "LatentGAN": "families:LatentGAN",
    "SuperResolutionGAN": "families:SuperResolutionGAN",
    "TranslationGAN": "families:TranslationGAN",
    "codes": "objectives.codes",
    "distribute": "engine.distribute",
    "evaluate": "metrics.evaluation:evaluate",
    "explorer": "control.explorer",
    "from_preset": "files.presets:from_preset",
    "list_architectures": "files.registry:architectures",
    "list_presets": "files.cards:list_presets",
    "load": "files.storage:load",
    "losses": "objectives.losses",
    "masks": "objectives.masks",
    "penalties": "objectives.penalties",
    "perceptual": "blocks.perceptual",
    "pictures": "modalities.pictures",
    "recipe": "recipes.build:recipe",
    "register": "files.registry:register",
    "report": "metrics.reporting:report",
    "regularizers": "objectives.regularizers",
    "schedules": "objectives.schedules",
}


def __getattr__(name):
    # Everything is imported on first use: a look at the version needs no
    # Keras, and one architecture does not need forty.
    if name == "__all__":
        return __dir__()
    if name in _FOLDERS:
        return importlib.import_module(f"keras_gan_zoo.{name}")
    if name in _PLACES:
        module, _, attribute = _PLACES[name].partition(":")
        found = importlib.import_module(f"keras_gan_zoo.{module}")
        return getattr(found, attribute) if attribute else found
    models = importlib.import_module("keras_gan_zoo.models")
    if name.startswith("_") or name not in dir(models):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(models, name)


def __dir__():
    models = importlib.import_module("keras_gan_zoo.models")
    return sorted([*_FOLDERS, *_PLACES, *dir(models)])
