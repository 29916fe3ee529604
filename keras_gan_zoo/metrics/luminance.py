"""The part of images that papers on super-resolution compare.

The luminance Y of ITU-R BT.601, as MATLAB's `rgb2ycbcr` computes it, from 16
(black) to 235 (white)::

    Y = 16 + (65.481 R + 128.553 G + 24.966 B) / 255

The peak of PSNR and the range of SSIM stay 255. A PSNR of the luminance is 1
to 2 dB above the PSNR of the colors.
"""

import numpy as np

from keras_gan_zoo.metrics import features, resizing

WEIGHTS = (65.481, 128.553, 24.966)  # of red, green and blue
BLACK = 16


def compared(images, luminance, crop_border):
    """Returns the part of images that is compared.

    Args:
        images: float array `(num, height, width, channels)` in [-1, 1].
        luminance: bool, whether to take the luminance of the images, rounded
            to 8 bits.
        crop_border: int, pixels that are left out at each border.

    Returns:
        Array `(num, height, width, channels)` on the same scale: -1 is 0 and
        1 is 255.

    Raises:
        ValueError: if nothing is left.

    Example:

    >>> white = compared(np.ones((1, 8, 8, 3)), True, crop_border=2)
    >>> white.shape, round(float(127.5 * white[0, 0, 0, 0] + 127.5), 3)
    ((1, 4, 4, 1), 235.0)
    """
    if crop_border:
        images = images[:, crop_border:-crop_border, crop_border:-crop_border]
        if not images.size:
            raise ValueError(
                "Nothing is left of the images. Expected images of more than "
                f"{2 * crop_border} pixels, or a smaller crop_border. "
                f"Received: crop_border={crop_border}."
            )
    if not luminance:
        return images
    colors = resizing.rounded(features.in_color(images)).astype("float64")
    numbers = (127.5 * colors + 127.5) @ np.array(WEIGHTS) / 255 + BLACK
    return numbers[..., None] / 127.5 - 1


def describe(luminance, crop_border):
    """Returns what is compared, for reports.

    Args:
        luminance: bool, as in `compared`.
        crop_border: int, as in `compared`.

    Example:

    >>> describe(True, 4)
    'luminance, without a border of 4'
    """
    found = "luminance" if luminance else "pixels"
    if crop_border:
        found += f", without a border of {crop_border}"
    return found
