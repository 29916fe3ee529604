"""SRGAN (Ledig et al., 2017), https://arxiv.org/abs/1609.04802.

Makes photographs 4 times as high and wide. The generator, SRResNet, is a
residual network that works at the size of the input and ends in pixel
shuffles. It minimizes

    difference of VGG19 features + 0.001 * adversarial loss,

from weights that were pre-trained on the squared error of pixels. Adam(1e-4),
16 windows of 96x96 pixels a batch, 100,000 steps of each player at this rate
and as many at a tenth of it. Differs from the paper:

* The default network for features is EfficientNet-Lite0, which ships with the
  package. The paper's is `perceptual.vgg19()`, to be downloaded.
* The inputs are in [-1, 1], in the paper in [0, 1].
* Each rectifier of the generator has one slope for all channels.
* The learning rate is constant.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import layers, ops

from keras_gan_zoo.blocks import perceptual as features
from keras_gan_zoo.families.super_resolution import SuperResolutionGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers import PixelShuffle, normalization

#: Scales the features of the default network so that their squared error is
#: about as large as that of pixels.
FEATURE_SCALE = 0.2


def build_generator(
    channels=3, scale=4, filters=64, blocks=16, normalize="batch"
):
    """Builds SRResNet: images of any size to images `scale` times as large.

    Args:
        channels: int, channels of the images.
        scale: int, a power of two.
        filters: int, channels of all hidden maps.
        blocks: int, number of residual blocks.
        normalize: name of the normalization, or None.
    """
    inputs = keras.Input((None, None, channels), name="images")

    def convolved(x, name, features=filters, size=3):
        return layers.Conv2D(features, size, padding="same", name=name)(x)

    def normalized(x, name):
        if normalize is None:
            return x
        return normalization(normalize, name=name)(x)

    def rectified(x, name):
        # One slope for all pixels and channels.
        slope = keras.initializers.Constant(0.25)
        return layers.PReLU(slope, shared_axes=[1, 2, 3], name=name)(x)

    x = rectified(convolved(inputs, "first", size=9), "first_rectified")
    start = x
    for index in range(blocks):
        name = f"block_{index}"
        y = normalized(convolved(x, f"{name}_a"), f"{name}_a_normalized")
        y = rectified(y, f"{name}_rectified")
        y = normalized(convolved(y, f"{name}_b"), f"{name}_b_normalized")
        x = layers.Add(name=f"{name}_sum")([x, y])
    x = normalized(convolved(x, "last"), "last_normalized")
    x = layers.Add(name="sum")([x, start])
    for index in range(scale.bit_length() - 1):
        x = convolved(x, f"up_{index}", 4 * filters)
        x = PixelShuffle(2, name=f"shuffle_{index}")(x)
        x = rectified(x, f"up_{index}_rectified")
    x = convolved(x, "image", channels, size=9)
    outputs = layers.Activation("linear", dtype="float32", name="image_32")(x)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(image_shape, filters=64, normalize="batch"):
    """Builds a network of eight convolutions: images to logits `(batch, 1)`.

    Every second convolution halves the image. Two dense layers follow.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels of the first layer. The last has eight times as
            many, and the first dense layer 16 times as many units.
        normalize: name of the normalization, or None.
    """
    inputs = keras.Input(image_shape, name="images")
    x = inputs
    for index in range(8):
        x = layers.Conv2D(
            filters * 2 ** (index // 2),
            3,
            strides=1 + index % 2,
            padding="same",
            name=f"convolve_{index}",
        )(x)
        if index and normalize is not None:
            x = normalization(normalize, name=f"normalize_{index}")(x)
        x = layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(16 * filters, name="dense")(x)
    x = layers.LeakyReLU(0.2, name="leaky_relu_dense")(x)
    x = layers.Dense(1, name="logits")(x)
    logits = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model(inputs, logits, name="discriminator")


@register(
    "srgan",
    paper="https://arxiv.org/abs/1609.04802",
    summary="makes images 2, 4 or 8 times larger, with new details",
)
class SRGAN(SuperResolutionGAN):
    """SRGAN (Ledig et al., 2017), https://arxiv.org/abs/1609.04802.

    Makes images larger. Pre-train it on the error of pixels, which gives the
    paper's SRResNet, and go on with the adversarial loss::

        gan.compile(pretraining_steps=None)
        gan.fit(batches, epochs=100)
        gan.compile()
        gan.fit(batches, epochs=20)

    `compile(pretraining_steps=10_000)` does both in one `fit`. Without
    pre-training the images have blotches.

    Args:
        image_shape: tuple `(height, width, channels)` of the targets in
            training, multiples of `scale`. Three channels or one.
        scale: int, 2, 4 or 8, how many times larger the images become.
        filters: int, channels of the generator.
        blocks: int, residual blocks of the generator.
        discriminator_filters: int, channels of the first layer of the
            discriminator.
        generator_normalization: `"batch"`, `"instance"`, `"layer"` or None.
        discriminator_normalization: `"batch"`, `"instance"`, `"layer"` or
            None. Do not use `"batch"` with a gradient penalty.
        perceptual: `keras.Model` that turns images in [-1, 1] into one or
            several feature maps, of any size. It is not trained. See
            `keras_gan_zoo.perceptual`. The paper's is
            `perceptual.vgg19()`, which is downloaded once. None is four maps
            of EfficientNet-Lite0, which ships with the package, so that
            trainings need no network.
        generator: `keras.Model` that turns images of any size into larger
            ones, or None for the network of the paper.
        discriminator: `keras.Model` that turns targets into logits of any
            shape, or None for the network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `(inputs, targets)`, both float32 `(batch, height,
    width, channels)` in [-1, 1], e.g. from
    `keras_gan_zoo.data.super_resolution_folder`. The inputs are `scale` times
    smaller.

    Logs: `d_loss`; `g_loss`, the generator's adversarial loss; `pixel_loss`,
    the mean squared error of pixels; `perceptual_loss`, the mean squared error
    of features, unless its weight is 0; all without weights. And `penalty` if
    there is one. In pre-training only `pixel_loss` has values.

    Raises:
        ValueError: if the networks cannot be built for `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.SRGAN((32, 32, 3), filters=8, blocks=2)
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
        image_shape=(96, 96, 3),
        scale=4,
        filters=64,
        blocks=16,
        discriminator_filters=64,
        generator_normalization="batch",
        discriminator_normalization="batch",
        perceptual=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(image_shape, scale, **kwargs)
        self.filters = filters
        self.blocks = blocks
        self.discriminator_filters = discriminator_filters
        self.generator_normalization = generator_normalization
        self.discriminator_normalization = discriminator_normalization
        channels = self.image_shape[-1]
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: build_generator(
                channels, scale, filters, blocks, generator_normalization
            ),
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
            perceptual = features.efficientnet_lite(
                channels, scale=FEATURE_SCALE
            )
        self.perceptual = self.keep_frozen("perceptual", perceptual)
        self.ready()

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        pixel_weight=0.0,
        perceptual_weight=1.0,
        adversarial_weight=1e-3,
        pretraining_steps=0,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's second phase: the non-saturating loss of
        weight 0.001, features of weight 1, Adam(1e-4) for both players.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            pixel_weight: float, weight of the squared error of pixels.
            perceptual_weight: float, weight of the squared error of
                features. 0 does not compute it.
            adversarial_weight: float, weight of the adversarial loss.
            pretraining_steps: int, number of first steps, in which the
                generator alone is trained, on the squared error of pixels
                alone. None: all steps, the paper's first phase. Steps of an
                earlier `fit` count.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if an argument is unknown or out of range.
        """
        super().compile(
            loss,
            generator_optimizer or keras.optimizers.Adam(1e-4),
            discriminator_optimizer or keras.optimizers.Adam(1e-4),
            pixel_weight,
            perceptual_weight,
            adversarial_weight,
            pretraining_steps,
            **kwargs,
        )

    def difference(self, images, targets):
        return ops.mean(ops.square(images - targets))

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
            "blocks": ask.choice("blocks", [4, 8, 16]),
        }
        return arguments, cls.asked(ask, keras.optimizers.Adam(1e-4))

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "blocks": self.blocks,
            "discriminator_filters": self.discriminator_filters,
            "generator_normalization": self.generator_normalization,
            "discriminator_normalization": self.discriminator_normalization,
        }
