"""The trained model that a training starts from, instead of new weights."""

import json
import pathlib
import zipfile

from keras_gan_zoo.files import cards, registry
from keras_gan_zoo.files.lookup import look_up


def described(start):
    """Reads what a trained model is, without Keras.

    Args:
        start: name or folder of a preset, or path of a `.keras` file.

    Returns:
        The name of the architecture, and the size `(height, width)` of its
        images, or None if it has no images of one size.

    Raises:
        ValueError: if there is no such model, or its architecture is not
            registered.

    Example:

    >>> described("dcgan_emoji_64")
    ('dcgan', (64, 64))
    """
    class_name, config = _read(start)
    known = registry.of_class(class_name)
    if known is None:
        raise ValueError(
            "A training starts from a model of an architecture that `list` "
            f"shows. Expected one of {', '.join(registry.architectures())}. "
            f"Received: --from {start}, a {class_name}."
        )
    shape = config.get("image_shape")
    return known.name, None if shape is None else tuple(shape[:2])


def arguments(start):
    """Reads the arguments of a trained model, without Keras.

    Args:
        start: name or folder of a preset, or path of a `.keras` file.

    Returns:
        Dict, the config of the model.

    Example:

    >>> arguments("dcgan_emoji_64")["image_shape"]
    [64, 64, 3]
    """
    return _read(start)[1]


def is_preset(start):
    """Says whether a model is a preset. Otherwise it is a file.

    Args:
        start: name or folder of a preset, or path of a `.keras` file.

    Raises:
        ValueError: if there is no such model.
    """
    path = pathlib.Path(start).expanduser()
    if path.is_file():
        return False
    if not path.is_dir():
        look_up(start, cards.list_presets(), "pretrained model (--from)")
    return True


def opened(start):
    """Loads the model, not compiled.

    Args:
        start: name or folder of a preset, or path of a `.keras` file.
    """
    from keras_gan_zoo.files import presets, storage  # import Keras

    if is_preset(start):
        return presets.from_preset(start)
    return storage.load(pathlib.Path(start).expanduser(), compile=False)


def _read(start):
    """Returns the name of the class and the config."""
    if is_preset(start):
        card = cards.card_of(start)
        return card["class"], card["config"]
    return _read_file(start)


def _read_file(path):
    try:
        with zipfile.ZipFile(pathlib.Path(path).expanduser()) as archive:
            found = json.loads(archive.read("config.json"))
        return found["class_name"], found["config"]
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ValueError(
            "Expected the name of a pretrained model, its folder, or a .keras "
            f"file. Received: --from {path}, which is none."
        ) from error
