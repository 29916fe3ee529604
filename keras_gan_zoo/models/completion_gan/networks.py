"""The networks of image completion with two discriminators.

A fully convolutional generator, which takes images of any size, and a
discriminator of two branches. A layer is a convolution, a normalization and
ReLU. Convolutions before a normalization have no bias.
"""

import keras
from keras import layers

from keras_gan_zoo.layers import maybe_spectral, normalization

#: The generator halves height and width twice.
MULTIPLE = 4
DILATIONS = (2, 4, 8, 16)
#: Branches of the discriminator stop above this number of pixels.
SMALLEST_MAP = 4


def _normalized(x, identifier, name):
    if identifier is None:
        return x
    return normalization(identifier, name=f"normalize_{name}")(x)


def build_generator(channels, filters=64, generator_normalization="batch"):
    """Builds a network from images with holes, and masks, to whole images.

    Seventeen convolutions, of which two halve height and width, two double them
    again, and four are dilated: each pixel of a hole sees far around it.

    Args:
        channels: int, channels of the images.
        filters: int, channels of the first layer.
        generator_normalization: `"batch"`, `"instance"`, `"layer"` or None.
    """
    images = keras.Input((None, None, channels), name="images")
    masks = keras.Input((None, None, 1), name="masks")
    x = layers.Concatenate(name="given")([images, masks])

    def convolve(x, width, name, size=3, layer=layers.Conv2D, **kwargs):
        x = layer(
            width,
            size,
            padding="same",
            use_bias=generator_normalization is None,
            name=name,
            **kwargs,
        )(x)
        x = _normalized(x, generator_normalization, name)
        return layers.ReLU(name=f"relu_{name}")(x)

    transposed = layers.Conv2DTranspose
    x = convolve(x, filters, "whole", size=5)
    x = convolve(x, 2 * filters, "down_0", strides=2)
    x = convolve(x, 2 * filters, "half")
    x = convolve(x, 4 * filters, "down_1", strides=2)
    x = convolve(x, 4 * filters, "quarter_0")
    x = convolve(x, 4 * filters, "quarter_1")
    for rate in DILATIONS:
        x = convolve(x, 4 * filters, f"dilated_{rate}", dilation_rate=rate)
    x = convolve(x, 4 * filters, "quarter_2")
    x = convolve(x, 4 * filters, "quarter_3")
    x = convolve(x, 2 * filters, "up_0", 4, transposed, strides=2)
    x = convolve(x, 2 * filters, "half_again")
    x = convolve(x, filters, "up_1", 4, transposed, strides=2)
    x = convolve(x, max(1, filters // 2), "whole_again")
    x = layers.Conv2D(channels, 3, padding="same", name="image")(x)
    outputs = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model([images, masks], outputs, name="generator")


def build_discriminator(
    image_shape,
    crop_shape,
    filters=64,
    joined=True,
    discriminator_normalization="batch",
    spectral_normalization=False,
):
    """Builds a network from whole images and crops around holes to logits.

    Args:
        image_shape: tuple `(height, width, channels)`.
        crop_shape: tuple `(height, width, channels)` of the crops.
        filters: int, channels of the first layer of both branches.
        joined: bool. True: one logit of the features of both branches. False:
            one logit for each branch.
        discriminator_normalization: `"batch"`, `"instance"`, `"layer"` or
            None.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
    """

    def branch(inputs, name):
        x, index = inputs, 0
        while min(x.shape[1:3]) > SMALLEST_MAP:
            convolution = layers.Conv2D(
                filters * min(2**index, 8),
                5,
                strides=2,
                padding="same",
                use_bias=discriminator_normalization is None,
                name=f"{name}_{index}",
            )
            x = maybe_spectral(convolution, spectral_normalization)(x)
            x = _normalized(x, discriminator_normalization, f"{name}_{index}")
            x = layers.ReLU(name=f"relu_{name}_{index}")(x)
            index += 1
        x = layers.Flatten(name=f"flat_{name}")(x)
        dense = layers.Dense(16 * filters, name=f"features_{name}")
        x = maybe_spectral(dense, spectral_normalization)(x)
        return layers.ReLU(name=f"relu_{name}")(x)

    def logit(x, name):
        dense = layers.Dense(1, name=name)
        return maybe_spectral(dense, spectral_normalization)(x)

    images = keras.Input(image_shape, name="images")
    crops = keras.Input(crop_shape, name="crops")
    both = [branch(images, "global"), branch(crops, "local")]
    if joined:
        logits = logit(layers.Concatenate(name="both")(both), "logits")
    else:
        logits = layers.Concatenate(name="logits")(
            [logit(both[0], "logit_global"), logit(both[1], "logit_local")]
        )
    outputs = layers.Activation("linear", dtype="float32", name="logits_32")
    return keras.Model([images, crops], outputs(logits), name="discriminator")
