"""Batches of images in memory."""

import numpy as np
import tensorflow as tf

from keras_gan_zoo.data import order


def arrays(images, labels=None, batch_size=64, seed=0, flip=False):
    """Makes batches of images in memory.

    Args:
        images: array `(num, height, width, channels)`: uint8, which is
            scaled to [-1, 1] batch by batch, or floats in [-1, 1].
        labels: int array `(num,)` or None.
        batch_size: int, images per batch.
        seed: int, seed of the order.
        flip: bool, whether to mirror a random half of the images.

    Returns:
        `tf.data.Dataset`.

    Raises:
        ValueError: if the arrays have wrong shapes or are too short.

    Example:

    >>> zeros = np.zeros((10, 4, 4, 1), "uint8")
    >>> float(next(iter(arrays(zeros, batch_size=2)))[0, 0, 0, 0])
    -1.0
    """
    images = in_memory(images)
    if labels is not None:
        labels = class_labels(labels, len(images))
    with tf.device("CPU"):
        images = tf.constant(images)
        labels = None if labels is None else tf.constant(labels)

    def take(indices):
        batch = order.scaled(tf.gather(images, indices))
        return batch if labels is None else (batch, tf.gather(labels, indices))

    augment = order.mirrored if flip else None
    return order.gathered(take, len(images), batch_size, seed, augment)


def in_memory(images):
    """Returns images as an array of bytes or of float32.

    Args:
        images: array `(num, height, width, channels)`.

    Raises:
        ValueError: if the array has another number of axes.

    Example:

    >>> in_memory(np.zeros((2, 4, 4, 1))).dtype
    dtype('float32')
    """
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(
            "Expected images of shape (num, height, width, channels). "
            f"Received: images.shape={images.shape}. Add the last axis to "
            "gray images: images[..., None]."
        )
    return images if images.dtype == "uint8" else images.astype("float32")


def class_labels(labels, num):
    """Returns labels as an int32 array.

    Args:
        labels: int array `(num,)`.
        num: int, the number of images.

    Raises:
        ValueError: if there is not one int for each image.

    Example:

    >>> class_labels([2, 0], num=2)
    array([2, 0], dtype=int32)
    """
    labels = np.asarray(labels)
    if labels.shape != (num,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"Expected one integer label for each of the {num} images, shape "
            f"({num},). Received: shape {labels.shape}, type {labels.dtype}."
        )
    return labels.astype("int32")
