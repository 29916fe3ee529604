"""Pixelwise normalization (Karras et al., 2018)."""

import keras
from keras import ops

from keras_gan_zoo.layers.precision import precise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PixelNormalization(keras.layers.Layer):
    """Divides the features of each pixel by their root mean square.

    ProGAN, https://arxiv.org/abs/1710.10196, section 4.2. It also projects
    latent vectors onto the hypersphere. Computed in float32.

    Args:
        epsilon: float > 0, added to the mean square.

    Input and output: `(..., features)`.

    Example:

    >>> ops.convert_to_numpy(PixelNormalization()(ops.array([[1.0, -7.0]])))
    array([[ 0.2, -1.4]], dtype=float32)
    """

    def __init__(self, epsilon=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs):
        x = precise(inputs, self)
        mean_square = ops.mean(ops.square(x), axis=-1, keepdims=True)
        x = x * ops.rsqrt(mean_square + self.epsilon)
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}
