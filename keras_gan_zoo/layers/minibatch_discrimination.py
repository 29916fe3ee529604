"""Minibatch discrimination (Salimans et al., 2016)."""

import keras
from keras import ops

from keras_gan_zoo.layers.precision import precise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class MinibatchDiscrimination(keras.layers.Layer):
    """Adds features that say how near the other examples of the batch are.

    https://arxiv.org/abs/1606.03498, section 3.2. Each example has a matrix
    M with a row for each kernel, a linear function of its features. The new
    feature of kernel b is the sum over all *other* examples j of
    `exp(-|M_b - M_jb|_1)`, plus a trained shift that starts at -1. As in the
    authors' code, the kernels have a trained length, apart from their
    direction, and an example does not count as near to itself. Real and
    generated images pass separately: the layer must not compare the one with
    the other.

    Args:
        kernels: int, number of new features.
        dims: int, length of a row of M.

    Input: `(batch, features)`. Output: `(batch, features + kernels)`.

    Example:

    >>> layer = MinibatchDiscrimination(kernels=2, dims=3)
    >>> equal = ops.ones((4, 5))
    >>> ops.convert_to_numpy(layer(equal))[0, 5:]  # three others, minus 1
    array([2., 2.], dtype=float32)
    """

    def __init__(self, kernels=100, dims=5, **kwargs):
        super().__init__(**kwargs)
        self.kernels = kernels
        self.dims = dims

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.kernels, self.dims),
            initializer=keras.initializers.RandomNormal(stddev=0.05),
            name="kernel",
        )
        self.log_scale = self.add_weight(
            shape=(self.kernels, self.dims),
            initializer="zeros",
            name="log_scale",
        )
        self.shift = self.add_weight(
            shape=(self.kernels,),
            initializer=keras.initializers.Constant(-1.0),
            name="shift",
        )

    def call(self, inputs):
        x = precise(inputs, self)
        kernel = precise(self.kernel, self)
        length = ops.sqrt(ops.sum(ops.square(kernel), axis=0))
        scale = ops.exp(precise(self.log_scale, self)) / length
        flat = ops.reshape(kernel * scale, (inputs.shape[-1], -1))
        matrices = ops.reshape(
            ops.matmul(x, flat), (-1, self.kernels, self.dims)
        )
        differences = ops.abs(matrices[:, None] - matrices[None])
        near = ops.exp(-ops.sum(differences, axis=-1))
        others = 1 - ops.eye(ops.shape(inputs)[0], dtype=near.dtype)
        found = ops.sum(near * others[..., None], axis=1)
        found = found + precise(self.shift, self)
        found = ops.cast(found, inputs.dtype)
        return ops.concatenate([inputs, found], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.kernels)

    def get_config(self):
        return {
            **super().get_config(),
            "kernels": self.kernels,
            "dims": self.dims,
        }
