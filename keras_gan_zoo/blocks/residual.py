"""The residual networks that WGAN-GP, SNGAN, SAGAN and BigGAN share.

The networks were introduced by WGAN-GP (Gulrajani et al., 2017),
https://arxiv.org/abs/1704.00028. The generator turns a vector into a small map
and doubles it block by block. The discriminator halves the image block by
block, and pools the last map over all positions. Each architecture chooses how
to normalize maps and kernels, and how both networks get the class.

In all functions `normalize(x, name)` normalizes a map, and `convolve(x,
filters, kernel_size, name)` applies a convolution that keeps the size.
"""

import math

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import maybe_spectral

#: Images of at most this side have equally wide blocks, as for CIFAR-10.
EQUALLY_WIDE = 32
#: The widest block, in widths of the block at the size of the image.
WIDEST = 16
#: A discriminator halves large images until a side has at most these pixels.
SMALLEST = 4


def up_widths(image_shape):
    """Returns the relative widths of a generator's maps, from small to large.

    The first number belongs to the first, small map, and each further one to
    a block that doubles the map. Images of at most 32 pixels have equally
    wide blocks (SNGAN, table 4). In larger ones each block has twice the
    width of the next, and at most 16 times the last (tables 5 and 6).

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if height or width is not possible.

    Example:

    >>> up_widths((32, 32, 3)), up_widths((48, 48, 3))
    ([1, 1, 1, 1], [8, 4, 2, 1])
    >>> up_widths((128, 128, 3))
    [16, 16, 8, 4, 2, 1]
    """
    depth = strided.halvings(image_shape)
    if equally_wide(image_shape):
        return [1] * (depth + 1)
    return [min(2**k, WIDEST) for k in reversed(range(depth + 1))]


def down_widths(image_shape):
    """Returns the relative widths of a discriminator's blocks.

    Two blocks halve images of at most 32 pixels, and two further blocks keep
    the size. Larger images are halved until a side is at most 4 pixels, and
    one more block keeps the size.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Returns:
        Two lists of ints: widths of the blocks that halve, and of the blocks
        that keep the size.

    Example:

    >>> down_widths((32, 32, 3)), down_widths((48, 48, 3))
    (([1, 1], [1, 1]), ([1, 2, 4, 8], [16]))
    >>> down_widths((128, 128, 3))
    ([1, 2, 4, 8, 16], [16])
    """
    if equally_wide(image_shape):
        return [1, 1], [1, 1]
    halvings = math.ceil(math.log2(min(image_shape[:2]) / SMALLEST))
    wide = [min(2**k, WIDEST) for k in range(halvings + 1)]
    return wide[:-1], wide[-1:]


def equally_wide(image_shape):
    """Says whether all blocks have the same width: up to 32 pixels.

    Args:
        image_shape: tuple `(height, width, channels)`.
    """
    return max(image_shape[:2]) <= EQUALLY_WIDE


def glorot(gain=1.0):
    """Returns Glorot's uniform initializer, times a gain.

    The authors of WGAN-GP and of SNGAN start 3x3 convolutions with a gain of
    the root of 2, and all other layers with 1.

    Args:
        gain: float, factor of the standard deviation.

    Example:

    >>> glorot(math.sqrt(2)).get_config()["scale"].__round__(6)
    2.0
    """
    return keras.initializers.VarianceScaling(gain**2, "fan_avg", "uniform")


def convolver(spectral_normalization=False, kernel_initializer=None):
    """Returns a function `convolve(x, filters, kernel_size, name)`.

    Args:
        spectral_normalization: bool, divide the kernels by their largest
            singular values.
        kernel_initializer: function without arguments that makes the
            initializer of a kernel. None is `glorot`, with a gain of the
            root of 2 for kernels larger than 1x1.

    Example:

    >>> image = keras.Input((8, 8, 3))
    >>> convolver()(image, 16, 3, "first").shape
    (None, 8, 8, 16)
    """

    def convolve(x, filters, kernel_size, name):
        if kernel_initializer is None:
            initializer = glorot(math.sqrt(2) if kernel_size > 1 else 1.0)
        else:
            initializer = kernel_initializer()
        layer = layers.Conv2D(
            filters,
            kernel_size,
            padding="same",
            kernel_initializer=initializer,
            name=name,
        )
        return maybe_spectral(layer, spectral_normalization)(x)

    return convolve


def project(x, image_shape, filters, dense):
    """Turns vectors into the small map that a generator doubles.

    Args:
        x: tensor of vectors `(batch, length)`.
        image_shape: tuple `(height, width, channels)` of the final image.
        filters: int, channels of the map.
        dense: function `dense(x, units, name)` that applies a dense layer.
    """
    height, width = strided.sides(image_shape, strided.halvings(image_shape))
    x = dense(x, height * width * filters, "project")
    return layers.Reshape((height, width, filters), name="project_map")(x)


def denser(spectral_normalization=False, kernel_initializer=glorot):
    """Returns a function `dense(x, units, name, use_bias=True)`.

    Args:
        spectral_normalization: bool, divide the kernels by their largest
            singular values.
        kernel_initializer: function without arguments that makes the
            initializer of a kernel.

    Example:

    >>> denser()(keras.Input((8,)), 3, "scores").shape
    (None, 3)
    """

    def dense(x, units, name, use_bias=True):
        layer = layers.Dense(
            units,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer(),
            name=name,
        )
        return maybe_spectral(layer, spectral_normalization)(x)

    return dense


def up_block(x, filters, normalize, convolve, name):
    """Doubles the height and width of a map.

    Normalize, rectify, repeat each pixel four times, convolve; normalize,
    rectify, convolve. The shortcut is a 1x1 convolution of the map, whose
    pixels are then repeated; the other order gives the same and takes four
    times the operations.

    Args:
        x: map `(batch, height, width, channels)`.
        filters: int, channels of the result.
        normalize: function, see above.
        convolve: function, see above.
        name: str, prefix of the names of the layers.
    """
    y = layers.ReLU(name=f"{name}_relu_0")(normalize(x, f"{name}_normalize_0"))
    y = layers.UpSampling2D(2, name=f"{name}_double")(y)
    y = convolve(y, filters, 3, f"{name}_convolve_0")
    y = layers.ReLU(name=f"{name}_relu_1")(normalize(y, f"{name}_normalize_1"))
    y = convolve(y, filters, 3, f"{name}_convolve_1")
    x = convolve(x, filters, 1, f"{name}_shortcut")
    x = layers.UpSampling2D(2, name=f"{name}_shortcut_double")(x)
    return layers.Add(name=name)([x, y])


def double(x, channels, normalize, convolve, after=None):
    """Doubles a map block by block.

    Args:
        x: map `(batch, height, width, channels)`.
        channels: list of ints, channels of the result of each block.
        normalize: function, see above; or a list of functions, one for each
            block.
        convolve: function, see above.
        after: function `after(x)`, which is applied after each block and may
            add a layer, such as attention. None adds nothing.
    """
    if callable(normalize):
        normalize = [normalize] * len(channels)
    for index, filters in enumerate(channels):
        x = up_block(x, filters, normalize[index], convolve, f"block_{index}")
        x = after(x) if after else x
    return x


def to_image(x, channels, normalize, convolve):
    """Ends a generator: normalize, rectify, convolve, tanh.

    Args:
        x: map of the size of the image.
        channels: int, channels of the image.
        normalize: function, see above.
        convolve: function, see above.
    """
    x = layers.ReLU(name="image_relu")(normalize(x, "image_normalize"))
    x = convolve(x, channels, 3, "image")
    return layers.Activation("tanh", dtype="float32", name="tanh")(x)


def first_block(images, filters, convolve, name="block_0"):
    """Halves an image: a block that does not rectify its input.

    Convolve, rectify, convolve, pool. The shortcut pools the image first.

    Args:
        images: images `(batch, height, width, channels)`.
        filters: int, channels of the result.
        convolve: function, see above.
        name: str, prefix of the names of the layers.
    """
    y = convolve(images, filters, 3, f"{name}_convolve_0")
    y = layers.ReLU(name=f"{name}_relu")(y)
    y = convolve(y, filters, 3, f"{name}_convolve_1")
    y = layers.AveragePooling2D(2, name=f"{name}_pool")(y)
    x = layers.AveragePooling2D(2, name=f"{name}_shortcut_pool")(images)
    x = convolve(x, filters, 1, f"{name}_shortcut")
    return layers.Add(name=name)([x, y])


def down_block(x, filters, convolve, name, halve=True, hidden=None):
    """Halves the height and width of a map, or keeps its size.

    Rectify, convolve, rectify, convolve, pool. The shortcut is a 1x1
    convolution of the pooled map. It is the map itself if neither the size nor
    the number of channels changes.

    Args:
        x: map `(batch, height, width, channels)`.
        filters: int, channels of the result.
        convolve: function, see above.
        name: str, prefix of the names of the layers.
        halve: bool, whether to halve height and width.
        hidden: int, channels between the two convolutions. None is the
            channels of `x`.
    """
    channels = x.shape[-1]
    y = layers.ReLU(name=f"{name}_relu_0")(x)
    y = convolve(y, hidden or channels, 3, f"{name}_convolve_0")
    y = layers.ReLU(name=f"{name}_relu_1")(y)
    y = convolve(y, filters, 3, f"{name}_convolve_1")
    if halve:
        y = layers.AveragePooling2D(2, name=f"{name}_pool")(y)
        x = layers.AveragePooling2D(2, name=f"{name}_shortcut_pool")(x)
    if halve or filters != channels:
        x = convolve(x, filters, 1, f"{name}_shortcut")
    return layers.Add(name=name)([x, y])


def halve(images, halving, keeping, convolve, after=None, wide=False):
    """Halves images block by block.

    Args:
        images: images `(batch, height, width, channels)`.
        halving: list of ints, channels of the blocks that halve.
        keeping: list of ints, channels of the blocks after them, which keep
            the size.
        convolve: function, see above.
        after: function `after(x)`, which is applied after each block and may
            add a layer, such as attention. None adds nothing.
        wide: bool, whether the channels between the two convolutions of a
            block are the channels of the result, as in BigGAN, and not of
            the input.

    Returns:
        The last map.
    """
    x = first_block(images, halving[0], convolve)
    x = after(x) if after else x
    for index, filters in enumerate([*halving[1:], *keeping], start=1):
        x = down_block(
            x,
            filters,
            convolve,
            f"block_{index}",
            halve=index < len(halving),
            hidden=filters if wide else None,
        )
        x = after(x) if after else x
    return x


def pool(x, kind):
    """Rectifies the last map and adds up all its positions.

    Args:
        x: map `(batch, height, width, channels)`.
        kind: `"sum"` as in SNGAN, or `"mean"` as in WGAN-GP.

    Returns:
        Features `(batch, channels)`.
    """
    x = layers.ReLU(name="features_relu")(x)
    height, width = x.shape[1:3]
    x = layers.GlobalAveragePooling2D(name="features_mean")(x)
    if kind == "mean":
        return x
    return layers.Rescaling(height * width, name="features")(x)


def logits(features, labels, dense):
    """Turns features into logits, projected on the class if there is one.

    Miyato & Koyama (2018), https://arxiv.org/abs/1802.05637, equation 3: the
    inner product of the features and a vector of the class is added to a
    dense layer.

    Args:
        features: features `(batch, channels)`.
        labels: one-hot labels `(batch, num_classes)`, or None.
        dense: function `dense(x, units, name, use_bias)` that applies a dense
            layer.

    Returns:
        Logits `(batch, 1)`, float32.
    """
    x = dense(features, 1, "logits")
    if labels is not None:
        vector = dense(labels, features.shape[-1], "embedding", use_bias=False)
        inner = layers.Dot(1, dtype="float32", name="projection")(
            [features, vector]
        )
        return layers.Add(dtype="float32", name="sum_of_both")([x, inner])
    return layers.Activation("linear", dtype="float32", name="logits_32")(x)
