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

    def __init__(self, gain=HE_GAIN, **kwargs):
        super().__init__(**kwargs)
        self.gain = gain

    def add_kernel(self, shape, biases):
        self.kernel = self.add_weight(
            shape=shape,
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(biases,), initializer="zeros", name="bias"
        )
        self.scale = self.gain / math.sqrt(math.prod(shape[:-1]))

    def scaled_kernel(self):
        """Returns the kernel with standard deviation `gain / sqrt(fan_in)`."""
        return self.kernel * self.scale

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}


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
        return ops.reshape(outputs, (-1, *self.units)) + self.bias

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.units)

    def get_config(self):
        return {**super().get_config(), "units": list(self.units)}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class EqualizedConv2D(_Equalized):
    """Applies a convolution with an equalized learning rate.

    See `EqualizedDense`. The stride is 1, and zero padding keeps the height
    and width.

    Args:
        filters: int, channels of the output.
        kernel_size: int, height and width of the kernel.
        gain: float, sqrt(2) before a rectifier and 1 without a rectifier.

    Input: `(batch, height, width, channels)`. Output: `(batch, height,
    width, filters)`.

    Example:

    >>> layer = EqualizedConv2D(8, kernel_size=2, gain=1)
    >>> layer.build((None, 16, 16, 4))
    >>> layer.scale, layer.compute_output_shape((None, 16, 16, 4))
    (0.25, (None, 16, 16, 8))
    """

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size

    def build(self, input_shape):
        sides = (self.kernel_size, self.kernel_size)
        self.add_kernel((*sides, input_shape[-1], self.filters), self.filters)

    def call(self, inputs):
        features = ops.conv(
            inputs,
            self.scaled_kernel(),
            padding="same",
            data_format="channels_last",
        )
        return features + self.bias

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
        }
