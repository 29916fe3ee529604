"""The priors of latent vectors, and the truncation of the Gaussian one."""

import numpy as np
from keras import ops

from keras_gan_zoo.families import controls

#: The priors of latents, in words for the user.
NORMAL = "drawn from N(0, 1)"
UNIFORM = "uniform in [-1, 1]"
SPHERE = "normalized, so that only their direction counts"

TRUNCATION = controls.Amount(
    "truncation",
    "Truncation",
    "bound of the latents, e.g. 0.5: fewer odd samples, less variety",
    low=0.05,
    high=2.0,
)


def check_truncation(gan, truncation, latents):
    """Checks that a model can draw truncated latents.

    Args:
        gan: `LatentGAN`.
        truncation: float, the bound.
        latents: the latents that the user gave, or None.

    Raises:
        ValueError: if the prior is another one, the bound is not positive, or
            latents are given.
    """
    if gan.prior != NORMAL:
        raise ValueError(
            "Truncation leaves out the rare latents of a Gaussian prior, and "
            f"this prior has none. Expected a model whose latents are {NORMAL},"
            f" or truncation=None. Received: truncation={truncation} for a "
            f"{type(gan).__name__}, whose latents are {gan.prior}."
        )
    if not truncation > 0:
        raise ValueError(
            "Truncation is a bound of the absolute value. Expected a positive "
            f"number, or None. Received: truncation={truncation}"
        )
    if latents is not None:
        raise ValueError(
            "Truncation says how latents are drawn. Expected latents or "
            f"truncation. Received: latents and truncation={truncation}. "
            "Leave out one of them."
        )


def truncated(latents, bound, rng):
    """Draws again each number beyond a bound, until none is.

    Numbers within the bound stay. So one seed gives related samples under
    all bounds.

    Args:
        latents: float array, numbers from N(0, 1).
        bound: float, the largest absolute value.
        rng: `numpy.random.Generator`.

    Returns:
        Array like `latents`, from the truncated N(0, 1).

    Example:

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> latents = np.array([0.3, 2.5, -0.4, -7.0])
    >>> found = truncated(latents, 0.5, rng)
    >>> found[[0, 2]].tolist(), bool((abs(found) <= 0.5).all())
    ([0.3, -0.4], True)
    """
    found = latents.copy()
    while len(beyond := np.flatnonzero(np.abs(found) > bound)):
        # Candidates between the bounds are kept as often as N(0, 1) has them,
        # which is fast for small bounds, too.
        drawn = rng.uniform(-bound, bound, len(beyond))
        kept = rng.random(len(beyond)) < np.exp(-(drawn**2) / 2)
        np.put(found, beyond[kept], drawn[kept])
    return found


def held(prior, latents):
    """Moves latents to the nearest ones that a prior can draw.

    Args:
        prior: one of the priors of this module.
        latents: tensor `(num, latent_dim)`.

    Returns:
        Tensor of the same shape.

    Example:

    >>> latents = ops.array([[3.0, -4.0]])
    >>> ops.convert_to_numpy(held(UNIFORM, latents)).tolist()
    [[1.0, -1.0]]
    """
    if prior == UNIFORM:
        return ops.clip(latents, -1, 1)
    if prior == SPHERE:  # at the length of latents that are drawn
        squares = ops.mean(ops.square(latents), axis=-1, keepdims=True)
        return latents * ops.rsqrt(squares + 1e-8)
    return latents
