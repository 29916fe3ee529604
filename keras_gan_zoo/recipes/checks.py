"""What is wrong with a recipe, as far as that shows without Keras."""

from keras_gan_zoo.files import cards, places, registry, signatures
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.recipes import words

#: Sources that name folders.
FOLDERS = ("folder", "pairs", "unpaired")


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
        # A class from outside of the package may take anything.
        accepted = signatures.arguments(known, method)
        for name in given if accepted is not None else ():
            if name.endswith("_optimizer") and not any(
                one.endswith("_optimizer") for one in accepted
            ):
                continue  # one for each player, of whom nothing is written
            where = "" if method == "__init__" else f".{method}"
            kind = f"argument of {known.class_name}{where}"
            look_up(name, dict.fromkeys(accepted), kind)
    check_data(recipe)


def check_data(recipe):
    """Raises a `ValueError` if a folder of the data does not exist.

    Args:
        recipe: `Recipe`.
    """
    kind, _, name = recipe.data.partition(":")
    if kind not in FOLDERS:
        return
    for place in places.places(name):
        root = places.root_of(place)
        if not root.is_dir():
            what = "is a file" if root.exists() else "does not exist"
            raise ValueError(
                f"{provenance(recipe)}Expected {kind}:PATH as data (--data), "
                f"with folders of pictures. Received: {recipe.data}, but "
                f"{root} {what}."
            )


def provenance(recipe):
    """Says what a preset was trained on, a sentence.

    Args:
        recipe: `Recipe`. Of data that are not a preset's own there is
            nothing to say, and the sentence is empty.
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
