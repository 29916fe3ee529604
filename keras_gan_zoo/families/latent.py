"""The base of the architectures that make samples from latent vectors."""

import keras
import numpy as np

from keras_gan_zoo.families import priors, standing
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
    #: The prior of the latents, one of `keras_gan_zoo.families.priors`.
    prior = priors.NORMAL
    #: How `control.anomaly_scores` compares an image with the nearest image
    #: of the model, unless its arguments say something else.
    scoring = {
        "method": "search",
        "norm": "absolute",
        "pixel_weight": 0.9,
        "feature_weight": 0.1,
    }

    def __init__(self, sample, latent_dim, **kwargs):
        super().__init__(**kwargs)
        self.sample = sample
        self.latent_dim = int(latent_dim)

    @property
    def modalities(self):
        return {next(iter(self.reads)): self.sample}

    # ------------------------------------------------------------ training

    def sample_latents(self, num, seed=None):
        """Draws latent vectors from the prior, inside a step.

        Args:
            num: int or scalar tensor, number of vectors.
            seed: int or None. An int gives the same vectors each time. None
                draws from `self.noise`.
        """
        seed = self.noise if seed is None else seed
        shape = num, self.latent_dim
        if self.prior == priors.UNIFORM:
            return keras.random.uniform(shape, -1, 1, seed=seed)
        return keras.random.normal(shape, seed=seed)

    def real_logits(self, outputs):
        """Returns the logits of "real" in what the discriminator returns.

        Args:
            outputs: tensor, or list whose first member are these logits.
        """
        return outputs[0] if isinstance(outputs, (list, tuple)) else outputs

    def judged(self, images):
        """Returns what the discriminator takes in place of images.

        Args:
            images: tensor `(num, height, width, channels)`.

        Returns:
            Tensor `(num, ...)`, for most models the images.
        """
        return images

    def judged_with(self, images):
        """Returns what the discriminator takes with images, besides labels.

        Args:
            images: tensor `(num, height, width, channels)`.

        Returns:
            List of tensors, for most models an empty one.
        """
        return []

    def draw_latents(self, num, rng):
        """Draws latent vectors from the prior, with a numpy `Generator`."""
        shape = num, self.latent_dim
        if self.prior == priors.UNIFORM:
            return rng.uniform(-1, 1, shape).astype("float32")
        return rng.standard_normal(shape, dtype="float32")

    # -------------------------------------------------------------- using

    def call(self, latents, training=False):
        return self.generator(latents, training=training)

    @property
    def controls(self):
        normal = self.prior == priors.NORMAL
        return [priors.TRUNCATION] if normal else []

    def generate(
        self,
        num_images,
        *,
        latents=None,
        seed=None,
        batch_size=256,
        truncation=None,
    ):
        """Draws samples.

        Args:
            num_images: int, number of samples.
            latents: float array `(num_images, latent_dim)`, or None to draw
                latents from the prior.
            seed: int or None. The same seed gives the same samples on every
                backend.
            batch_size: int, samples per call of the generator.
            truncation: float or None. Each number of the latents that is
                beyond this bound is drawn again until it is not (Brock et
                al., 2018, https://arxiv.org/abs/1809.11096, section 3.1). A
                smaller bound gives better samples that differ less. Only for
                the prior N(0, 1).

        Returns:
            numpy float32 array, for images `(num_images, height, width,
            channels)` in [-1, 1].

        Raises:
            ValueError: if the latents have a wrong shape, or the prior
                cannot be truncated.
        """
        latents = self.given_or_drawn(num_images, latents, seed, truncation)
        return self.run_generator(latents, batch_size)

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

    def given_or_drawn(self, num, latents, seed, truncation=None):
        """Returns the given latent vectors, or draws them from the prior.

        Args:
            num: int, number of vectors.
            latents: array, or None to draw the vectors.
            seed: int, `numpy.random.Generator` or None, the seed of the draw.
            truncation: float, the bound of the numbers that are drawn, or
                None.

        Returns:
            numpy float32 array `(num, latent_dim)`.

        Raises:
            ValueError: if the given latents have another shape, or cannot be
                truncated.
        """
        if truncation is not None:
            priors.check_truncation(self, truncation, latents)
        if latents is None:
            rng = np.random.default_rng(seed)
            drawn = self.draw_latents(num, rng)
            if truncation is None:
                return drawn
            return priors.truncated(drawn, truncation, rng)
        latents = np.asarray(latents, "float32")
        if latents.shape != (num, self.latent_dim):
            raise ValueError(
                "Expected latents of shape (num_images, latent_dim) = "
                f"{(num, self.latent_dim)}. "
                f"Received: latents.shape={latents.shape}"
            )
        return latents

    def random_inputs(self, num, rng, truncation=None):
        """Draws all that the generator takes, from the priors.

        A subclass whose generator takes more than latents overrides this.

        Args:
            num: int, number of samples.
            rng: `numpy.random.Generator`.
            truncation: float, the bound of the latents, or None.

        Returns:
            numpy array, or a list of arrays: the inputs of the generator.
        """
        return self.given_or_drawn(num, None, rng, truncation)

    def set_standing_statistics(
        self, num_batches=100, batch_size=64, truncation=None, seed=0
    ):
        """Replaces the moving statistics of the generator by exact averages.

        Batch normalization uses moving averages of means and variances
        outside training. They come from the last steps of the training, when
        the weights still changed. This method runs the generator of
        `generate` (its average, if there is one) in training mode on fresh
        latents, and averages the statistics of all batches in equal parts
        (Brock et al., 2018, https://arxiv.org/abs/1809.11096, appendix D).
        Call it after training, and before `save`. Nothing but these
        statistics changes. Further training moves them again.

        Args:
            num_batches: int, number of batches.
            batch_size: int, samples in each batch.
            truncation: float or None. Set it if you will call `generate` with
                the same truncation: the statistics depend on the latents.
            seed: int, decides the latents, and all else that is drawn.

        Raises:
            ValueError: if the generator has no batch normalization, or the
                number of batches is less than 1.

        Example:

        >>> import keras_gan_zoo as kgz
        >>> gan = kgz.DCGAN(image_shape=(8, 8, 1), filters=4)
        >>> before = gan.generate(1, seed=0)
        >>> gan.set_standing_statistics(num_batches=2)
        >>> bool((gan.generate(1, seed=0) != before).any())
        True
        """
        network = self.best("generator")
        if not standing.normalizations(network):
            raise ValueError(
                "Only batch normalization has moving statistics. Expected a "
                "generator with layers of the class BatchNormalization or "
                "ConditionalBatchNormalization. Received: the generator of a "
                f"{type(self).__name__}, which has none and needs no standing "
                "statistics."
            )
        if num_batches < 1 or batch_size < 1:
            raise ValueError(
                "The statistics are averages over batches. Expected "
                "num_batches and batch_size of at least 1. Received: "
                f"num_batches={num_batches}, batch_size={batch_size}"
            )
        rng = np.random.default_rng(seed)
        batches = (
            (
                int(rng.integers(2**31)),
                self.random_inputs(batch_size, rng, truncation),
            )
            for _ in range(num_batches)
        )
        standing.set_statistics(network, batches)

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
