"""Labels: numbers of classes, or one-hot rows `(num, num_classes)`."""

import pathlib

import numpy as np

from keras_gan_zoo.files import atomic
from keras_gan_zoo.modalities import pictures
from keras_gan_zoo.modalities.modality import Modality

#: The number of an example without a label.
MISSING = -1


class Label(Modality):
    """Describes the labels of a number of classes.

    Args:
        num_classes: int, number of classes.
        names: list of the names of the classes for files, each a single
            line. None writes numbers.

    Raises:
        ValueError: if there is no class, or the names do not fit.

    Example:

    >>> label = Label(3, names=["cat", "dog", "owl"])
    >>> label.check(np.array([0, 2]))
    >>> label.shape
    (3,)
    """

    kind = "label"
    argument = "num_classes"
    features = "pixels"  # the one-hot row itself
    endings = (".txt",)
    #: Whether an example may have no label.
    partial = False

    def __init__(self, num_classes, names=None):
        if int(num_classes) != num_classes or num_classes < 1:
            raise ValueError(
                "Expected num_classes as a positive int. Received: "
                f"num_classes={num_classes!r}"
            )
        self.num_classes = int(num_classes)
        self.shape = (self.num_classes,)
        numbers = [str(number) for number in range(self.num_classes)]
        self.names = numbers if names is None else [str(n) for n in names]
        lines = {name.strip() for name in self.names if "\n" not in name}
        if len(self.names) != len(lines - {""}) or len(lines) != num_classes:
            raise ValueError(
                f"Expected {self.num_classes} names, all different and each "
                f"on one line. Received: names={names!r}"
            )

    def numbers(self, labels):
        """Finds the numbers of classes that may be named.

        Args:
            labels: a name or a number, an array or list of names, of
                numbers or of one-hot rows.

        Returns:
            numpy array. Numbers and one-hot rows are what was given.

        Raises:
            ValueError: if there is no class of this name.

        Example:

        >>> Label(2, names=["cat", "dog"]).numbers(["dog", "cat"])
        array([1, 0])
        """
        labels = np.asarray(labels)
        if labels.dtype.kind != "U":
            return labels
        known = {name: number for number, name in enumerate(self.names)}
        unknown = sorted({*labels.ravel().tolist()} - {*known})
        if unknown:
            raise ValueError(
                "There is no class of this name. Expected one of "
                f"{', '.join(self.names[:20])}. Received: "
                f"{', '.join(map(repr, unknown[:5]))}."
            )
        return np.vectorize(known.get, otypes=["int64"])(labels)

    def check(self, array, name="labels"):
        """Checks labels before a model learns from them.

        Args:
            array: numpy array of ints `(num,)`, or one-hot `(num,
                num_classes)`. None if the batch cannot be looked at.
            name: string, name of the labels in the error.

        Raises:
            ValueError: if a class does not exist.

        Example:

        >>> Label(3).check(np.array([0, 3]))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: Expected labels in [0, 3), or one-hot. Received: [3] ...
        """
        if array is not None:
            self.rows(array, name)

    def rows(self, labels, name="labels"):
        """Makes labels one-hot.

        Args:
            labels: ints `(num,)`, or one-hot `(num, num_classes)`.
            name: string, name of the labels in the error.

        Returns:
            numpy float32 array `(num, num_classes)`.

        Raises:
            ValueError: if a class does not exist.

        Example:

        >>> Label(2).rows([1])
        array([[0., 1.]], dtype=float32)
        """
        return one_hot(labels, self.num_classes, name)

    def example(self, num, seed=0):
        """Makes labels for tests, with all classes if `num` is large enough.

        Args:
            num: int, number of labels.
            seed: int. The same seed makes the same labels.

        Returns:
            numpy array of ints `(num,)`.

        Example:

        >>> sorted(Label(3).example(4).tolist())
        [0, 0, 1, 2]
        """
        rng = np.random.default_rng(seed)
        return rng.permutation(np.arange(num) % self.num_classes)

    def preview(self, samples, columns=None, gap=1):
        """Shows labels as rows of squares, the class in white.

        Args:
            samples: ints `(num,)`, or one-hot `(num, num_classes)`.
            columns: int, labels per row. None puts each label on its own row.
            gap: int, white pixels between neighbors.

        Returns:
            uint8 array `(height, width, 3)`.

        Raises:
            ValueError: if a class does not exist.

        Example:

        >>> Label(3).preview([2, 0], gap=0)[..., 0]
        array([[  0,   0, 255],
               [255,   0,   0]], dtype=uint8)
        """
        rows = self.rows(samples)
        return pictures.grid(2 * rows[:, None, :, None] - 1, columns or 1, gap)

    def read(self, path):
        """Reads the label in a text file with one line.

        Args:
            path: path of the file. Use `read_all` for files with more lines.

        Returns:
            numpy float32 array `(num_classes,)`, one-hot.

        Raises:
            ValueError: if the file holds no label, or more than one.

        Example:

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (path,) = Label(3).write(f"{folder}/x", [1])
        ...     Label(3).read(path)
        array([0., 1., 0.], dtype=float32)
        """
        labels = self.read_all(path)
        if len(labels) != 1:
            raise ValueError(
                "Expected a file with one label. Received: "
                f"{len(labels)} labels in {path}. Read them with read_all."
            )
        return self.rows(labels)[0]

    def read_all(self, path):
        """Reads all labels of a text file, one on each line.

        Args:
            path: path of the file.

        Returns:
            numpy array of ints `(num,)`.

        Raises:
            ValueError: if a line is not the name of a class.

        Example:

        >>> import tempfile
        >>> label = Label(2, names=["cat", "dog"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (path,) = label.write(f"{folder}/x", [1, 0, 1])
        ...     label.read_all(path).tolist()
        [1, 0, 1]
        """
        try:
            lines = pathlib.Path(path).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(
                "Expected a text file of labels that can be read. Received: "
                f"{path}: {error}. Repair or remove the file."
            ) from error
        numbers = {line.strip(): number for number, line in self._lines()}
        found = [line.strip() for line in lines if line.strip()]
        unknown = [line for line in found if line not in numbers]
        if unknown:
            raise ValueError(
                f"Expected one of {self.num_classes} classes on each line, "
                f"{', '.join(self.names[:10])}. Received: {unknown[:5]} in "
                f"{path}. Correct the file, or pass the names to Label."
            )
        return np.array([numbers[line] for line in found], "int64")

    def write(self, path, samples):
        """Writes labels to a text file, one on each line, atomically.

        Args:
            path: path of the file, `.txt` by default.
            samples: ints `(num,)`, or one-hot `(num, num_classes)`.

        Returns:
            List of one `pathlib.Path`.

        Raises:
            ValueError: if a class does not exist, or the file has another
                ending.

        Example:

        >>> import tempfile
        >>> label = Label(2, names=["cat", "dog"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (path,) = label.write(f"{folder}/x", [1, 0])
        ...     path.read_text(encoding="utf-8")
        'dog\\ncat\\n'
        """
        path = self.file(path)
        lines = dict(self._lines())
        rows = self.rows(samples)
        numbers = np.where(rows.any(axis=1), rows.argmax(axis=1), MISSING)
        text = "".join(f"{lines[number]}\n" for number in numbers)
        atomic.write_atomically(
            path, lambda file: pathlib.Path(file).write_bytes(text.encode())
        )
        return [path]

    def _lines(self):
        """Returns pairs of a class and what a file says for it."""
        return list(enumerate(self.names))


def one_hot(labels, num_classes, name="labels"):
    """Makes labels one-hot.

    Args:
        labels: ints `(num,)` in [0, num_classes), or one-hot labels.
        num_classes: int, number of classes.
        name: string, name of the labels in the error.

    Returns:
        numpy float32 array `(num, num_classes)`.

    Raises:
        ValueError: if a class does not exist.

    Example:

    >>> one_hot([2, 0], num_classes=3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    labels = np.asarray(labels)
    if labels.ndim == 1 and labels.dtype.kind in "iu":
        wrong = (labels < 0) | (labels >= num_classes)
    elif labels.ndim == 2 and labels.shape[1] == num_classes:
        wrong = (labels.max(axis=1) != 1) | (np.abs(labels).sum(axis=1) != 1)
    else:
        raise ValueError(
            f"Expected {name} as ints of shape (num,), or one-hot of shape "
            f"(num, {num_classes}). Received: shape {labels.shape}, type "
            f"{labels.dtype}. Number the classes from 0 on."
        )
    if np.any(wrong):
        raise ValueError(
            f"Expected {name} in [0, {num_classes}), or one-hot. Received: "
            f"{labels[wrong][:5].tolist()} among them. Number the classes "
            "from 0 on, or make the model with a larger num_classes."
        )
    if labels.ndim == 1:
        return np.eye(num_classes, dtype="float32")[labels]
    return labels.astype("float32")
