"""Noise that a network adds to its features."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ImageNoise(keras.layers.Layer):
    """Adds one channel of Gaussian noise, times a learned strength.

    StyleGAN, https://arxiv.org/abs/1812.04958, section 2, has a strength for
    each channel, and StyleGAN2, https://arxiv.org/abs/1912.04958, appendix B,
    one strength for all channels. It is 0 before training. In training each
    image gets new noise. Otherwise all images get the same noise, which is
    drawn once and saved with the weights.

    Args:
        per_channel: bool, whether each channel has a strength of its own.
        seed: int or None, the seed of the noise.

    Input and output: `(batch, height, width, channels)`.

    Example:

    >>> images = ops.ones((2, 4, 4, 3))
    >>> layer = ImageNoise(seed=0)
    >>> bool(ops.all(layer(images) == images))  # before training
    True
    """

    def __init__(self, per_channel=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.per_channel = per_channel
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        self.strength = self.add_weight(
            shape=input_shape[-1:] if self.per_channel else (),
            initializer="zeros",
            name="strength",
        )
        self.constant = self.add_weight(
            shape=(*input_shape[1:3], 1),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            name="constant",
        )

    def call(self, inputs, training=False):
        noise = ops.expand_dims(self.constant, 0)
        if training:
            num, *sides, _ = ops.shape(inputs)
            noise = keras.random.normal(
                (num, *sides, 1),
                dtype=self.compute_dtype,
                seed=self.seed_generator,
            )
        return inputs + ops.cast(self.strength * noise, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "per_channel": self.per_channel,
            "seed": self.seed,
        }
