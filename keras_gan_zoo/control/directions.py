"""Directions of the latent space along which images change most.

SeFa (Shen & Zhou, 2021, https://arxiv.org/abs/2007.06600) takes the
directions n that a generator's first layer, of weights A, stretches most: the
eigenvectors of A A^T. Here stands for A the mean slope of the images
themselves, so that it works for any network: the matrix S of the linear map
that describes best how images follow latents. In the order of the
eigenvalues of S S^T, the first direction changes most pixels most.
"""

import numpy as np

from keras_gan_zoo.families import controls

#: At least so many pairs of images tell the slope.
PAIRS = 256
#: Growing models are looked at this small: it takes seconds, not minutes.
SIDE = 8


def principal(gan, num=3, seed=0):
    """The directions along which the images of a model change most.

    Each point z of the latent space is paired with -z: half the difference
    of their images is free of what both have in common, such as the class or
    the codes. The points are orthogonal to each other and have the length
    that those of the prior have, so that a generator that is linear is
    described exactly, and others on average.

    Args:
        gan: a latent model.
        num: int, how many; at most `gan.latent_dim` are found.
        seed: int, decides the points.

    Returns:
        float32 array `(num, latent_dim)`, orthogonal to each other. Each is
        one standard deviation of the prior long, and brightens the images
        on the whole.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> principal(gan, num=2).shape == (2, gan.latent_dim)
    True
    """
    rng = np.random.default_rng(seed)
    dim, repeats = gan.latent_dim, -(-PAIRS // gan.latent_dim)
    drawn = [gan.draw_latents(dim, rng) for _ in range(repeats)]
    length = np.linalg.norm(np.concatenate(drawn), axis=1).mean()
    points = np.concatenate([np.linalg.qr(each)[0] for each in drawn])
    change = _half_differences(gan, length * points, seed)
    slope = points.T @ change / (length * repeats)
    _, vectors = np.linalg.eigh(slope @ slope.T)  # in ascending order
    found = vectors[:, ::-1][:, :num].T
    brighter = (found @ slope).sum(axis=1, keepdims=True) >= 0
    deviation = length / np.sqrt(dim)
    return (deviation * np.where(brighter, found, -found)).astype("float32")


def _half_differences(gan, latents, seed):
    """Half of G(z) - G(-z), a row of pixels for each z."""
    size = {}
    for control in gan.controls:
        if isinstance(control, controls.Resolution):
            size[control.name] = min(control.sides[-1], SIDE)
    # One seed for both: codes that are drawn are the same.
    images = [
        gan.generate(len(latents), latents=z, seed=seed, **size)
        for z in (latents, -latents)
    ]
    return (images[0] - images[1]).reshape(len(latents), -1) / 2
