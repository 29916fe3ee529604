"""SAGAN (Zhang et al., 2019), https://arxiv.org/abs/1805.08318.

The networks of SNGAN for 128 pixels, in which one layer of both lets each
position look at all others. Spectral normalization of both networks,
conditional batch normalization, projection discriminator. Hinge loss, one
step of the discriminator for each step of the generator, Adam(beta_1=0,
beta_2=0.9) with a rate of 1e-4 for the generator and 4e-4 for the
discriminator. Differs from the paper and the authors' code:

* The paper knows 128 pixels. Other sizes have the blocks of `SNGAN`, and
  attention at the largest map of at most 32 pixels and of at most half the
  image. Images of at most 32 pixels so have it at half their size.
* Batch normalization keeps moving statistics and uses them outside training.
* A generated image gets the class of the real image at its place in the batch.
* Without classes, batch normalization and logits are ordinary ones.
* The order of updates, see docs/updates.md.
"""

import keras

from keras_gan_zoo import engine
from keras_gan_zoo.blocks import residual
from keras_gan_zoo.blocks.labels import inputs, labels_input
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.class_conditional import (
    ClassConditionalGAN,
)
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers import (
    BatchNormalization,
    ConditionalBatchNormalization,
    SelfAttention,
    maybe_augment,
)
from keras_gan_zoo.modalities import Image

#: Sides of the largest map with attention, as in the paper.
ATTENTION_SIZE = 32


def attention_side(image_shape, attention_size):
    """Returns the longer side of the map that has attention.

    It is half the image, or a half, a quarter and so on of this, until it is
    at most `attention_size`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        attention_size: int, the longest side that is possible.

    Example:

    >>> [attention_side((n, n, 3), 32) for n in (28, 32, 48, 64, 128)]
    [14, 16, 24, 32, 32]
    """
    side = max(image_shape[:2]) // 2
    while side > attention_size:
        side //= 2
    return side


def attention(image_shape, attention_size):
    """Returns a function `attend(x)` that adds attention to one map.

    It returns all other maps as they are.

    Args:
        image_shape: tuple `(height, width, channels)`.
        attention_size: int, or None for no attention at all.
    """
    if attention_size is None:
        return lambda x: x
    side = attention_side(image_shape, attention_size)
    found = []

    def attend(x):
        if found or max(x.shape[1:3]) != side:
            return x
        found.append(x.shape)
        return SelfAttention(name="attention")(x)

    return attend


def check_attention(network, attention_size):
    """Checks that a network has attention if it should.

    Raises:
        ValueError: if no map of the network was small enough.
    """
    names = [layer.name for layer in network.layers]
    if attention_size is not None and "attention" not in names:
        raise ValueError(
            f"The {network.name} has no map as small as attention_size. "
            "Expected a larger attention_size, or None for no attention. "
            f"Received: attention_size={attention_size}."
        )


def build_generator(
    image_shape,
    num_classes=None,
    latent_dim=128,
    filters=64,
    attention_size=ATTENTION_SIZE,
):
    """Builds residual blocks: latents (and labels) to images in [-1, 1].

    All kernels have spectral normalization.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image. Images of at most 32
            pixels have four times as many in all layers.
        attention_size: int, see `attention_side`. None for no attention.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(num_classes)

    def normalize(x, name):
        return BatchNormalization(name=name)(x)

    def normalize_class(x, name):
        return ConditionalBatchNormalization(name=name)([x, *labels])

    if residual.equally_wide(image_shape):
        filters = 4 * filters
    first, *others = [filters * w for w in residual.up_widths(image_shape)]
    convolve = residual.convolver(True, residual.glorot)
    attend = attention(image_shape, attention_size)
    x = residual.project(latents, image_shape, first, residual.denser(True))
    x = residual.double(
        attend(x),
        others,
        normalize_class if labels else normalize,
        convolve,
        after=attend,
    )
    # The last normalization does not get the class, as in the authors' code.
    x = residual.to_image(x, image_shape[-1], normalize, convolve)
    network = keras.Model(inputs(latents, labels), x, name="generator")
    check_attention(network, attention_size)
    return network


def build_discriminator(
    image_shape,
    num_classes=None,
    filters=64,
    attention_size=ATTENTION_SIZE,
    augmentation=None,
):
    """Builds residual blocks: images (and labels) to logits `(batch, 1)`.

    All kernels have spectral normalization.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        filters: int, channels of the first block. Images of at most 32
            pixels have twice as many in all blocks.
        attention_size: int, see `attention_side`. None for no attention.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    images = keras.Input(image_shape, name="images")
    labels = labels_input(num_classes)
    if residual.equally_wide(image_shape):
        filters = 2 * filters
    halving, keeping = (
        [filters * width for width in part]
        for part in residual.down_widths(image_shape)
    )
    x = residual.halve(
        maybe_augment(images, augmentation),
        halving,
        keeping,
        residual.convolver(True, residual.glorot),
        after=attention(image_shape, attention_size),
        wide=True,
    )
    x = residual.pool(x, "sum")
    x = residual.logits(x, labels[0] if labels else None, residual.denser(True))
    network = keras.Model(inputs(images, labels), x, name="discriminator")
    check_attention(network, attention_size)
    return network


@register(
    "sagan",
    paper="https://arxiv.org/abs/1805.08318",
    summary="self-attention, spectral normalization of both networks; classes",
)
class SAGAN(ClassConditionalGAN):
    """SAGAN (Zhang et al., 2019), https://arxiv.org/abs/1805.08318.

    Makes images of given classes from latent vectors drawn from N(0, 1). A
    layer of both networks lets each position look at all others.

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width must
            be numbers from 4 to 15 times the same power of two: 8, 16, 28,
            32, 48, 64, 128, ...
        num_classes: int, number of classes. The default is that of ImageNet.
            None for no classes.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image in both networks. In
            networks for at most 32 pixels all layers have the same number of
            channels: four times as many in the generator, and twice as many
            in the discriminator.
        attention_size: int, the longest side of a map that may have
            attention. The largest such map of at most half the image has it.
            The side must be even, and the map must have 8 channels. None for
            no attention.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`.
        generator: `keras.Model` that turns latents, or `[latents, labels]`
            with one-hot labels, into images. None builds the paper's.
        discriminator: `keras.Model` that turns images, or `[images, labels]`,
            into logits. None builds the paper's.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: with classes `(images, labels)`, without them `images`.
    Images are float32 `(batch, height, width, channels)` in [-1, 1]. Labels
    are ints `(batch,)` in [0, num_classes) or one-hot `(batch, num_classes)`.

    Logs: `d_loss`, `g_loss`, and `penalty` if there is one. With
    `augmentation="ada"` also `ada_p` and `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if the networks cannot make images of `image_shape`, or
            have no map of at most `attention_size` pixels.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.SAGAN((8, 8, 1), num_classes=10, latent_dim=16, filters=4)
    >>> gan.compile()
    >>> digits = kgz.data.digits(batch_size=64, labels=True)
    >>> history = gan.fit(digits.take(1), verbose=0)
    >>> gan.generate(3, labels=[7, 7, 2], seed=0).shape
    (3, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(128, 128, 3),
        num_classes=1000,
        latent_dim=128,
        filters=64,
        attention_size=ATTENTION_SIZE,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, num_classes, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = filters
        self.attention_size = attention_size
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: build_generator(
                self.image_shape,
                self.num_classes,
                self.latent_dim,
                filters,
                attention_size,
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: build_discriminator(
                self.image_shape,
                self.num_classes,
                filters,
                attention_size,
                augmentation,
            ),
        )
        self.ready()

    def compile(
        self,
        loss="hinge",
        generator_optimizer=None,
        discriminator_optimizer=None,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's: the hinge loss, and Adam(beta_1=0,
        beta_2=0.9) with a rate of 1e-4 for the generator and 4e-4 for the
        discriminator.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer
            or keras.optimizers.Adam(1e-4, 0.0, 0.9),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.Adam(4e-4, 0.0, 0.9),
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
        settings = {
            **space.optimizers(  # as in compile()
                ask,
                generator=keras.optimizers.Adam(1e-4, 0.0, 0.9),
                discriminator=keras.optimizers.Adam(4e-4, 0.0, 0.9),
            ),
            **space.average(ask),
        }
        return space.sizes(ask), settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
            "attention_size": self.attention_size,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }
