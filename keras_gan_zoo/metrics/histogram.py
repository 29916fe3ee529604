"""Counts of a stream of small numbers."""

import numpy as np


class Histogram:
    """Counts how often each of the numbers 0 to `size - 1` occurs.

    Args:
        size: int, one more than the largest number.

    Attributes:
        counts: int array `(size,)`.

    Example:

    >>> histogram = Histogram(3)
    >>> histogram.update(np.array([2, 0, 2]))
    >>> histogram.counts, histogram.count
    (array([1, 0, 2]), 3)
    """

    def __init__(self, size):
        self.counts = np.zeros(size, "int64")

    def update(self, numbers):
        """Adds ints, an array `(num,)`."""
        self.counts += np.bincount(numbers, minlength=len(self.counts))

    @property
    def count(self):
        """Returns how many numbers were added."""
        return int(self.counts.sum())

    def arrays(self):
        """Returns the state as a dict of arrays."""
        return {"counts": self.counts}

    def restore(self, arrays):
        """Restores the state from what `arrays()` returned."""
        self.counts = arrays["counts"]
