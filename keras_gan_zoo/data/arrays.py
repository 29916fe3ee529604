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
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(
            "Expected images of shape (num, height, width, channels). "
            f"Received: images.shape={images.shape}. Add the last axis to "
            "gray images: images[..., None]."
        )
    if labels is not None:
        labels = _class_labels(labels, len(images))
    if images.dtype != "uint8":
        images = images.astype("float32")
    with tf.device("CPU"):
        images = tf.constant(images)
        labels = None if labels is None else tf.constant(labels)

    def take(indices):
        batch = order.scaled(tf.gather(images, indices))
        return batch if labels is None else (batch, tf.gather(labels, indices))

    augment = order.mirrored if flip else None
    return order.gathered(take, len(images), batch_size, seed, augment)


def _class_labels(labels, num):
    labels = np.asarray(labels)
    if labels.shape != (num,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"Expected one integer label for each of the {num} images, shape "
            f"({num},). Received: shape {labels.shape}, type {labels.dtype}."
        )
    return labels.astype("int32")
