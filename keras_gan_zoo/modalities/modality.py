"""The contract that every kind of sample fulfills."""

import abc
import pathlib

import numpy as np


class Modality(abc.ABC):
    """Describes a sample: its shape, its errors, its picture, its file.

    Abstract. A subclass defines the five methods below and sets

    * `kind`, the name under which sources of data are found, e.g. `"image"`;
    * `shape`, a tuple, the shape of one sample without the batch;
    * `argument`, the constructor argument of models that takes the shape,
      e.g. `"image_shape"`;
    * `features`, the name of the default extractor of
      `keras_gan_zoo.metrics.features`. It may depend on the shape;
    * `endings`, the endings of files that `write` makes. The first ending is
      the default.

    Example, points in the plane that are written as text:

    >>> class Points(Modality):
    ...     kind, shape, features, endings = "points", (2,), "pixels", (".txt",)
    ...     def check(self, array, name="points"):
    ...         check_floats(array, name, "Divide them by their maximum.")
    ...     def example(self, num, seed=0):
    ...         return np.random.default_rng(seed).uniform(-1, 1, (num, 2))
    ...     def preview(self, samples, columns=None, gap=1):
    ...         return np.zeros((8, 8, 3), "uint8")
    ...     def read(self, path):
    ...         return np.loadtxt(path)
    ...     def write(self, path, samples):
    ...         path = self.file(path)
    ...         np.savetxt(path, samples)
    ...         return [path]
    >>> Points().check(Points().example(5))
    """

    kind: str
    argument: str
    shape: tuple
    features: str
    endings: tuple

    @abc.abstractmethod
    def check(self, array, name="samples"):
        """Checks a batch before a model learns from it.

        Args:
            array: numpy array `(num, ...)`. None if the batch cannot be
                looked at; then nothing is checked.
            name: string, name of the samples in the error.

        Raises:
            ValueError: if the samples have the wrong shape, type or range,
                or are not finite.
        """

    @abc.abstractmethod
    def example(self, num, seed=0):
        """Makes a random batch for tests.

        Args:
            num: int, number of samples.
            seed: int. The same seed makes the same samples.

        Returns:
            numpy array `(num, ...)` that passes `check`.
        """

    @abc.abstractmethod
    def preview(self, samples, columns=None, gap=1):
        """Shows samples in one picture.

        Args:
            samples: array `(num, ...)`, at least one sample.
            columns: int, samples per row. None chooses a number that fits.
            gap: int, white pixels between neighbors.

        Returns:
            uint8 array `(height, width, 3)`.
        """

    @abc.abstractmethod
    def read(self, path):
        """Reads one sample from a file.

        Args:
            path: path of the file.

        Returns:
            numpy float32 array of `shape`.

        Raises:
            ValueError: if the file is damaged or of another kind.
        """

    @abc.abstractmethod
    def write(self, path, samples):
        """Writes samples to one or more files, each of them atomically.

        Args:
            path: path of the file. A path without an ending gets the first
                of `endings`.
            samples: array `(num, ...)`, at least one sample.

        Returns:
            List of `pathlib.Path`, the files that were written.

        Raises:
            ValueError: if the ending is not one of `endings`.
        """

    def describe(self):
        """Returns a short description of a sample.

        Returns:
            str, e.g. `"image of shape (8, 8, 1)"`.
        """
        return f"{self.kind} of shape {self.shape}"

    def file(self, path):
        """Completes and checks the name of a file that `write` will make.

        Args:
            path: path of the file.

        Returns:
            `pathlib.Path` with an ending.

        Raises:
            ValueError: if the ending is not one of `endings`.

        Example:

        >>> from keras_gan_zoo.modalities import Image
        >>> Image((8, 8, 1)).file("samples").name
        'samples.png'
        """
        path = pathlib.Path(path).expanduser()
        if not path.suffix:
            path = path.with_suffix(self.endings[0])
        if path.suffix.lower() not in self.endings:
            raise ValueError(
                f"No {self.kind} can be written to a file of this kind. "
                f"Expected a name that ends in {', '.join(self.endings)}. "
                f"Received: {path}. Choose one of these endings."
            )
        return path

    def files(self, path, num):
        """Names the files that `write` will make of `num` samples.

        Args:
            path: path of the file.
            num: int, how many samples.

        Returns:
            List of `pathlib.Path`.

        Raises:
            ValueError: if the ending is not one of `endings`.

        Example:

        >>> from keras_gan_zoo.modalities import Image
        >>> [file.name for file in Image((8, 8, 1)).files("samples", 9)]
        ['samples.png']
        """
        return [self.file(path)]

    def write_one(self, path, sample):
        """Writes one sample to a file, as it is, atomically.

        Args:
            path: path of the file, as for `write`.
            sample: array of `shape`.

        Returns:
            `pathlib.Path` of the file.

        Raises:
            ValueError: if the ending is not one of `endings`.

        Example:

        >>> import tempfile
        >>> from keras_gan_zoo.modalities import Audio
        >>> audio = Audio((1024, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     audio.write_one(f"{folder}/x", audio.example(1)[0]).name
        'x.wav'
        """
        (path,) = self.write(path, sample[None])
        return path

    def __repr__(self):
        return f"{type(self).__name__}({self.shape})"


def check_floats(array, name, remedy):
    """Checks that numbers are finite floats in [-1, 1].

    Args:
        array: numpy array. Its type may be one that numpy does not know,
            such as bfloat16.
        name: string, name of the samples in the error.
        remedy: string, a sentence about how to scale them.

    Returns:
        The smallest and the largest number, two floats.

    Raises:
        ValueError: if there are no numbers, or they are not finite floats in
            [-1, 1].

    Example:

    >>> check_floats(np.array([0.5, -0.25]), "images", "Halve them.")
    (-0.25, 0.5)
    """
    if not array.size:
        raise ValueError(
            f"There are no {name}. Expected at least one. Received: shape "
            f"{array.shape}. Check why the data are empty."
        )
    floating = np.issubdtype(array.dtype, np.floating)
    if not floating and array.dtype.name != "bfloat16":
        raise ValueError(
            f"The {name} have the wrong type. Expected floats in [-1, 1]. "
            f"Received: {array.dtype}. {remedy}"
        )
    if not floating:
        array = array.astype("float32")
    low, high = float(np.min(array)), float(np.max(array))
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(
            f"The {name} hold NaN or infinity. Expected finite floats in "
            f"[-1, 1]. Received: minimum {low}, maximum {high} in the first "
            "batch. Check the code that prepares them for divisions by zero."
        )
    if low < -1.001 or high > 1.001:
        raise ValueError(
            f"The {name} have the wrong range. Expected floats in [-1, 1], "
            "the range of the generator's tanh. Received: minimum "
            f"{low:.4g}, maximum {high:.4g} in the first batch. {remedy}"
        )
    return low, high
