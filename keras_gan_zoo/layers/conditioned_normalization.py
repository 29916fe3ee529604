"""Batch normalization whose scale and shift are computed from a vector."""

import keras
from keras import layers, ops

from keras_gan_zoo.layers.normalization import BatchNormalization
from keras_gan_zoo.layers.precision import precise
from keras_gan_zoo.layers.spectral import maybe_spectral


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ConditionedBatchNormalization(BatchNormalization):
    """Normalizes the batch, with a scale and a shift from a vector.

    Brock et al. (2019), https://arxiv.org/abs/1809.11096. The scale of an
    example is 1 plus a dense layer of its vector. The shift is another dense
    layer of the vector. Both layers have no biases. All examples share the
    statistics, which are computed as in `BatchNormalization`.

    Args:
        spectral_normalization: bool, divide both kernels by their largest
            singular values.
        kernel_initializer: initializer of both kernels.
        momentum: float in [0, 1), decay of the moving statistics, which are
            used outside training.
        epsilon: float > 0, added to the variance.

    Input: list of the features `(batch, ..., channels)` and the vectors
    `(batch, length)`. Output: the shape of the features.

    Example:

    >>> x, vectors = ops.array([[1.0], [3.0]]), ops.array([[0.0], [4.0]])
    >>> layer = ConditionedBatchNormalization(kernel_initializer="ones")
    >>> ops.convert_to_numpy(layer([x, vectors], training=True)).round(2)
    array([[-1.],
           [ 9.]], dtype=float32)
    """

    def __init__(
        self,
        spectral_normalization=True,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.spectral_normalization = spectral_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        features, vectors = input_shape
        self.scale = self._dense(features[-1], "scale", vectors)
        self.shift = self._dense(features[-1], "shift", vectors)
        self.add_statistics((features[-1],))

    def _dense(self, units, name, input_shape):
        dense = layers.Dense(
            units,
            use_bias=False,
            kernel_initializer=self.kernel_initializer.clone(),
            dtype=self.dtype_policy,
            name=name,
        )
        dense = maybe_spectral(dense, self.spectral_normalization)
        dense.build(input_shape)
        return dense

    def call(self, inputs, training=False):
        features, vectors = inputs
        arguments = (
            {"training": training} if self.spectral_normalization else {}
        )
        axes = (1,) * (len(features.shape) - 2)
        scale, shift = (
            ops.reshape(
                precise(dense(vectors, **arguments), self),
                (-1, *axes, features.shape[-1]),
            )
            for dense in (self.scale, self.shift)
        )
        features = precise(features, self)
        mean, variance = self.statistics(features, training)
        normalized = (features - mean) * ops.rsqrt(variance + self.epsilon)
        outputs = normalized * (1 + scale) + shift
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        initializer = keras.initializers.serialize(self.kernel_initializer)
        return {
            **super().get_config(),
            "spectral_normalization": self.spectral_normalization,
            "kernel_initializer": initializer,
        }
