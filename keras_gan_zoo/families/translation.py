"""What the architectures share that turn images into images."""

import keras
import numpy as np

from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.modalities import Image, tiling

OVERLAP = 0.25  # of a tile, shared by neighbors


class AsTrained(keras.Model):
    """Runs a network in inference as in training.

    With dropout, and with normalizations that look at the batch.

    Args:
        network: `keras.Model` of one input.
    """

    def __init__(self, network):
        super().__init__()
        self.network = network

    def call(self, inputs):
        return self.network(inputs, training=True)


class TranslationGAN(GAN):
    """Abstract base of the models with `translate`.

    Args:
        image_shape: tuple `(height, width, channels)` of the inputs.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    verb = "translate"

    def __init__(self, image_shape, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = Image(image_shape).shape

    def input_channels(self, **controls):
        """How many channels `translate` wants with these arguments."""
        return self.image_shape[-1]

    def example_rows(self, examples, seed=0):
        """Translations of examples, to be looked at side by side.

        Args:
            examples: tuple of arrays, the members of a batch.
            seed: int, decides the noise.

        Returns:
            List of rows of columns: each row is a list of arrays of images
            `(num, height, width, channels)` that belong together.
        """
        raise NotImplementedError

    def comparison(self, **controls):
        """What is compared with what; `evaluate` asks.

        Args:
            **controls: arguments of `translate` that were chosen.
        """
        source, target = self.reads
        return Comparison(target, (source,), once=True)

    def respond(self, num, given, seed, **controls):
        """Translates inputs to be compared with real images.

        Args:
            num: int, how many inputs there are.
            given: dict of the member in `comparison().given` to its array.
            seed: int, decides the noise.
            **controls: arguments of `translate` that were chosen.

        Returns:
            numpy float32 array of images.
        """
        (images,) = given.values()
        return self.translate(images, **controls)

    def translated(self, run, images, channels, multiple, batch_size, tile):
        """Runs a network's `predict` over images of any size.

        Args:
            run: the `predict` of a network.
            images: float array `(num, height, width, channels)` in [-1, 1].
            channels: int, the channels that the network takes.
            multiple: int, what the height and width must be a multiple of.
            batch_size: int, how many at a time.
            tile: int or None, height and width of tiles.

        Returns:
            numpy float32 array.

        Raises:
            ValueError: if the images or `tile` do not fit the network.
        """
        images = np.asarray(images)
        if images.ndim != 4:
            raise ValueError(
                "Expected images of shape (num, height, width, "
                f"{channels}). Received: shape {images.shape}."
            )
        Image((*images.shape[1:3], channels)).check(images, "images")

        def predict(images):
            return run(images, batch_size=batch_size, verbose=0)

        def translate(images):
            return tiling.padded(predict, images, multiple)

        if tile is None:
            return translate(images).astype("float32")
        if tile % multiple or tile < multiple:
            raise ValueError(
                f"Expected tile to be a multiple of {multiple}, which the "
                f"generator halves to a point. Received: tile={tile}"
            )
        overlap = int(tile * OVERLAP)
        return np.stack(
            [tiling.tiled(translate, image, tile, overlap) for image in images]
        )

    def get_config(self):
        config = super().get_config()
        return {**config, "image_shape": list(self.image_shape)}
