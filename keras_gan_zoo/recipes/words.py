"""Recipes as words of the command line, read at once without Keras."""

import dataclasses
import json
import shlex

from keras_gan_zoo.files import cards, registry
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.recipes import start

PROGRAM = ["keras-gan-zoo", "train"]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The settings from which a model is made and trained.

    Attributes:
        architecture: name of the architecture, e.g. `"dcgan"`.
        data: string, source of the dataset, see
            `keras_gan_zoo.data.read_source`.
        epochs: int, passes over the dataset.
        batch_size: int, or None for the default of the source.
        image_size: tuple `(height, width)` in pixels, or None for the size in
            the source.
        seed: int, seed of the first weights and the order of the data.
        data_dir: path of the folder of TensorFlow Datasets, or None for the
            default folder.
        arguments: dict, arguments of the class.
        settings: dict, arguments of `compile`.
        preset: name or folder of the recipe's preset, or None.
        start: preset or `.keras` file whose weights the training starts from,
            or None for new weights. Its model has arguments of its own, so
            `arguments` is empty.

    Example:

    >>> Recipe("dcgan", "digits", epochs=10).command("runs/digits")
    'keras-gan-zoo train dcgan --data digits --epochs 10 --out runs/digits'
    """

    architecture: str
    data: str
    epochs: int
    batch_size: int | None = None
    image_size: tuple | None = None
    seed: int = 0
    data_dir: str | None = None
    arguments: dict = dataclasses.field(default_factory=dict)
    settings: dict = dataclasses.field(default_factory=dict)
    preset: str | None = None
    start: str | None = None

    def changed(self, arguments=None, settings=None, **others):
        """Returns a recipe with other values.

        Args:
            arguments: dict, added to the arguments of the class.
            settings: dict, added to the arguments of `compile`.
            **others: other attributes. None keeps the recipe's value.
        """
        return dataclasses.replace(
            self,
            arguments={**self.arguments, **(arguments or {})},
            settings={**self.settings, **(settings or {})},
            **{k: v for k, v in others.items() if v is not None},
        )

    def command(self, out):
        """Returns the command that trains the recipe, as a string.

        Args:
            out: path of the folder for the training.
        """
        words = [*PROGRAM, self.architecture, "--data", self.data]
        for name in ("batch_size", "image_size", "data_dir"):
            value = getattr(self, name)
            if name == "image_size" and value is not None:
                value = "{}x{}".format(*value)
            if value is not None:
                words += [f"--{name.replace('_', '-')}", value]
        if self.start is not None:
            words += ["--from", self.start]
        if self.seed:
            words += ["--seed", self.seed]
        words += ["--epochs", self.epochs]
        for flag, values in (
            ("--set", self.arguments),
            ("--compile", self.settings),
        ):
            for name, value in values.items():
                value = value if isinstance(value, str) else json.dumps(value)
                words += [flag, f"{name}={value}"]
        return shlex.join(map(str, [*words, "--out", out]))


def of_preset(preset):
    """Reads the recipe of a preset from the command on its card.

    Args:
        preset: name of a preset that ships with the package, or path of a
            folder that `save_to_preset` wrote.

    Returns:
        `Recipe`.

    Raises:
        ValueError: if there is no such preset, or another program trained
            it.

    Example:

    >>> of_preset("vanilla_gan_digits_8").epochs
    100
    """
    command = cards.card_of(preset).get("command")
    words = shlex.split(command or "")
    if words[:2] != PROGRAM:
        raise ValueError(
            f"{preset} has no recipe, because another program trained it. "
            "Expected a card with the command keras-gan-zoo train ... "
            f"Received: command={command!r}. If that is a program, run it."
        )
    return dataclasses.replace(read(command), preset=str(preset))


def read(command):
    """Reads a command `keras-gan-zoo train ...`.

    Args:
        command: string. Its flags `--out` and `--strategy` are ignored.

    Returns:
        `Recipe`.

    Raises:
        ValueError: if the command has unknown words, or some are missing.

    Example:

    >>> recipe = read("keras-gan-zoo train dcgan --data digits --epochs 2")
    >>> recipe.architecture, recipe.epochs
    ('dcgan', 2)
    """
    words = shlex.split(command)[2:]
    name = words.pop(0) if words and not words[0].startswith("--") else ""
    found, arguments, settings = {}, {}, {}
    words = [
        part
        for word in words
        for part in (word.split("=", 1) if word.startswith("--") else [word])
    ]
    for flag, value in zip(words[::2], words[1::2]):
        if flag in ("--set", "--compile"):
            given = arguments if flag == "--set" else settings
            given.update([assignment(value)])
        elif flag not in ("--out", "--strategy"):
            key, kind = look_up(flag, FLAGS, "flag of keras-gan-zoo train")
            found[key] = kind(value)
    if "start" in found:
        architecture, size = start.described(found["start"])
        name = name or architecture
        found.setdefault("image_size", size)
    if name not in registry.architectures() and name in cards.list_presets():
        return of_preset(name).changed(arguments, settings, **found)
    missing = [key for key in ("data", "epochs") if key not in found]
    if not name or missing:
        raise ValueError(
            "Expected keras-gan-zoo train ARCHITECTURE --data SOURCE "
            f"--epochs NUMBER. Received: {command}."
        )
    return Recipe(name, **found, arguments=arguments, settings=settings)


def assignment(text):
    """Reads `NAME=VALUE`, where the value is JSON, or else text.

    Args:
        text: string, a word of the command line.

    Returns:
        `(name, value)`.

    Raises:
        ValueError: if there is no `=`.

    Example:

    >>> assignment("filters=[8,16]")
    ('filters', [8, 16])
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"Expected NAME=VALUE. Received: {text}")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def size(text):
    """Reads `HEIGHTxWIDTH`, or one number for both.

    Args:
        text: string, a word of the command line.

    Returns:
        Tuple of two ints.

    Raises:
        ValueError: if the text has another form.

    Example:

    >>> size("64x32"), size("64")
    ((64, 32), (64, 64))
    """
    height, cross, width = text.partition("x")
    width = width if cross else height
    if not (height.isdecimal() and width.isdecimal()):
        raise ValueError(
            "Expected a size in pixels such as 64x32 (height, width) or 64. "
            f"Received: {text}"
        )
    return int(height), int(width)


#: Maps flags to attributes of `Recipe`, and to functions that read values.
FLAGS = {
    "--data": ("data", str),
    "--epochs": ("epochs", int),
    "--batch-size": ("batch_size", int),
    "--image-size": ("image_size", size),
    "--seed": ("seed", int),
    "--data-dir": ("data_dir", str),
    "--from": ("start", str),
}
