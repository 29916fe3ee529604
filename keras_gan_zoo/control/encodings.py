"""Real pictures in the latents of a model with an encoder."""

import numpy as np

from keras_gan_zoo.control.arrange import interpolate
from keras_gan_zoo.control.projection import Projection, checked_images


def encode(gan, images, batch_size=256):
    """Finds the latents of pictures with an encoder, without a search.

    The result is the same as that of `project`: `generate_from` and `edit`
    take it.

    Args:
        gan: a model with an encoder, such as a `LearnedEncoder`.
        images: float array `(num, height, width, channels)` in [-1, 1].
        batch_size: int, images per call of the networks.

    Returns:
        `Projection` in the space `"z"`. Its losses are mean squared
        differences.

    Raises:
        ValueError: if the model has no encoder, or the pictures do not fit.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.BiGAN(image_shape=(8, 8, 1), latent_dim=10)
    >>> found = encode(gan, gan.generate(2, seed=0))
    >>> found.latents.shape, kgz.control.generate_from(gan, found).shape
    ((2, 10), (2, 8, 8, 1))
    """
    images = checked_images(gan, images)
    if gan.scoring["method"] != "encoder":
        raise ValueError(
            "Only a model with an encoder finds latents at once. Expected a "
            "LearnedEncoder of this model, or control.project, which "
            f"searches. Received: {type(gan).__name__}."
        )
    latents = gan.encode(images, batch_size)
    made = gan.generate(len(images), latents=latents, batch_size=batch_size)
    losses = np.square(made - images).mean(axis=(1, 2, 3))
    return Projection(
        space="z",
        latents=latents,
        condition={},
        images=made,
        losses=losses,
        mae=np.abs(made - images).mean(axis=(1, 2, 3)),
        start_losses=losses[:, np.newaxis],
    )


def interpolate_pictures(gan, images, others, columns=10, mode="linear"):
    """Makes what is between real pictures: a row for each pair.

    Args:
        gan: a model with an encoder.
        images: float array `(rows, height, width, channels)` in [-1, 1], the
            pictures at the left ends.
        others: float array of the same shape, at the right ends.
        columns: int, number of images of a row. The first and the last are
            the reconstructions of the two pictures.
        mode: `"linear"` or `"spherical"`, as in `interpolate`.

    Returns:
        Float array `(rows, columns, height, width, channels)`.

    Raises:
        ValueError: if the model has no encoder, or the pictures do not fit.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.BiGAN(image_shape=(8, 8, 1), latent_dim=10)
    >>> first, second = gan.generate(6, seed=0).reshape(2, 3, 8, 8, 1)
    >>> interpolate_pictures(gan, first, second, columns=5).shape
    (3, 5, 8, 8, 1)
    """
    ends = [encode(gan, each).latents for each in (images, others)]
    return interpolate(gan, columns=columns, mode=mode, latents=ends)


def attribute(gan, images, others):
    """Finds the direction from pictures without an attribute to others.

    The mean of the latents of pictures that have it, minus the mean of those
    that do not (Larsen et al., 2016, https://arxiv.org/abs/1512.09300,
    section 4.2). Added to the latents of a picture, it adds the attribute:
    `generate_from(gan, encode(gan, pictures), move=direction)`.

    Args:
        gan: a model with an encoder.
        images: float array `(num, height, width, channels)` in [-1, 1],
            pictures that have the attribute.
        others: float array, any number of pictures that do not have it.

    Returns:
        float32 array `(latent_dim,)`.

    Raises:
        ValueError: if the model has no encoder, or the pictures do not fit.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.BiGAN(image_shape=(8, 8, 1), latent_dim=10)
    >>> images = kgz.modalities.Image((8, 8, 1)).example(5)
    >>> attribute(gan, images[:2], images[2:]).shape
    (10,)
    """
    means = [
        encode(gan, each).latents.mean(axis=0) for each in (images, others)
    ]
    return means[0] - means[1]
