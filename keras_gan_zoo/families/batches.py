"""Checks of the batches that `fit` gets, before training starts."""

import copy
import itertools
import os

import keras
import numpy as np

from keras_gan_zoo.files import position


def as_arrays(x, y=None):
    """Converts lists, tuples and table columns to arrays.

    Args:
        x: the argument of `fit`: an array, a list of arrays of one shape, a
            tuple `(x, y)`, or a dataset. A dataset is returned unchanged.
        y: array, list, or pandas Series of labels, or None.

    Returns:
        `(x, y)`.

    Raises:
        ValueError: if `x` is the name of a file or a dict.

    Example:

    >>> x, y = as_arrays(([[0.0], [1.0]], [7, 8]))
    >>> x.shape, y
    ((2, 1), array([7, 8]))
    """
    if isinstance(x, (str, os.PathLike)):
        raise ValueError(
            "fit() reads no files. Expected images, or a dataset: "
            f"keras_gan_zoo.data.image_folder({str(x)!r}, ...). "
            f"Received: the name {str(x)!r}."
        )
    if isinstance(x, dict):
        raise ValueError(_of_dict(x))
    if isinstance(x, tuple) and y is None and len(x) == 2:
        x, y = x
    if isinstance(x, (list, tuple)):
        x = np.stack([to_numpy(example) for example in x])
    if y is not None and not keras.ops.is_tensor(y):
        y = np.asarray(y)
    return x, y


def _of_dict(batch):
    return (
        "The members of a batch have an order, but no names. Expected "
        "an array or a tuple, e.g. dataset.map(lambda batch: "
        f"batch[{next(iter(batch), 'image')!r}]). "
        f"Received: a dict of {', '.join(map(repr, batch))}."
    )


def first_batch(x, y=None):
    """Reads the first batch of the data that `fit` was given.

    Args:
        x: arrays, a `tf.data.Dataset`, a `keras.utils.PyDataset`, a torch
            `DataLoader` or a generator.
        y: array of labels, if `x` is an array.

    Returns:
        Two values. The first is the batch, a numpy array or a tuple of numpy
        arrays, or None if the data cannot be looked at. The second is the `x`
        to train on. A generator can be read only once, so another one is
        returned that starts with this batch. A `DataLoader` of images
        without labels is changed so that Keras reads it correctly.

    Raises:
        ValueError: if the dataset is empty, or its batches are dicts.

    Example:

    >>> batch, x = first_batch(iter([np.zeros(2), np.ones(2)]))
    >>> batch, len(list(x))
    (array([0., 0.]), 2)
    """
    batch, x = _looked_at(x, y)
    if isinstance(batch, dict):
        raise ValueError(_of_dict(batch))
    if isinstance(batch, list):
        batch = tuple(batch)
    return keras.tree.map_structure(to_numpy, batch), x


def _looked_at(x, y):
    """The first batch as it comes, or None, and the `x` to train on."""
    if hasattr(x, "dtype"):  # an array or tensor
        return (x[:256] if y is None else (x[:256], y[:256])), x
    if hasattr(x, "element_spec") and hasattr(x, "take"):  # tf.data
        with position.looking(x):
            return _first(x.take(1)), x
    if hasattr(x, "__getitem__") and not isinstance(x, (list, tuple)):
        return x[0], x
    if hasattr(x, "__next__"):  # a generator
        batch = _first(x)
        return batch, _chained(batch, x)
    if hasattr(x, "batch_sampler"):  # a DataLoader
        batch = _first(x)
        return batch, _of_tuples(x) if hasattr(batch, "dtype") else x
    return None, x


def _first(batches):
    for batch in batches:
        return batch
    raise ValueError(
        "Expected a dataset with at least one batch. Received: an empty one. "
        "With whole batches only, a set smaller than its batch size gives "
        "none: take a smaller batch_size."
    )


def _of_tuples(loader):
    """Makes tuples of single tensors, whose rows Keras takes for members."""
    loader = copy.copy(loader)
    loader.collate_fn = Alone(loader.collate_fn)
    return loader


def _chained(first, others):
    """Chains iterators in a real generator, which Keras needs to train."""
    for batch in itertools.chain([first], others):
        members = isinstance(batch, (list, tuple))
        yield tuple(batch) if members else (batch,)


class Alone:
    """Wraps the single member of a `DataLoader`'s batches in a tuple.

    Args:
        collate: function of a list of examples that returns a batch.
    """

    def __init__(self, collate):
        self.collate = collate

    def __call__(self, examples):
        return (self.collate(examples),)


def large_enough(x, first, batch_size, parts, devices):
    """Checks that each minibatch of a step gets an example.

    Args:
        x: arrays or a dataset, the argument of `fit`.
        first: the first batch, or None.
        batch_size: int or None, the argument of `fit`.
        parts: int, number of minibatches into which a step cuts a batch.
        devices: int, number of devices that share a batch.

    Raises:
        ValueError: if a batch is too small. The last batch of arrays is
            checked, too.

    Example:

    >>> x = np.zeros((9, 4))
    >>> large_enough(x, x, batch_size=3, parts=2, devices=1)
    >>> large_enough(x, x, 4, parts=2, devices=1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: A step cuts its batch into 2 minibatches. Expected ...
    """
    if first is None:
        return
    size = len(keras.tree.flatten(first)[0])
    if hasattr(x, "dtype"):
        size = min(batch_size or 32, len(x))
        size = len(x) % size or size  # of the last batch
    if size < parts * devices:
        on = f" on each of {devices} devices" if devices > 1 else ""
        raise ValueError(
            f"A step cuts its batch into {parts} minibatches{on}. Expected "
            f"at least {parts * devices} examples in each batch, the last one "
            f"too. Received: a batch of {size}. Choose another batch_size, or "
            "leave the rest out with keras_gan_zoo.data.arrays."
        )


def equal_parts(x, first, batch_size, parts):
    """Checks that all batches of `fit` can be cut into equal parts.

    Args:
        x: arrays or a dataset, the argument of `fit`.
        first: the first batch, or None.
        batch_size: int or None, the argument of `fit`.
        parts: int, number of devices that share a batch.

    Raises:
        ValueError: if a batch cannot be cut into equal parts.

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
    """Converts an array or tensor of any library to numpy.

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
