"""ProGAN (Karras et al., 2018), https://arxiv.org/abs/1710.10196.

Both networks start at 4x4 pixels and grow by one resolution at a time. The
layers of a new resolution are faded in as in section 2: their output is blended
with the output of the smaller network by an alpha that rises from 0 to 1. Real
images are blended in the same way with themselves at half the resolution.
Equalized learning rates, pixelwise normalization, minibatch standard deviation
(in groups of four) and the networks of table 2 (23.1 M weights each at
1024x1024) are as in the paper and the authors' code. So are WGAN-GP with drift,
Adam(1e-3, 0, 0.99, epsilon=1e-8), whose state is reset at each new resolution,
and an average of the generator with decay 0.999. Differs from them:

* The minibatch of each resolution is the batch that `fit` gets, or a part of
  it (`batch_parts`).
* The state of the optimizers is reset once per resolution. The authors' code
  resets it when the fade-in ends, too.
* The decay of the average rises to 0.999 by (1 + n) / (10 + n) with the number
  of batches n, so that the first weights are soon forgotten.
* All images of a batch (or of its part) have the alpha of its first image.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import ops

from keras_gan_zoo.blocks import progressive
from keras_gan_zoo.families import priors
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.growing import GrowingGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.objectives import losses


@register(
    "progan",
    paper="https://arxiv.org/abs/1710.10196",
    summary="grows from 4x4 pixels to the final size in one fit",
)
class ProGAN(GrowingGAN):
    """ProGAN (Karras et al., 2018), https://arxiv.org/abs/1710.10196.

    Makes images from latent vectors drawn from N(0, 1), which the generator
    projects onto the hypersphere. One `fit` on images of the final size grows
    both networks from 4x4 to the final size.

    Args:
        image_shape: tuple `(size, size, channels)` of the final images. The
            size is a power of two from 8 to 1024.
        latent_dim: int, length of the latent vectors.
        fmap_base: int, sets the number of channels at each resolution:
            `2 * fmap_base / resolution`.
        fmap_max: int, largest number of channels at any resolution.
        group_size: int, number of images in each group whose standard
            deviation the discriminator sees.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`. They act at the
            resolution of the stage, after the new layers are blended in.
        generator: `keras.Model` with the methods of
            `blocks.progressive.ProgressiveGenerator`, or None for the
            network of the paper.
        discriminator: `keras.Model` with the methods of
            `blocks.progressive.ProgressiveDiscriminator`, or None for the
            network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, size, size, channels)` in [-1, 1] of the final size. Labels are
    not used.

    Logs: `d_loss` (without the drift), `g_loss`, `penalty` if there is one,
    and the progress of training: `resolution` of the stage, its `alpha`, and
    the number of `images` seen. With `augmentation="ada"` also `ada_p` and
    `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if doubling 4x4 pixels does not lead to `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ProGAN((8, 8, 1), latent_dim=16, fmap_base=64, fmap_max=16)
    >>> gan.compile(phase_images=64, run_eagerly=True)  # for a few batches
    >>> digits = kgz.data.digits(batch_size=64)
    >>> history = gan.fit(digits.take(3), verbose=0)
    >>> gan.generate(4, seed=0).shape, gan.generate(4, resolution=4).shape
    ((4, 8, 8, 1), (4, 4, 4, 1))
    """

    prior = priors.SPHERE

    def __init__(
        self,
        image_shape=(64, 64, 3),
        latent_dim=512,
        fmap_base=8192,
        fmap_max=512,
        group_size=4,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        image = Image(image_shape)
        num_stages = progressive.num_stages(image.shape)
        super().__init__(image, latent_dim, num_stages, **kwargs)
        self.image_shape = image.shape
        self.fmap_base = fmap_base
        self.fmap_max = fmap_max
        self.group_size = group_size
        self.augmentation = augmentation
        sizes = (self.image_shape, self.latent_dim, fmap_base, fmap_max)
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: progressive.ProgressiveGenerator(*sizes, name="generator"),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: progressive.ProgressiveDiscriminator(
                *sizes,
                group_size=group_size,
                augmentation=augmentation,
                name="discriminator",
            ),
        )
        self.ready()

    def compile(
        self,
        loss="wasserstein",
        generator_optimizer=None,
        discriminator_optimizer=None,
        penalty="wgan_gp",
        ema_decay=0.999,
        drift_weight=None,
        **kwargs,
    ):
        """Sets how the players train; see `GrowingGAN.compile` for more.

        The defaults are the paper's, whose minibatches have 16 images up to
        128x128, 14 at 256x256, 6 at 512x512 and 3 at 1024x1024. The paper's
        alternative to WGAN-GP is `loss="least_squares", penalty=None`. A
        later alternative is `loss="non_saturating", penalty="r1"`.

        Args:
            loss: str or `AdversarialLoss`, as in `LatentGAN.compile`.
            generator_optimizer: optimizer of the generator. None is
                Adam(1e-3, beta_1=0, beta_2=0.99, epsilon=1e-8).
            discriminator_optimizer: optimizer of the discriminator. None is
                Adam(1e-3, beta_1=0, beta_2=0.99, epsilon=1e-8).
            penalty: str, penalty or None, as in `LatentGAN.compile`.
            ema_decay: float in [0, 1) or None, as in `LatentGAN.compile`.
            drift_weight: float, weight of the mean square of the logits of
                real images in the discriminator's loss. None is 1e-3 with
                the Wasserstein loss, which does not fix the level of the
                logits, and 0 with other losses.
            **kwargs: `phase_images`, `batch_parts` and `reset_optimizers`,
                see `GrowingGAN.compile`, and further arguments of
                `LatentGAN.compile`.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or _adam(),
            discriminator_optimizer=discriminator_optimizer or _adam(),
            penalty=penalty,
            ema_decay=ema_decay,
            **kwargs,
        )
        if drift_weight is None:
            wasserstein = isinstance(self.loss, losses.Wasserstein)
            drift_weight = 1e-3 if wasserstein else 0.0
        self.drift_weight = float(drift_weight)

    def compile_settings(self):
        return {**super().compile_settings(), "drift_weight": self.drift_weight}

    def losses(self, batch, training=True, seed=None):
        stage, alpha = self.running_stage, ops.convert_to_tensor(self.alpha)
        real = progressive.real_images(batch[0], stage, alpha)
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator([latents, alpha], stage=stage)

        def discriminate(images):
            return self.discriminator(
                [images, alpha], stage=stage, training=training
            )

        found = self.adversarial_losses(discriminate, real, fake)
        ((_, _, real_logits, _),) = found.pairs
        drift = self.drift_weight * ops.mean(ops.square(real_logits))
        # Not `+=`, which PyTorch does in place: the log would change too.
        d_loss = found.players["discriminator"] + drift
        return found._replace(
            players={**found.players, "discriminator": d_loss}
        )

    def call(self, latents, training=False):
        alpha = ops.convert_to_tensor(self.alpha)
        return self.generator([latents, alpha], stage=self.running_stage)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `ema_decay`;
        * `fmap_max` and `latent_dim`.

        Fix `phase_images`; otherwise short trials end with images of 4x4
        pixels.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = _adam()
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            **space.adversarial_loss(ask, loss="least_squares"),
            **space.average(ask, [0.99, 0.999]),
        }
        arguments = {
            "fmap_max": ask.choice("fmap_max", [64, 128, 256, 512]),
            "latent_dim": ask.choice("latent_dim", [128, 256, 512]),
        }
        return arguments, settings

    def get_config(self):
        names = ("fmap_base", "fmap_max", "group_size")
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            **{name: getattr(self, name) for name in names},
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }


def _adam():
    return keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8)
