"""ESRGAN (Wang et al., 2018), https://arxiv.org/abs/1809.00219.

Makes photographs 4 times as high and wide. Differs from SRGAN in the
generator, residual-in-residual dense blocks without normalization; in the
relativistic average loss; and in the features, which are compared before their
rectifier. The generator minimizes

    difference of features + 0.005 * adversarial loss + 0.01 * L1 of pixels,

from weights that were pre-trained on the L1 of pixels. Adam(1e-4), 16 windows
of 128x128 pixels a batch, 400,000 steps. Networks and weights are those of the
authors' code (github.com/XPixelGroup/BasicSR). Differs from it:

* The default network for features is EfficientNet-Lite0, which ships with the
  package. The paper's is `perceptual.vgg19(activated=False)`, to be
  downloaded.
* Images are in [-1, 1], in the authors' code in [0, 1]: half their weight of
  the L1 is the same.
* The learning rate is constant. The authors halve it four times, after 50,000
  to 300,000 steps.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import layers, ops

from keras_gan_zoo.blocks import perceptual as features
from keras_gan_zoo.families.super_resolution import SuperResolutionGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers import normalization

RESIDUAL_SCALE = 0.2


def build_generator(channels=3, scale=4, filters=64, blocks=23, growth=32):
    """Builds RRDBNet: images of any size to images `scale` times as large.

    Args:
        channels: int, channels of the images.
        scale: int, a power of two.
        filters: int, channels of the maps between the blocks.
        blocks: int, number of residual-in-residual dense blocks.
        growth: int, channels that each convolution of a dense block adds.
    """
    inputs = keras.Input((None, None, channels), name="images")

    def convolved(x, name, features=filters, **kwargs):
        return layers.Conv2D(features, 3, padding="same", name=name, **kwargs)(
            x
        )

    def rectified(x, name):
        return layers.LeakyReLU(0.2, name=f"{name}_leaky_relu")(x)

    def added(x, y, name):
        y = layers.Rescaling(RESIDUAL_SCALE, name=f"{name}_scaled")(y)
        return layers.Add(name=f"{name}_sum")([x, y])

    def dense_block(x, name):
        maps = [x]
        for index in range(5):
            last = index == 4
            found = layers.Concatenate(name=f"{name}_{index}_maps")(maps)
            found = convolved(
                found if index else x,
                f"{name}_{index}",
                filters if last else growth,
                # Kaiming's, times 0.1.
                kernel_initializer=keras.initializers.VarianceScaling(
                    0.02, "fan_in", "untruncated_normal"
                ),
            )
            maps.append(found if last else rectified(found, f"{name}_{index}"))
        return added(x, maps[-1], name)

    x = start = convolved(inputs, "first")
    for index in range(blocks):
        y = x
        for part in range(3):
            y = dense_block(y, f"block_{index}_{part}")
        x = added(x, y, f"block_{index}")
    x = layers.Add(name="sum")([convolved(x, "last"), start])
    for index in range(scale.bit_length() - 1):
        x = layers.UpSampling2D(2, name=f"nearest_{index}")(x)
        x = rectified(convolved(x, f"up_{index}"), f"up_{index}")
    x = rectified(convolved(x, "full"), "full")
    x = convolved(x, "image", channels)
    outputs = layers.Activation("linear", dtype="float32", name="image_32")(x)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(image_shape, filters=64, normalize="batch"):
    """Builds a network of ten convolutions: images to logits `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels of the first layer; at most eight times as
            many in the others.
        normalize: name of the normalization, or None.
    """
    inputs = keras.Input(image_shape, name="images")
    x = inputs
    for index in range(10):
        normalized = index > 0 and normalize is not None
        x = layers.Conv2D(
            filters * min(2 ** (index // 2), 8),
            3 + index % 2,
            strides=1 + index % 2,
            padding="same",
            use_bias=not normalized,
            name=f"convolve_{index}",
        )(x)
        if normalized:
            x = normalization(normalize, name=f"normalize_{index}")(x)
        x = layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(100, name="dense")(x)
    x = layers.LeakyReLU(0.2, name="leaky_relu_dense")(x)
    x = layers.Dense(1, name="logits")(x)
    logits = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model(inputs, logits, name="discriminator")


@register(
    "esrgan",
    paper="https://arxiv.org/abs/1809.00219",
    summary="as SRGAN, with dense blocks and a relativistic loss",
)
class ESRGAN(SuperResolutionGAN):
    """ESRGAN (Wang et al., 2018), https://arxiv.org/abs/1809.00219.

    Makes images larger. Pre-train it on the error of pixels, and go on with
    the adversarial loss::

        gan.compile(pretraining_steps=None)
        gan.fit(batches, epochs=100)
        pretrained = kgz.control.interpolate_networks(gan, gan, 0)  # a copy
        gan.compile()
        gan.fit(batches, epochs=20)

    `keras_gan_zoo.control.interpolate_networks(pretrained, gan, 0.8)` is then
    a model with fewer artifacts, as in section 3.4 of the paper.

    Args:
        image_shape: tuple `(height, width, channels)` of the targets in
            training, multiples of `scale`. Three channels or one.
        scale: int, 2, 4 or 8, how many times larger the images become.
        filters: int, channels of the generator.
        blocks: int, residual-in-residual dense blocks of the generator.
        growth: int, channels that each convolution of a dense block adds.
        discriminator_filters: int, channels of the first layer of the
            discriminator.
        discriminator_normalization: `"batch"`, `"instance"`, `"layer"` or
            None. Do not use `"batch"` with a gradient penalty.
        perceptual: `keras.Model` that turns images in [-1, 1] into one or
            several feature maps, of any size. It is not trained. See
            `keras_gan_zoo.perceptual`. The paper's is
            `perceptual.vgg19(activated=False)`, which is downloaded once.
            None is four maps of EfficientNet-Lite0 before their rectifiers,
            which ships with the package, so that trainings need no network.
        generator: `keras.Model` that turns images of any size into larger
            ones, or None for the network of the paper.
        discriminator: `keras.Model` that turns targets into logits of any
            shape, or None for the network of the authors' code.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `(inputs, targets)`, both float32 `(batch, height,
    width, channels)` in [-1, 1], e.g. from
    `keras_gan_zoo.data.super_resolution_folder`. The inputs are `scale` times
    smaller.

    Logs: `d_loss` and `g_loss`, the adversarial losses; `pixel_loss`, the
    mean absolute error of pixels; `perceptual_loss`, the mean absolute error
    of features, unless its weight is 0; all without weights. And `penalty` if
    there is one. In pre-training only `pixel_loss` has values.

    Raises:
        ValueError: if the networks cannot be built for `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ESRGAN((32, 32, 3), filters=8, blocks=1, growth=4)
    >>> gan.compile(pretraining_steps=None, run_eagerly=True)
    >>> photographs = kgz.data.photograph_pairs(image_size=(32, 32))
    >>> images = next(iter(photographs))[1].numpy()
    >>> batches = kgz.data.super_resolution_arrays(images, scale=4)
    >>> history = gan.fit(batches, verbose=0)
    >>> gan.restore(images).shape
    (16, 128, 128, 3)
    """

    def __init__(
        self,
        image_shape=(128, 128, 3),
        scale=4,
        filters=64,
        blocks=23,
        growth=32,
        discriminator_filters=64,
        discriminator_normalization="batch",
        perceptual=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(image_shape, scale, **kwargs)
        self.filters = filters
        self.blocks = blocks
        self.growth = growth
        self.discriminator_filters = discriminator_filters
        self.discriminator_normalization = discriminator_normalization
        channels = self.image_shape[-1]
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: build_generator(channels, scale, filters, blocks, growth),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: build_discriminator(
                self.image_shape,
                discriminator_filters,
                discriminator_normalization,
            ),
        )
        if perceptual is None:
            perceptual = features.efficientnet_lite(channels, activated=False)
        self.perceptual = self.keep_frozen("perceptual", perceptual)
        self.ready()

    def compile(
        self,
        loss="relativistic",
        generator_optimizer=None,
        discriminator_optimizer=None,
        pixel_weight=5e-3,
        perceptual_weight=1.0,
        adversarial_weight=5e-3,
        pretraining_steps=0,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are those of the authors' code for the second phase: the
        relativistic average loss of weight 0.005, features of weight 1, L1
        of weight 0.005 on [-1, 1], Adam(1e-4, beta_2=0.99) for both players.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`. As in the
                authors' code, half of it is minimized by each player.
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            pixel_weight: float, weight of the absolute error of pixels.
            perceptual_weight: float, weight of the absolute error of
                features. 0 does not compute it.
            adversarial_weight: float, weight of the adversarial loss.
            pretraining_steps: int, number of first steps, in which the
                generator alone is trained, on the absolute error of pixels
                alone. None: all steps, the paper's first phase, for which
                the authors take Adam(2e-4). Steps of an earlier `fit` count.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if an argument is unknown or out of range.
        """
        super().compile(
            loss,
            generator_optimizer or keras.optimizers.Adam(1e-4, 0.9, 0.99),
            discriminator_optimizer or keras.optimizers.Adam(1e-4, 0.9, 0.99),
            pixel_weight,
            perceptual_weight,
            adversarial_weight,
            pretraining_steps,
            **kwargs,
        )

    def difference(self, images, targets):
        return ops.mean(ops.abs(images - targets))

    def adversarial_losses(self, discriminator, real, fake):
        found = super().adversarial_losses(discriminator, real, fake)
        g_loss, d_loss = (
            0.5 * found.players[player]
            for player in ("generator", "discriminator")
        )
        return found._replace(
            players={"generator": g_loss, "discriminator": d_loss},
            logs={
                "generator": {"g_loss": g_loss},
                "discriminator": {"d_loss": d_loss},
            },
        )

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `perceptual_weight` and `adversarial_weight`;
        * `filters` and `blocks`.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        arguments = {
            "filters": ask.choice("filters", [16, 32, 64]),
            "blocks": ask.choice("blocks", [3, 8, 23]),
        }
        return arguments, cls.asked(ask, keras.optimizers.Adam(1e-4, 0.9, 0.99))

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "blocks": self.blocks,
            "growth": self.growth,
            "discriminator_filters": self.discriminator_filters,
            "discriminator_normalization": self.discriminator_normalization,
        }
