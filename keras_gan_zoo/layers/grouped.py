"""Grouped convolutions that are fast on every backend."""

import keras
from keras import ops

from keras_gan_zoo import engine


@keras.saving.register_keras_serializable("keras_gan_zoo")
class GroupedConv2D(keras.layers.Conv2D):
    """Computes `keras.layers.Conv2D(..., groups=groups)`, faster on TensorFlow.

    On a CPU, TensorFlow takes a hundred times as long for a grouped
    convolution as for one convolution of each group. There, this layer takes
    the groups one by one. The weights, the results and the arguments are those
    of `keras.layers.Conv2D`. `benchmarks/grouped.py` measures both.

    Args:
        filters: int, channels of the output, a multiple of `groups`.
        kernel_size: int or tuple, height and width of the kernel.
        **kwargs: further arguments of `keras.layers.Conv2D`, such as
            `groups`, which must divide the channels of the input.

    Input: `(batch, height, width, channels)`.

    Example:

    >>> layer = GroupedConv2D(8, 3, padding="same", groups=2)
    >>> tuple(layer(ops.ones((1, 4, 4, 6))).shape), tuple(layer.kernel.shape)
    ((1, 4, 4, 8), (3, 3, 3, 8))
    """

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(filters, kernel_size, **kwargs)

    def convolution_op(self, inputs, kernel):
        """Convolves inputs with a kernel, as Keras' method of this name.

        Args:
            inputs: tensor `(batch, height, width, channels)`.
            kernel: tensor `(height, width, channels / groups, filters)`.
        """
        convolve = super().convolution_op
        if self.groups == 1 or not engine.groups_one_by_one():
            return convolve(inputs, kernel)
        channels = -1 if self.data_format == "channels_last" else 1
        parts = [
            convolve(*of_group)
            for of_group in zip(
                ops.split(inputs, self.groups, axis=channels),
                ops.split(kernel, self.groups, axis=-1),
            )
        ]
        return ops.concatenate(parts, axis=channels)
