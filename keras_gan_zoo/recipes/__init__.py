"""Recipes: architecture, arguments, data and epochs of a model.

Each preset that ships with the package has such a recipe.
"""

import importlib

#: Names that this package exports, and the modules that define them.
_PLACES = {"Recipe": "words", "of_preset": "words", "recipe": "build"}
__all__ = ["Recipe", "of_preset", "recipe"]


def __getattr__(name):
    # Reading a recipe needs no Keras. Only `recipe` makes a model.
    if name in _PLACES:
        module = importlib.import_module(f"{__name__}.{_PLACES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
