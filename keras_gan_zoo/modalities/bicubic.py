"""Bicubic resizing with antialiasing, as Pillow and MATLAB's `imresize` do it.

Resizing is linear and treats each axis separately. So each axis has a matrix.
"""

import functools

import numpy as np


def resized(images, size):
    """Resizes images.

    Each channel is resized separately. Nothing is rounded. The result may
    leave the range of the images a little.

    Args:
        images: float array `(num, height, width, channels)`.
        size: tuple `(height, width)` in pixels.

    Returns:
        float32 array `(num, *size, channels)`.

    Example:

    >>> resized(np.ones((2, 8, 8, 3)), (4, 2)).shape
    (2, 4, 2, 3)
    """
    weights = [weights_of(*sides) for sides in zip(images.shape[1:3], size)]
    return multiplied(images, weights)


def multiplied(images, weights):
    """Multiplies the two axes of images by matrices.

    Args:
        images: float array `(num, height, width, channels)`.
        weights: two float32 arrays `(new height, height)` and `(new width,
            width)`.

    Returns:
        float32 array `(num, new height, new width, channels)`.

    Example:

    >>> halves = np.full((1, 2), 0.5, "float32")
    >>> multiplied(np.ones((1, 2, 2, 3)), [halves, halves]).shape
    (1, 1, 1, 3)
    """
    images = np.asarray(images, "float32")
    for axis, matrix in enumerate(weights, 1):
        along = np.tensordot(images, matrix, axes=(axis, 1))
        images = np.moveaxis(along, -1, axis)
    return images


@functools.lru_cache(maxsize=16)
def weights_of(old, new):
    """Returns the matrix that resizes an axis.

    Args:
        old: int, pixels of the axis before.
        new: int, pixels of the axis after.

    Returns:
        float32 array `(new, old)`, whose rows add up to 1.

    Example:

    >>> weights_of(4, 2).round(3)[0]
    array([ 0.459,  0.459,  0.12 , -0.037], dtype=float32)
    """
    scale = old / new
    widened = max(scale, 1)  # antialiasing, none if the image grows
    centers = (np.arange(new) + 0.5) * scale
    # As in Pillow, a pixel counts if its index is nearest to a kernel's end.
    first = np.maximum(np.floor(centers - 2 * widened + 0.5), 0)
    last = np.minimum(np.floor(centers + 2 * widened + 0.5), old)
    pixels = np.arange(old)
    inside = (pixels >= first[:, None]) & (pixels < last[:, None])
    weights = inside * _cubic((pixels + 0.5 - centers[:, None]) / widened)
    return (weights / weights.sum(axis=1, keepdims=True)).astype("float32")


def _cubic(x):
    """Evaluates Keys' kernel (1981), a = -1/2, zero beyond two pixels."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))
