"""Batch normalization with a scale and a shift for each class."""

import keras
from keras import ops

from keras_gan_zoo.layers.normalization import BatchNormalization
from keras_gan_zoo.layers.precision import precise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ConditionalBatchNormalization(BatchNormalization):
    """Normalizes the batch, with a scale and a shift for each class.

    de Vries et al. (2017), https://arxiv.org/abs/1707.00683; in this form
    Miyato & Koyama (2018), https://arxiv.org/abs/1802.05637. All classes
    share the statistics, which are computed as in `BatchNormalization`. Each
    class has its own scale, which starts at 1, and its own shift, which
    starts at 0. Labels between two classes, such as `[0.5, 0.5]`, mix their
    scales and shifts.

    Args:
        momentum: float in [0, 1), decay of the moving statistics, which are
            used outside training.
        epsilon: float > 0, added to the variance.
        gamma_initializer: initializer of the scales.

    Input: list of the features `(batch, ..., channels)` and the one-hot
    labels `(batch, num_classes)`. Output: the shape of the features.

    Example:

    >>> x, labels = ops.array([[1.0], [3.0]]), ops.eye(2)
    >>> layer = ConditionalBatchNormalization()
    >>> layer.build([(2, 1), (2, 2)])
    >>> layer.gamma.assign([[1.0], [5.0]]) is not None
    True
    >>> ops.convert_to_numpy(layer([x, labels], training=True)).round(2)
    array([[-1.],
           [ 5.]], dtype=float32)
    """

    def build(self, input_shape):
        features, labels = input_shape
        self.add_scales((labels[-1], features[-1]))
        self.add_statistics((features[-1],))

    def call(self, inputs, training=False):
        features, labels = (precise(member, self) for member in inputs)
        mean, variance = self.statistics(features, training)
        scale, shift = (
            _of_class(labels, precise(table, self), features)
            for table in (self.gamma, self.beta)
        )
        normalized = (features - mean) * ops.rsqrt(variance + self.epsilon)
        return ops.cast(normalized * scale + shift, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[0]


def _of_class(labels, table, features):
    """Returns the rows of a table for labels, to be used on features."""
    axes = (1,) * (len(features.shape) - 2)
    return ops.reshape(ops.matmul(labels, table), (-1, *axes, table.shape[-1]))
