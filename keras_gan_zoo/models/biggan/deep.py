"""The networks of BigGAN-deep (Brock et al., 2019), appendix B.

Each block has four convolutions, and a quarter of the channels between them.
Two blocks stand in place of each one. Shortcuts have no convolutions but for
channels that are missing.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import residual
from keras_gan_zoo.blocks.labels import inputs, labels_input
from keras_gan_zoo.layers import Part, maybe_augment
from keras_gan_zoo.models.biggan import networks

#: The channels of a block in channels between its convolutions.
RATIO = 4


def build_generator(
    image_shape,
    num_classes=1000,
    latent_dim=128,
    filters=128,
    shared_dim=128,
    hierarchical=True,
    attention_size=64,
    kernel_initializer="orthogonal",
):
    """Builds bottleneck blocks: latents (and labels) to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        latent_dim: int, length of the latent vectors.
        filters: int, as in `networks.build_generator`.
        shared_dim: int, length of the class vectors, or None.
        hierarchical: bool, whether the first layer and all blocks get the
            class vectors and the whole latents.
        attention_size: int, height of the map with attention, or None.
        kernel_initializer: `"orthogonal"` or `"normal"`.
    """
    make = networks.initializer(kernel_initializer)
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(num_classes)
    base = networks.width(image_shape, filters)
    first, *others = [base * w for w in residual.up_widths(image_shape)]
    shared = networks.classes(labels, shared_dim, make)
    vectors = [*shared, latents] if hierarchical else shared
    vector = networks.joined(vectors, "condition")
    normalize = networks.normalizer(vector, labels, make)
    convolve = residual.convolver(True, make)
    attend = networks.attention(image_shape, attention_size, make)
    x = residual.project(
        vector if hierarchical else latents,
        image_shape,
        first,
        residual.denser(True, make),
    )
    for k, channels in enumerate(others):
        x = up_block(x, x.shape[-1], normalize, convolve, f"block_{k}_0", False)
        x = up_block(x, channels, normalize, convolve, f"block_{k}_1")
        x = attend(x)
    x = residual.to_image(
        x, image_shape[-1], networks.normalizer(None, labels, make), convolve
    )
    return keras.Model(inputs(latents, labels), x, name="generator")


def build_discriminator(
    image_shape,
    num_classes=1000,
    filters=128,
    attention_size=64,
    kernel_initializer="orthogonal",
    augmentation=None,
):
    """Builds bottleneck blocks: images (and labels) to logits `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        filters: int, as in `networks.build_discriminator`.
        attention_size: int, height of the map with attention, or None.
        kernel_initializer: `"orthogonal"` or `"normal"`.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    make = networks.initializer(kernel_initializer)
    images = keras.Input(image_shape, name="images")
    labels = labels_input(num_classes)
    base = networks.width(image_shape, filters)
    halving, keeping = residual.down_widths(image_shape)
    first, *others = [base * w for w in (*halving, *keeping)]
    convolve = residual.convolver(True, make)
    attend = networks.attention(image_shape, attention_size, make)
    x = maybe_augment(images, augmentation)
    x = convolve(x, first, 3, "first")
    for k, channels in enumerate(others):
        halves = k < len(halving)
        x = down_block(x, channels, convolve, f"block_{k}_0", halves)
        x = down_block(x, channels, convolve, f"block_{k}_1", False)
        x = attend(x)
    return networks.scored(images, labels, x, make)


def up_block(x, filters, normalize, convolve, name, double=True):
    """Doubles the height and width of a map, or keeps its size.

    Four times: normalize, rectify, convolve. The kernels are 1x1, 3x3, 3x3
    and 1x1. The map is doubled before the second one. The shortcut drops the
    last channels of the map.

    Args:
        x: map `(batch, height, width, channels)`.
        filters: int, channels of the result, at most the channels of `x`.
        normalize: function `normalize(x, name)`.
        convolve: function `convolve(x, filters, kernel_size, name)`.
        name: str, prefix of the names of the layers.
        double: bool, whether to double height and width.
    """
    channels = x.shape[-1]
    hidden = max(channels // RATIO, 1)
    y = x
    for k, (width, size) in enumerate(
        [(hidden, 1), (hidden, 3), (hidden, 3), (filters, 1)]
    ):
        y = normalize(y, f"{name}_normalize_{k}")
        y = layers.ReLU(name=f"{name}_relu_{k}")(y)
        if double and k == 1:
            y = layers.UpSampling2D(2, name=f"{name}_double")(y)
        y = convolve(y, width, size, f"{name}_convolve_{k}")
    if filters < channels:
        x = Part(0, filters, name=f"{name}_shortcut")(x)
    if double:
        x = layers.UpSampling2D(2, name=f"{name}_shortcut_double")(x)
    return layers.Add(name=name)([x, y])


def down_block(x, filters, convolve, name, halve=True):
    """Halves the height and width of a map, or keeps its size.

    Four times: rectify, convolve. The kernels are 1x1, 3x3, 3x3 and 1x1. The
    map is pooled before the last one. The shortcut is the pooled map. A 1x1
    convolution of it makes the channels that are missing.

    Args:
        x: map `(batch, height, width, channels)`.
        filters: int, channels of the result, at least the channels of `x`.
        convolve: function `convolve(x, filters, kernel_size, name)`.
        name: str, prefix of the names of the layers.
        halve: bool, whether to halve height and width.
    """
    channels = x.shape[-1]
    hidden = max(filters // RATIO, 1)
    y = x
    for k, size in enumerate((1, 3, 3)):
        y = layers.ReLU(name=f"{name}_relu_{k}")(y)
        y = convolve(y, hidden, size, f"{name}_convolve_{k}")
    y = layers.ReLU(name=f"{name}_relu_3")(y)
    if halve:
        y = layers.AveragePooling2D(2, name=f"{name}_pool")(y)
        x = layers.AveragePooling2D(2, name=f"{name}_shortcut_pool")(x)
    y = convolve(y, filters, 1, f"{name}_convolve_3")
    if channels < filters:
        missing = convolve(x, filters - channels, 1, f"{name}_shortcut")
        x = layers.Concatenate(name=f"{name}_shortcut_joined")([x, missing])
    return layers.Add(name=name)([x, y])
