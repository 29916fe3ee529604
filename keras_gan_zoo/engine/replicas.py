"""Communication of the replicas of tf.distribute within a step.

On one device, and on the JAX and PyTorch backends, each function returns its
argument: JAX trains on one global batch, whose statistics are global, and
PyTorch trains on one device.
"""

import keras
from keras import ops

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
else:
    tf = None


def replica_context():
    """Returns the replica context of tf.distribute, or None on one device."""
    if tf is None:
        return None
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return None
    return context


def num_replicas():
    """Returns the number of devices on which tf.distribute runs a step."""
    if tf is None:
        return 1
    return tf.distribute.get_strategy().num_replicas_in_sync


def replica_mean(tensor):
    """Returns the mean of a tensor over all replicas, differentiable.

    Args:
        tensor: tensor of any shape, with a different value on each replica.
    """
    context = replica_context()
    return tensor if context is None else context.all_reduce("MEAN", tensor)


def replica_moments(mean, variance):
    """Returns the moments of the global batch from moments of equal parts.

    The replicas exchange one message forward and one backward, for any number
    of replicas. Between machines each message takes milliseconds.

    Args:
        mean: tensor `(channels,)`, the mean of this replica's part.
        variance: tensor `(channels,)`, the variance of this replica's part.

    Returns:
        The mean and the variance of the global batch, differentiable.
    """
    context = replica_context()
    if context is None:
        return mean, variance
    replica, num = (
        context.replica_id_in_sync_group,
        context.num_replicas_in_sync,
    )
    own = tf.one_hot(replica, num, dtype=mean.dtype)[:, None, None]
    parts = context.all_reduce("SUM", own * tf.stack([mean, variance]))
    means, variances = parts[:, 0], parts[:, 1]
    mean = ops.mean(means, axis=0)
    return mean, ops.mean(variances + ops.square(means - mean), axis=0)


def from_all_replicas(tensor):
    """Returns the global batch on every replica.

    Args:
        tensor: tensor `(batch / replicas, ...)`, this replica's part.

    Returns:
        Tensor `(batch, ...)`, the parts in the order of the replicas.
    """
    context = replica_context()
    return tensor if context is None else context.all_gather(tensor, axis=0)


def own_part(tensor, num):
    """Returns this replica's rows of a global batch.

    Args:
        tensor: tensor `(batch, ...)`, as `from_all_replicas` returns it.
        num: int, rows of each replica.

    Returns:
        Tensor `(num, ...)`. On one device all rows, for any `num`.
    """
    context = replica_context()
    if context is None:
        return tensor
    first = context.replica_id_in_sync_group * num
    return tensor[first : first + num]


def from_first_replica(tensor):
    """Returns the first replica's tensor on every replica.

    Args:
        tensor: tensor of any shape, such as a random draw that all replicas
            should share.
    """
    context = replica_context()
    if context is None:
        return tensor
    first = context.replica_id_in_sync_group == 0
    return context.all_reduce("SUM", tensor * ops.cast(first, tensor.dtype))
