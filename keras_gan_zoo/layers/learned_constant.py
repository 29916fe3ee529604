"""Learned features that do not depend on the input."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LearnedConstant(keras.layers.Layer):
    """Gives each image the same learned features.

    StyleGAN, https://arxiv.org/abs/1812.04958, section 2: a generator whose
    images differ by styles needs no other input.

    Args:
        shape: tuple, the shape of the features of one image.
        initializer: initializer of the features.

    Input: any tensor of which only the first axis counts, `(batch, ...)`.
    Output: `(batch, *shape)`.

    Example:

    >>> tuple(LearnedConstant((4, 4, 2))(ops.ones((3, 5))).shape)
    (3, 4, 4, 2)
    """

    def __init__(self, shape, initializer="ones", **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        self.constant = self.add_weight(
            shape=self.shape, initializer=self.initializer, name="constant"
        )

    def call(self, inputs):
        value = ops.expand_dims(self.constant, 0)
        copies = (ops.shape(inputs)[0], *(1 for _ in self.shape))
        return ops.tile(value, copies)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        return {
            **super().get_config(),
            "shape": list(self.shape),
            "initializer": keras.initializers.serialize(self.initializer),
        }
