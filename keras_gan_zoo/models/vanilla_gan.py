"""Vanilla GAN (Goodfellow et al., 2014), https://arxiv.org/abs/1406.2661.

Has two multilayer perceptrons, as in the paper's MNIST experiment (section 5
and the authors' settings): a generator with rectifiers, and a discriminator
with maxout units and dropout. Differs from the paper:

* The generator ends in tanh instead of a sigmoid, because images are in
  [-1, 1] throughout this package.
* Uses Adam(2e-4, beta_1=0.5) instead of SGD with momentum, whose schedule
  was tuned for MNIST.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers import Maxout, Pack, maybe_augment, maybe_spectral
from keras_gan_zoo.layers.pack import check_packing
from keras_gan_zoo.modalities import Image


def build_generator(image_shape, latent_dim=100, units=(1200, 1200)):
    """Builds an MLP from latents `(batch, latent_dim)` to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        units: tuple of ints, widths of the hidden layers.
    """
    inputs = keras.Input((latent_dim,), name="latents")
    x = inputs
    for index, width in enumerate(units):
        x = layers.Dense(width, activation="relu", name=f"hidden_{index}")(x)
    height, width, channels = image_shape
    x = layers.Dense(height * width * channels, name="pixels")(x)
    x = layers.Reshape(image_shape, name="image")(x)
    outputs = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(
    image_shape,
    units=(240, 240),
    pieces=5,
    input_dropout=0.2,
    dropout=0.5,
    spectral_normalization=False,
    packing=1,
    augmentation=None,
):
    """Builds a maxout MLP from images to logits `(batch / packing, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        units: tuple of ints, widths of the hidden maxout layers.
        pieces: int, linear pieces of each maxout unit.
        input_dropout: float in [0, 1), dropout rate of the pixels.
        dropout: float in [0, 1), dropout rate of the hidden units.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        packing: int, images that share one logit, see `layers.Pack`.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """

    def dense(width, name):
        layer = layers.Dense(width, name=name)
        return maybe_spectral(layer, spectral_normalization)

    inputs = keras.Input(image_shape, name="images")
    x = maybe_augment(inputs, augmentation)
    if packing > 1:
        x = Pack(packing, name="pack")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dropout(input_dropout, name="dropout_pixels")(x)
    for index, width in enumerate(units):
        x = dense(width * pieces, f"hidden_{index}")(x)
        x = Maxout(pieces, name=f"maxout_{index}")(x)
        x = layers.Dropout(dropout, name=f"dropout_{index}")(x)
    x = dense(1, "logits")(x)
    outputs = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model(inputs, outputs, name="discriminator")


@register(
    "vanilla_gan",
    paper="https://arxiv.org/abs/1406.2661",
    summary="multilayer perceptrons; images from latent vectors",
)
class VanillaGAN(LatentGAN):
    """Vanilla GAN (Goodfellow et al., 2014), https://arxiv.org/abs/1406.2661.

    Makes images from latent vectors drawn from N(0, 1). The networks are not
    told which pixels are neighbors; they learn which pixels go together. Good
    for small images and for understanding adversarial training.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        generator_units: tuple of ints, widths of the hidden layers of the
            generator.
        discriminator_units: tuple of ints, widths of the hidden layers of
            the discriminator.
        input_dropout: float in [0, 1), dropout rate of the pixels that enter
            the discriminator. Use 0 with a gradient penalty.
        dropout: float in [0, 1), dropout rate of the hidden units of the
            discriminator. Use 0 with a gradient penalty, which regularizes
            enough without dropout.
        spectral_normalization: bool, whether to normalize the kernels of the
            discriminator.
        packing: int, number of images that the discriminator sees together
            (PacGAN, https://arxiv.org/abs/1712.04086). 2 helps against lost
            modes. A penalty takes the gradient for each image of a pack
            separately.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees. Use them for data sets of
            some hundreds or thousands of images, which the discriminator
            would memorize. `"ada"` adapts how often they happen (ADA,
            https://arxiv.org/abs/2006.06676). `"color,translation,cutout"`
            or some of the three always happen (DiffAugment,
            https://arxiv.org/abs/2006.10738). None as in the paper.
        generator: `keras.Model` that turns latents into images, or None for
            the network of the paper.
        discriminator: `keras.Model` that turns images into logits, or None
            for the network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are not used.

    Logs: `d_loss`, `g_loss`, and `penalty` if there is one. With
    `augmentation="ada"` also its probability `ada_p`, and `real_sign`, the
    mean sign of the logits of real images.

    Raises:
        ValueError: if `image_shape` is not three positive numbers.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1))
    >>> gan.compile()
    >>> digits = kgz.data.digits(batch_size=64)
    >>> history = gan.fit(digits.take(2), verbose=0)
    >>> gan.generate(16, seed=0).shape
    (16, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(28, 28, 1),
        latent_dim=100,
        generator_units=(1200, 1200),
        discriminator_units=(240, 240),
        input_dropout=0.2,
        dropout=0.5,
        spectral_normalization=False,
        packing=1,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, **kwargs)
        self.image_shape = self.sample.shape
        self.generator_units = tuple(generator_units)
        self.discriminator_units = tuple(discriminator_units)
        self.input_dropout = input_dropout
        self.dropout = dropout
        self.spectral_normalization = spectral_normalization
        self.packing = check_packing(packing)
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: build_generator(
                self.image_shape, self.latent_dim, self.generator_units
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: build_discriminator(
                self.image_shape,
                self.discriminator_units,
                input_dropout=input_dropout,
                dropout=dropout,
                spectral_normalization=spectral_normalization,
                packing=self.packing,
                augmentation=augmentation,
            ),
        )
        self.ready()

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the non-saturating loss, one discriminator step, and
        Adam(2e-4, beta_1=0.5) for both players. `loss="minimax"` is equation
        1 of the paper.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer
            or keras.optimizers.Adam(2e-4, beta_1=0.5),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.Adam(2e-4, beta_1=0.5),
            **kwargs,
        )

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator(latents, training=training)

        def discriminate(images):
            return self.discriminator(images, training=training)

        return self.adversarial_losses(discriminate, real, fake)

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
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `ema_decay`, 0 for no average;
        * `discriminator_steps`;
        * `latent_dim`;
        * `generator_units` and `discriminator_units`, the width of each
          hidden layer;
        * `dropout` of the discriminator, only without a penalty.
          `input_dropout` is always 0.4 times `dropout`, like the defaults
          0.2 and 0.5.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = keras.optimizers.Adam(2e-4, beta_1=0.5)  # as in compile()
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            **space.adversarial_loss(ask),
            **space.average(ask),
            **space.discriminator_steps(ask),
        }
        arguments = {}
        for name, widths in (
            ("generator_units", [256, 512, 1200]),
            ("discriminator_units", [120, 240]),
        ):
            default = ask.defaults[name]
            width = ask.choice(name, widths, default[0])
            arguments[name] = [width] * len(default)
        dropout = ask.choice("dropout", [0.0, 0.25, 0.5], when=space.NO_PENALTY)
        arguments["dropout"] = dropout or 0.0
        arguments["input_dropout"] = 0.4 * arguments["dropout"]
        arguments["latent_dim"] = ask.choice("latent_dim", space.LATENT_DIMS)
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "generator_units": list(self.generator_units),
            "discriminator_units": list(self.discriminator_units),
            "input_dropout": self.input_dropout,
            "dropout": self.dropout,
            "spectral_normalization": self.spectral_normalization,
            "packing": self.packing,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }
