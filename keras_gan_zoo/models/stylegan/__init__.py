"""StyleGAN (Karras et al., 2019), https://arxiv.org/abs/1812.04958.

Configuration F of the paper: a mapping network, a learned constant of ones,
noise with a strength for each channel, adaptive instance normalization, the
low-pass filter [1, 2, 1] and the discriminator of ProGAN with this filter; both
networks grow from 8x8 pixels on, with 600,000 images for each phase; style
mixing with probability 0.9; the non-saturating loss, R1 with gamma 10, and
Adam(1e-3, 0, 0.99, epsilon=1e-8), whose rate rises to 1.5e-3 at 128x128, 2e-3
at 256x256 and 3e-3 from 512x512 on. The generator has 26.2 M weights at
1024x1024. Truncation acts on the first 8 layers. Differs from the paper and
the authors' code:

* Each image has its own crossover layer of style mixing. The authors' code
  draws one for all images of a device.
* The minibatch of each resolution is the batch that `fit` gets, or a part of
  it (`batch_parts`). The authors have minibatches of 256 images at 8x8, 128 at
  16x16, 64 at 32x32 and 32 from 64x64 on.
* The state of the optimizers is reset once per resolution. The authors' code
  resets it when the fade-in ends, too.
* The decay of the average rises to its value by (1 + n) / (10 + n) with the
  number of batches n. It belongs to minibatches of 32 images at all
  resolutions, a half-life of 10,000 images. The average of the mean style is
  averaged again; the authors' code copies it.
* All images of a batch (or of its part) have the alpha of its first image.
* From 128x128 on the authors' code doubles or halves and convolves in one
  operation. The result is the same, except that the kernel that doubles is
  mirrored.
* The embedding of a label has an equalized learning rate and a bias, and is
  normalized on its own, not together with the latent.
* Outside training the noise inputs are constant, also for metrics.
* A generated image gets the class of the real image at its place in the batch.
* The order of updates, see docs/updates.md.
"""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.blocks import progressive
from keras_gan_zoo.families import priors
from keras_gan_zoo.families.averages import decay_of_half_life
from keras_gan_zoo.families.growing import GrowingGAN
from keras_gan_zoo.families.styles import Styles
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.stylegan import networks, space
from keras_gan_zoo.objectives.growth import side


@register(
    "stylegan",
    paper="https://arxiv.org/abs/1812.04958",
    summary="grows from 8x8 pixels, with styles of each resolution",
)
class StyleGAN(Styles, GrowingGAN):
    """StyleGAN (Karras et al., 2019), https://arxiv.org/abs/1812.04958.

    Makes images from latent vectors, of which only the direction counts. A
    mapping network turns a latent into a style, and each layer of the
    synthesis network is normalized by a style. One `fit` on images of the final
    size grows both networks from 8x8 to the final size.

    Args:
        image_shape: tuple `(size, size, channels)` of the final images. The
            size is a power of two from 8 to 1024.
        num_classes: int, number of classes. None ignores labels.
        latent_dim: int, length of the latent vectors.
        style_dim: int, length of a style, and width of the mapping network.
        mapping_layers: int, layers of the mapping network.
        channel_base: int, the channels of a layer times the height of its
            features.
        channel_max: int, the largest number of channels.
        first_resolution: int, height and width in pixels of the images with
            which training starts: 8, or 4 as in ProGAN.
        group_size: int, number of images in each group whose standard
            deviation the discriminator sees.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`. They act at the
            resolution of the stage, after the new layers are blended in.
        generator: `StyleGANGenerator` or a `keras.Model` with its methods, or
            None for the network of the paper.
        discriminator: `keras.Model` with the methods of
            `blocks.progressive.ProgressiveDiscriminator`, or None for the
            network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, size, size, channels)` in [-1, 1] of the final size. Labels are
    ints `(batch,)` or one-hot `(batch, num_classes)`.

    Logs: `d_loss`, `g_loss`, `penalty` (R1, weighted) if there is one, and the
    progress of training: `resolution` of the stage, its `alpha`, and the
    number of `images` seen. With `augmentation="ada"` also `ada_p` and
    `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if the networks cannot make images of `image_shape`. The
            error names the nearest possible sizes.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.StyleGAN(
    ...     (8, 8, 1), latent_dim=8, style_dim=8, mapping_layers=2,
    ...     channel_base=64, channel_max=8,
    ... )
    >>> gan.compile(run_eagerly=True)  # for one batch
    >>> digits = kgz.data.digits(batch_size=32)
    >>> history = gan.fit(digits.take(1), verbose=0)
    >>> gan.generate(4, seed=0, truncation_psi=0.7).shape
    (4, 8, 8, 1)
    """

    prior = priors.SPHERE
    truncated_layers = 8

    def __init__(
        self,
        image_shape=(64, 64, 3),
        num_classes=None,
        latent_dim=512,
        style_dim=512,
        mapping_layers=8,
        channel_base=16384,
        channel_max=512,
        first_resolution=8,
        group_size=4,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        image = Image(image_shape)
        num_stages = networks.num_stages(image.shape)
        if first_resolution not in (side(0), side(1)):
            raise ValueError(
                "Training starts with small images. Expected "
                f"first_resolution={side(1)} or {side(0)}. Received: "
                f"first_resolution={first_resolution!r}"
            )
        super().__init__(
            image,
            latent_dim,
            num_classes,
            num_stages=num_stages,
            first_stage=int(first_resolution == side(1)),
            **kwargs,
        )
        #: By what the learning rates of the optimizers are multiplied now.
        self.rate_factor = self._add_state("rate_factor", 1, "float32")
        self.image_shape = image.shape
        self.style_dim = style_dim
        self.mapping_layers = mapping_layers
        self.channel_base = channel_base
        self.channel_max = channel_max
        self.first_resolution = first_resolution
        self.group_size = group_size
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.StyleGANGenerator(
                self.image_shape,
                self.latent_dim,
                self.num_classes,
                style_dim,
                mapping_layers,
                channel_base,
                channel_max,
                name="generator",
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.StyleGANDiscriminator(
                self.image_shape,
                min(channel_base // 2, channel_max),
                channel_base // 2,
                channel_max,
                logits=self.num_classes or 1,
                group_size=group_size,
                augmentation=augmentation,
                name="discriminator",
            ),
        )
        self.ready()

    # ---------------------------------------------------------- compiling

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        penalty="r1",
        penalty_weight=10.0,
        style_mixing=0.9,
        phase_images=600_000,
        rate_factors=None,
        ema_decay=decay_of_half_life(32),  # noqa: B008
        **kwargs,
    ):
        """Sets how the players train; see `GrowingGAN.compile` for more.

        The defaults are the paper's for FFHQ at 1024x1024. A good weight of R1
        depends on the data, the resolution and the batch.

        Args:
            loss: str or `AdversarialLoss`.
            generator_optimizer: optimizer of the generator. None is
                Adam(1e-3, beta_1=0, beta_2=0.99, epsilon=1e-8).
            discriminator_optimizer: optimizer of the discriminator. None is
                the same.
            penalty: str, penalty or None.
            penalty_weight: float or schedule, gamma of R1.
            style_mixing: float, probability that an image has the styles of
                two latents, the second from a random layer on.
            phase_images: int or list of ints, as in `GrowingGAN.compile`.
            rate_factors: float, or list of floats for the resolutions from
                the first on. The learning rates of both optimizers are
                multiplied by it while the resolution trains. None is 1.5 at
                128x128, 2 at 256x256, 3 from 512x512 on, and 1 at smaller
                ones. 1 leaves the rates alone.
            ema_decay: float in (0, 1) or None, as in `LatentGAN.compile`. For
                batches of another size than 32 pass
                `decay_of_half_life(batch_size)`, a function of
                `keras_gan_zoo.families.averages`.
            **kwargs: `batch_parts` and `reset_optimizers`, see
                `GrowingGAN.compile`, and further arguments of
                `LatentGAN.compile`.

        Raises:
            ValueError: if an argument is out of range.
        """
        stages = range(self.first_stage, self.num_stages)
        factors = space.rate_factors(rate_factors, [side(n) for n in stages])
        space.check_rates(
            factors, [generator_optimizer, discriminator_optimizer]
        )
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or space.adam(),
            discriminator_optimizer=discriminator_optimizer or space.adam(),
            penalty=penalty,
            penalty_weight=None if penalty is None else penalty_weight,
            style_mixing=style_mixing,
            phase_images=phase_images,
            ema_decay=ema_decay,
            **kwargs,
        )
        self.rate_factors = factors
        self.rate_factor.assign(1.0)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "rate_factors": list(self.rate_factors),
        }

    def look(self):
        """Switches to the stage that is due, and to its learning rates."""
        calls = super().look()
        wanted = self.rate_factors[self.running_stage - self.first_stage]
        now = float(ops.convert_to_numpy(self.rate_factor))
        if np.float32(wanted) != np.float32(now):
            for optimizer in self.optimizer.optimizers:
                rate = float(ops.convert_to_numpy(optimizer.learning_rate))
                optimizer.learning_rate = rate * wanted / now
            self.rate_factor.assign(wanted)
        return calls

    # ------------------------------------------------------------ training

    @property
    def running_layers(self):
        return 2 * (self.running_stage + 1)

    def losses(self, batch, training=True, seed=None):
        stage, alpha = self.running_stage, ops.convert_to_tensor(self.alpha)
        images, *labels = batch
        real = progressive.real_images(images, stage, alpha)
        w = self.training_styles(ops.shape(real)[0], labels, training, seed)
        fake = self.generator.synthesis(
            [w, alpha], stage=stage, training=training
        )

        def discriminate(images):
            return self.discriminator(
                [images, *labels, alpha], stage=stage, training=training
            )

        return self.adversarial_losses(discriminate, real, fake)

    # -------------------------------------------------------------- using

    def call(self, given, training=False):
        given = given if isinstance(given, (list, tuple)) else [given]
        alpha = ops.convert_to_tensor(self.alpha)
        return self.generator([*given, alpha], stage=self.running_stage)

    def generate(
        self,
        num_images,
        *,
        labels=None,
        latents=None,
        seed=None,
        batch_size=256,
        resolution=None,
        truncation_psi=None,
    ):
        """Draws images of one resolution.

        Args:
            num_images: int, number of images.
            labels: as in `ClassConditionalGAN.generate`.
            latents: float array `(num_images, latent_dim)`, or None to draw
                latents from the prior.
            seed: int or None. The same seed gives the same images on every
                backend.
            batch_size: int, images per call of the generator.
            resolution: int or None, as in `GrowingGAN.generate`.
            truncation_psi: float or None. Multiplies the distance of the
                styles of the first 8 layers from the mean style of the
                training. The paper's pictures have 0.7, which gives better
                images that differ less. None is 1, with which the paper
                measures.

        Returns:
            numpy float32 array `(num_images, resolution, resolution,
            channels)` in [-1, 1].

        Raises:
            ValueError: if a label is not one of the classes, there are too
                many or too few labels, the latents have a wrong shape, or the
                resolution has not been trained.
        """
        styles = self.styles(
            num_images,
            labels=labels,
            latents=latents,
            seed=seed,
            batch_size=batch_size,
            truncation_psi=truncation_psi,
        )
        return self.generate_from_styles(
            styles, batch_size=batch_size, resolution=resolution
        )

    def run_synthesis(self, styles, batch_size, resolution=None):
        stage, alpha = self.stage_of(resolution)
        synthesis = self.best("generator").synthesis
        return synthesis.draw(styles, stage, alpha, batch_size)

    def draw_from_styles(self, styles):
        stage, alpha = self.stage_of(None)
        alphas = ops.full_like(styles[:, 0, 0], alpha)
        synthesis = self.best("generator").synthesis
        return synthesis([styles, alphas], stage=stage, training=False)

    def run_generator(self, inputs, batch_size):
        w = self.best("generator").mapping.predict(
            inputs, batch_size=batch_size, verbose=0
        )
        w = np.repeat(w[:, None], self.generator.num_styles, axis=1)
        return self.generate_from_styles(w, batch_size=batch_size)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings worth tuning; see `stylegan.space`."""
        return space.search_space(ask)

    def get_config(self):
        names = (
            "style_dim",
            "mapping_layers",
            "channel_base",
            "channel_max",
            "first_resolution",
            "group_size",
        )
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
            **{name: getattr(self, name) for name in names},
        }
