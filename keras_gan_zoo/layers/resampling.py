"""Doubling and halving of images with a low-pass filter."""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.layers.precision import precise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class FilteredResampling2D(keras.layers.Layer):
    """Filters images, and doubles or halves their height and width.

    StyleGAN2, https://arxiv.org/abs/1912.04958, section 3: strided
    convolutions without a low-pass filter make checkerboards. Doubling puts a
    zero after each pixel and multiplies the result by 4, so that the mean does
    not change. Then come zeros at the borders and the filter. Halving filters
    first and then takes every second pixel. The filter is separable: `taps`
    act on rows and on columns. Each channel is filtered alone, by a plain
    depthwise convolution. Computed in float32.

    Args:
        factor: 2 to double, 0.5 to halve, 1 to filter only.
        taps: tuple of numbers, the filter along one axis. Its sum is set
            to 1.
        padding: tuple of two ints, the number of zeros before and after the
            pixels along each axis. None makes the image exactly `factor`
            times as large.
        gain: float, multiplies the result.

    Input: `(batch, height, width, channels)`.

    Example:

    >>> row = ops.reshape(ops.array([0.0, 4.0, 0.0, 0.0]), (1, 1, 4, 1))
    >>> column = ops.transpose(row, (0, 2, 1, 3)) * row
    >>> doubled = FilteredResampling2D(2)(column)
    >>> ops.convert_to_numpy(doubled)[0, 2, :, 0].tolist()
    [0.0, 3.0, 9.0, 9.0, 3.0, 0.0, 0.0, 0.0]
    """

    def __init__(
        self, factor, taps=(1, 3, 3, 1), padding=None, gain=1.0, **kwargs
    ):
        super().__init__(**kwargs)
        self.factor = factor
        self.taps = tuple(taps)
        self.padding = None if padding is None else tuple(padding)
        self.gain = gain
        around = len(self.taps) - (2 if factor == 0.5 else 1)
        self._around = self.padding or ((around + 1) // 2, around // 2)
        taps = np.asarray(self.taps, "float64") / np.sum(self.taps)
        scale = gain * (4 if factor == 2 else 1)
        self._filter = scale * np.outer(taps, taps)[:, :, None, None]

    def call(self, inputs):
        x = precise(inputs, self)
        channels = inputs.shape[-1]
        if self.factor == 2:
            x = _with_zeros(_with_zeros(x, 2), 1)
        around = self._around
        x = ops.pad(x, ((0, 0), around, around, (0, 0)))
        x = ops.depthwise_conv(
            x,
            ops.cast(np.tile(self._filter, (1, 1, channels, 1)), x.dtype),
            strides=2 if self.factor == 0.5 else 1,
            padding="valid",
            data_format="channels_last",
        )
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        more = sum(self._around) - len(self.taps) + 1
        up = 2 if self.factor == 2 else 1
        down = 2 if self.factor == 0.5 else 1
        sides = [
            None if side is None else -(-(side * up + more) // down)
            for side in sides
        ]
        return (batch, *sides, channels)

    def get_config(self):
        return {
            **super().get_config(),
            "factor": self.factor,
            "taps": list(self.taps),
            "padding": self.padding and list(self.padding),
            "gain": self.gain,
        }


def _with_zeros(x, axis):
    """Puts a zero after each pixel along an axis, 1 or 2."""
    shape = list(x.shape)
    shape[0], shape[axis] = -1, 2 * shape[axis]
    return ops.reshape(ops.stack([x, ops.zeros_like(x)], axis=axis + 1), shape)
