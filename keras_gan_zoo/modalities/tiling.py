"""Networks that need certain sizes, applied to images of any size.

`padded` pads an image with its mirror image until height and width fit, and
crops the result. `tiled` cuts an image that is too large for memory into tiles
that overlap, and blends the results.
"""

import numpy as np


def padded(translate, images, multiple):
    """Applies a network to images of any height and width.

    Args:
        translate: callable from images to images of the same size.
        images: float array `(num, height, width, channels)`.
        multiple: int, pixels. The network takes images whose height and width
            are multiples of this number.

    Returns:
        Array of the height and width of `images`.

    Example:

    >>> padded(lambda x: x + 1, np.zeros((1, 5, 7, 3)), multiple=4).shape
    (1, 5, 7, 3)
    """
    height, width = images.shape[1:3]
    missing = [-side % multiple for side in (height, width)]
    around = [(m // 2, m - m // 2) for m in missing]
    # "symmetric" repeats the border and can pad by more than the image's size.
    images = np.pad(images, ((0, 0), *around, (0, 0)), "symmetric")
    (top, _), (left, _) = around
    return translate(images)[:, top : top + height, left : left + width]


def starts(side, tile, overlap):
    """Returns the first pixels of tiles that cover `side` pixels.

    Args:
        side: int, pixels to cover, at least `tile`.
        tile: int, pixels of a tile.
        overlap: int, pixels that neighbors share at least. It is less than
            `tile`.

    Example:

    >>> starts(100, tile=40, overlap=8)
    [0, 30, 60]
    """
    num = 1 + -(-(side - tile) // (tile - overlap))
    return np.linspace(0, side - tile, num).round().astype(int).tolist()


def tiled(translate, image, tile, overlap):
    """Applies a network tile by tile to one large image.

    Args:
        translate: callable from images `(1, height, width, channels)` to
            images of the same size.
        image: float array `(height, width, channels)`.
        tile: int, height and width of the tiles in pixels. An image that is
            lower or narrower is not cut in that direction.
        overlap: int, pixels that neighbors share at least.

    Returns:
        Array of the height and width of `image`. Each pixel is a weighted
        mean over all tiles that cover it. The weight is the distance of the
        pixel to the border of the tile.
    """
    height, width = (min(tile, side) for side in image.shape[:2])
    weights = np.minimum.outer(_ramp(height), _ramp(width))[..., None]
    total, share = 0.0, np.zeros((*image.shape[:2], 1), "float32")
    for top in starts(image.shape[0], height, min(overlap, height - 1)):
        for left in starts(image.shape[1], width, min(overlap, width - 1)):
            window = slice(top, top + height), slice(left, left + width)
            result = translate(image[window][None])[0]
            if share.max() == 0:
                total = np.zeros((*image.shape[:2], result.shape[-1]))
            total[window] += weights * result
            share[window] += weights
    return (total / share).astype("float32")


def _ramp(length):
    """Returns weights that rise to the middle: 1 2 3 2 1."""
    place = np.arange(length)
    return np.minimum(place, length - 1 - place).astype("float32") + 1
