"""Dense layers of single channels (Pathak et al., 2016)."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ChannelWiseDense(keras.layers.Layer):
    """Connects all places of a feature map, in each channel separately.

    The channel-wise fully connected layer of Context Encoders,
    https://arxiv.org/abs/1604.07379, section 3.1. A map of `height * width`
    places and `channels` channels needs `channels * (height * width)**2`
    weights. A dense layer would need `channels` times as many. A 1x1
    convolution after it connects the channels. There are no biases.

    Args:
        kernel_initializer: initializer of the weights `(channels, places,
            places)`.

    Input and output: `(batch, height, width, channels)`.

    Example:

    >>> layer = ChannelWiseDense()
    >>> layer(ops.ones((2, 4, 4, 3))).shape == (2, 4, 4, 3)
    True
    >>> layer.count_params()  # 3 channels of 16 places
    768
    """

    def __init__(self, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        _, height, width, channels = input_shape
        self.kernel = self.add_weight(
            shape=(channels, height * width, height * width),
            initializer=self.kernel_initializer,
            name="kernel",
        )

    def call(self, inputs):
        _, height, width, channels = inputs.shape
        places = ops.reshape(inputs, (-1, height * width, channels))
        outputs = ops.einsum("bnc,cnm->bmc", places, self.kernel)
        return ops.reshape(outputs, (-1, height, width, channels))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        serialize = keras.initializers.serialize
        return {
            **super().get_config(),
            "kernel_initializer": serialize(self.kernel_initializer),
        }
