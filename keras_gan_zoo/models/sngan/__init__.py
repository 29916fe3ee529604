"""SNGAN (Miyato et al., 2018), https://arxiv.org/abs/1802.05957.

Every kernel of the discriminator is divided by its largest singular value,
which makes the discriminator Lipschitz continuous. The networks are the
residual ones of the paper, tables 4 to 6, or the plain one, table 3. With
`num_classes` the discriminator is the projection discriminator, and the
generator has conditional batch normalization (Miyato & Koyama, 2018,
https://arxiv.org/abs/1802.05637). Hinge loss, Adam(2e-4, beta_1=0,
beta_2=0.9), five steps of the discriminator for each step of the generator.
Differs from the papers and the authors' code:

* The step of the generator makes as many images as a step of the
  discriminator; the authors' code makes twice as many.
* The learning rate is constant. In the authors' code for CIFAR-10 it falls
  linearly to 0: pass `Adam(schedules.ConstantThenLinear(2e-4, 0, steps), 0,
  0.9)` as both optimizers.
* The last layer of the residual discriminator has a bias, also for 32x32.
* The plain network has as many layers as the image has halvings, and at most
  the 512 channels of table 3. Batch normalization after its dense layer is
  that of the authors' code, but with one mean for each channel.
* The papers give classes to residual networks alone. The plain one gets them
  in the same way, with an inner product of all features of the last map.
* A generated image gets the class of the real image at its place in the batch.
* The order of updates, see docs/updates.md.
"""

import keras

from keras_gan_zoo import engine
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.class_conditional import ClassConditionalGAN
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.sngan.networks import NETWORKS


@register(
    "sngan",
    paper="https://arxiv.org/abs/1802.05957",
    summary="residual, spectral normalization; classes by projection",
)
class SNGAN(ClassConditionalGAN):
    """SNGAN (Miyato et al., 2018), https://arxiv.org/abs/1802.05957.

    Makes images from latent vectors drawn from N(0, 1), of given classes if
    there are any (Miyato & Koyama, 2018, https://arxiv.org/abs/1802.05637).

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width must
            be numbers from 4 to 15 times the same power of two: 8, 16, 28,
            32, 48, 64, 128, ...
        num_classes: int, number of classes. None for no classes.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image in both networks.
            Residual networks for at most 32 pixels have the same number of
            channels in all layers: four times as many in the generator, and
            twice as many in the discriminator.
        network: `"residual"` or `"plain"`, convolutions without shortcuts.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`.
        generator: `keras.Model` that turns latents, or `[latents, labels]`
            with one-hot labels, into images. None builds the paper's.
        discriminator: `keras.Model` that turns images, or `[images, labels]`,
            into logits. None builds the paper's.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images`, or with classes `(images, labels)`. Images are
    float32 `(batch, height, width, channels)` in [-1, 1]. Labels are ints
    `(batch,)` in [0, num_classes) or one-hot `(batch, num_classes)`. By
    default `batch` is five times the paper's 64: each step of the
    discriminator takes a fifth of it.

    Logs: `d_loss`, `g_loss`, and `penalty` if there is one. With
    `augmentation="ada"` also `ada_p` and `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if the networks cannot make images of `image_shape`, or
            `network` is unknown.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.SNGAN((8, 8, 1), num_classes=10, latent_dim=16, filters=4)
    >>> gan.compile()
    >>> digits = kgz.data.digits(batch_size=320, labels=True)
    >>> history = gan.fit(digits.take(1), verbose=0)
    >>> gan.generate(3, labels=[7, 7, 2], seed=0).shape
    (3, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(32, 32, 3),
        num_classes=None,
        latent_dim=128,
        filters=64,
        network="residual",
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, num_classes, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = filters
        self.network = network
        self.augmentation = augmentation
        make_generator, make_discriminator = look_up(
            network, NETWORKS, "network"
        )
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: make_generator(
                self.image_shape, self.num_classes, self.latent_dim, filters
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: make_discriminator(
                self.image_shape, self.num_classes, filters, augmentation
            ),
        )
        self.ready()

    def compile(
        self,
        loss="hinge",
        generator_optimizer=None,
        discriminator_optimizer=None,
        discriminator_steps=5,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's: the hinge loss, five discriminator
        steps, Adam(2e-4, beta_1=0, beta_2=0.9) for both players.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer
            or keras.optimizers.Adam(2e-4, 0.0, 0.9),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.Adam(2e-4, 0.0, 0.9),
            discriminator_steps=discriminator_steps,
            **kwargs,
        )

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `ema_decay`, 0 for no average;
        * `filters` and `latent_dim`.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = keras.optimizers.Adam(2e-4, 0.0, 0.9)  # as in compile()
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            **space.average(ask),
        }
        return space.sizes(ask), settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
            "network": self.network,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }
