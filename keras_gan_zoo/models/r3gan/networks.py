"""Networks of R3GAN: residual blocks with grouped convolutions.

There is no normalization, no style and no noise but the latents. Both networks
have the same blocks at each resolution, and their convolutions have no bias:
it belongs to the rectifier.
"""

import math

import keras
from keras import layers, ops

from keras_gan_zoo.blocks.labels import inputs, labels_input
from keras_gan_zoo.blocks.style_based import (
    SIDE,
    base_shape,
    num_doublings,
)
from keras_gan_zoo.layers import (
    FilteredResampling2D,
    GroupedConv2D,
    ScaledLeakyReLU,
    maybe_augment,
)

#: The largest images whose resolutions all have the same number of channels.
EQUALLY_WIDE = 32
#: Channels inside of a block, in channels of the block.
EXPANSION = 2
SLOPE = 0.2
#: Keeps the mean square through the rectifier.
GAIN = math.sqrt(2 / (1 + SLOPE**2))


def widths(image_shape, filters):
    """Returns the channels of each resolution, from the smallest on.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels of the resolutions of up to 32 pixels. Each
            larger one has half as many as the one before. Or the list that
            this function returns.

    Raises:
        ValueError: if a list has another length than there are resolutions,
            or the networks cannot make images of this shape.

    Example:

    >>> widths((64, 64, 3), 768), widths((8, 8, 1), [4, 2])
    ([768, 768, 768, 768, 384], [4, 2])
    """
    sides = [SIDE * 2**n for n in range(num_doublings(image_shape) + 1)]
    if isinstance(filters, int):
        return [
            max(1, filters * EQUALLY_WIDE // max(side, EQUALLY_WIDE))
            for side in sides
        ]
    if len(filters) != len(sides):
        raise ValueError(
            "Each resolution has its own number of channels. Expected one "
            f"number, or a list of {len(sides)} for shorter sides of "
            f"{', '.join(map(str, sides))} pixels. Received: "
            f"filters={list(filters)}"
        )
    return list(filters)


def normal(fan_in, gain=1.0):
    """Returns an initializer that keeps the mean square times `gain`^2.

    Args:
        fan_in: int, number of inputs of each unit.
        gain: float.
    """
    return keras.initializers.RandomNormal(stddev=gain / math.sqrt(fan_in))


def convolve(x, channels, name, gain=1.0, **kwargs):
    """Applies a convolution of 1x1 without a bias.

    Args:
        x: features.
        channels: int, channels of the output.
        name: string, name of the layer.
        gain: float, gain of the initial weights. 0 for zeros.
        **kwargs: further arguments of the layer.
    """
    return layers.Conv2D(
        channels,
        1,
        use_bias=False,
        kernel_initializer=normal(x.shape[-1], gain) if gain else "zeros",
        name=name,
        **kwargs,
    )(x)


def block(x, group_size, num_blocks, name):
    """Applies a residual block, which changes nothing before training.

    Args:
        x: features.
        group_size: int, channels of a group of the convolution of 3x3.
        num_blocks: int, number of blocks of the network. More blocks have
            smaller weights at first, as in Fixup (Zhang et al., 2019,
            https://arxiv.org/abs/1901.09321).
        name: string, name of the block.
    """
    channels = x.shape[-1]
    inner = EXPANSION * channels
    group_size = math.gcd(inner, group_size)
    gain = GAIN * num_blocks**-0.25
    y = convolve(x, inner, f"{name}_expand", gain)
    y = _rectify(y, f"{name}_expand_act")
    y = GroupedConv2D(
        inner,
        3,
        padding="same",
        groups=inner // group_size,
        use_bias=False,
        kernel_initializer=normal(9 * group_size, gain),
        name=f"{name}_grouped",
    )(y)
    y = _rectify(y, f"{name}_grouped_act")
    y = convolve(y, channels, f"{name}_project", gain=0)
    return layers.Add(name=name)([x, y])


def _rectify(x, name):
    return ScaledLeakyReLU(SLOPE, gain=1.0, name=name)(x)


def _dense(units, fan_in, name, gain=1.0):
    return layers.Dense(
        units,
        use_bias=False,
        kernel_initializer=normal(fan_in, gain),
        name=name,
    )


@keras.saving.register_keras_serializable("keras_gan_zoo")
class _Basis(layers.Layer):
    """Scales each channel of a learned image: `(batch, channels)` to images."""

    def __init__(self, height, width, **kwargs):
        super().__init__(**kwargs)
        self.height = height
        self.width = width

    def build(self, input_shape):
        self.constant = self.add_weight(
            shape=(self.height, self.width, input_shape[-1]),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="constant",
        )

    def call(self, inputs):
        return self.constant * ops.expand_dims(inputs, (1, 2))

    def compute_output_shape(self, input_shape):
        batch, channels = input_shape
        return (batch, self.height, self.width, channels)

    def get_config(self):
        sides = {"height": self.height, "width": self.width}
        return {**super().get_config(), **sides}


def build_generator(
    image_shape,
    num_classes=None,
    latent_dim=64,
    filters=768,
    group_size=16,
    blocks=2,
):
    """Builds the generator: latents (and labels) to images, linear.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        latent_dim: int, length of the latents, and of an embedded label.
        filters: int or list, as in `widths`.
        group_size: int, channels of a group, or a divisor of it.
        blocks: int, blocks of each resolution.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(num_classes)
    x = latents
    if labels:
        embed = _dense(latent_dim, num_classes, "embedding")
        x = layers.Concatenate(name="latents_and_labels")(
            [latents, embed(labels[0])]
        )
    channels = widths(image_shape, filters)
    x = _dense(channels[0], x.shape[-1], "scales")(x)
    x = _Basis(*base_shape(image_shape), name="basis")(x)
    for level, width in enumerate(channels):
        if level:
            if width != channels[level - 1]:
                x = convolve(x, width, f"up_{level}_channels")
            x = FilteredResampling2D(2, name=f"up_{level}")(x)
        for number in range(blocks):
            name = f"block_{level}_{number}"
            x = block(x, group_size, blocks * len(channels), name)
    x = convolve(x, image_shape[-1], "image", dtype="float32")
    return keras.Model(inputs(latents, labels), x, name="generator")


def build_discriminator(
    image_shape,
    num_classes=None,
    filters=768,
    group_size=16,
    blocks=2,
    augmentation=None,
):
    """Builds the discriminator: images (and labels) to logits `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        filters: int or list, as in `widths`.
        group_size: int, channels of a group, or a divisor of it.
        blocks: int, blocks of each resolution.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    images = keras.Input(image_shape, name="images")
    labels = labels_input(num_classes)
    channels = widths(image_shape, filters)
    x = maybe_augment(images, augmentation)
    x = convolve(x, channels[-1], "from_image")
    for level in reversed(range(len(channels))):
        for number in range(blocks):
            name = f"block_{level}_{number}"
            x = block(x, group_size, blocks * len(channels), name)
        if level:
            x = FilteredResampling2D(0.5, name=f"down_{level}")(x)
            if channels[level - 1] != channels[level]:
                x = convolve(x, channels[level - 1], f"down_{level}_channels")
    sides = base_shape(image_shape)
    x = layers.DepthwiseConv2D(
        sides,
        use_bias=False,
        depthwise_initializer=normal(math.prod(sides)),
        name="basis",
    )(x)
    x = layers.Flatten(name="features")(x)
    if not labels:
        x = _dense(1, channels[0], "logits")(x)
    else:
        units = channels[0]
        embed = _dense(units, num_classes, "embedding", 1 / math.sqrt(units))
        x = _dense(units, units, "projection")(x)
        x = layers.Dot(axes=-1, name="product")([x, embed(labels[0])])
    x = layers.Activation("linear", dtype="float32", name="float32")(x)
    return keras.Model(inputs(images, labels), x, name="discriminator")
