"""The U-Net generator of pix2pix (Isola et al., 2017), appendix 6.1.1.

https://arxiv.org/abs/1611.07004. An encoder halves the image until it is one
point, and a decoder doubles it again. At each size, a skip connection passes
the map of the encoder to the decoder.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import upsampling as upsampling_layer

DEEPEST = 8
# The first layers of the decoder drop half of their units: the noise z.
NOISY_LAYERS = 3


def halvings(image_shape):
    """Returns how often the U-Net halves: while height and width are even.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if the image cannot be halved twice. The message names the
            nearest possible sizes.

    Example:

    >>> halvings((256, 256, 3)), halvings((64, 96, 1)), halvings((28, 28, 1))
    (8, 5, 2)
    """
    depth = 0
    while depth < DEEPEST and all(
        side % 2 ** (depth + 1) == 0 for side in image_shape[:2]
    ):
        depth += 1
    if depth >= 2:
        return depth
    nearest = "x".join(
        str(max(16, round(side / 16) * 16)) for side in image_shape[:2]
    )
    raise ValueError(
        "The U-Net must halve height and width at least twice, which is not "
        "possible here. Expected multiples of 4; the more often "
        "both can be halved, the more the generator sees at once. Received: "
        f"{image_shape[0]}x{image_shape[1]}. Resize the images, e.g. to "
        f"{nearest}, with image_size=(height, width) in keras_gan_zoo.data."
    )


def build_generator(
    image_shape,
    output_channels=3,
    filters=64,
    generator_normalization="instance",
    upsampling="transposed",
    dropout_rate=0.5,
):
    """Builds a network from images to images of the same size in [-1, 1].

    For 256x256 images, the encoder is C64-C128-C256-C512-C512-C512-C512-C512.
    The decoder is CD512-CD512-CD512-C512-C256-C128-C64 and the output. The
    network takes images of any height and width that it can halve this often.

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width set
            the depth.
        output_channels: int, channels of the output.
        filters: int, channels of the first layer. Each later layer has twice
            the channels of the previous one, up to eight times `filters`.
        generator_normalization: `"instance"`, `"batch"` or None, after each
            convolution except the first, the innermost and the output. The
            innermost map may be one pixel, which normalization would turn
            into zero.
        upsampling: `"transposed"` convolutions as in the paper, or
            `"resize"`, see `keras_gan_zoo.layers.upsampling`.
        dropout_rate: float in [0, 1), share of the units that the first
            three layers of the decoder drop.
    """
    depth = halvings(image_shape)
    widths = [filters * min(2**index, 8) for index in range(depth)]
    inputs = keras.Input((None, None, image_shape[-1]), name="images")

    def normalize(x, name):
        if generator_normalization is None:
            return x
        return strided.normalize(x, name, generator_normalization)

    maps = []
    x = inputs
    for index, width in enumerate(widths):
        normalized = (
            generator_normalization is not None and 0 < index < depth - 1
        )
        if index > 0:
            x = layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(x)
        x = layers.Conv2D(
            width,
            4,
            strides=2,
            padding="same",
            use_bias=not normalized,
            kernel_initializer=strided.kernel_initializer(),
            name=f"down_{index}",
        )(x)
        if normalized:
            x = normalize(x, f"normalize_down_{index}")
        maps.append(x)

    for index in reversed(range(1, depth)):
        x = layers.ReLU(name=f"relu_{index}")(x)
        x = upsampling_layer(
            upsampling,
            widths[index - 1],
            4,
            use_bias=generator_normalization is None,
            kernel_initializer=strided.kernel_initializer(),
            name=f"up_{index}",
        )(x)
        x = normalize(x, f"normalize_up_{index}")
        if depth - index <= NOISY_LAYERS:
            x = layers.Dropout(dropout_rate, name=f"z_{index}")(x)
        x = layers.Concatenate(name=f"skip_{index}")([x, maps[index - 1]])
    x = layers.ReLU(name="relu_0")(x)
    x = upsampling_layer(
        upsampling,
        output_channels,
        4,
        kernel_initializer=strided.kernel_initializer(),
        name="up_0",
    )(x)
    outputs = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model(inputs, outputs, name="generator")
