"""The objectives of players: losses, penalties, schedules, codes."""

from keras_gan_zoo.objectives import (
    codebook,
    codes,
    losses,
    path_length,
    penalties,
    regularizers,
    schedules,
    weights,
)

__all__ = [
    "codebook",
    "codes",
    "losses",
    "path_length",
    "penalties",
    "regularizers",
    "schedules",
    "weights",
]
