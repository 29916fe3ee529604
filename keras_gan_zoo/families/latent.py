"""What the architectures share that make images from latent vectors."""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.modalities import Image


class LatentGAN(GAN):
    """Abstract base of the models with `generate`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    def __init__(self, image_shape, latent_dim, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = Image(image_shape).shape
        self.latent_dim = int(latent_dim)
        self.averaged = False
        self.ema_generator = None
        self.ema_decay = None

    def compile(self, *args, ema_decay=None, **kwargs):
        """See `GAN.compile`; one argument more.

        Args:
            ema_decay: float in (0, 1) or None. Keeps an exponential moving
                average of the generator's weights, with which `generate`
                works. Its decay starts at (1 + step) / (10 + step), so that
                the first weights are soon forgotten, and ends at this value.
        """
        if ema_decay is not None and not 0 < ema_decay < 1:
            raise ValueError(
                "Expected ema_decay between 0 and 1, or None for no "
                f"average. Received: ema_decay={ema_decay}"
            )
        super().compile(*args, **kwargs)
        self.ema_decay = ema_decay
        self._average_generator(ema_decay is not None)

    def compile_settings(self):
        return {**super().compile_settings(), "ema_decay": self.ema_decay}

    # ------------------------------------------------------------ training

    def check_batch(self, batch):
        images = batch[0] if isinstance(batch, tuple) else batch
        Image(self.image_shape).check(images)

    def sample_latents(self, num, seed=None):
        """Latent vectors of the prior, N(0, 1), inside a step.

        Args:
            num: how many, an int or a scalar tensor.
            seed: int for the same ones each time; None: from `self.noise`.
        """
        seed = self.noise if seed is None else seed
        return keras.random.normal((num, self.latent_dim), seed=seed)

    def draw_latents(self, num, rng):
        """Latent vectors of the prior from a `numpy.random.Generator`."""
        return rng.standard_normal((num, self.latent_dim), dtype="float32")

    @engine.adversarial_step
    def test_step(self, data):
        """Both losses on held-out images, without touching the training.

        Every batch meets the same latents, so that epochs can be compared
        and the noise of training goes on as if nothing had been evaluated.
        """
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        num = ops.shape(real)[0]
        latents = self.sample_latents(num, seed=0)
        fake = self.generator(latents, training=False)

        def discriminate(x):
            return self.discriminator(x, training=False)

        _, (g_terms, d_terms) = self.adversarial_losses(
            discriminate, real, fake, seed=0
        )
        return self.log(num, **g_terms, **d_terms)

    def probe(self, batch):
        real, _, _ = keras.utils.unpack_x_y_sample_weight(batch)
        latents = self.sample_latents(ops.shape(real)[0])
        fake = self.generator(latents, training=True)
        logits = [self.discriminator(x, training=True) for x in (real, fake)]
        return [(real, fake, *logits)]

    def end_step(self, num, **values):
        logs = super().end_step(num, **values)
        if self.averaged:
            self._update_ema()
        return logs

    # ------------------------------------------------------ average weights

    def _average_generator(self, wanted):
        """Begins or ends averaging; the average begins as a copy."""
        if wanted and not self.averaged:
            if self.ema_generator is None:
                self.ema_generator = keras.models.clone_model(self.generator)
                self.ema_generator.trainable = False
            self.ema_generator.set_weights(self.generator.get_weights())
        self.averaged = wanted

    def _update_ema(self):
        step = ops.cast(self.steps, "float32")
        decay = ops.minimum(self.ema_decay, (1 + step) / (10 + step))
        for average, variable in self._averages():
            # Moving statistics of normalisations are averaged likewise.
            change = (1 - decay) * (variable - average)
            average.assign_add(ops.cast(change, average.dtype))

    def _averages(self):
        """Pairs of an average and what it is of, for this step to update."""
        return zip(self.ema_generator.weights, self.generator.weights)

    # -------------------------------------------------------------- using

    @property
    def sampler(self):
        """The network that `generate` runs: the average where there is one."""
        return self.ema_generator if self.averaged else self.generator

    def call(self, latents, training=False):
        return self.generator(latents, training=training)

    def generate(self, num_images, *, latents=None, seed=None, batch_size=256):
        """Draws images.

        Args:
            num_images: int, how many.
            latents: float array `(num_images, latent_dim)`, or None to draw
                them from the prior.
            seed: int, same seed, same images, on every backend; or None.
            batch_size: int, how many at a time.

        Returns:
            numpy float32 array `(num_images, height, width, channels)` in
            [-1, 1].
        """
        return self._images(
            self._latents(num_images, latents, seed), batch_size
        )

    def _images(self, inputs, batch_size):
        """What the sampler makes of its inputs, numpy float32."""
        images = self.sampler.predict(inputs, batch_size=batch_size, verbose=0)
        return images.astype("float32")

    def _latents(self, num, latents, seed):
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

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "latent_dim": self.latent_dim,
            "averaged": self.averaged,
        }

    @classmethod
    def from_config(cls, config):
        # The average generator comes with compile(): a file that is loaded
        # without compiling must know that it holds one.
        config = dict(config)
        averaged = config.pop("averaged", False)
        model = super().from_config(config)
        model._average_generator(averaged)
        return model
