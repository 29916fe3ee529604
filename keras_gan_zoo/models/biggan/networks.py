"""The networks of BigGAN (Brock et al., 2019), section 3 and appendix B.

The residual blocks are those of `blocks.residual`. All convolutions and dense
layers of both networks have spectral normalization.
"""

import functools

import keras
from keras import layers

from keras_gan_zoo.blocks import residual
from keras_gan_zoo.blocks.labels import inputs, labels_input
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.layers import (
    BatchNormalization,
    ConditionalBatchNormalization,
    ConditionedBatchNormalization,
    LabelEmbedding,
    Part,
    SelfAttention,
    maybe_augment,
)

#: Of images of at most 32 pixels all blocks have this many times `filters`.
EQUAL_WIDTH = 4

INITIALIZERS = {
    "orthogonal": keras.initializers.Orthogonal,
    "normal": functools.partial(keras.initializers.RandomNormal, stddev=0.02),
}


def initializer(name):
    """Returns a function without arguments that makes an initializer.

    Args:
        name: `"orthogonal"`, or `"normal"` for N(0, 0.02).

    Raises:
        ValueError: if the name is another.

    Example:

    >>> initializer("normal")().stddev
    0.02
    """
    return look_up(name, INITIALIZERS, "initializer of kernels")


def width(image_shape, filters):
    """Returns the channels of a block of relative width 1.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels at the size of the image.

    Example:

    >>> width((32, 32, 3), 64), width((128, 128, 3), 96)
    (256, 96)
    """
    if residual.equally_wide(image_shape):
        return EQUAL_WIDTH * filters
    return filters


def attention(image_shape, size, make):
    """Returns a function that adds attention to the first map of a size.

    Args:
        image_shape: tuple `(height, width, channels)`.
        size: int, height of the map, or None for no attention. The map must
            be smaller than the image.
        make: function without arguments that makes the initializer of a
            kernel.
    """
    left = [size] if size is not None and size < image_shape[0] else []

    def after(x):
        if x.shape[1] not in left:
            return x
        left.clear()
        return SelfAttention(kernel_initializer=make(), name="attention")(x)

    return after


def chunks(image_shape, latent_dim):
    """Returns how many numbers of the latents each layer gets.

    The dense layer and each block that doubles the map get equal parts.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.

    Raises:
        ValueError: if the parts are not equal.

    Example:

    >>> chunks((128, 128, 3), 120), chunks((28, 28, 1), 120)
    (20, 40)
    """
    parts = len(residual.up_widths(image_shape))
    if latent_dim % parts:
        below = latent_dim // parts * parts
        near = f"{below} or {below + parts}" if below else f"{parts}"
        raise ValueError(
            "The first layer and each block of the generator get an equal "
            f"part of the latents. Expected latent_dim divisible by {parts} "
            f"for images of {image_shape[0]}x{image_shape[1]}. Received: "
            f"latent_dim={latent_dim}. Take {near}, or hierarchical=False."
        )
    return latent_dim // parts


def conditions(latents, labels, image_shape, shared_dim, hierarchical, make):
    """Returns what the first layer and what the blocks get.

    Args:
        latents: tensor `(batch, latent_dim)`.
        labels: list of one-hot labels, or an empty list.
        image_shape: tuple `(height, width, channels)`.
        shared_dim: int, length of the class vectors, or None for one-hot
            labels.
        hierarchical: bool, whether each block gets a part of the latents.
        make: function without arguments that makes an initializer.

    Returns:
        `(first, vectors)`: the latents of the first layer, and a list of the
        vector of each block. A vector is None if there is nothing in it.
    """
    shared = classes(labels, shared_dim, make)
    num_blocks = len(residual.up_widths(image_shape)) - 1
    if not hierarchical:
        return latents, [joined(shared, "condition")] * num_blocks
    size = chunks(image_shape, latents.shape[-1])
    first, *others = [
        Part(k * size, (k + 1) * size, name=f"latents_{k}")(latents)
        for k in range(num_blocks + 1)
    ]
    return first, [
        joined([*shared, part], f"condition_{k}")
        for k, part in enumerate(others)
    ]


def classes(labels, shared_dim, make):
    """Returns a list of the class vectors that all blocks share.

    Args:
        labels: list of one-hot labels, or an empty list.
        shared_dim: int, length of the vectors, or None for one-hot labels.
        make: function without arguments that makes an initializer.
    """
    if shared_dim is None:
        return labels
    return [
        LabelEmbedding(shared_dim, make(), name="shared")(y) for y in labels
    ]


def joined(vectors, name):
    """Returns vectors end to end, or None if there are none."""
    if len(vectors) > 1:
        return layers.Concatenate(name=name)(vectors)
    return vectors[0] if vectors else None


def normalizer(vector, labels, make):
    """Returns a function `normalize(x, name)` of the maps in a block.

    Args:
        vector: what the block gets, or None. One-hot labels alone choose the
            rows of a table.
        labels: list of one-hot labels, or an empty list.
        make: function without arguments that makes an initializer.
    """

    def normalize(x, name):
        if vector is None:
            return BatchNormalization(name=name)(x)
        if labels and vector is labels[0]:
            return ConditionalBatchNormalization(name=name)([x, vector])
        layer = ConditionedBatchNormalization(
            kernel_initializer=make(), name=name
        )
        return layer([x, vector])

    return normalize


def build_generator(
    image_shape,
    num_classes=1000,
    latent_dim=120,
    filters=96,
    shared_dim=128,
    hierarchical=True,
    attention_size=64,
    kernel_initializer="orthogonal",
):
    """Builds residual blocks: latents (and labels) to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image. Images of at most 32
            pixels have four times as many in all layers.
        shared_dim: int, length of the class vectors, or None.
        hierarchical: bool, whether each block gets a part of the latents.
        attention_size: int, height of the map with attention, or None.
        kernel_initializer: `"orthogonal"` or `"normal"`.
    """
    make = initializer(kernel_initializer)
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(num_classes)
    base = width(image_shape, filters)
    first, *others = [base * w for w in residual.up_widths(image_shape)]
    dense = residual.denser(True, make)
    convolve = residual.convolver(True, make)
    x, vectors = conditions(
        latents, labels, image_shape, shared_dim, hierarchical, make
    )
    x = residual.project(x, image_shape, first, dense)
    x = residual.double(
        x,
        others,
        [normalizer(vector, labels, make) for vector in vectors],
        convolve,
        attention(image_shape, attention_size, make),
    )
    x = residual.to_image(
        x, image_shape[-1], normalizer(None, labels, make), convolve
    )
    return keras.Model(inputs(latents, labels), x, name="generator")


def build_discriminator(
    image_shape,
    num_classes=1000,
    filters=96,
    attention_size=64,
    kernel_initializer="orthogonal",
    augmentation=None,
):
    """Builds residual blocks: images (and labels) to logits `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        filters: int, channels of the first block. Images of at most 32
            pixels have four times as many in all blocks.
        attention_size: int, height of the map with attention, or None.
        kernel_initializer: `"orthogonal"` or `"normal"`.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    make = initializer(kernel_initializer)
    images = keras.Input(image_shape, name="images")
    labels = labels_input(num_classes)
    base = width(image_shape, filters)
    halving, keeping = (
        [base * w for w in part] for part in residual.down_widths(image_shape)
    )
    x = maybe_augment(images, augmentation)
    x = residual.halve(
        x,
        halving,
        keeping,
        residual.convolver(True, make),
        attention(image_shape, attention_size, make),
        wide=True,
    )
    return scored(images, labels, x, make)


def scored(images, labels, x, make):
    """Returns the discriminator that ends with a map.

    Args:
        images: input of the images.
        labels: list of the input of the labels, or an empty list.
        x: the last map.
        make: function without arguments that makes an initializer.
    """
    x = residual.pool(x, "sum")
    dense = residual.denser(True, make)
    x = residual.logits(x, labels[0] if labels else None, dense)
    return keras.Model(inputs(images, labels), x, name="discriminator")
