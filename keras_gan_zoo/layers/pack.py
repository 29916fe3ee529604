"""Packing: a discriminator sees several images as one image."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Pack(keras.layers.Layer):
    """Joins images of a batch into packs (PacGAN, Lin et al., 2018).

    https://arxiv.org/abs/1712.04086. A group of `size` neighbors in the batch
    becomes one image with the channels of all of them, and the discriminator
    gives it one logit. Missing modes are easier to detect in a group of
    images than in a single image. If `size` does not divide the batch, its
    first images fill the last group.

    Args:
        size: int, images in a group.

    Input: `(batch, height, width, channels)`. Output:
    `(ceil(batch / size), height, width, channels * size)`.

    Example:

    >>> tuple(Pack(2)(ops.zeros((8, 4, 4, 3))).shape)
    (4, 4, 4, 6)
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, inputs):
        batch = ops.shape(inputs)[0]
        groups = (batch + self.size - 1) // self.size
        x = ops.take(inputs, ops.arange(groups * self.size) % batch, axis=0)
        x = ops.reshape(x, (groups, self.size, *inputs.shape[1:]))
        x = ops.transpose(x, (0, 2, 3, 1, 4))
        height, width, channels = inputs.shape[1:]
        return ops.reshape(x, (groups, height, width, channels * self.size))

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        groups = None if batch is None else -(-batch // self.size)
        return (groups, *sides, channels * self.size)

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def check_packing(size):
    """Checks the number of images that a discriminator sees together.

    Args:
        size: int, images in a group. 1 means single images.

    Returns:
        `size` as an int.

    Raises:
        ValueError: if `size` is not a positive whole number.

    Example:

    >>> check_packing(2.0)
    2
    """
    if int(size) != size or size < 1:
        raise ValueError(
            "Expected packing as the number of images that the discriminator "
            f"sees together, 1 or more. Received: packing={size!r}"
        )
    return int(size)
