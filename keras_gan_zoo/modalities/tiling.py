"""Networks that want certain sides, on images of any size.

`padded` continues an image by its mirror image until its sides fit, and cuts
the result back. `tiled` cuts an image that is too large for memory into tiles
that overlap, and fades from each result into the next.
"""

import numpy as np


def padded(translate, images, multiple):
    """Applies a network to images whose sides it need not fit.

    Args:
        translate: callable, images to images of the same size.
        images: float array `(num, height, width, channels)`.
        multiple: int, what the network's sides must be a multiple of.

    Returns:
        Array of the height and width of `images`.

    Example:

    >>> padded(lambda x: x + 1, np.zeros((1, 5, 7, 3)), multiple=4).shape
    (1, 5, 7, 3)
    """
    height, width = images.shape[1:3]
    missing = [-side % multiple for side in (height, width)]
    around = [(m // 2, m - m // 2) for m in missing]
    # "symmetric" repeats the rim, and so can pad further than the image.
    images = np.pad(images, ((0, 0), *around, (0, 0)), "symmetric")
    (top, _), (left, _) = around
    return translate(images)[:, top : top + height, left : left + width]


def starts(side, tile, overlap):
    """Where tiles begin that cover `side` pixels.

    Args:
        side: int, pixels to cover, at least `tile`.
        tile: int, pixels of a tile.
        overlap: int, pixels that neighbours share at least, less than
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
        translate: callable, images `(1, height, width, channels)` to images
            of the same size.
        image: float array `(height, width, channels)`.
        tile: int, sides of the tiles; smaller sides of the image stay whole.
        overlap: int, pixels that neighbours share at least.

    Returns:
        Array of the height and width of `image`, a weighted mean of all
        tiles that cover a pixel, by its distance to their rims.
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
    """Rises from the rim to the middle: 1 2 3 2 1."""
    place = np.arange(length)
    return np.minimum(place, length - 1 - place).astype("float32") + 1
