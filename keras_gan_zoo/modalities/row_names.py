"""Names in front of the rows of a picture."""

import numpy as np
from PIL import Image as PIL
from PIL import ImageDraw, ImageFont

#: In pixels: the text, the least height of a row, the space around a name.
SIZE, LEAST, MARGIN = 14, 18, 6
LONGEST = 24  # characters


def named(picture, names):
    """Writes a name in front of each row of a picture.

    Args:
        picture: uint8 array `(height, width, 3)`, whose rows have equal
            heights. It is enlarged by a whole number if its rows are lower
            than text.
        names: list of strings, one for each row. Long names are cut.

    Returns:
        uint8 array `(height, width, 3)`, larger than the picture.

    Example:

    >>> picture = np.zeros((40, 60, 3), "uint8")
    >>> height, width, _ = named(picture, ["cat", "dog"]).shape
    >>> height, width > 60
    (40, True)
    """
    factor = -(-LEAST * len(names) // len(picture))
    picture = np.kron(picture, np.ones((factor, factor, 1), "uint8"))
    short = [n if len(n) <= LONGEST else n[: LONGEST - 1] + "…" for n in names]
    font = ImageFont.load_default(SIZE)
    width = int(max(map(font.getlength, short))) + 2 * MARGIN
    column = PIL.new("RGB", (width, len(picture)), "white")
    draw = ImageDraw.Draw(column)
    for row, name in enumerate(short):
        middle = (row + 0.5) * len(picture) / len(names)
        place = width - MARGIN, middle
        draw.text(place, name, fill="black", font=font, anchor="rm")
    return np.concatenate([np.asarray(column), picture], axis=1)
