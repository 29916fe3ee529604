"""Checks in the pipeline of a `tf.data.Dataset`, which any backend may read."""


def check_labels(dataset, at, num_classes, name):
    """Adds a check of the labels in each batch to a dataset.

    Args:
        dataset: `tf.data.Dataset` of tuples.
        at: int, the place of the labels in a batch: ints, or one-hot rows.
        num_classes: int, number of classes.
        name: string, what the error calls the labels.

    Returns:
        `tf.data.Dataset` of the same batches. A batch with other labels
        raises `tf.errors.InvalidArgumentError`.

    Example:

    >>> import tensorflow as tf
    >>> labels = tf.data.Dataset.from_tensors(([0.5], [2]))
    >>> len(list(check_labels(labels, 1, 3, "labels")))
    1
    """
    import tensorflow as tf  # only users of such datasets need it

    def checked(*batch):
        labels = batch[at]
        if labels.shape.rank == 1:
            right = (labels >= 0) & (labels < num_classes)
        else:
            ones = tf.cast(labels == 1, "int32")
            others = tf.cast((labels != 0) & (labels != 1), "int32")
            right = tf.reduce_sum(ones + 2 * others, axis=-1) == 1
        message = (
            f"Expected {name} in [0, {num_classes}), or one-hot. Received, in "
            "a batch of the dataset: "
        )
        wrong = tf.boolean_mask(labels, ~right)
        tf.debugging.Assert(tf.reduce_all(right), [message, wrong])
        return batch

    return dataset.map(checked)
