"""What a trained model lets its user choose, as data.

A control is one argument of the model's verb (`generate`, `translate`, ...).
Command-line flags and the widgets of the explorer are made from it, so that
neither knows any architecture.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Control:
    """Describes one argument of a model's verb.

    Attributes:
        name: the name of the argument.
        label: what a person reads beside the widget, e.g. `"Classes"`.
        help: what it does, a short phrase.
    """

    name: str
    label: str
    help: str


@dataclasses.dataclass(frozen=True)
class Labels(Control):
    """The class of each sample.

    Attributes:
        num_classes: int, how many classes there are.
        names: list of their names, or None where they are not known.
    """

    num_classes: int
    names: list | None = None


@dataclasses.dataclass(frozen=True)
class Codes(Control):
    """The values of named latent codes.

    Attributes:
        book: `keras_gan_zoo.objectives.codebook.CodeBook`, the codes.
    """

    book: object


@dataclasses.dataclass(frozen=True)
class Resolution(Control):
    """The height and width of the samples of a model that grows.

    Attributes:
        sides: list of ints, those that have been trained.
    """

    sides: list


@dataclasses.dataclass(frozen=True)
class Choice(Control):
    """One of a few names.

    Attributes:
        options: dict of values to what they mean. The first is the default.
    """

    options: dict


@dataclasses.dataclass(frozen=True)
class Switch(Control):
    """Something that is on by default and can be turned off."""


@dataclasses.dataclass(frozen=True)
class Number(Control):
    """An int, or `None` for no number."""
