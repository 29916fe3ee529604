"""Spectral normalization: kernels divided by their largest singular value."""

import keras
from keras import ops

from keras_gan_zoo.layers.kernels import called_with


@keras.saving.register_keras_serializable("keras_gan_zoo")
class SpectralNormalization(keras.layers.Wrapper):
    """Normalizes the kernel of a layer (Miyato et al., 2018).

    https://arxiv.org/abs/1802.05957. Calls `layer` with its kernel W divided
    by the largest singular value of W. Each call in training improves the
    estimate of this value by one step of power iteration (Algorithm 1). W is
    taken as a matrix whose rows are all inputs of a unit and whose columns
    are units. The kernel variable does not change. (Keras' layer of this name
    overwrites it in the forward pass, which gives other results on JAX.)

    Args:
        layer: a `Dense` or convolution layer.

    Example:

    >>> ones = keras.layers.Dense(1, kernel_initializer="ones")
    >>> layer = SpectralNormalization(ones)
    >>> float(layer(ops.ones((1, 4)), training=True)[0, 0])  # 4 / 2
    2.0
    """

    def build(self, input_shape):
        super().build(input_shape)
        if not hasattr(self.layer, "kernel"):
            raise ValueError(
                "SpectralNormalization needs a layer with a kernel. Expected "
                "a Dense or convolution layer. "
                f"Received: layer={self.layer}"
            )
        self.u = self.add_weight(
            shape=(1, self.layer.kernel.shape[-1]),
            initializer="random_normal",
            trainable=False,
            autocast=False,
            name="u",
        )

    def call(self, inputs, training=False):
        sigma = self._largest_singular_value(training)
        return called_with(self.layer, self.layer.kernel / sigma, inputs)

    def _largest_singular_value(self, training):
        # The initial vector is random and does not have length 1.
        u = _unit(ops.convert_to_tensor(self.u))
        kernel = ops.cast(self.layer.kernel, u.dtype)
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        fixed = ops.stop_gradient(matrix)
        v = _unit(ops.matmul(u, ops.transpose(fixed)))
        if training:
            u = _unit(ops.matmul(v, fixed))
            self.u.assign(u)
        sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))
        return ops.reshape(sigma, ())

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)


def _unit(vector):
    return vector / (ops.sqrt(ops.sum(ops.square(vector))) + 1e-12)


def maybe_spectral(layer, wanted):
    """Returns a layer with spectral normalization if `wanted`.

    Args:
        layer: a `Dense` or convolution layer.
        wanted: bool. False returns the layer unchanged.

    Example:

    >>> maybe_spectral(keras.layers.Dense(1, name="logits"), True).name
    'logits_sn'
    """
    if wanted:
        return SpectralNormalization(layer, name=f"{layer.name}_sn")
    return layer
