"""BigGAN (Brock et al., 2019), https://arxiv.org/abs/1809.11096.

Residual networks with spectral normalization in both, self-attention, and the
hinge loss. One class vector serves all layers of the generator, and each block
gets its own part of the latents. Conditional batch normalization computes its
scales and shifts from both. The discriminator is the projection discriminator.
`deep=True` is the paper's BigGAN-deep, with bottleneck blocks. Images of at
most 32 pixels get the networks of the authors' code for CIFAR-10.

Optimizers, their rates, the number of steps of the discriminator and the start
of the average are those of the authors' PyTorch code for ImageNet:
Adam(beta_1=0, beta_2=0.999, epsilon=1e-6), 1e-4 for the generator and 4e-4 for
the discriminator, one step of the discriminator, an average with a decay of
0.9999 after 20,000 steps. The generator has the paper's orthogonal
regularization of weight 1e-4, which truncation needs; the scripts of the
authors' code leave it out. Differs from both:

* A generated image gets the class of the real image at its place in the batch.
* Spectral normalization adds 1e-12 to norms, where the code has 1e-6 as the
  smallest norm.
* Without `shared_dim`, the scales of the classes start at 1 and the shifts at
  0; in the code they start with noise.
* At 128 pixels the widths are the authors'. Other sizes above 32 pixels double
  the width from block to block as `SNGAN` does, up to 16 times `filters`.
* The last convolution of BigGAN-deep's generator makes the channels of the
  image. In the authors' code it makes 128, and the first three are used.
* Batches are not accumulated. The code uses 2048 images for each step.
* The order of updates, see docs/updates.md.
"""

import keras

from keras_gan_zoo import engine
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.class_conditional import ClassConditionalGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.biggan import deep as deep_networks
from keras_gan_zoo.models.biggan import networks
from keras_gan_zoo.objectives.regularizers import Regularizer


def adam(rate):
    """Returns the paper's optimizer with a learning rate."""
    return keras.optimizers.Adam(rate, 0.0, 0.999, epsilon=1e-6)


@register(
    "biggan",
    paper="https://arxiv.org/abs/1809.11096",
    summary="large class-conditional images; attention, truncation",
)
class BigGAN(ClassConditionalGAN):
    """BigGAN (Brock et al., 2019), https://arxiv.org/abs/1809.11096.

    Makes images of given classes from latent vectors drawn from N(0, 1).

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width must
            be numbers from 4 to 15 times the same power of two: 8, 16, 28,
            32, 64, 128, ...
        num_classes: int, number of classes. None for no classes.
        latent_dim: int, length of the latent vectors. None is 120, or 128
            with `deep`.
        filters: int, channels at the size of the image in both networks.
            Networks for at most 32 pixels have four times as many in all
            blocks. None is 96, or 128 with `deep`.
        shared_dim: int, length of the class vector that all blocks share. None
            for a table of scales and shifts in each block.
        hierarchical: bool, whether the first layer and each block get their
            own, equal part of the latents. With `deep`, each gets the class
            vector and all latents. Otherwise the first layer alone gets the
            latents.
        attention_size: int, height of the map after which both networks have
            self-attention, in pixels. It must be less than the height of the
            image: the default of 64 adds no attention for smaller images. None
            for no attention.
        kernel_initializer: `"orthogonal"`, or `"normal"` for N(0, 0.02) as in
            the authors' code for CIFAR-10.
        deep: bool, whether to build BigGAN-deep: twice as many blocks, each
            with a bottleneck of a quarter of the channels.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`.
        generator: `keras.Model` that turns latents, or `[latents, labels]`
            with one-hot labels, into images. None builds the paper's.
        discriminator: `keras.Model` that turns images, or `[images, labels]`,
            into logits. None builds the paper's.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images`, or with classes `(images, labels)`. Images are
    float32 `(batch, height, width, channels)` in [-1, 1]. Labels are ints
    `(batch,)` in [0, num_classes) or one-hot `(batch, num_classes)`.

    Logs: `d_loss`, `g_loss`, `generator_penalty` (the orthogonal
    regularization), and `penalty` if there is one. With
    `augmentation="ada"` also `ada_p` and `real_sign`, see `DCGAN`.

    The settings of the authors' code for CIFAR-10 are
    `BigGAN((32, 32, 3), 10, latent_dim=128, filters=64, shared_dim=None,
    hierarchical=False, kernel_initializer="normal")` with
    `compile(generator_optimizer=Adam(2e-4, 0, 0.999),
    discriminator_optimizer=Adam(2e-4, 0, 0.999), discriminator_steps=4,
    ema_start=1000, regularizers=())` and batches of 4 x 50 images.

    Raises:
        ValueError: if the networks cannot make images of `image_shape`, or
            the latents cannot be divided.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.BigGAN((8, 8, 1), num_classes=10, latent_dim=16, filters=2)
    >>> gan.compile(ema_decay=None)
    >>> digits = kgz.data.digits(batch_size=64, labels=True)
    >>> history = gan.fit(digits.take(1), verbose=0)
    >>> gan.generate(3, labels=[7, 7, 2], seed=0).shape
    (3, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(128, 128, 3),
        num_classes=1000,
        latent_dim=None,
        filters=None,
        shared_dim=128,
        hierarchical=True,
        attention_size=64,
        kernel_initializer="orthogonal",
        deep=False,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        if latent_dim is None:
            latent_dim = 128 if deep else 120
        super().__init__(Image(image_shape), latent_dim, num_classes, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = (128 if deep else 96) if filters is None else filters
        self.shared_dim = shared_dim
        self.hierarchical = hierarchical
        self.attention_size = attention_size
        self.kernel_initializer = kernel_initializer
        self.deep = deep
        self.augmentation = augmentation
        builders = deep_networks if deep else networks
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: builders.build_generator(
                self.image_shape,
                self.num_classes,
                self.latent_dim,
                self.filters,
                shared_dim,
                hierarchical,
                attention_size,
                kernel_initializer,
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: builders.build_discriminator(
                self.image_shape,
                self.num_classes,
                self.filters,
                attention_size,
                kernel_initializer,
                augmentation,
            ),
        )
        self.ready()

    def compile(
        self,
        loss="hinge",
        generator_optimizer=None,
        discriminator_optimizer=None,
        regularizers=None,
        ema_decay=0.9999,
        ema_start=20_000,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the hinge loss, Adam(beta_1=0, beta_2=0.999,
        epsilon=1e-6) with a rate of 1e-4 for the generator and 4e-4 for the
        discriminator, one discriminator step, and an average after 20,000
        steps.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator, or None.
            discriminator_optimizer: optimizer of the discriminator, or None.
            regularizers: list of `Regularizer`. None is
                `[Regularizer("generator", "orthogonal")]` with a weight of
                1e-4, and `()` none.
            ema_decay: float or None, as in `GAN.compile`.
            ema_start: int, as in `GAN.compile`. Short trainings need a small
                number.
            **kwargs: further arguments of `GAN.compile`.
        """
        if regularizers is None:
            regularizers = [Regularizer("generator", "orthogonal")]
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or adam(1e-4),
            discriminator_optimizer=discriminator_optimizer or adam(4e-4),
            regularizers=regularizers,
            ema_decay=ema_decay,
            ema_start=ema_start,
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
        * `ema_decay`, 0 for no average; it begins with the training.

        The width is left alone: more is better, as far as memory allows.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        settings = {
            **space.optimizers(
                ask, generator=adam(1e-4), discriminator=adam(4e-4)
            ),
            **space.average(ask),
            "ema_start": 0,
        }
        return {}, settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
            "shared_dim": self.shared_dim,
            "hierarchical": self.hierarchical,
            "attention_size": self.attention_size,
            "kernel_initializer": self.kernel_initializer,
            "deep": self.deep,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }
