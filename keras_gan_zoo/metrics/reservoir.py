"""A uniform sample of a stream, in a fixed amount of memory."""

import numpy as np


class Reservoir:
    """Keeps `size` rows of a stream, each with the same probability.

    Algorithm R (Vitter, 1985), https://doi.org/10.1145/3147.3165: row number
    t is kept with probability size / t and replaces a random row. A stream
    of at most `size` rows is kept whole, in its order.

    Args:
        size: int, how many rows to keep.
        seed: int or sequence of ints, seed of the random choice.

    Attributes:
        count: int, how many rows the stream has had so far.

    Example:

    >>> sample = Reservoir(3, seed=0)
    >>> for batch in np.arange(20).reshape(5, 4, 1):
    ...     sample.update(batch)
    >>> sample.count, sample.rows.shape
    (20, (3, 1))
    """

    def __init__(self, size, seed):
        self.size = size
        self.count = 0
        self._rng = np.random.default_rng(seed)
        self._kept = None

    def update(self, rows):
        """Adds rows, an array `(num, ...)`."""
        if self._kept is None:
            # An empty array's pages take no memory before they are written.
            self._kept = np.empty((self.size, *rows.shape[1:]), "float32")
        number = self.count + 1 + np.arange(len(rows))
        place = np.where(
            number <= self.size, number - 1, self._rng.integers(0, number)
        )
        taken = place < self.size
        self._kept[place[taken]] = rows[taken]
        self.count += len(rows)

    @property
    def rows(self):
        """Returns the kept rows, float32 `(min(count, size), ...)`."""
        return self._kept[: self.count]

    def arrays(self):
        """Returns the state as a dict of arrays."""
        return {"rows": self.rows, "count": np.array(self.count)}

    def restore(self, arrays):
        """Restores the state from what `arrays()` returned."""
        self.count = 0
        self._kept = None
        self.update(arrays["rows"])
        self.count = int(arrays["count"])
