"""Batches in which only some images have labels."""

import numpy as np
import tensorflow as tf

from keras_gan_zoo.data import order
from keras_gan_zoo.data.arrays import class_labels, in_memory
from keras_gan_zoo.modalities.label import MISSING


def semi_supervised(
    images, labels, labels_per_class=None, batch_size=200, seed=0
):
    """Makes batches: one half with labels, the other half without.

    A pass is one pass through all images without their labels. The images
    with labels are few and start again whenever they end, as in the code of
    Salimans et al. (2016), https://arxiv.org/abs/1606.03498.

    Args:
        images: array `(num, height, width, channels)`: uint8, which is
            scaled to [-1, 1] batch by batch, or floats in [-1, 1].
        labels: int array `(num,)`. The label -1 means that the class is
            unknown.
        labels_per_class: int, number of labels of each class that are kept,
            chosen at random by the seed. None keeps all.
        batch_size: int, an even number, images per batch.
        seed: int, seed of the choice and of the order.

    Returns:
        `tf.data.Dataset` of `(images, labels)`. The first half of each batch
        has its labels, and the labels of the second half are -1.

    Raises:
        ValueError: if the arrays do not fit together, there are no labels,
            or fewer than `labels_per_class`, or `batch_size` is odd.

    Example:

    >>> images, labels = np.zeros((8, 4, 4, 1)), np.arange(8) % 2
    >>> batches = semi_supervised(images, labels, 2, batch_size=4)
    >>> next(iter(batches))[1].numpy()[2:]
    array([-1, -1], dtype=int32)
    """
    if batch_size < 2 or batch_size % 2:
        raise ValueError(
            "Half of the images of a batch have labels. Expected an even "
            f"batch_size. Received: batch_size={batch_size}"
        )
    images = in_memory(images)
    labels = class_labels(labels, len(images))
    labeled = np.flatnonzero(labels != MISSING)
    if labels_per_class is not None:
        labeled = _some(labels, labeled, labels_per_class, seed)
    half = batch_size // 2
    if not len(labeled):
        raise ValueError(
            "Expected labels of at least some images. Received: -1 for all."
        )
    # At least one batch before they start again.
    labeled = np.tile(labeled, -(-half // len(labeled)))
    with tf.device("CPU"):
        images, labels = tf.constant(images), tf.constant(labels)
        places = tf.constant(labeled)

    def take_labeled(indices):
        chosen = tf.gather(places, indices)
        return tf.gather(images, chosen), tf.gather(labels, chosen)

    def take_all(indices):
        unknown = tf.fill(tf.shape(indices), tf.constant(MISSING, tf.int32))
        return tf.gather(images, indices), unknown

    def joined(batch, key):
        del key
        halves = zip(*batch)
        both, classes = (tf.concat(half, axis=0) for half in halves)
        return order.scaled(both), classes

    return order.gathered_apart(
        (take_labeled, take_all), (len(labeled), len(labels)), half, seed,
        joined,
    )  # fmt: skip


def few_labels(read, labels_per_class, batch_size=200, seed=0, **given):
    """Reads images with labels, and keeps a few of the labels.

    Args:
        read: function of `keras_gan_zoo.data` that takes `batch_size`,
            `labels` and `given`.
        labels_per_class: int or its digits, as in `semi_supervised`.
        batch_size: int, as in `semi_supervised`.
        seed: int, as in `semi_supervised`.
        **given: further arguments of `read`.

    Returns:
        `tf.data.Dataset`, as from `semi_supervised`, with `class_names`.

    Raises:
        ValueError: if the number is none, or as `semi_supervised` does.

    Example:

    >>> from keras_gan_zoo.data import digits
    >>> images, labels = next(iter(few_labels(digits, 3, batch_size=20)))
    >>> int((labels != -1).numpy().sum())
    10
    """
    if not str(labels_per_class).isdecimal():
        raise ValueError(
            "Expected the number of labels of each class that are kept, e.g. "
            f"tfds:mnist,10. Received: {labels_per_class!r}"
        )
    dataset = read(batch_size=1, labels=True, **given)  # leaves no rest out
    images, labels = zip(*dataset.batch(512).as_numpy_iterator())
    batches = semi_supervised(
        np.concatenate(images)[:, 0],
        np.concatenate(labels)[:, 0],
        int(labels_per_class),
        batch_size,
        seed,
    )
    batches.class_names = getattr(dataset, "class_names", None)
    return batches


def _some(labels, labeled, number, seed):
    """Returns the places of `number` labels of each class, sorted."""
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels[labeled]):
        places = labeled[labels[labeled] == label]
        if len(places) < number:
            raise ValueError(
                f"Expected at least labels_per_class={number} labels of each "
                f"class. Received: {len(places)} of class {label}."
            )
        chosen.append(rng.choice(places, number, replace=False))
    return np.sort(np.concatenate(chosen))
