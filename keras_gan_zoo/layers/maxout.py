"""Maxout units: the largest of several linear pieces."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Maxout(keras.layers.Layer):
    """Takes the maximum of linear pieces (Goodfellow et al., 2013).

    https://arxiv.org/abs/1302.4389. Returns the largest of each group of
    `pieces` neighboring features. Use it after a `Dense` layer with
    `units * pieces` units.

    Args:
        pieces: int, number of linear pieces in each unit.

    Input: `(batch, units * pieces)`. Output: `(batch, units)`.

    Example:

    >>> ops.convert_to_numpy(Maxout(2)(ops.array([[1.0, 5.0, 2.0, 0.0]])))
    array([[5., 2.]], dtype=float32)
    """

    def __init__(self, pieces, **kwargs):
        super().__init__(**kwargs)
        self.pieces = pieces

    def call(self, inputs):
        units = inputs.shape[-1] // self.pieces
        return ops.max(ops.reshape(inputs, (-1, units, self.pieces)), axis=2)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] // self.pieces)

    def get_config(self):
        return {**super().get_config(), "pieces": self.pieces}
