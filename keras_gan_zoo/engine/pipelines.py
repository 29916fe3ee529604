"""Checks in the pipeline of a `tf.data.Dataset`, which any backend may read."""


def check_labels(dataset, at, num_classes, name, partial=False):
    """Adds a check of the labels in each batch to a dataset.

    Args:
        dataset: `tf.data.Dataset` of tuples.
        at: int, the place of the labels in a batch: ints, or one-hot rows.
        num_classes: int, number of classes.
        name: string, what the error calls the labels.
        partial: bool, whether an example may lack its label: -1, or a row of
            zeros.

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

    least = -1 if partial else 0

    def checked(*batch):
        labels = batch[at]
        if labels.shape.rank == 1:
            right = (labels >= least) & (labels < num_classes)
        else:
            ones = tf.cast(labels == 1, "int32")
            others = tf.cast((labels != 0) & (labels != 1), "int32")
            found = tf.reduce_sum(ones + 2 * others, axis=-1)
            right = (found == 1) | ((found == 0) & partial)
        message = (
            f"Expected {name} in [{least}, {num_classes}), or one-hot. "
            "Received, in a batch of the dataset: "
        )
        wrong = tf.boolean_mask(labels, ~right)
        tf.debugging.Assert(tf.reduce_all(right), [message, wrong])
        return batch

    return dataset.map(checked)
