"""The networks of Context Encoders.

4x4 convolutions of stride 2, each with batch normalization except the first
and the last, LeakyReLU(0.2) in the encoder and the discriminator, ReLU in the
decoder. No convolution has a bias: the authors' code sets all biases to zero
at every step.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import ChannelWiseDense, maybe_spectral

KERNEL_SIZE = 4
SMALLEST_BASE, LARGEST_BASE = 4, 7
#: Layers whose width doubles. Networks with more layers begin with layers of
#: equal width.
DOUBLED = 4
CHANNEL_WISE = "channel_wise"


def halvings(image_shape):
    """Returns how often the encoder halves height and width.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if the smaller side cannot be halved to 4 to 7 pixels.

    Example:

    >>> halvings((128, 128, 3)), halvings((24, 16, 1)), halvings((28, 28, 1))
    (5, 2, 2)
    """
    smaller = min(image_shape[:2])
    for number in range(1, 12):
        base = smaller / 2**number
        if SMALLEST_BASE <= base < LARGEST_BASE + 1 and not any(
            side % 2**number for side in image_shape[:2]
        ):
            return number
    raise ValueError(
        "The encoder halves height and width until the smaller one is "
        f"{SMALLEST_BASE} to {LARGEST_BASE} pixels. Expected sides that can "
        "be halved so, e.g. 64, 96 or 128. Received: "
        f"{image_shape[0]}x{image_shape[1]}. Resize the images with "
        "image_size=(height, width) in keras_gan_zoo.data."
    )


def widths(filters, depth):
    """Returns the channels of `depth` layers, the largest map first.

    Example:

    >>> widths(64, 5), widths(64, 4)
    ([64, 64, 128, 256, 512], [64, 128, 256, 512])
    """
    equal = max(0, depth - DOUBLED)
    return [filters * 2 ** max(0, n - equal) for n in range(depth)]


def _downsample(x, filters, depth, normalization="batch", spectral=False):
    for index, width in enumerate(widths(filters, depth)):
        convolution = layers.Conv2D(
            width,
            KERNEL_SIZE,
            strides=2,
            padding="same",
            use_bias=False,
            kernel_initializer=strided.kernel_initializer(),
            name=f"downsample_{index}",
        )
        x = maybe_spectral(convolution, spectral)(x)
        if index and normalization is not None:
            x = strided.normalize(x, f"normalize_{index}", normalization)
        x = layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(x)
    return x


def _bottleneck(x, units, decoded):
    """Turns the smallest map of the encoder into that of the decoder."""
    base = x.shape[1:3]
    start = strided.kernel_initializer
    if units == CHANNEL_WISE:
        x = ChannelWiseDense(start(), name="channel_wise")(x)
        x = layers.Conv2D(
            decoded,
            1,
            use_bias=False,
            kernel_initializer=start(),
            name="across_channels",
        )(x)
    else:
        x = layers.Conv2D(
            units,
            base,
            use_bias=False,
            kernel_initializer=start(),
            name="bottleneck",
        )(x)
        x = strided.normalize(x, "normalize_bottleneck")
        x = layers.LeakyReLU(0.2, name="leaky_relu_bottleneck")(x)
        x = layers.Conv2DTranspose(
            decoded,
            base,
            use_bias=False,
            kernel_initializer=start(),
            name="unfold",
        )(x)
    x = strided.normalize(x, "normalize_unfold")
    return layers.ReLU(name="relu_unfold")(x)


def build_generator(image_shape, output_shape, filters=64, bottleneck=4000):
    """Builds the encoder and decoder: images with holes to images.

    Args:
        image_shape: tuple `(height, width, channels)`.
        output_shape: tuple, `image_shape`, or half of its height and width
            for the center alone.
        filters: int, channels of the first layer.
        bottleneck: int, length of the bottleneck, or `"channel_wise"`.
    """
    depth = halvings(image_shape)
    doublings = depth - (output_shape[0] < image_shape[0])
    channels = [*widths(filters, doublings)[::-1], output_shape[-1]]
    if not doublings:  # from the smallest map to the image in one layer
        channels = [filters, output_shape[-1]]
    inputs = keras.Input(image_shape, name="images")
    x = _downsample(inputs, filters, depth)
    x = _bottleneck(x, bottleneck, channels[0])
    for index, width in enumerate(channels[1:]):
        x = layers.Conv2DTranspose(
            width,
            KERNEL_SIZE,
            strides=2 if doublings else 1,
            padding="same",
            use_bias=False,
            kernel_initializer=strided.kernel_initializer(),
            name=f"upsample_{index}",
        )(x)
        if index < doublings - 1:
            x = strided.normalize(x, f"normalize_up_{index}")
            x = layers.ReLU(name=f"relu_{index}")(x)
    outputs = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(
    image_shape, filters=64, normalization="batch", spectral_normalization=False
):
    """Builds a network from images to logits `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)` of what it sees.
        filters: int, channels of the first layer.
        normalization: `"batch"`, `"layer"`, `"instance"` or None.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
    """
    # The center of the smallest images is as small as the smallest map.
    tiny = min(image_shape[:2]) <= LARGEST_BASE
    depth = 1 if tiny else halvings(image_shape)
    inputs = keras.Input(image_shape, name="images")
    x = _downsample(
        inputs, filters, depth, normalization, spectral_normalization
    )
    x = layers.Flatten(name="flat")(x)
    logits = layers.Dense(
        1,
        use_bias=False,
        kernel_initializer=strided.kernel_initializer(),
        name="logits",
    )
    x = maybe_spectral(logits, spectral_normalization)(x)
    outputs = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model(inputs, outputs, name="discriminator")
