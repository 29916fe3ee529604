"""The base of the latent architectures with an encoder."""

import keras
import numpy as np

from keras_gan_zoo.families.latent import LatentGAN


class EncodingGAN(LatentGAN):
    """Finds the latents of images with `encode`. Abstract.

    A subclass has a network `encoder` next to `generator` and
    `discriminator`. Each is a player with an optimizer.

    Args:
        sample: `keras_gan_zoo.modalities.Modality` of the samples.
        latent_dim: int, length of the latent vectors.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    averages = ("generator", "encoder")
    scoring = {**LatentGAN.scoring, "method": "encoder"}

    def players(self):
        return {**super().players(), "encoder": [self.encoder]}

    def code_of(self, outputs):
        """Returns the latents in what the encoder returns.

        A stochastic encoder returns a list whose first member is the mean.

        Args:
            outputs: array, or list of arrays.

        Returns:
            Array `(num, latent_dim)`.
        """
        return outputs[0] if isinstance(outputs, (list, tuple)) else outputs

    def encode(self, images, batch_size=256):
        """Finds the latents of images with one run of the encoder.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1].
            batch_size: int, images per call of the encoder.

        Returns:
            numpy float32 array `(num, latent_dim)`, arguments of `generate`.
            A stochastic encoder gives the means.

        Raises:
            ValueError: if the images have a wrong shape, type or range.
        """
        images = keras.ops.convert_to_numpy(images)
        self.sample.check(images, next(iter(self.reads)))
        outputs = self.best("encoder").predict(
            images, batch_size=batch_size, verbose=0
        )
        return np.asarray(self.code_of(outputs), "float32")

    def reconstruct(self, images, batch_size=256):
        """Encodes images and generates them again.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1].
            batch_size: int, images per call of the networks.

        Returns:
            numpy float32 array like `images`.

        Raises:
            ValueError: if the images have a wrong shape, type or range.
        """
        latents = self.encode(images, batch_size)
        return self.run_generator(latents, batch_size)
