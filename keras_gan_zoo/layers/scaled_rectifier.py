"""A leaky rectifier that keeps the mean square, with a bias."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ScaledLeakyReLU(keras.layers.Layer):
    """Adds a bias, applies a leaky rectifier and multiplies by sqrt(2).

    StyleGAN2, https://arxiv.org/abs/1912.04958, appendix B: the constant that
    keeps the mean square through a rectifier belongs to the rectifier, and the
    weights before it have a gain of 1.

    Args:
        negative_slope: float, slope of the rectifier below 0.
        use_bias: bool, whether a bias for each channel is added.
        gain: float, multiplies the output.

    Input and output: `(batch, ..., channels)`.

    Example:

    >>> layer = ScaledLeakyReLU(use_bias=False)
    >>> ops.convert_to_numpy(layer(ops.array([[1.0, -1.0]]))).round(3)
    array([[ 1.414, -0.283]], dtype=float32)
    """

    def __init__(
        self, negative_slope=0.2, use_bias=True, gain=2**0.5, **kwargs
    ):
        super().__init__(**kwargs)
        self.negative_slope = negative_slope
        self.use_bias = use_bias
        self.gain = gain

    def build(self, input_shape):
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(input_shape[-1],), initializer="zeros", name="bias"
            )

    def call(self, inputs):
        x = inputs if self.bias is None else inputs + self.bias
        return self.gain * ops.leaky_relu(x, self.negative_slope)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        names = ("negative_slope", "use_bias", "gain")
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
        }
