"""Labels that some examples lack."""

import numpy as np

from keras_gan_zoo.modalities.label import MISSING, Label, one_hot


class PartialLabel(Label):
    """Describes the labels of a number of classes, which examples may lack.

    The label -1 means that the class is unknown. Its row has only zeros.

    Args:
        num_classes: int, number of classes.
        names: list of the names of the classes for files, or None. A file
            says `-` for an unknown class.

    Raises:
        ValueError: as `Label` does.

    Example:

    >>> PartialLabel(3).rows([2, -1])
    array([[0., 0., 1.],
           [0., 0., 0.]], dtype=float32)
    """

    kind = "partial label"
    partial = True

    def rows(self, labels, name="labels"):
        """Makes labels one-hot, and rows of zeros for those that lack.

        Args:
            labels: ints `(num,)` in [-1, num_classes), or rows `(num,
                num_classes)`, one-hot or zeros.
            name: string, name of the labels in the error.

        Returns:
            numpy float32 array `(num, num_classes)`.

        Raises:
            ValueError: if a class does not exist.

        Example:

        >>> PartialLabel(2).rows([[0, 0], [0, 1]])
        array([[0., 0.],
               [0., 1.]], dtype=float32)
        """
        labels = np.asarray(labels)
        if labels.ndim == 2:
            known = (labels != 0).any(axis=1)
        else:
            known = labels != MISSING
        rows = np.zeros((len(labels), self.num_classes), "float32")
        rows[known] = one_hot(labels[known], self.num_classes, name)
        return rows

    def example(self, num, seed=0):
        """Makes labels for tests. Every other example lacks its label.

        Args:
            num: int, number of labels.
            seed: int. The same seed makes the same labels.

        Returns:
            numpy array of ints `(num,)`.

        Example:

        >>> PartialLabel(2).example(4).tolist().count(-1)
        2
        """
        labels = super().example(num, seed)
        labels[1::2] = MISSING
        return labels

    def _lines(self):
        return [*super()._lines(), (MISSING, "-")]
