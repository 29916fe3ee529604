"""Instance normalization whose scale and shift come from a style."""

import keras
from keras import ops

from keras_gan_zoo.layers.equalized import EqualizedDense
from keras_gan_zoo.layers.normalization import moments
from keras_gan_zoo.layers.precision import precise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class AdaptiveInstanceNormalization(keras.layers.Layer):
    """Normalizes each channel of each image, then applies a style to it.

    AdaIN (Huang & Belongie, 2017, https://arxiv.org/abs/1703.06868) in the
    form of StyleGAN, https://arxiv.org/abs/1812.04958, section 2. A dense
    layer with an equalized learning rate turns the style into a scale s and a
    shift b of each channel: the output is (s + 1) * (x - mean) / sqrt(variance
    + epsilon) + b. The statistics are over height and width. They are
    computed in float32.

    Args:
        epsilon: float > 0, added to the variance.

    Input: a list of features `(batch, height, width, channels)` and styles
    `(batch, style_dim)`. Output: features of the same shape.

    Example:

    >>> rows = ops.array([[[[1.0, 7.0]], [[3.0, 7.0]]]])  # (1, 2, 1, 2)
    >>> found = AdaptiveInstanceNormalization()([rows, ops.zeros((1, 5))])
    >>> ops.convert_to_numpy(found)[0, :, 0].round(2)
    array([[-1.,  0.],
           [ 1.,  0.]], dtype=float32)
    """

    def __init__(self, epsilon=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape):
        (*_, channels), style_shape = input_shape
        self.style = EqualizedDense(
            2 * channels, gain=1.0, dtype=self.dtype_policy, name="style"
        )
        self.style.build(style_shape)

    def call(self, inputs):
        features, style = inputs
        x = precise(features, self)
        mean, variance = moments(x, [1, 2])
        x = (x - mean) * ops.rsqrt(variance + self.epsilon)
        style = precise(self.style(style), self)
        style = ops.reshape(style, (-1, 2, 1, 1, x.shape[-1]))
        outputs = (style[:, 0] + 1) * x + style[:, 1]
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}
