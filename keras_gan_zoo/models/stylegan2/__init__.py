"""StyleGAN2 (Karras et al., 2020), https://arxiv.org/abs/1912.04958.

Configuration F of the paper: a mapping network, modulated and demodulated
convolutions, noise with one strength for each layer, low-pass filters [1, 3, 3,
1], a generator that adds up images of all resolutions, a residual
discriminator; the non-saturating loss, R1 with gamma 10 at every 16th step of
the discriminator, path length regularization with weight 2 at every 4th step
of the generator, style mixing with probability 0.9, Adam(0.002, 0, 0.99,
epsilon=1e-8), whose constants are corrected for lazy regularization (appendix
B). The arguments also allow the form for CIFAR-10 of the authors' later paper
(2020, https://arxiv.org/abs/2006.06676), and classes as in its code: both
networks map the label, and the discriminator projects onto it. Differs from the
papers and the authors' code:

* Each image has its own crossover layer of style mixing. The authors' code
  draws one for all images of a device.
* The path length penalty looks at half of the images of the step, with the
  styles of the step. The authors' code draws new latents.
* Outside training the noise inputs are constant, also for metrics.
* The decay of the average rises to its value by (1 + n) / (10 + n) with the
  number of steps n. It belongs to batches of 32 images. For other batches pass
  `ema_decay=decay_of_half_life(batch_size)`, a function of
  `keras_gan_zoo.families.averages`.
* A generated image gets the class of the real image at its place in the batch.
* The order of updates, see docs/updates.md.
"""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks.labels import inputs
from keras_gan_zoo.families import priors
from keras_gan_zoo.families.averages import decay_of_half_life
from keras_gan_zoo.families.styles import Styles
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.stylegan2 import networks, space
from keras_gan_zoo.models.stylegan2.automatic import automatic_settings
from keras_gan_zoo.models.stylegan2.space import lazy_adam
from keras_gan_zoo.objectives.path_length import PathLength
from keras_gan_zoo.objectives.regularizers import Regularizer

#: Name of the path length penalty in the logs.
PATH_LENGTH = "path_length"


@register(
    "stylegan2",
    paper="https://arxiv.org/abs/1912.04958",
    summary="images up to 1024x1024 from styles of each resolution",
)
class StyleGAN2(Styles):
    """StyleGAN2 (Karras et al., 2020), https://arxiv.org/abs/1912.04958.

    Makes images from latent vectors, of which only the direction counts. A
    mapping network turns a latent into a style, and each layer of the
    synthesis network gets a style.

    Args:
        image_shape: tuple `(height, width, channels)`. The shorter side is a
            power of two from 8 to 1024, and the longer side is a multiple of
            a quarter of it, e.g. 64x64 or 64x80.
        num_classes: int, number of classes. None ignores labels.
        latent_dim: int, length of the latent vectors.
        style_dim: int, length of a style, and width of the mapping network.
        mapping_layers: int, layers of the mapping network: 8, or 2 in the
            form for CIFAR-10.
        channel_base: int, the channels of a layer times the shorter side of
            its features: 32768, or 16384 for half the width.
        channel_max: int, the largest number of channels.
        residual: bool, whether the discriminator has residual blocks. False
            in the form for CIFAR-10.
        group_size: int, number of images in each group whose standard
            deviation the discriminator sees: 4, or 32 for CIFAR-10.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`.
        generator: `StyleGAN2Generator` or a `keras.Model` with its methods,
            or None for the network of the paper.
        discriminator: `keras.Model`, images (and labels) to logits, or None
            for the network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are ints `(batch,)`
    or one-hot `(batch, num_classes)`.

    Logs: `d_loss`, `g_loss`, `penalty` (R1, weighted) and `path_length` (the
    penalty, weighted) if there is one. With `augmentation="ada"` also `ada_p`
    and `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if the networks cannot make images of `image_shape`. The
            error names the nearest possible sizes.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.StyleGAN2(
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

    def __init__(
        self,
        image_shape=(64, 64, 3),
        num_classes=None,
        latent_dim=512,
        style_dim=512,
        mapping_layers=8,
        channel_base=32768,
        channel_max=512,
        residual=True,
        group_size=4,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, num_classes, **kwargs)
        self.image_shape = self.sample.shape
        self.style_dim = style_dim
        self.mapping_layers = mapping_layers
        self.channel_base = channel_base
        self.channel_max = channel_max
        self.residual = residual
        self.group_size = group_size
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.StyleGAN2Generator(
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
            lambda: networks.build_discriminator(
                self.image_shape,
                self.num_classes,
                style_dim,
                channel_base,
                channel_max,
                residual,
                group_size,
                augmentation,
            ),
        )
        self.ready()

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        penalty="r1",
        penalty_weight=10.0,
        penalty_every=space.PENALTY_EVERY,
        path_length_weight=2.0,
        path_length_every=space.PATH_LENGTH_EVERY,
        style_mixing=0.9,
        regularizers=(),
        ema_decay=decay_of_half_life(32),  # noqa: B008
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's for FFHQ at 1024x1024 in batches of 32
        images. A good weight of R1 depends on the data, the resolution and
        the batch: the authors' later rule is 0.0002 * resolution^2 / batch.
        The form for CIFAR-10 has a rate of 0.0025, `penalty_weight=0.01,
        path_length_weight=0, style_mixing=0`.

        Args:
            loss: str or `AdversarialLoss`.
            generator_optimizer: optimizer of the generator. None is
                Adam(0.002, beta_1=0, beta_2=0.99, epsilon=1e-8), corrected
                for `path_length_every`.
            discriminator_optimizer: optimizer of the discriminator. None is
                the same, corrected for `penalty_every`.
            penalty: str, penalty or None.
            penalty_weight: float or schedule, gamma of R1.
            penalty_every: int, steps from one penalty to the next.
            path_length_weight: float or schedule, weight of the path length
                penalty. 0 for no such penalty.
            path_length_every: int, steps from one path length penalty to the
                next.
            style_mixing: float, probability that an image has the styles of
                two latents, the second from a random layer on.
            regularizers: list of `Regularizer`, further penalties.
            ema_decay: float in [0, 1) or None, as in `GAN.compile`.
            **kwargs: further arguments of `GAN.compile`.
        """
        own = []
        if path_length_weight:
            own = [
                Regularizer(
                    "generator",
                    PathLength(),
                    path_length_weight,
                    path_length_every,
                    PATH_LENGTH,
                )
            ]
        super().compile(
            loss,
            generator_optimizer=generator_optimizer
            or lazy_adam(path_length_every if own else 1),
            discriminator_optimizer=discriminator_optimizer
            or lazy_adam(penalty_every if penalty is not None else 1),
            penalty=penalty,
            penalty_weight=None if penalty is None else penalty_weight,
            penalty_every=penalty_every,
            regularizers=[*regularizers, *own],
            ema_decay=ema_decay,
            style_mixing=style_mixing,
            **kwargs,
        )
        self.path_length_weight = own[0].weight if own else 0.0
        self.path_length_every = int(path_length_every)

    def compile_settings(self):
        settings = super().compile_settings()
        serialize = keras.saving.serialize_keras_object
        further = [
            given
            for given in settings["regularizers"]
            if given["config"]["name"] != PATH_LENGTH
        ]
        return {
            **settings,
            "regularizers": further,
            "path_length_weight": serialize(self.path_length_weight),
            "path_length_every": self.path_length_every,
        }

    def losses(self, batch, training=True, seed=None):
        real, *labels = batch
        w = self.training_styles(ops.shape(real)[0], labels, training, seed)

        def synthesize(w):
            return self.generator.synthesis(w, training=training)

        def discriminate(images):
            return self.discriminator(inputs(images, labels), training=training)

        fake = synthesize(w)
        found = self.adversarial_losses(discriminate, real, fake)
        views = {**found.views, "generator": [(synthesize, w, fake)]}
        return found._replace(views=views)

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    def run_generator(self, inputs, batch_size):
        images = super().run_generator(inputs, batch_size)
        # The network is linear at its end.
        return np.clip(images, -1, 1)

    @classmethod
    def settings_for(cls, image_shape, batch_size=None, learning_rate=None):
        """Chooses the settings for your own pictures by the authors' rules.

        Args:
            image_shape: tuple `(height, width, channels)`.
            batch_size: int, images of a step, or None for the authors'.
            learning_rate: float or None, as in `automatic_settings`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.

        Example:

        >>> arguments, settings = StyleGAN2.settings_for((64, 64, 3), 32)
        >>> arguments["augmentation"], round(settings["penalty_weight"], 4)
        ('ada', 0.0256)

        `gan = StyleGAN2(**arguments)` and `gan.compile(**settings)` use them.
        See `keras_gan_zoo.models.stylegan2.automatic` for the rules.
        """
        return automatic_settings(image_shape, batch_size, learning_rate)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings worth tuning; see `stylegan2.space`."""
        return space.search_space(ask)

    def get_config(self):
        names = (
            "style_dim",
            "mapping_layers",
            "channel_base",
            "channel_max",
            "residual",
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
