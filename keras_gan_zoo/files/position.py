"""Where in the data a training stands."""

import contextlib


class Position:
    """Where in the data the next pass starts.

    `epoch` is the number of that pass and decides the order. `batch` is the
    number of its batches that were seen already and are skipped. If batches
    are skipped at the start of a pass, they are appended at its end, so every
    pass has the same length.

    Args:
        **order: what decides the order of each pass, e.g. `seed` and
            `batch_size`, for JSON.
    """

    def __init__(self, **order):
        self.order = order
        self.epoch = 0
        self.batch = 0

    def __call__(self):
        """Yields `(epoch, batch)` once and moves on to the next pass."""
        start = self.epoch, self.batch
        self.epoch, self.batch = self.epoch + 1, 0
        yield start


@contextlib.contextmanager
def looking(dataset):
    """Scope in which reading a dataset does not move it on.

    A dataset of `keras_gan_zoo.data` would go on to another order, and leave
    out other images that do not fill a batch. Of other data nothing is known.
    """
    position = getattr(dataset, "position", None)
    start = (position.epoch, position.batch) if position else None
    try:
        yield
    finally:
        if position:
            position.epoch, position.batch = start
