"""PatchGAN: a discriminator that classifies patches (Isola et al., 2017).

https://arxiv.org/abs/1611.07004, section 3.2 and appendix 6.1.2. Each logit
sees a square of the image, its receptive field. The loss takes the mean over
all logits. pix2pix and CycleGAN share this network.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import maybe_spectral

KERNEL_SIZE = 4
MOST_HALVINGS = 5


def receptive_field(halvings):
    """Returns the height of the patch that one logit sees, in pixels.

    Args:
        halvings: int, number of 4x4 convolutions of stride 2. Two 4x4
            convolutions of stride 1 follow. 0 means the network of 1x1
            convolutions.

    Example:

    >>> [receptive_field(n) for n in range(6)]
    [1, 16, 34, 70, 142, 286]
    """
    if halvings == 0:
        return 1
    side = 1
    for stride in [1, 1] + [2] * halvings:  # from the logit backwards
        side = (side - 1) * stride + KERNEL_SIZE
    return side


def halvings_of(patch, image_shape):
    """Returns the number of convolutions of stride 2 for a patch size.

    Args:
        patch: int, 1, 16, 34, 70, 142 or 286 pixels. `"image"` is the
            smallest of these numbers that covers the image.
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if the patch size does not exist, or the image is too
            small for the network.
    """
    fields = [receptive_field(n) for n in range(MOST_HALVINGS + 1)]
    if patch == "image":
        covering = [n for n in range(1, len(fields)) if _fits(n, image_shape)]
        wanted = max(image_shape[:2])
        enough = [n for n in covering if fields[n] >= wanted]
        if enough:
            return enough[0]
    elif patch in fields and _fits(fields.index(patch), image_shape):
        return fields.index(patch)
    possible = [f for n, f in enumerate(fields) if _fits(n, image_shape)]
    raise ValueError(
        f"The discriminator cannot look at patches of this size in images of "
        f"{image_shape[0]}x{image_shape[1]}. Expected patch to be one of "
        f"{', '.join(map(str, possible))}, its receptive field in pixels, or "
        f"'image' if one of them covers the image. Received: "
        f"patch={patch!r}"
    )


def _fits(halvings, image_shape):
    # Each of the 4x4 convolutions of stride 1 that follow removes one pixel.
    return halvings == 0 or min(image_shape[:2]) // 2**halvings >= 3


def build_patch_discriminator(
    image_shape,
    condition_channels=0,
    patch=70,
    filters=64,
    discriminator_normalization="instance",
    spectral_normalization=False,
    name="discriminator",
):
    """Builds a network from images to logits `(batch, rows, columns, 1)`.

    C64-C128-C256-C512 for patches of 70x70: 4x4 convolutions, each with leaky
    rectifiers of slope 0.2 and, except after the first convolution, a
    normalization. One more convolution computes the logits. The last two
    convolutions have stride 1.

    Args:
        image_shape: tuple `(height, width, channels)` of the images to
            classify.
        condition_channels: int, channels of a condition image, which is the
            first input. 0 for no condition image.
        patch: int or `"image"`, see `halvings_of`.
        filters: int, channels of the first layer. Each later layer has twice
            the channels of the previous one, up to eight times `filters`.
        discriminator_normalization: `"instance"`, `"batch"`, `"layer"` or
            None.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        name: str, name of the network.
    """
    halvings = halvings_of(patch, image_shape)
    images = keras.Input(image_shape, name="images")
    inputs, x = images, images
    if condition_channels:
        condition = keras.Input(
            (*image_shape[:2], condition_channels), name="condition"
        )
        inputs = [condition, images]
        x = layers.Concatenate(name="pair")(inputs)

    def convolve(x, features, stride, name, use_bias):
        if halvings == 0:
            kernel_size = stride = 1
        else:
            kernel_size = KERNEL_SIZE
            x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
        convolution = layers.Conv2D(
            features,
            kernel_size,
            strides=stride,
            use_bias=use_bias,
            kernel_initializer=strided.kernel_initializer(),
            name=name,
        )
        return maybe_spectral(convolution, spectral_normalization)(x)

    strides = [2] * halvings + [1] if halvings else [1, 1]
    for index, stride in enumerate(strides):
        normalized = discriminator_normalization is not None and index > 0
        features = filters * min(2**index, 8)
        x = convolve(x, features, stride, f"convolve_{index}", not normalized)
        if normalized:
            x = strided.normalize(
                x, f"normalize_{index}", discriminator_normalization
            )
        x = layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(x)
    x = convolve(x, 1, 1, "logits", True)
    logits = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model(inputs, logits, name=name)
