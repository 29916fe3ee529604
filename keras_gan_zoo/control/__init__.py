"""Controls of a trained model, in pictures and in the browser."""

from keras_gan_zoo.control import directions, picture_files
from keras_gan_zoo.control.arrange import (
    class_grid,
    interpolate,
    interpolate_classes,
    latent_arithmetic,
    linear,
    picture,
    spherical,
    traverse,
)

__all__ = [
    "class_grid",
    "directions",
    "interpolate",
    "interpolate_classes",
    "latent_arithmetic",
    "linear",
    "picture",
    "picture_files",
    "spherical",
    "traverse",
]
