"""The base of the architectures that make samples from latent vectors."""

import keras
import numpy as np

from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.modalities import Image


class LatentGAN(GAN):
    """Makes samples from latent vectors with `generate`. Abstract.

    Args:
        sample: `keras_gan_zoo.modalities.Modality` of the samples.
        latent_dim: int, length of the latent vectors.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    reads = {"images": Image}
    averages = ("generator",)
    verb = "generate"

    def __init__(self, sample, latent_dim, **kwargs):
        super().__init__(**kwargs)
        self.sample = sample
        self.latent_dim = int(latent_dim)

    @property
    def modalities(self):
        return {next(iter(self.reads)): self.sample}

    # ------------------------------------------------------------ training

    def sample_latents(self, num, seed=None):
        """Draws latent vectors from the prior, N(0, 1), inside a step.

        Args:
            num: int or scalar tensor, number of vectors.
            seed: int or None. An int gives the same vectors each time. None
                draws from `self.noise`.
        """
        seed = self.noise if seed is None else seed
        return keras.random.normal((num, self.latent_dim), seed=seed)

    def draw_latents(self, num, rng):
        """Draws latent vectors from the prior, with a numpy `Generator`."""
        return rng.standard_normal((num, self.latent_dim), dtype="float32")

    # -------------------------------------------------------------- using

    def call(self, latents, training=False):
        return self.generator(latents, training=training)

    def generate(self, num_images, *, latents=None, seed=None, batch_size=256):
        """Draws samples.

        Args:
            num_images: int, number of samples.
            latents: float array `(num_images, latent_dim)`, or None to draw
                latents from the prior.
            seed: int or None. The same seed gives the same samples on every
                backend.
            batch_size: int, samples per call of the generator.

        Returns:
            numpy float32 array, for images `(num_images, height, width,
            channels)` in [-1, 1].
        """
        return self.run_generator(
            self.given_or_drawn(num_images, latents, seed), batch_size
        )

    def run_generator(self, inputs, batch_size):
        """Runs the generator, or its average if there is one.

        Args:
            inputs: array or list of arrays, the inputs of the generator.
            batch_size: int, samples per call of the generator.

        Returns:
            numpy float32 array.
        """
        network = self.best("generator")
        samples = network.predict(inputs, batch_size=batch_size, verbose=0)
        return samples.astype("float32")

    def given_or_drawn(self, num, latents, seed):
        """Returns the given latent vectors, or draws them from the prior.

        Args:
            num: int, number of vectors.
            latents: array, or None to draw the vectors.
            seed: int or None, the seed of the draw.

        Returns:
            numpy float32 array `(num, latent_dim)`.

        Raises:
            ValueError: if the given latents have another shape.
        """
        if latents is None:
            return self.draw_latents(num, np.random.default_rng(seed))
        latents = np.asarray(latents, "float32")
        if latents.shape != (num, self.latent_dim):
            raise ValueError(
                "Expected latents of shape (num_images, latent_dim) = "
                f"{(num, self.latent_dim)}. "
                f"Received: latents.shape={latents.shape}"
            )
        return latents

    def comparison(self, **controls):
        """Returns the `Comparison` that `evaluate` makes.

        Args:
            **controls: arguments of `generate` that were chosen.
        """
        reference, *given = self.modalities
        return Comparison(reference, tuple(given), once=False)

    def respond(self, num, given, seed, **controls):
        """Generates samples to be compared with real ones.

        Args:
            num: int, number of samples.
            given: dict from the members in `comparison().given` to arrays.
            seed: int, seed of the latents.
            **controls: arguments of `generate` that were chosen.

        Returns:
            numpy float32 array of `num` samples.
        """
        return self.generate(num, seed=seed, **given, **controls)

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim}
