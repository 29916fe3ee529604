"""Channels that become pixels."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PixelShuffle(keras.layers.Layer):
    """Makes squares of pixels from groups of channels (Shi et al., 2016).

    https://arxiv.org/abs/1609.05158. A convolution before it computes all
    pixels of the larger image at the size of the smaller one.

    Args:
        factor: int, how many times higher and wider the image becomes. The
            channels become `factor * factor` times fewer.

    Input: `(batch, height, width, channels)`. Height and width may be unknown.

    Example:

    >>> pixels = ops.reshape(ops.arange(8.0), (1, 1, 2, 4))
    >>> ops.convert_to_numpy(PixelShuffle(2)(pixels))[0, ..., 0]
    array([[0., 1., 4., 5.],
           [2., 3., 6., 7.]], dtype=float32)
    """

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        num, height, width, channels = ops.shape(inputs)
        r = self.factor
        channels //= r * r
        x = ops.reshape(inputs, (num, height, width, r, r, channels))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (num, height * r, width * r, channels))

    def compute_output_shape(self, input_shape):
        num, *sides, channels = input_shape
        sides = [None if side is None else side * self.factor for side in sides]
        return (num, *sides, channels // self.factor**2)

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
