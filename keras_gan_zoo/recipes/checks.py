"""Finds errors of a recipe without Keras."""

from keras_gan_zoo.files import cards, places, registry, signatures
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.recipes import words

#: Sources that name folders.
FOLDERS = ("folder", "pairs", "unpaired")
#: All kinds of sources; `keras_gan_zoo.data.source` reads them.
KINDS = ("digits", "emoji", "photographs", "tfds", *FOLDERS)


def check(recipe):
    """Raises a `ValueError` unless a recipe can be tried.

    Args:
        recipe: `Recipe`.

    Example:

    >>> from keras_gan_zoo.recipes import of_preset
    >>> check(of_preset("vanilla_gan_digits_8"))
    """
    known = registry.architecture(recipe.architecture)
    for method, given in (
        ("__init__", recipe.arguments),
        ("compile", recipe.settings),
    ):
        # A class from another package may take any argument.
        accepted = signatures.arguments(known, method)
        for name in given if accepted is not None else ():
            if name.endswith("_optimizer") and not any(
                one.endswith("_optimizer") for one in accepted
            ):
                continue  # one for each player, with unknown arguments
            where = "" if method == "__init__" else f".{method}"
            kind = f"argument of {known.class_name}{where}"
            look_up(name, dict.fromkeys(accepted), kind)
    check_source(recipe.data, provenance(recipe))


def check_source(data, provenance=""):
    """Raises a `ValueError` if the data do not exist.

    Args:
        data: string, a source, see `keras_gan_zoo.data.read_source`.
        provenance: string, the first sentence of the error.

    Example:

    >>> check_source("digits")
    """
    kind, _, name = data.partition(":")
    look_up(kind, dict.fromkeys(KINDS), "source of data (--data)")
    if kind not in FOLDERS:
        return
    for place in places.places(name):
        root = places.root_of(place)
        if not root.is_dir():
            what = "is a file" if root.exists() else "does not exist"
            raise ValueError(
                f"{provenance}Expected {kind}:PATH as data (--data), with "
                f"folders of pictures. Received: {data}, but {root} {what}."
            )


def provenance(recipe):
    """Returns a sentence about the training data of a preset.

    Args:
        recipe: `Recipe`. The sentence is empty if its data are not the
            preset's own.
    """
    if recipe.preset is None:
        return ""
    if recipe.data != words.of_preset(recipe.preset).data:
        return ""
    data = cards.card_of(recipe.preset).get("data", "data of its own")
    return (
        f"{recipe.preset} was trained on {data} ({recipe.data}), which do "
        "not come with the package. "
    )
