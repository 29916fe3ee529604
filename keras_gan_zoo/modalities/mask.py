"""Masks: which pixels of a picture are missing, `(num, height, width, 1)`."""

import re

import numpy as np

from keras_gan_zoo.modalities import pictures
from keras_gan_zoo.modalities.modality import Modality


class Mask(Modality):
    """Describes masks of one size: 1 where a pixel is missing, 0 elsewhere.

    In a picture file, the missing pixels are white and the known ones black.

    Args:
        shape: tuple `(height, width, 1)`.

    Raises:
        ValueError: if the shape is not two positive numbers and 1.

    Example:

    >>> mask = Mask((8, 8, 1))
    >>> mask.check(mask.example(4))
    >>> sorted(set(mask.example(4).ravel().tolist()))
    [0.0, 1.0]
    """

    kind = "mask"
    argument = "mask_shape"
    features = "pixels"
    endings = (".png", ".bmp", ".tiff", ".gif")  # without loss

    def __init__(self, shape):
        try:
            sides = tuple(int(side) for side in shape)
        except TypeError:
            sides = ()
        if len(sides) != 3 or min(sides) < 1 or sides[2] != 1:
            raise ValueError(
                "A mask has one channel. Expected mask_shape=(height, width, "
                f"1), e.g. (64, 64, 1). Received: mask_shape={shape!r}"
            )
        self.shape = sides

    def check(self, array, name="masks"):
        """Checks masks before a model learns from them.

        Args:
            array: numpy array `(num, height, width, 1)` of zeros and ones:
                floats, ints or bools. None if the batch cannot be looked at.
            name: string, name of the masks in the error.

        Raises:
            ValueError: if the masks have the wrong shape, or values between 0
                and 1 or outside.

        Example:

        >>> Mask((2, 2, 1)).check(np.full((1, 2, 2, 1), 255))
        ... # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: The masks have wrong values. Expected 1 where a pixel ...
        """
        if array is None:
            return
        if tuple(array.shape[1:]) != self.shape or not len(array):
            raise ValueError(
                f"The {name} do not fit the model. Expected batches of shape "
                "(batch, height, width, 1) = (batch, "
                f"{', '.join(map(str, self.shape))}). Received: "
                f"{array.shape}. Add the last axis with masks[..., None], or "
                "load them at that size with keras_gan_zoo.modalities.Mask."
            )
        values = np.unique(array)
        if not np.isin(values, (0, 1)).all():
            wrong = [value for value in values.tolist() if value not in (0, 1)]
            raise ValueError(
                f"The {name} have wrong values. Expected 1 where a pixel is "
                "missing and 0 where it is known. Received: "
                f"{wrong[:3]} among them. For 8-bit pictures whose holes are "
                "white: masks >= 128."
            )

    def describe(self):
        height, width, _ = self.shape
        return f"mask of {height} x {width} pixels"

    def example(self, num, seed=0):
        """Makes masks with one random rectangle each, for tests.

        Args:
            num: int, number of masks.
            seed: int. The same seed makes the same masks.

        Returns:
            numpy float32 array `(num, height, width, 1)`.

        Example:

        >>> Mask((8, 8, 1)).example(2).shape
        (2, 8, 8, 1)
        """
        rng = np.random.default_rng(seed)
        masks = np.zeros((num, *self.shape), "float32")
        for mask in masks:
            sides = [rng.integers(1, max(2, s)) for s in self.shape[:2]]
            starts = [
                rng.integers(0, whole - side + 1)
                for whole, side in zip(self.shape, sides)
            ]
            rows, columns = (slice(a, a + n) for a, n in zip(starts, sides))
            mask[rows, columns] = 1
        return masks

    def preview(self, samples, columns=None, gap=1):
        """Shows masks in a grid, missing pixels in white.

        Args:
            samples: array `(num, height, width, 1)` of zeros and ones.
            columns: int, masks per row. None makes the grid square.
            gap: int, white pixels between neighbors.

        Returns:
            uint8 array `(height, width, 3)`.

        Example:

        >>> Mask((1, 2, 1)).preview(np.array([[[[0], [1]]]]), gap=0)[..., 0]
        array([[  0, 255]], dtype=uint8)
        """
        samples = np.asarray(samples, "float32")
        return pictures.grid(2 * samples - 1, columns, gap)

    def read(self, path):
        """Reads one mask from a picture file, at the size of `shape`.

        Args:
            path: path of a picture. Pixels that are at least half as bright
                as white are missing.

        Returns:
            numpy float32 array `(height, width, 1)` of zeros and ones.

        Raises:
            ValueError: if the file is not a picture or is damaged.

        Example:

        >>> import tempfile
        >>> mask = Mask((8, 8, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = mask.write_one(f"{folder}/x", mask.example(1)[0])
        ...     bool((mask.read(file) == mask.example(1)[0]).all())
        True
        """
        return white(pictures.read(path, self.shape[:2], channels=1))

    def write(self, path, samples):
        """Writes one picture of all masks, atomically.

        Args:
            path: path of the file. The ending sets the format, `.png` by
                default.
            samples: array `(num, height, width, 1)` of zeros and ones.

        Returns:
            List of one `pathlib.Path`.

        Raises:
            ValueError: if the ending is not one of `endings`.

        Example:

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     mask = Mask((8, 8, 1))
        ...     [f.name for f in mask.write(f"{folder}/x", mask.example(9))]
        ['x.png']
        """
        path = self.file(path)
        return [pictures.save(path, self.preview(samples))]

    def write_one(self, path, sample):
        """Writes one mask pixel by pixel: `write` enlarges small ones.

        Args:
            path: path of the file, as for `write`.
            sample: array `(height, width, 1)` of zeros and ones.

        Returns:
            `pathlib.Path` of the file.

        Raises:
            ValueError: if the ending is not one of `endings`.

        Example:

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     mask = Mask((8, 8, 1))
        ...     mask.write_one(f"{folder}/x", mask.example(1)[0]).name
        'x.png'
        """
        picture = self.preview(np.asarray(sample)[None])
        return pictures.save(self.file(path), picture, min_side=1)


def white(picture):
    """Finds the pixels that are at least half as bright as white.

    Args:
        picture: uint8 array `(height, width, 1)`.

    Returns:
        numpy float32 array `(height, width, 1)`, a mask.

    Example:

    >>> white(np.array([[[127], [128]]], "uint8")).ravel()
    array([0., 1.], dtype=float32)
    """
    return (picture >= 128).astype("float32")


def painted(picture, color):
    """Finds the pixels that a user has painted in one color.

    Args:
        picture: uint8 array `(height, width, 3)`, read from a file without
            loss, such as PNG. JPEG changes colors.
        color: string, `"#rrggbb"` in hexadecimal digits.

    Returns:
        numpy float32 array `(height, width, 1)`, a mask.

    Raises:
        ValueError: if this is not a color, or no pixel has it.

    Example:

    >>> picture = np.zeros((1, 2, 3), "uint8")
    >>> picture[0, 1] = 255, 0, 255
    >>> painted(picture, "#ff00ff").ravel()
    array([0., 1.], dtype=float32)
    """
    if not re.fullmatch("#?[0-9a-fA-F]{6}", str(color)):
        raise ValueError(
            "This is not the color of a hole. Expected six hexadecimal "
            f"digits, '#rrggbb', e.g. '#ff00ff'. Received: {color!r}."
        )
    wanted = np.frombuffer(bytes.fromhex(color.lstrip("#")), "uint8")
    found = (picture == wanted).all(axis=-1, keepdims=True)
    if not found.any():
        raise ValueError(
            "The picture has no hole. Expected pixels painted in exactly "
            f"{color}. Received: a picture without. Save it in a format "
            "without loss, such as PNG: JPEG changes colors."
        )
    return found.astype("float32")
