"""Layers with an equalized learning rate (Karras et al., 2018).

https://arxiv.org/abs/1710.10196, section 4.1.
"""

import math

import keras
from keras import ops

HE_GAIN = math.sqrt(2)


class _Equalized(keras.layers.Layer):
    """Scales weights from N(0, 1) each time the layer runs. Abstract.

    A subclass calls `add_kernel` in `build`.
    """

    def __init__(
        self, gain=HE_GAIN, rate=1.0, use_bias=True, first_bias=0.0, **kwargs
    ):
        super().__init__(**kwargs)
        self.gain = gain
        self.rate = rate
        self.use_bias = use_bias
        self.first_bias = first_bias

    def add_kernel(self, shape, biases):
        self.kernel = self.add_weight(
            shape=shape,
            initializer=keras.initializers.RandomNormal(stddev=1.0 / self.rate),
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(biases,),
                initializer=keras.initializers.Constant(
                    self.first_bias / self.rate
                ),
                name="bias",
            )
        self.scale = self.rate * self.gain / math.sqrt(math.prod(shape[:-1]))

    def scaled_kernel(self):
        """Returns the kernel with standard deviation `gain / sqrt(fan_in)`."""
        return self.kernel * self.scale

    def add_bias(self, outputs):
        """Returns the outputs plus the bias, if there is one."""
        if self.bias is None:
            return outputs
        bias = self.bias if self.rate == 1 else self.bias * self.rate
        return outputs + bias

    def get_config(self):
        names = ("gain", "rate", "use_bias", "first_bias")
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
        }


@keras.saving.register_keras_serializable("keras_gan_zoo")
class EqualizedDense(_Equalized):
    """Applies a dense layer with an equalized learning rate.

    ProGAN, https://arxiv.org/abs/1710.10196, section 4.1: weights are drawn
    from N(0, 1) and multiplied by He's constant, `gain / sqrt(fan_in)`, each
    time the layer runs. The steps of some optimizers, such as Adam, do not
    depend on the size of the gradient. With equalized learning rates they
    move all layers equally.

    Args:
        units: int, or a tuple with the shape of an output. The last axis has
            one bias for each index.
        gain: float, sqrt(2) before a rectifier and 1 without a rectifier.
        rate: float, multiplies the learning rate. The weights are drawn from
            N(0, 1 / rate) and multiplied by `rate` each time the layer runs.
        use_bias: bool, whether a bias is added.
        first_bias: float, value of all biases before training.

    Input: `(batch, features)`. Output: `(batch, *units)`.

    Example:

    >>> layer = EqualizedDense((4, 4, 3))
    >>> layer.build((None, 8))
    >>> layer.scale, layer.compute_output_shape((None, 8))
    (0.5, (None, 4, 4, 3))
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = (units,) if isinstance(units, int) else tuple(units)

    def build(self, input_shape):
        shape = (input_shape[-1], math.prod(self.units))
        self.add_kernel(shape, biases=self.units[-1])

    def call(self, inputs):
        outputs = ops.matmul(inputs, self.scaled_kernel())
        return self.add_bias(ops.reshape(outputs, (-1, *self.units)))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.units)

    def get_config(self):
        return {**super().get_config(), "units": list(self.units)}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class EqualizedConv2D(_Equalized):
    """Applies a convolution with an equalized learning rate.

    See `EqualizedDense`. With `padding="same"` and a stride of 1, zero padding
    keeps the height and width.

    Args:
        filters: int, channels of the output.
        kernel_size: int, height and width of the kernel.
        strides: int, step from one output pixel to the next.
        padding: str, `"same"` or `"valid"`.
        gain: float, sqrt(2) before a rectifier and 1 without a rectifier.
        rate: float, multiplies the learning rate, as in `EqualizedDense`.
        use_bias: bool, whether a bias is added.
        first_bias: float, value of all biases before training.

    Input: `(batch, height, width, channels)`. Output: `(batch, height,
    width, filters)`, smaller if there are strides or no padding.

    Example:

    >>> layer = EqualizedConv2D(8, kernel_size=2, gain=1)
    >>> layer.build((None, 16, 16, 4))
    >>> layer.scale, layer.compute_output_shape((None, 16, 16, 4))
    (0.25, (None, 16, 16, 8))
    """

    def __init__(
        self, filters, kernel_size, strides=1, padding="same", **kwargs
    ):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.padding = padding

    def build(self, input_shape):
        sides = (self.kernel_size, self.kernel_size)
        self.add_kernel((*sides, input_shape[-1], self.filters), self.filters)

    def call(self, inputs):
        features = ops.conv(
            inputs,
            self.scaled_kernel(),
            strides=self.strides,
            padding=self.padding,
            data_format="channels_last",
        )
        return self.add_bias(features)

    def compute_output_shape(self, input_shape):
        batch, *sides, _ = input_shape
        lost = 0 if self.padding == "same" else self.kernel_size - 1
        sides = [
            None if side is None else -(-(side - lost) // self.strides)
            for side in sides
        ]
        return (batch, *sides, self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
        }
