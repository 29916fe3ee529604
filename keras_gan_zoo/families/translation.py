"""What the architectures share that turn images into images."""

import keras
import numpy as np

from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.modalities import Image, tiling

OVERLAP = 0.25  # of a tile, shared by neighbours


class AsTrained(keras.Model):
    """Runs a network in inference as in training.

    With dropout, and with normalisations that look at the batch.

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

    def __init__(self, image_shape, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = Image(image_shape).shape

    def check_pair(self, batch, shapes, names):
        """Raises a `ValueError` unless the batch is two batches of images.

        Args:
            batch: the first batch.
            shapes: the two image shapes.
            names: what the two are called, e.g. `("inputs", "targets")`.
        """
        if batch is None:
            return
        if not isinstance(batch, tuple) or len(batch) < 2 or batch[1] is None:
            received = getattr(batch, "shape", f"{type(batch).__name__}")
            raise ValueError(
                f"{type(self).__name__} learns from pairs of batches. "
                f"Expected ({names[0]}, {names[1]}), e.g. from "
                "keras_gan_zoo.data.paired_folder or unpaired_folders. "
                f"Received: {received}."
            )
        for images, shape, name in zip(batch, shapes, names):
            Image(shape).check(images, name)

    def _translate(self, run, images, channels, multiple, batch_size, tile):
        """Runs a network's `predict` over images of any size, float32."""
        images = np.asarray(images)
        if images.ndim != 4:
            raise ValueError(
                "Expected images of shape (num, height, width, "
                f"{channels}). Received: shape {images.shape}."
            )
        Image((*images.shape[1:3], channels)).check(images)

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
