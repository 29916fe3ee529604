"""Networks that need certain sizes, applied to images of any size.

`padded` pads an image with its mirror image until height and width fit, and
crops the result. `tiled` cuts an image that is too large for memory into tiles
that overlap, and blends the results.
"""

import numpy as np

LEAST = 1e-6  # weight of pixels in the margin of a tile


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


def tiled(translate, image, tile, overlap, scale=1, margin=0, out=None):
    """Applies a network tile by tile to one large image.

    Args:
        translate: callable from images `(1, height, width, channels)` to
            images that are `scale` times higher and wider.
        image: float array `(height, width, channels)`.
        tile: int, height and width of the tiles in pixels. An image that is
            lower or narrower is not cut in that direction.
        overlap: int, pixels that neighbors share at least.
        scale: int, how many times larger the network makes an image.
        margin: int, less than half of `overlap`. So many pixels at the border
            of a tile hardly count where another tile covers them: the
            network does not see there what lies outside of the tile.
        out: float32 array of zeros for the result, or None for a new one.

    Returns:
        float32 array, `scale` times the height and width of `image`. Each
        pixel is a weighted mean over all tiles that cover it. The weights
        rise with the distance from the border of the tile.

    Example:

    >>> double = lambda images: images.repeat(2, 1).repeat(2, 2)
    >>> tiled(double, np.zeros((50, 70, 3)), 32, overlap=8, scale=2).shape
    (100, 140, 3)
    """
    height, width = (min(tile, side) for side in image.shape[:2])
    rows, columns = (
        _shares(side, length, min(overlap, length - 1), scale, margin)
        for side, length in zip(image.shape, (height, width))
    )
    total = out
    for top, row in rows:
        for left, column in columns:
            window = image[top : top + height, left : left + width]
            result = translate(window[None])[0]
            if total is None:
                sides = (scale * side for side in image.shape[:2])
                total = np.zeros((*sides, result.shape[-1]), "float32")
            place = total[
                scale * top : scale * (top + height),
                scale * left : scale * (left + width),
            ]
            place += row[:, None, None] * column[:, None] * result
    return total


def _shares(side, tile, overlap, scale, margin):
    """Returns each tile's first pixel and the shares of all its pixels.

    The shares of all tiles that cover a pixel add up to 1.
    """
    length = scale * tile
    place = np.arange(length)
    ramp = np.minimum(place, length - 1 - place) + 1.0  # 1 2 3 2 1
    ramp = np.maximum(ramp - scale * margin, LEAST)
    firsts = starts(side, tile, overlap)
    total = np.zeros(scale * side)
    for first in firsts:
        total[scale * first :][:length] += ramp
    return [
        (first, (ramp / total[scale * first :][:length]).astype("float32"))
        for first in firsts
    ]
