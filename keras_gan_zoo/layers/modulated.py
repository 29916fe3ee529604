"""Convolutions whose input channels are scaled by a style."""

import math

import keras
from keras import ops

from keras_gan_zoo.layers.equalized import EqualizedDense
from keras_gan_zoo.layers.precision import precise
from keras_gan_zoo.layers.resampling import FilteredResampling2D


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ModulatedConv2D(keras.layers.Layer):
    """Applies a convolution that is modulated by a style, and demodulated.

    StyleGAN2, https://arxiv.org/abs/1912.04958, section 2.2. A dense layer
    turns the style into a scale for each input channel, which is 1 plus a
    learned function before training. Demodulation divides each output channel
    by the standard deviation that it would have if the inputs were independent
    and of unit variance. The kernel is the same for all images: the layer
    scales its inputs and its outputs instead, which gives the same result
    without grouped convolutions. There is no bias.

    Args:
        filters: int, channels of the output.
        kernel_size: int, height and width of the kernel.
        demodulate: bool, whether the outputs are demodulated.
        double: bool. If True, height and width double: a transposed
            convolution of stride 2, then a low-pass filter.
        epsilon: float > 0, added to the variance of the outputs.

    Input: a list of features `(batch, height, width, channels)` and styles
    `(batch, style_dim)`. Output: `(batch, height, width, filters)`.

    Example:

    >>> layer = ModulatedConv2D(8, kernel_size=3, double=True)
    >>> tuple(layer([ops.ones((1, 4, 4, 2)), ops.ones((1, 5))]).shape)
    (1, 8, 8, 8)
    """

    def __init__(
        self,
        filters,
        kernel_size,
        demodulate=True,
        double=False,
        epsilon=1e-8,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.demodulate = demodulate
        self.double = double
        self.epsilon = epsilon

    def build(self, input_shape):
        (*_, channels), style_shape = input_shape
        self.style = EqualizedDense(
            channels,
            gain=1.0,
            first_bias=1.0,
            dtype=self.dtype_policy,
            name="style",
        )
        self.style.build(style_shape)
        sides = (self.kernel_size, self.kernel_size)
        self.kernel = self.add_weight(
            shape=(*sides, channels, self.filters),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="kernel",
        )
        self.scale = 1 / math.sqrt(channels * self.kernel_size**2)
        if self.double:
            # The transposed convolution adds `kernel_size - 2` pixels.
            around = 5 - self.kernel_size
            self.smooth = FilteredResampling2D(
                1,
                padding=((around + 1) // 2, around // 2),
                gain=4.0,
                dtype=self.dtype_policy,
                name="smooth",
            )
            self.smooth.built = True

    def call(self, inputs):
        x, style = inputs
        scales = self.style(style)
        kernel = self.kernel * self.scale
        x = x * ops.reshape(scales, (-1, 1, 1, x.shape[-1]))
        if self.double:
            x = ops.conv_transpose(
                x,
                ops.transpose(kernel, (0, 1, 3, 2)),
                strides=2,
                padding="valid",
                data_format="channels_last",
            )
            x = self.smooth(x)
        else:
            x = ops.conv(x, kernel, padding="same", data_format="channels_last")
        if not self.demodulate:
            return x
        squares = ops.sum(ops.square(precise(kernel, self)), axis=(0, 1))
        variance = ops.matmul(ops.square(precise(scales, self)), squares)
        factors = ops.cast(ops.rsqrt(variance + self.epsilon), x.dtype)
        return x * ops.reshape(factors, (-1, 1, 1, self.filters))

    def compute_output_shape(self, input_shape):
        batch, *sides, _ = input_shape[0]
        if self.double:
            sides = [None if side is None else 2 * side for side in sides]
        return (batch, *sides, self.filters)

    def get_config(self):
        names = ("filters", "kernel_size", "demodulate", "double", "epsilon")
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
        }
