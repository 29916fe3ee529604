"""Linear changes of colors, composed into one matrix for each image.

A matrix `(batch, 4, 4)` acts on `(red, green, blue, 1)`. In a product of
matrices, the last one acts first. The luma axis is the direction of gray,
(1, 1, 1).
"""

import numpy as np
from keras import ops

_ONE = np.diag([1.0, 1.0, 1.0, 0.0])
_LAST = np.diag([0.0, 0.0, 0.0, 1.0])
#: The projection onto the luma axis.
_LUMA = np.pad(np.full((3, 3), 1 / 3), (0, 1))
#: The cross product with the unit vector of the luma axis.
_CROSS = np.pad([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], (0, 1)) / np.sqrt(3)
_ADDED = np.outer([1, 1, 1, 0], [0, 0, 0, 1])


def _combined(*terms):
    """Returns the sum of products of tensors `(batch,)` and matrices."""
    return sum(
        share[:, None, None] * ops.convert_to_tensor(matrix, share.dtype)
        for share, matrix in terms
    )


def brightness(added):
    """Returns matrices that add a number to each color.

    Args:
        added: tensor `(batch,)`.

    Example:

    >>> ops.convert_to_numpy(brightness(ops.array([0.5]))[0, 0]).tolist()
    [1.0, 0.0, 0.0, 0.5]
    """
    return _combined((ops.ones_like(added), _ONE + _LAST), (added, _ADDED))


def contrast(factor):
    """Returns matrices that multiply each color.

    Args:
        factor: tensor `(batch,)`.

    Example:

    >>> ops.convert_to_numpy(contrast(ops.array([2.0]))[0, 0]).tolist()
    [2.0, 0.0, 0.0, 0.0]
    """
    return _combined((factor, _ONE), (ops.ones_like(factor), _LAST))


def luma_flip(flipped):
    """Returns matrices that make what is dark bright, and keep the hue.

    Args:
        flipped: tensor `(batch,)`, 1 where an image is flipped, and 0 where
            it is not.

    Example:

    >>> gray = ops.ones((1, 1, 1, 3))
    >>> round(float(recolor(gray, luma_flip(ops.ones(1)))[0, 0, 0, 0]), 4)
    -1.0
    """
    return _combined(
        (ops.ones_like(flipped), _ONE + _LAST), (-2 * flipped, _LUMA)
    )


def hue(angle):
    """Returns matrices that turn colors around the luma axis.

    Args:
        angle: tensor `(batch,)` in radians.

    Example:

    >>> red = ops.array([[[[1.0, 0.0, 0.0]]]])
    >>> green = recolor(red, hue(ops.array([2 * np.pi / 3])))[0, 0, 0]
    >>> np.abs(np.round(ops.convert_to_numpy(green), 4)).tolist()
    [0.0, 1.0, 0.0]
    """
    cos = ops.cos(angle)
    return _combined(
        (cos, _ONE),
        (1 - cos, _LUMA),
        (ops.sin(angle), _CROSS),
        (ops.ones_like(cos), _LAST),
    )


def saturation(factor):
    """Returns matrices that multiply the distance of colors from gray.

    Args:
        factor: tensor `(batch,)`. 0 makes images gray.

    Example:

    >>> red = ops.array([[[[1.0, 0.0, 0.0]]]])
    >>> gray = recolor(red, saturation(ops.zeros(1)))[0, 0, 0]
    >>> [round(float(color), 4) for color in gray]
    [0.3333, 0.3333, 0.3333]
    """
    return _combined(
        (factor, _ONE), (1 - factor, _LUMA), (ops.ones_like(factor), _LAST)
    )


def recolor(images, matrices):
    """Applies a matrix to the colors of each image.

    Images that have not three channels are changed as gray images are: their
    channels are multiplied by the same factor. Hue and saturation do nothing.

    Args:
        images: float tensor `(batch, height, width, channels)`.
        matrices: tensor `(batch, 4, 4)`.

    Returns:
        Tensor of the shape of `images`.

    Example:

    >>> gray = ops.ones((1, 1, 1, 1))
    >>> float(recolor(gray, brightness(ops.array([0.5])))[0, 0, 0, 0])
    1.5
    """
    matrices = ops.cast(matrices, images.dtype)
    if images.shape[-1] != 3:
        # Each row says the same about gray.
        factor = ops.sum(matrices[:, 0, :3], axis=-1)
        return (
            images * factor[:, None, None, None]
            + matrices[:, 0, 3][:, None, None, None]
        )
    # Not a product of matrices: see `affine.product`.
    factors = matrices[:, None, None, :3, :3]
    changed = ops.sum(images[..., None, :] * factors, axis=-1)
    return changed + matrices[:, None, None, :3, 3]
