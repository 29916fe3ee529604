"""The U-Net generator of pix2pix (Isola et al., 2017), appendix 6.1.1.

https://arxiv.org/abs/1611.07004. An encoder that halves the image down to a
point, a decoder that doubles it up again, and at each size a skip connection
that hands the encoder's map to the decoder.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import upsampling as upsampling_layer

DEEPEST = 8
# The first layers of the decoder drop half of their units: the noise z.
NOISY_LAYERS = 3


def halvings(image_shape):
    """How often the U-Net halves the sides: as often as both are even.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if that is not twice; it names the nearest sizes.

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
        "The U-Net halves the sides of the image, and this one has sides "
        "that it cannot halve twice. Expected multiples of 4; the more often "
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
    """Images to images of the same size in [-1, 1].

    C64-C128-C256-C512-C512-C512-C512-C512 for the encoder of 256x256 images,
    CD512-CD512-CD512-C512-C256-C128-C64 and the output for the decoder. The
    network takes images of any size with sides that it can halve.

    Args:
        image_shape: tuple `(height, width, channels)`; decides the depth.
        output_channels: int, channels of the output.
        filters: int, channels of the first layer; each further layer has
            twice as many, at most eight times.
        generator_normalization: `"instance"`, `"batch"` or None, behind each
            convolution but the first, the innermost and the output. The
            innermost map may be one pixel, of which nothing would be left.
        upsampling: `"transposed"` convolutions as in the paper, or
            `"resize"`, see `keras_gan_zoo.layers.upsampling`.
        dropout_rate: float, share that the first three layers of the decoder
            drop.
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
