"""Losses of a classifier that also knows generated samples.

Salimans et al. (2016), https://arxiv.org/abs/1606.03498, section 5. A
classifier of K classes has the logits l_1, ..., l_K. The class of generated
samples is number K + 1, whose logit is 0: adding a number to all logits
changes no probability. With Z = sum_k exp(l_k), a sample is real with the
probability D = Z / (Z + 1), so the logit of "real" is log Z. Every
log(Z + 1) is computed as softplus(log Z), so that no logit overflows.
"""

from keras import ops

from keras_gan_zoo import engine


def real_logits(logits):
    """Returns the logits of "real", log Z.

    Args:
        logits: tensor `(batch, num_classes)`.

    Returns:
        Tensor `(batch, 1)`.

    Example:

    >>> round(float(real_logits(ops.zeros((1, 10)))[0, 0]), 4)  # log 10
    2.3026
    """
    return ops.logsumexp(logits, axis=-1, keepdims=True)


def row_mean(values, weights):
    """Returns the mean over the rows with weight 1, or 0 without any.

    The rows are those of the global batch: several devices may have different
    numbers of rows with weight 1.

    Args:
        values: tensor `(batch, ...)`.
        weights: tensor `(batch,)` of zeros and ones.

    Returns:
        Tensor of the shape of one row.

    Example:

    >>> float(row_mean(ops.array([1.0, 3.0, 8.0]), ops.array([1.0, 1.0, 0.0])))
    2.0
    """
    shape = (-1,) + (1,) * (len(values.shape) - 1)
    total = ops.mean(values * ops.reshape(weights, shape), axis=0)
    share = engine.replica_mean(ops.mean(weights))
    # Without any, the total is 0, too.
    share = ops.where(share > 0, share, ops.ones_like(share))
    return engine.replica_mean(total) / share


def unlabeled(labels):
    """Returns 1 for each row without a label.

    Args:
        labels: tensor `(batch, num_classes)` of one-hot rows, and rows of
            zeros for samples without a label.

    Returns:
        Tensor `(batch,)` of zeros and ones. All are ones if every row has a
        label: then all samples count as real ones.

    Example:

    >>> [float(x) for x in unlabeled(ops.array([[0.0, 1.0], [0.0, 0.0]]))]
    [0.0, 1.0]
    """
    missing = 1 - ops.sum(labels, axis=-1)
    some = engine.replica_mean(ops.mean(missing)) > 0
    return ops.where(some, missing, ops.ones_like(missing))


def accuracy(logits, labels):
    """Returns the share of samples with a label that are classified right.

    Args:
        logits: tensor `(batch, num_classes)`.
        labels: tensor `(batch, num_classes)`, one-hot or zeros.

    Example:

    >>> labels = ops.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    >>> float(accuracy(ops.array([[2.0, 1.0], [3.0, 1.0], [0.0, 0.0]]), labels))
    0.5
    """
    right = ops.argmax(logits, axis=-1) == ops.argmax(labels, axis=-1)
    return row_mean(ops.cast(right, labels.dtype), ops.sum(labels, axis=-1))


def supervised(logits, labels):
    """Computes the cross-entropy over the real classes.

    Args:
        logits: tensor `(batch, num_classes)`.
        labels: tensor `(batch, num_classes)`, one-hot. Rows of zeros, of
            samples without a label, do not count.

    Returns:
        Scalar, 0 without labels.

    Example:

    >>> logits, labels = ops.zeros((2, 10)), ops.one_hot(ops.array([3, 7]), 10)
    >>> round(float(supervised(logits, labels)), 4)  # log 10
    2.3026
    """
    labeled = ops.sum(labels, axis=-1)
    right = ops.sum(logits * labels, axis=-1)
    return row_mean(ops.logsumexp(logits, axis=-1) - right, labeled)


def unsupervised(logits, counted, fake_logits):
    """Computes the loss of telling real from generated samples.

    (-E_real log D - E_fake log(1 - D)) / 2, the mean of the two halves as in
    the authors' code; the paper has the sum.

    Args:
        logits: tensor `(batch, num_classes)`, of real samples.
        counted: tensor `(batch,)` of zeros and ones, as from `unlabeled`.
        fake_logits: tensor `(batch, num_classes)`, of generated samples.

    Returns:
        Scalar.

    Example:

    >>> undecided = ops.full((4, 1), 0.0)  # one class: Z = 1, D = 1/2
    >>> round(float(unsupervised(undecided, ops.ones(4), undecided)), 4)
    0.6931
    """
    real = real_logits(logits)[:, 0]
    fake = real_logits(fake_logits)
    return 0.5 * (
        row_mean(ops.softplus(-real), counted) + ops.mean(ops.softplus(fake))
    )


def squared_difference(real_mean, fake_mean):
    """Computes the mean squared difference of mean features.

    The authors' script for MNIST has it. The paper has the sum.

    Args:
        real_mean: tensor `(features,)`, of real samples.
        fake_mean: tensor `(features,)`, of generated samples.

    Example:

    >>> zeros, twos = ops.zeros(4), ops.full((4,), 2.0)
    >>> float(squared_difference(zeros, twos))
    4.0
    """
    return ops.mean(ops.square(real_mean - fake_mean))


def absolute_difference(real_mean, fake_mean):
    """Computes the mean absolute difference of mean features.

    The authors' scripts for CIFAR-10 and SVHN have it.

    Args:
        real_mean: tensor `(features,)`, of real samples.
        fake_mean: tensor `(features,)`, of generated samples.

    Example:

    >>> zeros, twos = ops.zeros(4), ops.full((4,), 2.0)
    >>> float(absolute_difference(zeros, twos))
    2.0
    """
    return ops.mean(ops.abs(real_mean - fake_mean))


#: How the generator compares features, by name.
MATCHING = {"squared": squared_difference, "absolute": absolute_difference}
