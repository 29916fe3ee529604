"""The position of a training in its data."""

import contextlib


class Position:
    """The position in the data at which the next pass starts.

    `epoch` is the number of that pass and decides the order. `batch` is the
    number of batches of the pass that were already seen and are skipped. If
    batches are skipped at the start of a pass, they are appended at its end,
    so every pass has the same length.

    Args:
        **order: values that decide the order of each pass, e.g. `seed` and
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
    """Returns a scope in which reading a dataset keeps its position.

    Without the scope, a dataset of `keras_gan_zoo.data` would continue with
    another order, and leave out other images that do not fill a batch. Other
    datasets have no known position.
    """
    position = getattr(dataset, "position", None)
    start = (position.epoch, position.batch) if position else None
    try:
        yield
    finally:
        if position:
            position.epoch, position.batch = start
