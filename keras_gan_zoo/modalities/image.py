"""Images: floats in [-1, 1], `(num, height, width, channels)`."""

import sys

import numpy as np

from keras_gan_zoo.files import warned
from keras_gan_zoo.modalities import pictures
from keras_gan_zoo.modalities.modality import Modality, check_floats


class Image(Modality):
    """Describes images of one size.

    By default, metrics compare color images by the features of a network that
    was trained on photographs, and all other images by their pixels.

    Args:
        shape: tuple `(height, width, channels)`. `read` needs one or three
            channels. Pictures show other numbers of channels side by side.

    Raises:
        ValueError: if the shape is not three positive numbers, or Keras is
            set to have channels first.

    Example:

    >>> image = Image((8, 8, 1))
    >>> image.check(image.example(4))
    >>> image.preview(image.example(4), gap=0).shape
    (16, 16, 3)
    """

    kind = "image"
    argument = "image_shape"
    endings = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tiff")

    def __init__(self, shape):
        try:
            sides = tuple(int(side) for side in shape)
        except TypeError:
            sides = ()
        if len(sides) != 3 or min(sides) < 1:
            raise ValueError(
                "Expected image_shape=(height, width, channels), three "
                "positive numbers, e.g. (28, 28, 1). Received: "
                f"image_shape={shape!r}"
            )
        # Does not import Keras, which is slow, if nobody else has.
        keras = sys.modules.get("keras")
        if keras and keras.config.image_data_format() != "channels_last":
            raise ValueError(
                "Images have their channels last here. Expected Keras' "
                "image_data_format to be 'channels_last'. Received: "
                f"{keras.config.image_data_format()!r}. Call "
                "keras.config.set_image_data_format('channels_last'), or "
                "change keras.json."
            )
        self.shape = sides
        self.features = "efficientnet" if sides[2] == 3 else "pixels"

    def check(self, array, name="images"):
        """Checks images before a model learns from them.

        Warns if their range may be [0, 1].

        Args:
            array: numpy array `(num, height, width, channels)`, or None if
                the batch cannot be looked at.
            name: string, name of the images in the error.

        Raises:
            ValueError: if the images have the wrong shape, type or range, or
                are not finite.

        Example:

        >>> Image((8, 8, 1)).check(np.zeros((2, 4, 4, 1), "float32"))
        ... # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: The images do not fit the model. Expected batches ...
        """
        if array is None:
            return
        if tuple(array.shape[1:]) != self.shape:
            raise ValueError(
                f"The {name} do not fit the model. Expected batches of shape "
                "(batch, height, width, channels) = (batch, "
                f"{', '.join(map(str, self.shape))}). Received: "
                f"{array.shape}. Load them at that size, e.g. with "
                f"image_size={self.shape[:2]} in keras_gan_zoo.data, or make "
                f"the model with image_shape={tuple(array.shape[1:])}."
            )
        low, high = check_floats(
            array,
            name,
            "Scale them first, for 8-bit images: x.astype('float32') / 127.5 "
            "- 1 (the functions of keras_gan_zoo.data do).",
        )
        if low >= 0 and high > 0.5:
            warned.warn(
                f"The {name} of the first batch lie in [{low:.3g}, "
                f"{high:.3g}]. If their range is [0, 1], scale them to "
                "[-1, 1] with 2 * x - 1. Otherwise the range alone shows the "
                "discriminator which images are real.",
            )

    def describe(self):
        height, width, channels = self.shape
        kind = "gray" if channels == 1 else "color"
        return f"{height} x {width} pixels, {kind}"

    def example(self, num, seed=0):
        """Makes images of noise for tests.

        Args:
            num: int, number of images.
            seed: int. The same seed makes the same images.

        Returns:
            numpy float32 array `(num, height, width, channels)`.

        Example:

        >>> Image((8, 8, 1)).example(2).shape
        (2, 8, 8, 1)
        """
        rng = np.random.default_rng(seed)
        return rng.uniform(-1, 1, (num, *self.shape)).astype("float32")

    def preview(self, samples, columns=None, gap=1):
        """Shows images in a grid.

        Args:
            samples: float array `(num, height, width, channels)` in [-1, 1].
                Small images of a model that still grows are enlarged to
                `shape` if height and width divide `shape`. Channels are
                shown side by side unless there are one or three.
            columns: int, images per row. None makes the grid square.
            gap: int, white pixels between neighbors.

        Returns:
            uint8 array `(height, width, 3)`.

        Raises:
            ValueError: if the samples are not images.

        Example:

        >>> growing = np.zeros((4, 2, 2, 1))
        >>> Image((8, 8, 1)).preview(growing, columns=4, gap=0).shape
        (8, 32, 3)
        """
        samples = np.asarray(samples)
        full, sides = self.shape[:2], samples.shape[1:3]
        if samples.ndim == 4 and not any(a % b for a, b in zip(full, sides)):
            samples = pictures.upscaled(samples, full)
        return pictures.grid(samples, columns, gap)

    def read(self, path):
        """Reads one image from a picture file, at the size of `shape`.

        Args:
            path: path of a file in any format that Pillow reads.

        Returns:
            numpy float32 array `(height, width, channels)` in [-1, 1].

        Raises:
            ValueError: if the file is not a picture or is damaged.

        Example:

        >>> import tempfile
        >>> image = Image((8, 8, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (path,) = image.write(f"{folder}/x", image.example(1))
        ...     image.read(path).shape
        (8, 8, 1)
        """
        height, width, channels = self.shape
        pictures.check_channels(channels)
        pixels = pictures.read(path, (height, width), channels)
        return pixels.astype("float32") / 127.5 - 1

    def write(self, path, samples):
        """Writes one picture of all images, atomically.

        Args:
            path: path of the file. The ending sets the format, `.png` by
                default.
            samples: float array `(num, height, width, channels)` in [-1, 1].

        Returns:
            List of one `pathlib.Path`.

        Raises:
            ValueError: if the ending is not one of `endings`.

        Example:

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     image = Image((8, 8, 1))
        ...     [f.name for f in image.write(f"{folder}/x", image.example(9))]
        ['x.png']
        """
        path = self.file(path)
        return [pictures.save(path, self.preview(samples))]

    def write_one(self, path, sample):
        """Writes one image pixel by pixel: `write` enlarges small ones.

        Args:
            path: path of the file, as for `write`.
            sample: float array `(height, width, channels)` in [-1, 1].

        Returns:
            `pathlib.Path` of the file.

        Raises:
            ValueError: if the ending is not one of `endings`.

        Example:

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     image = Image((8, 8, 1))
        ...     file = image.write_one(f"{folder}/x", image.example(1)[0])
        ...     image.read(file).shape
        (8, 8, 1)
        """
        picture = self.preview(sample[None])
        return pictures.save(self.file(path), picture, min_side=1)
