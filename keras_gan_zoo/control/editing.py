"""Changes pictures along directions of a model's latents."""

import numpy as np

from keras_gan_zoo.control.blending import blend
from keras_gan_zoo.control.projection import checked_images, generate_from


def edit(gan, images, projection, move, color_weight=1.0):
    """Moves projected pictures and blends the change back into them.

    A model reproduces a picture only nearly. What is new in the moved image
    is added to the picture itself, which keeps details that the model does
    not know. `blend` then takes coarse colors from the moved image.

    Args:
        gan: the model of the projection.
        images: float array `(num, height, width, channels)` in [-1, 1], the
            pictures.
        projection: `Projection` of these pictures.
        move: float array that is added to the latents, as in `generate_from`.
        color_weight: float, how much the coarse colors of the moved image
            count, as in `blend`.

    Returns:
        float32 array like `images`.

    Raises:
        ValueError: if the pictures do not fit to the model or the projection.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> pictures = gan.generate(2, seed=0)
    >>> found = kgz.control.project(gan, pictures, steps=2, verbose=0)
    >>> way = kgz.control.directions.principal(gan, num=1)
    >>> edit(gan, pictures, found, 2 * way).shape
    (2, 8, 8, 1)
    """
    images = checked_images(gan, images)
    if images.shape != projection.images.shape:
        raise ValueError(
            "Pictures are changed along with what was found for them. Expected "
            f"images of shape {projection.images.shape}. Received: "
            f"images.shape={images.shape}"
        )
    moved = generate_from(gan, projection, move)
    wanted = images + moved - projection.images
    return np.stack(
        [
            blend(new, old, color_weight=color_weight, color=color)
            for new, old, color in zip(wanted, images, moved)
        ]
    )
