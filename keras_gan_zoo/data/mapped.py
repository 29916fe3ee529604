"""A dataset with changed batches that keeps its place and its classes."""

import tensorflow as tf

#: What the datasets of this folder carry, and `tf.data` would drop.
CARRIED = ("position", "class_names")


def mapped(dataset, function):
    """Changes each batch of a dataset, as its method `map` does.

    `dataset.map(function)` alone returns a dataset without `position` and
    `class_names`: `Backup` could not resume it exactly, and the names of the
    classes would be lost. The result and the dataset share one position. Do
    not train on both at the same time.

    Args:
        dataset: a dataset of `keras_gan_zoo.data`.
        function: function of the members of a batch, in graph mode. It
            returns the new batch. It must keep the number of examples.

    Returns:
        `tf.data.Dataset` with the same number of batches.

    Raises:
        ValueError: if the dataset carries no position.

    Example:

    >>> from keras_gan_zoo.data import digits
    >>> inverted = mapped(digits(batch_size=64), lambda images: -images)
    >>> len(inverted), inverted.position.epoch
    (28, 0)
    """
    if not hasattr(dataset, "position"):
        raise ValueError(
            "The order of this dataset is not known. Expected a dataset that "
            "a function of keras_gan_zoo.data returned. Received: "
            f"{type(dataset).__name__}. For other datasets use their own map."
        )
    found = dataset.map(function, tf.data.AUTOTUNE, deterministic=True)
    for name in CARRIED:
        if hasattr(dataset, name):
            setattr(found, name, getattr(dataset, name))
    return found
