"""Directions of the latent space along which images change most.

SeFa (Shen & Zhou, 2021, https://arxiv.org/abs/2007.06600) uses the directions
n that are stretched most by a generator's first layer, with weights A: the
eigenvectors of A A^T. Here, A is replaced by the mean slope of the images, so
that the method works for any network. The slope is the matrix S of the linear
map that best describes how images depend on latents. In the order of the
eigenvalues of S S^T, the first direction changes the most pixels the most.
"""

import numpy as np

from keras_gan_zoo.families import controls

#: The smallest number of pairs of images for the slope.
PAIRS = 256
#: Growing models are measured at this size: it takes seconds, not minutes.
SIDE = 8


def principal(gan, num=3, seed=0):
    """Finds the directions along which a model's images change most.

    Each point z of the latent space is paired with -z. Half the difference of
    their two images does not contain what both have in common, such as the
    class or the codes. The points are orthogonal to each other and have the
    typical length of points of the prior. So a linear generator is described
    exactly, and others on average.

    Args:
        gan: a latent model.
        num: int, number of directions; at most `gan.latent_dim` are found.
        seed: int, seed of the points.

    Returns:
        float32 array `(num, latent_dim)`, orthogonal to each other. The
        length of each is one standard deviation of the prior. Each makes the
        images brighter on average.

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
    """Computes half of G(z) - G(-z), a row of pixels for each z."""
    size = {}
    for control in gan.controls:
        if isinstance(control, controls.Resolution):
            size[control.name] = min(control.sides[-1], SIDE)
    # One seed for both, so that codes that are drawn are equal.
    images = [
        gan.generate(len(latents), latents=z, seed=seed, **size)
        for z in (latents, -latents)
    ]
    return (images[0] - images[1]).reshape(len(latents), -1) / 2
