"""Resizes images for the networks that need a size, in two named ways.

==========  ==============================================================
"clean"     Bicubic with antialiasing, as Pillow resizes floats and as
            clean-fid does (Parmar et al., 2022,
            https://arxiv.org/abs/2104.11222). Each channel is resized
            separately. Nothing is rounded in between. Values outside of the
            range are clipped.
"legacy"    Bilinear without antialiasing, as TensorFlow 1 did it
            (`tf.compat.v1.image.resize`): output pixel i lies at the place
            i * (old size / new size), without half a pixel's offset
            (`half_pixel_centers=False`). The reference implementation of the
            FID resizes in this way. Shrinking an image skips pixels.
==========  ==============================================================

Both are linear and resize each axis separately. So each axis has a matrix.
"""

import functools

import numpy as np

from keras_gan_zoo.files.lookup import look_up


def resized(images, size, mode):
    """Resizes images.

    Args:
        images: float array `(num, height, width, channels)` in [-1, 1].
        size: tuple `(height, width)` in pixels.
        mode: string, `"clean"` or `"legacy"`.

    Returns:
        float32 array `(num, *size, channels)` in [-1, 1].

    Raises:
        ValueError: if there is no such mode.

    Example:

    >>> resized(np.zeros((2, 64, 64, 3)), (224, 224), "clean").shape
    (2, 224, 224, 3)
    """
    look_up(mode, MODES, "mode of resizing")
    images = np.asarray(images, "float32")
    for axis, new in zip((1, 2), size):
        weights = _matrix(mode, images.shape[axis], new)
        along = np.tensordot(images, weights, axes=(axis, 1))
        images = np.moveaxis(along, -1, axis)
    return np.clip(images, -1, 1)


def rounded(images):
    """Rounds images to the 256 values that a file can hold.

    Args:
        images: float array in [-1, 1]. Values outside of it are clipped.

    Returns:
        float32 array of the same shape.

    Example:

    >>> rounded(np.array([-1.0, 0.001, 0.999]))
    array([-1.        ,  0.00392157,  1.        ], dtype=float32)
    """
    numbers = np.round(127.5 * np.clip(images, -1, 1) + 127.5)
    return (numbers / 127.5 - 1).astype("float32")


@functools.lru_cache(maxsize=16)
def _matrix(mode, old, new):
    """Returns float32 weights `(new, old)` whose rows add up to 1."""
    return MODES[mode](old, new).astype("float32")


def _clean(old, new):
    scale = old / new
    widened = max(scale, 1)  # antialiasing, none if the image grows
    centers = (np.arange(new) + 0.5) * scale
    # As in Pillow, a pixel counts if its index is nearest to a kernel's end.
    first = np.maximum(np.floor(centers - 2 * widened + 0.5), 0)
    last = np.minimum(np.floor(centers + 2 * widened + 0.5), old)
    pixels = np.arange(old)
    inside = (pixels >= first[:, None]) & (pixels < last[:, None])
    weights = inside * _cubic((pixels + 0.5 - centers[:, None]) / widened)
    return weights / weights.sum(axis=1, keepdims=True)


def _cubic(x):
    """Evaluates Keys' kernel (1981), a = -1/2, zero beyond two pixels."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _legacy(old, new):
    # TensorFlow computes the positions in single precision.
    places = np.arange(new, dtype="float32") * np.float32(old / new)
    lower = places.astype(int)
    upper = np.minimum(lower + 1, old - 1)
    weights = np.zeros((new, old))
    rows = np.arange(new)
    weights[rows, lower] = 1 - (places - lower)
    weights[rows, upper] += places - lower
    return weights


MODES = {"clean": _clean, "legacy": _legacy}
