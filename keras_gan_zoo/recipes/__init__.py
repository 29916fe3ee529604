"""How a model is made and trained: architecture, arguments, data, epochs.

Each preset that ships with the package has such a recipe.
"""

import importlib

#: Names that this folder offers, and the modules that define them.
_PLACES = {"Recipe": "words", "of_preset": "words", "recipe": "build"}
__all__ = ["Recipe", "of_preset", "recipe"]


def __getattr__(name):
    # A recipe can be read without Keras. Only `recipe` makes a model.
    if name in _PLACES:
        module = importlib.import_module(f"{__name__}.{_PLACES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
