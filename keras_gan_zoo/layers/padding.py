"""Padding of images by reflection."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ReflectionPadding2D(keras.layers.Layer):
    """Pads images with their mirror image.

    The border pixels are not repeated: `abc` becomes `cbabcba` for a padding
    of 2. Height and width must be greater than `padding`.

    Args:
        padding: int, number of pixels to add at each border.

    Input: `(batch, height, width, channels)`. Output: `(batch, height + 2 *
    padding, width + 2 * padding, channels)`.

    Example:

    >>> abc = ops.reshape(ops.array([1.0, 2.0, 3.0] * 3), (1, 3, 3, 1))
    >>> ops.convert_to_numpy(ReflectionPadding2D(2)(abc))[0, 0, :, 0].tolist()
    [3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]
    """

    def __init__(self, padding, **kwargs):
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs):
        around = (self.padding, self.padding)
        return ops.pad(inputs, ((0, 0), around, around, (0, 0)), "reflect")

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        sides = [s if s is None else s + 2 * self.padding for s in sides]
        return (batch, *sides, channels)

    def get_config(self):
        return {**super().get_config(), "padding": self.padding}
