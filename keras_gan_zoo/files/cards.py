"""The cards of pretrained models. Reading them needs no Keras."""

import functools
import json
import pathlib

from keras_gan_zoo.files import shipped
from keras_gan_zoo.files.lookup import look_up

#: Version of the card format that this package writes and reads.
FORMAT = 1


def list_presets(class_name=None):
    """Lists the presets that ship with the package.

    Args:
        class_name: name of a class, e.g. `"DCGAN"`, to list only its presets.
            None: all presets.

    Returns:
        Dict of names to cards, dicts.

    Example:

    >>> "vanilla_gan_digits_8" in list_presets("VanillaGAN")
    True
    """
    return {
        name: card
        for name, card in _shipped().items()
        if class_name in (None, card["class"])
    }


@functools.cache
def _shipped():
    cards = {}
    for path in shipped.files("card.json"):
        card = json.loads(path.read_text(encoding="utf-8"))
        if "format" in card:  # the metrics' classifiers have no format
            cards[path.parent.name] = card
    return cards


def card_of(preset):
    """Returns the card of a preset as a dict.

    Args:
        preset: name of a preset that ships with the package, or path of a
            folder that `save_to_preset` wrote.

    Raises:
        ValueError: if there is no such preset, or its card is not valid.

    Example:

    >>> card_of("vanilla_gan_digits_8")["class"]
    'VanillaGAN'
    """
    return read_card(path_of(preset))


def path_of(preset):
    """Returns the path of a preset's card; see `card_of`."""
    folder = pathlib.Path(preset).expanduser()
    if folder.is_dir():
        return folder / "card.json"
    look_up(preset, _shipped(), "preset")
    return shipped.path(preset, "card.json")


def read_card(path):
    """Reads and checks a card.

    Args:
        path: path of the `card.json`.

    Raises:
        ValueError: if the file is not a card, or its format is newer than
            this package.
    """
    try:
        card = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        version = card["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"Expected the card of a preset, written by save_to_preset, in "
            f"{path}. Received: {error!r}."
        ) from error
    if version > FORMAT:
        raise ValueError(
            f"{path} was written by a newer keras_gan_zoo. Expected cards of "
            f"format {FORMAT} at most. Received: format {version}. Update: "
            "pip install --upgrade keras_gan_zoo."
        )
    return card
