"""A part of the channels."""

import keras


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Part(keras.layers.Layer):
    """Takes some of the channels: a range of the last axis.

    Args:
        start: int, the first channel.
        stop: int, the channel after the last one.

    Example:

    >>> import numpy as np
    >>> layer = Part(1, 3)
    >>> keras.ops.convert_to_numpy(layer(np.arange(8.0).reshape(2, 4)))
    array([[1., 2.],
           [5., 6.]], dtype=float32)
    """

    def __init__(self, start, stop, **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.stop = stop

    def call(self, inputs):
        return inputs[..., self.start : self.stop]

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.stop - self.start)

    def get_config(self):
        return {**super().get_config(), "start": self.start, "stop": self.stop}
