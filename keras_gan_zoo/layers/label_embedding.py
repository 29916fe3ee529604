"""Vectors of classes."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LabelEmbedding(keras.layers.Layer):
    """Turns one-hot labels into learned vectors.

    Labels between two classes, such as `[0.5, 0.5]`, mix their vectors. The
    weight is `embeddings`, and not a kernel: penalties of kernels such as
    `objectives.weights.Orthogonal` leave it out.

    Args:
        units: int, length of the vectors.
        embeddings_initializer: initializer of the vectors.

    Input: one-hot labels `(batch, num_classes)`. Output: `(batch, units)`.

    Example:

    >>> layer = LabelEmbedding(2, embeddings_initializer="ones")
    >>> ops.convert_to_numpy(layer(ops.array([[0.0, 1.0, 0.0]])))
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, units, embeddings_initializer="orthogonal", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.embeddings_initializer = keras.initializers.get(
            embeddings_initializer
        )

    def build(self, input_shape):
        self.embeddings = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer=self.embeddings_initializer,
            name="embeddings",
        )

    def call(self, labels):
        return ops.matmul(labels, self.embeddings)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        initializer = keras.initializers.serialize(self.embeddings_initializer)
        return {
            **super().get_config(),
            "units": self.units,
            "embeddings_initializer": initializer,
        }
