"""Networks of SNGAN: the residual ones, and the plain one of table 3.

The names of the functions say which: `build_generator` and
`build_discriminator` are residual, `build_plain_generator` and
`build_plain_discriminator` are plain.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import residual, strided
from keras_gan_zoo.blocks.labels import inputs, labels_input
from keras_gan_zoo.layers import (
    BatchNormalization,
    ConditionalBatchNormalization,
    maybe_augment,
    maybe_spectral,
)

#: Of batch normalization, as in the authors' code.
EPSILON = 2e-5
#: The widest map of a plain network, in widths of the one of the image's size.
WIDEST_PLAIN = 8


def normalizations(labels):
    """Returns two functions `normalize(x, name)`: without and with the class.

    Args:
        labels: list of the labels, or an empty list. Without labels, both
            functions are the same.
    """

    def normalize(x, name):
        return BatchNormalization(epsilon=EPSILON, name=name)(x)

    def normalize_class(x, name):
        layer = ConditionalBatchNormalization(epsilon=EPSILON, name=name)
        return layer([x, *labels])

    return normalize, normalize_class if labels else normalize


def build_generator(image_shape, num_classes=None, latent_dim=128, filters=64):
    """Builds residual blocks: latents (and labels) to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image. Images of at most 32
            pixels have four times as many in all layers.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(num_classes)

    normalize, normalize_class = normalizations(labels)
    if residual.equally_wide(image_shape):
        filters = 4 * filters
    first, *others = [filters * w for w in residual.up_widths(image_shape)]
    convolve = residual.convolver()
    x = residual.project(latents, image_shape, first, residual.denser())
    x = residual.double(x, others, normalize_class, convolve)
    # The last normalization does not get the class, as in the authors' code.
    x = residual.to_image(x, image_shape[-1], normalize, convolve)
    return keras.Model(inputs(latents, labels), x, name="generator")


def build_discriminator(
    image_shape, num_classes=None, filters=64, augmentation=None
):
    """Builds residual blocks: images (and labels) to logits `(batch, 1)`.

    All kernels have spectral normalization.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        filters: int, channels of the first block. Images of at most 32
            pixels have twice as many in all blocks.
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
    x = maybe_augment(images, augmentation)
    convolve = residual.convolver(spectral_normalization=True)
    x = residual.halve(x, halving, keeping, convolve)
    x = residual.pool(x, "sum")
    dense = residual.denser(spectral_normalization=True)
    x = residual.logits(x, labels[0] if labels else None, dense)
    return keras.Model(inputs(images, labels), x, name="discriminator")


def plain_widths(image_shape, filters):
    """Returns the channels of a plain network from large to small maps.

    Each has twice the channels of the previous one, and at most eight times
    those of the first.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels at the size of the image.

    Example:

    >>> plain_widths((32, 32, 3), 64), plain_widths((28, 28, 1), 64)
    ([64, 128, 256, 512], [64, 128, 256])
    """
    depth = strided.halvings(image_shape)
    return [filters * min(2**k, WIDEST_PLAIN) for k in range(depth + 1)]


def build_plain_generator(
    image_shape, num_classes=None, latent_dim=128, filters=64
):
    """Builds the generator of table 3: latents (and labels) to images.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(num_classes)
    _, normalize = normalizations(labels)
    first, *others = plain_widths(image_shape, filters)[::-1]
    dense = residual.denser(kernel_initializer=strided.kernel_initializer)
    x = residual.project(latents, image_shape, first, dense)
    x = normalize(x, "normalize_project")
    x = layers.ReLU(name="relu_project")(x)
    for index, channels in enumerate(others):
        x = layers.Conv2DTranspose(
            channels,
            4,
            strides=2,
            padding="same",
            kernel_initializer=strided.kernel_initializer(),
            name=f"upsample_{index}",
        )(x)
        x = normalize(x, f"normalize_{index}")
        x = layers.ReLU(name=f"relu_{index}")(x)
    convolve = residual.convolver(kernel_initializer=strided.kernel_initializer)
    x = convolve(x, image_shape[-1], 3, "image")
    x = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model(inputs(latents, labels), x, name="generator")


def build_plain_discriminator(
    image_shape, num_classes=None, filters=64, augmentation=None
):
    """Builds the discriminator of table 3: images (and labels) to logits.

    All kernels have spectral normalization. Each halving has a convolution
    of 3x3 and a convolution of 4x4 with stride 2. A last one of 3x3 and a
    dense layer follow.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        filters: int, channels of the first two convolutions.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    images = keras.Input(image_shape, name="images")
    labels = labels_input(num_classes)
    *halving, last = plain_widths(image_shape, filters)
    x = maybe_augment(images, augmentation)

    def convolve(x, channels, kernel_size, strides, name):
        layer = layers.Conv2D(
            channels,
            kernel_size,
            strides=strides,
            padding="same",
            kernel_initializer=strided.kernel_initializer(),
            name=name,
        )
        x = maybe_spectral(layer, True)(x)
        return layers.LeakyReLU(0.1, name=f"{name}_leaky_relu")(x)

    for index, channels in enumerate(halving):
        x = convolve(x, channels, 3, 1, f"convolve_{index}")
        x = convolve(x, channels, 4, 2, f"downsample_{index}")
    x = convolve(x, last, 3, 1, "convolve_last")
    x = layers.Flatten(name="features")(x)
    dense = residual.denser(True, strided.kernel_initializer)
    x = residual.logits(x, labels[0] if labels else None, dense)
    return keras.Model(inputs(images, labels), x, name="discriminator")


#: Functions that build the generator and the discriminator, by their name.
NETWORKS = {
    "residual": (build_generator, build_discriminator),
    "plain": (build_plain_generator, build_plain_discriminator),
}
