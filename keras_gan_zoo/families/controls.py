"""Descriptions of what the user of a trained model can choose.

A control describes one argument of the model's verb (`generate`, `translate`,
...). The command line makes flags from controls and the explorer makes
widgets, so that both work with any architecture.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Control:
    """Describes one argument of a model's verb.

    Attributes:
        name: str, the name of the argument.
        label: str, the text next to the widget, e.g. `"Classes"`.
        help: str, a short phrase about what the argument does.
    """

    name: str
    label: str
    help: str


@dataclasses.dataclass(frozen=True)
class Labels(Control):
    """Chooses the class of each sample.

    Attributes:
        num_classes: int, number of classes.
        names: list of the names of the classes, or None.
    """

    num_classes: int
    names: list | None = None


@dataclasses.dataclass(frozen=True)
class Codes(Control):
    """Chooses the values of named latent codes.

    Attributes:
        book: `keras_gan_zoo.objectives.codebook.CodeBook`, the codes.
    """

    book: object


@dataclasses.dataclass(frozen=True)
class Resolution(Control):
    """Chooses the height and width of the samples of a growing model.

    Attributes:
        sides: list of ints, the sizes in pixels that have been trained.
    """

    sides: list


@dataclasses.dataclass(frozen=True)
class Choice(Control):
    """Chooses one of a few names.

    Attributes:
        options: dict from values to their meaning. The first value is the
            default.
    """

    options: dict


@dataclasses.dataclass(frozen=True)
class Switch(Control):
    """Turns off something that is on by default."""


@dataclasses.dataclass(frozen=True)
class Number(Control):
    """Chooses an int, or `None` for no number."""


@dataclasses.dataclass(frozen=True)
class Amount(Control):
    """Chooses a positive float, or `None` for none.

    Attributes:
        low: float, the least value that is worth trying.
        high: float, the largest value that is worth trying.
    """

    low: float
    high: float
