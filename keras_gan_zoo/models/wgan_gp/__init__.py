"""WGAN-GP (Gulrajani et al., 2017), https://arxiv.org/abs/1704.00028.

The critic is a discriminator without a probability: the Wasserstein loss
compares its mean output on real and generated images. A penalty keeps the
length of its gradient near 1, at random points between real and generated
images. Residual networks, batch normalization only in the generator. Five
steps of the critic for each step of the generator, Adam(2e-4, beta_1=0,
beta_2=0.9) with a rate that falls linearly to 0. With `num_classes`, the
generator has conditional batch normalization, and the critic has a second
output that classifies images (AC-GAN). All settings are those of the authors'
code for CIFAR-10. Differs from it:

* The step of the generator makes as many images as a step of the critic; the
  authors' code makes twice as many.
* A generated image gets the class of the real image at its place in the batch.
* The critic is called `discriminator`, as in all architectures here.
* The authors have no such networks for more than 32 pixels. Here larger images
  have more blocks, whose widths are those of SNGAN.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import randomness
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.class_conditional import ClassConditionalGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.wgan_gp import networks
from keras_gan_zoo.objectives.schedules import ConstantThenLinear


def _optimizer(total_steps):
    rate = 2e-4
    if total_steps is not None:
        rate = ConstantThenLinear(rate, 0, total_steps)
    return keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.9)


@register(
    "wgan_gp",
    paper="https://arxiv.org/abs/1704.00028",
    summary="residual, Wasserstein loss with a penalty; classes by AC-GAN",
)
class WGANGP(ClassConditionalGAN):
    """WGAN-GP (Gulrajani et al., 2017), https://arxiv.org/abs/1704.00028.

    Makes images from latent vectors drawn from N(0, 1), of given classes if
    there are any.

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width must
            be numbers from 4 to 15 times the same power of two: 8, 16, 28,
            32, 48, 64, 128, ... Your own networks may have any size.
        num_classes: int, number of classes. None for no classes.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image in both networks. In
            networks for at most 32 pixels all layers have twice as many.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the critic sees, see `DCGAN`.
        generator: `keras.Model` that turns latents, or `[latents, labels]`
            with one-hot labels, into images. None builds the paper's.
        discriminator: `keras.Model`, the critic. It turns images into
            numbers `(batch, 1)`, or with classes into `[numbers,
            class_logits]`. None builds the paper's.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images`, or with classes `(images, labels)`. Images are
    float32 `(batch, height, width, channels)` in [-1, 1]. Labels are ints
    `(batch,)` in [0, num_classes) or one-hot `(batch, num_classes)`. By
    default `batch` is five times the paper's 64: each step of the critic
    takes a fifth of it.

    Logs: `d_loss`, `g_loss` and `penalty`. The negative `d_loss` estimates
    the Wasserstein distance, up to a factor. With classes also the cross
    entropies in nats, `d_class_loss` of real and `g_class_loss` of generated
    images. With
    `augmentation="ada"` also `ada_p` and `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if the networks cannot make images of `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.WGANGP((8, 8, 1), num_classes=10, latent_dim=16, filters=4)
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
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, num_classes, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = filters
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                self.image_shape, self.num_classes, self.latent_dim, filters
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_critic(
                self.image_shape, self.num_classes, filters, augmentation
            ),
        )
        self.ready()

    @property
    def log_names(self):
        if self.num_classes is None:
            return ("d_loss", "g_loss")
        return ("d_loss", "g_loss", "d_class_loss", "g_class_loss")

    def compile(
        self,
        loss="wasserstein",
        generator_optimizer=None,
        discriminator_optimizer=None,
        penalty="wgan_gp",
        penalty_weight=10.0,
        discriminator_steps=5,
        dequantization=True,
        discriminator_class_weight=1.0,
        generator_class_weight=0.1,
        total_steps=None,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's. The learning rate is constant;
        `total_steps=epochs * len(dataset)` gives the paper's schedule.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator, or None.
            discriminator_optimizer: optimizer of the critic, or None.
            penalty: as in `GAN.compile`.
            penalty_weight: float, lambda of the paper. The authors' code for
                points in a plane has 0.1.
            discriminator_steps: int, steps of the critic for each step of
                the generator.
            dequantization: bool, whether real images get noise of the width
                of one of 256 gray levels, so that they have a density. They
                stay in [-1, 1]. Use False for data that have no gray levels.
            discriminator_class_weight: float, weight of the classification
                of real images in the critic's loss. Only with classes.
            generator_class_weight: float, weight of the classification of
                generated images in the generator's loss. Only with classes.
            total_steps: int, steps of the whole training. The learning rate
                of the default optimizers falls linearly to zero over them.
                None keeps it constant.
            **kwargs: further arguments of `GAN.compile`.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or _optimizer(total_steps),
            discriminator_optimizer=discriminator_optimizer
            or _optimizer(total_steps and total_steps * discriminator_steps),
            penalty=penalty,
            penalty_weight=penalty_weight,
            discriminator_steps=discriminator_steps,
            **kwargs,
        )
        self.dequantization = bool(dequantization)
        self.discriminator_class_weight = float(discriminator_class_weight)
        self.generator_class_weight = float(generator_class_weight)

    def compile_settings(self):
        names = (
            "dequantization",
            "discriminator_class_weight",
            "generator_class_weight",
        )
        return {
            **super().compile_settings(),
            **{name: getattr(self, name) for name in names},
        }

    @classmethod
    def compile_arguments_from(cls, total_steps):
        return {"total_steps": total_steps}

    # ------------------------------------------------------------ training

    def losses(self, batch, training=True, seed=None):
        real, *labels = batch
        if self.dequantization:
            real = dequantized(real, self.noise if seed is None else seed)
        if labels:
            return self.losses_with_classes(real, *labels, training, seed)
        return super().losses((real,), training, seed)

    def losses_with_classes(self, real, labels, training, seed):
        """Returns the losses of a critic that also classifies images.

        Args:
            real: real images.
            labels: one-hot labels of the real and of the generated images.
            training: bool, as in `GAN.losses`.
            seed: int or None, as in `GAN.losses`.

        Returns:
            `Losses`.
        """
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator([latents, labels], training=training)
        real_logits, real_classes = self.discriminator(real, training=training)
        fake_logits, fake_classes = self.discriminator(fake, training=training)
        g_loss = self.loss.generator(fake_logits, real_logits)
        d_loss = self.loss.discriminator(real_logits, fake_logits)
        g_class_loss, d_class_loss = (
            ops.mean(
                ops.categorical_crossentropy(labels, logits, from_logits=True)
            )
            for logits in (fake_classes, real_classes)
        )
        g_weight = self.generator_class_weight
        d_weight = self.discriminator_class_weight

        def criticize(images):
            return self.discriminator(images, training=training)[0]

        return Losses(
            players={
                "generator": g_loss + g_weight * g_class_loss,
                "discriminator": d_loss + d_weight * d_class_loss,
            },
            logs={
                "generator": {"g_loss": g_loss, "g_class_loss": g_class_loss},
                "discriminator": {
                    "d_loss": d_loss,
                    "d_class_loss": d_class_loss,
                },
            },
            pairs=[(real, fake, real_logits, fake_logits)],
            views={
                "discriminator": [(criticize, real, ops.stop_gradient(fake))]
            },
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
        * `penalty_weight`;
        * `ema_decay`, 0 for no average;
        * `filters` and `latent_dim`.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = _optimizer(total_steps=None)
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            "penalty_weight": ask.log("penalty_weight", 0.1, 100.0),
            **space.average(ask),
        }
        return space.sizes(ask), settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }


def dequantized(images, seed):
    """Spreads each of 256 gray levels over its share of [-1, 1].

    Level k of 0, ..., 255 becomes uniform between -1 + k / 128 and
    -1 + (k + 1) / 128, as in the authors' code.

    Args:
        images: float tensor in [-1, 1], where level k is -1 + k / 127.5.
        seed: int or seed generator.

    Example:

    >>> black_and_white = ops.array([-1.0, 1.0])
    >>> noisy = ops.convert_to_numpy(dequantized(black_and_white, seed=0))
    >>> bool(-1 <= noisy[0] < -1 + 1 / 128 < 1 - 1 / 128 <= noisy[1] < 1)
    True
    """
    noise = randomness.uniform(ops.shape(images), images, seed)
    return (images + 1) * (255 / 256) - 1 + noise / 128
