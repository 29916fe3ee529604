"""Errors before training instead of grey mush after it."""

import itertools
import warnings

import keras
import numpy as np

from keras_gan_zoo.files import position


def first_batch(x, y=None):
    """Looks at the first batch of what `fit` was given.

    Args:
        x: arrays, a `tf.data.Dataset`, a `keras.utils.PyDataset`, a torch
            `DataLoader` or a generator.
        y: labels, if `x` is an array.

    Returns:
        The batch in numpy arrays, `images` or a tuple (None if there is no
        way to look at it), and the `x` to train on: of a generator, which
        can be read but once, a chain that begins with the batch.
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
    """Raises unless all batches of `fit` can be cut into equal parts.

    Args:
        x: what `fit` was given.
        first: the first batch, or None.
        batch_size: as given to `fit`.
        parts: int, how many devices share a batch.
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
    """An array from an array, a list or a tensor of any library; or None."""
    if tensor is None or isinstance(tensor, np.ndarray):
        return tensor
    if hasattr(tensor, "numpy") and not hasattr(tensor, "detach"):
        return tensor.numpy()  # of TensorFlow, on any backend
    if keras.ops.is_tensor(tensor):
        return keras.ops.convert_to_numpy(tensor)
    return np.asarray(tensor)


def image_shape(shape):
    """Returns `(height, width, channels)` as a tuple of positive ints."""
    try:
        sides = tuple(int(side) for side in shape)
    except TypeError:
        sides = ()
    if len(sides) != 3 or min(sides) < 1:
        raise ValueError(
            "Expected image_shape=(height, width, channels), three positive "
            f"numbers, e.g. (28, 28, 1). Received: image_shape={shape!r}"
        )
    return sides


def packing(size):
    """Returns how many images are judged together, a positive int."""
    if int(size) != size or size < 1:
        raise ValueError(
            "Expected packing as the number of images that the discriminator "
            f"judges together, 1 or more. Received: packing={size!r}"
        )
    return int(size)


def images(batch, shape, name="images"):
    """Raises unless `batch` holds images of `shape`, floats in [-1, 1]."""
    if batch is None:
        return
    if tuple(batch.shape[1:]) != tuple(shape):
        raise ValueError(
            f"The {name} do not fit the model. Expected batches of shape "
            f"(batch, height, width, channels) = (batch, "
            f"{', '.join(map(str, shape))}). Received: {batch.shape}. Load "
            f"them at that size, e.g. with image_size={tuple(shape[:2])} in "
            f"keras_gan_zoo.data, or make the model with "
            f"image_shape={tuple(batch.shape[1:])}."
        )
    scale = (
        "Scale them first, for 8-bit images: x.astype('float32') / 127.5 - 1 "
        "(the functions of keras_gan_zoo.data do)."
    )
    if not np.issubdtype(batch.dtype, np.floating):
        if batch.dtype.name not in ("bfloat16",):
            raise ValueError(
                f"The {name} have the wrong type. Expected floats in "
                f"[-1, 1]. Received: {batch.dtype}. {scale}"
            )
        batch = batch.astype("float32")
    low, high = float(np.min(batch)), float(np.max(batch))
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(
            f"The {name} hold NaN or infinity. Expected finite floats in "
            f"[-1, 1]. Received: minimum {low}, maximum {high} in the first "
            "batch. Look for divisions by zero in what prepares them."
        )
    if low < -1.001 or high > 1.001:
        raise ValueError(
            f"The {name} have the wrong range. Expected floats in [-1, 1], "
            "the range of the generator's tanh. Received: minimum "
            f"{low:.4g}, maximum {high:.4g} in the first batch. {scale}"
        )
    if low >= 0 and high > 0.5:
        warnings.warn(
            f"The {name} of the first batch lie in [{low:.3g}, {high:.3g}]. "
            "If their range is [0, 1], scale them to [-1, 1] with 2 * x - 1: "
            "the discriminator would tell them by their range alone.",
            stacklevel=4,
        )


def one_hot(labels, num_classes):
    """One-hot labels, numpy float32 `(num, num_classes)`.

    Args:
        labels: ints `(num,)` in [0, num_classes), or one-hot already.
        num_classes: int, how many classes there are.

    Raises:
        ValueError: if there is no such class.

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
            "Expected labels as ints of shape (num,), or one-hot of shape "
            f"(num, {num_classes}). Received: shape {labels.shape}, type "
            f"{labels.dtype}."
        )
    if np.any(wrong):
        raise ValueError(
            f"Expected labels in [0, {num_classes}), or one-hot. Received: "
            f"{labels[wrong][:5].tolist()} among them. Number the classes "
            "from 0 on, or make the model with more num_classes."
        )
    if labels.ndim == 1:
        return np.eye(num_classes, dtype="float32")[labels]
    return labels.astype("float32")
