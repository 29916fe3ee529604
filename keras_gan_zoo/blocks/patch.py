"""PatchGAN: a discriminator that judges patches (Isola et al., 2017).

https://arxiv.org/abs/1611.07004, section 3.2 and appendix 6.1.2. Each of its
logits sees a square of the image, its receptive field, and their mean decides.
pix2pix and CycleGAN share it.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import maybe_spectral

KERNEL_SIZE = 4
MOST_HALVINGS = 5


def receptive_field(halvings):
    """Side of the patch that one logit sees, in pixels.

    Args:
        halvings: int, convolutions of stride 2; two of stride 1 follow, all
            of 4x4. 0 stands for the network of 1x1 convolutions.

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
    """How many convolutions of stride 2 make the patch that was asked for.

    Args:
        patch: int, one of 1, 16, 34, 70, 142, 286, or `"image"` for the
            smallest of them that covers the image.
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if there is no such patch, or the image is too small for
            the network.
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
        f"The discriminator cannot look at patches of that size in images of "
        f"{image_shape[0]}x{image_shape[1]}. Expected patch to be one of "
        f"{', '.join(map(str, possible))}, its receptive field in pixels, or "
        f"'image' where one of them covers the image. Received: "
        f"patch={patch!r}"
    )


def _fits(halvings, image_shape):
    # Each 4x4 convolution of stride 1 behind them takes one pixel away.
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
    """Images to a map of logits `(batch, rows, columns, 1)`.

    C64-C128-C256-C512 for patches of 70x70: convolutions of 4x4, leaky
    rectifiers of slope 0.2, a normalisation behind all but the first, and
    one convolution to the logits. The last two have stride 1.

    Args:
        image_shape: tuple `(height, width, channels)` of what is judged.
        condition_channels: int, channels of the image that it is judged
            beside, the first input; 0 for none.
        patch: int or `"image"`, see `halvings_of`.
        filters: int, channels of the first layer; each further layer has
            twice as many, at most eight times.
        discriminator_normalization: `"instance"`, `"batch"`, `"layer"` or
            None.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        name: name of the network.
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
