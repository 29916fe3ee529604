"""Minibatch standard deviation (Karras et al., 2018)."""

import keras
from keras import ops

from keras_gan_zoo.layers.precision import precise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class MinibatchStdDev(keras.layers.Layer):
    """Adds a channel that shows how much the images of a group differ.

    ProGAN, https://arxiv.org/abs/1710.10196, section 3. A group consists of
    neighbors in the batch, which are on one device if several devices share
    the batch. (The authors' code puts every M-th image into a group. The
    result is the same, because the images have a random order.) The layer
    computes the standard deviation over the group for each feature at each
    position. The mean over features and positions is a new, constant channel
    of the images of the group. Computed in float32.

    If the group size does not divide the batch, the last group is filled
    with the first images of the batch.

    Args:
        group_size: int, images per group.
        epsilon: float > 0, added to the variance.

    Input: `(batch, height, width, channels)`. Output: `(batch, height,
    width, channels + 1)`.

    Example:

    >>> images = ops.reshape(ops.array([1.0, 3.0]), (2, 1, 1, 1))
    >>> ops.convert_to_numpy(MinibatchStdDev(group_size=2)(images))[:, 0, 0]
    array([[1., 1.],
           [3., 1.]], dtype=float32)
    """

    def __init__(self, group_size=4, epsilon=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.group_size = group_size
        self.epsilon = epsilon

    def call(self, inputs):
        num = ops.shape(inputs)[0]
        group = self.group_size
        places = ops.arange(num + -num % group) % num
        x = precise(ops.take(inputs, places, axis=0), self)
        x = ops.reshape(x, (-1, group, *inputs.shape[1:]))
        centre = ops.mean(x, axis=1, keepdims=True)
        variance = ops.mean(ops.square(x - centre), axis=1)
        deviation = ops.sqrt(variance + self.epsilon)
        deviation = ops.mean(deviation, axis=(1, 2, 3), keepdims=True)
        deviation = ops.repeat(deviation, group, axis=0)[:num]
        channel = ops.tile(deviation, (1, *inputs.shape[1:3], 1))
        channel = ops.cast(channel, inputs.dtype)
        return ops.concatenate([inputs, channel], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return {
            **super().get_config(),
            "group_size": self.group_size,
            "epsilon": self.epsilon,
        }
