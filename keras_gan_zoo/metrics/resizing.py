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

Both are linear and resize each axis separately. So each axis has a matrix; see
`keras_gan_zoo.modalities.bicubic`.
"""

import functools

import numpy as np

from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.modalities import bicubic


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
    weights = [
        MODES[mode](old, new) for old, new in zip(np.shape(images)[1:3], size)
    ]
    images = bicubic.multiplied(images, weights)
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
def _legacy(old, new):
    # TensorFlow computes the positions in single precision.
    places = np.arange(new, dtype="float32") * np.float32(old / new)
    lower = places.astype(int)
    upper = np.minimum(lower + 1, old - 1)
    weights = np.zeros((new, old))
    rows = np.arange(new)
    weights[rows, lower] = 1 - (places - lower)
    weights[rows, upper] += places - lower
    return weights.astype("float32")


MODES = {"clean": bicubic.weights_of, "legacy": _legacy}
