"""Batches as `fit` gets them, looked at before anything trains."""

import itertools

import keras
import numpy as np

from keras_gan_zoo.files import position


def first_batch(x, y=None):
    """Looks at the first batch of what `fit` was given.

    Args:
        x: arrays, a `tf.data.Dataset`, a `keras.utils.PyDataset`, a torch
            `DataLoader` or a generator.
        y: array of labels, if `x` is an array.

    Returns:
        The batch in numpy arrays, one array or a tuple (None if there is no
        way to look at it), and the `x` to train on: of a generator, which
        can be read but once, a chain that begins with the batch.

    Raises:
        ValueError: if the dataset is empty.

    Example:

    >>> batch, x = first_batch(iter([np.zeros(2), np.ones(2)]))
    >>> batch, len(list(x))
    (array([0., 0.]), 2)
    """
    if hasattr(x, "dtype"):  # an array or tensor
        batch = x[:256] if y is None else (x[:256], y[:256])
    elif hasattr(x, "element_spec") and hasattr(x, "take"):  # tf.data
        with position.looking(x):
            batch = next(iter(x.take(1)), None)
        if batch is None:
            raise ValueError(
                "Expected a dataset with at least one batch. Received: an "
                "empty one. With whole batches only, a set smaller than its "
                "batch size gives none: take a smaller batch_size."
            )
    elif hasattr(x, "__getitem__") and not isinstance(x, (list, tuple)):
        batch = x[0]
    elif hasattr(x, "__next__"):
        batch = next(x)
        x = itertools.chain([batch], x)
    else:
        batch = next(iter(x)) if hasattr(x, "batch_sampler") else None
    if isinstance(batch, list):
        batch = tuple(batch)
    return keras.tree.map_structure(to_numpy, batch), x


def equal_parts(x, first, batch_size, parts):
    """Checks that all batches of `fit` can be cut into equal parts.

    Args:
        x: arrays or a dataset, as `fit` was given.
        first: the first batch, or None.
        batch_size: int or None, as `fit` was given.
        parts: int, how many devices share a batch.

    Raises:
        ValueError: if a batch cannot be cut.

    Example:

    >>> x = np.zeros((8, 4))
    >>> equal_parts(x, x, batch_size=4, parts=2)
    >>> equal_parts(x, x, batch_size=4, parts=3)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: The batch is shared by 3 devices. Expected a batch size ...
    """
    if parts == 1 or first is None:
        return
    if hasattr(x, "dtype"):
        size = min(batch_size or 32, len(x))
        whole = len(x) % size == 0
    else:
        size = len(keras.tree.flatten(first)[0])
        spec = keras.tree.flatten(getattr(x, "element_spec", None))[0]
        whole = spec is None or spec.shape[0] is not None
    if size % parts:
        raise ValueError(
            f"The batch is shared by {parts} devices. Expected a batch size "
            f"that {parts} divides. Received: batches of {size}."
        )
    if not whole:
        raise ValueError(
            f"The last batch may be smaller than the others, and {parts} "
            "devices cannot share it. Expected whole batches: a dataset of "
            "keras_gan_zoo.data (data.arrays for numpy arrays), or "
            f".batch({size}, drop_remainder=True). "
            f"Received: {type(x).__name__} without."
        )


def to_numpy(tensor):
    """Converts what any library calls an array to numpy.

    Args:
        tensor: an array, a list, a tensor of any library, or None.

    Returns:
        numpy array, or None.

    Example:

    >>> to_numpy(keras.ops.zeros((2,)))
    array([0., 0.], dtype=float32)
    """
    if tensor is None or isinstance(tensor, np.ndarray):
        return tensor
    if hasattr(tensor, "numpy") and not hasattr(tensor, "detach"):
        return tensor.numpy()  # of TensorFlow, on any backend
    if keras.ops.is_tensor(tensor):
        return keras.ops.convert_to_numpy(tensor)
    return np.asarray(tensor)
