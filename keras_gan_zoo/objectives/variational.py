"""Losses of a variational autoencoder.

Kingma & Welling (2014), https://arxiv.org/abs/1312.6114. The encoder returns
the mean and the logarithm of the variance of a Gaussian for each sample.
"""

from keras import ops


def divergence(mean, log_variance):
    """Computes the Kullback-Leibler divergence of Gaussians from N(0, 1).

    sum (mean^2 + variance - 1 - log variance) / 2 over the latents.

    Args:
        mean: tensor `(batch, latent_dim)`.
        log_variance: tensor `(batch, latent_dim)`.

    Returns:
        Scalar, the mean over the batch, in nats.

    Example:

    >>> zeros, twos = ops.zeros((1, 3)), ops.full((1, 3), 2.0)
    >>> float(divergence(zeros, zeros)), float(divergence(twos, zeros))
    (0.0, 6.0)
    """
    squares = ops.square(mean) + ops.exp(log_variance)
    parts = 0.5 * (squares - 1 - log_variance)
    return ops.mean(ops.sum(parts, axis=-1))


def half_squared_distance(values, others):
    """Computes half of the squared distance between samples.

    It is the negative log-likelihood of Gaussians of variance 1 without its
    constant.

    Args:
        values: tensor `(batch, ...)`.
        others: tensor `(batch, ...)`.

    Returns:
        Scalar: the sum over all axes but the first, its mean over the batch.

    Example:

    >>> float(half_squared_distance(ops.zeros((2, 3)), ops.ones((2, 3))))
    1.5
    """
    squares = ops.square(values - others)
    return 0.5 * ops.mean(ops.sum(squares, axis=tuple(range(1, squares.ndim))))
