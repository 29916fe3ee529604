"""The base of the architectures that turn images into images."""

import keras
import numpy as np

from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.modalities import Image, tiling

OVERLAP = 0.25  # of a tile, shared by neighbors


class AsTrained(keras.Model):
    """Runs a network in inference as in training.

    Dropout is active, and normalizations use the statistics of the batch.

    Args:
        network: `keras.Model` with one input.
    """

    def __init__(self, network):
        super().__init__()
        self.network = network

    def call(self, inputs):
        return self.network(inputs, training=True)


class TranslationGAN(GAN):
    """Turns images into images with `translate`. Abstract.

    Args:
        image_shape: tuple `(height, width, channels)` of the inputs.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    verb = "translate"

    def __init__(self, image_shape, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = Image(image_shape).shape

    def input_channels(self, **controls):
        """Returns the number of channels that `translate` takes."""
        return self.image_shape[-1]

    def example_rows(self, examples, seed=0):
        """Returns examples next to their translations, for a grid.

        Args:
            examples: tuple of arrays, the members of a batch.
            seed: int, seed of the noise.

        Returns:
            List of rows. Each row is a list of columns, arrays of images
            `(num, height, width, channels)` that belong together.
        """
        raise NotImplementedError

    def comparison(self, **controls):
        """Returns the `Comparison` that `evaluate` makes.

        Args:
            **controls: arguments of `translate` that were chosen.
        """
        source, target = self.reads
        return Comparison(target, (source,), once=True)

    def respond(self, num, given, seed, **controls):
        """Translates inputs to be compared with real images.

        Args:
            num: int, number of inputs.
            given: dict from the member in `comparison().given` to its array.
            seed: int, seed of the noise.
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
            channels: int, number of channels that the network takes.
            multiple: int, number of pixels. Height and width must be
                multiples of it.
            batch_size: int, images per call of the network.
            tile: int or None, height and width of tiles in pixels. None
                translates whole images.

        Returns:
            numpy float32 array.

        Raises:
            ValueError: if the images or `tile` do not fit the network.
        """
        images = checked(images, channels)

        def predict(images):
            return run(images, batch_size=batch_size, verbose=0)

        def translate(images):
            return tiling.padded(predict, images, multiple)

        if tile is None:
            return translate(images).astype("float32")
        if tile % multiple or tile < multiple:
            raise ValueError(
                f"The generator shrinks {multiple} pixels to one point. "
                f"Expected tile to be a multiple of {multiple}. Received: "
                f"tile={tile}"
            )
        overlap = int(tile * OVERLAP)
        return np.stack(
            [tiling.tiled(translate, image, tile, overlap) for image in images]
        )

    def get_config(self):
        config = super().get_config()
        return {**config, "image_shape": list(self.image_shape)}


def checked(images, channels):
    """Returns images as an array, if a network can take them.

    Args:
        images: float array `(num, height, width, channels)` in [-1, 1].
        channels: int, number of channels that the network takes.

    Raises:
        ValueError: if the images have a wrong number of channels, type or
            range.
    """
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(
            "Expected images of shape (num, height, width, "
            f"{channels}). Received: shape {images.shape}."
        )
    Image((*images.shape[1:3], channels)).check(images, "images")
    return images
