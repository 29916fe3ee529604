"""The convolutions that DCGAN and models based on it share.

Stacks of strided convolutions as in DCGAN (Radford et al., 2015),
https://arxiv.org/abs/1511.06434. One stack doubles a small map until it has the
size of the image. The other stack halves the image until it has the size of
the small map. Each model chooses the layers before and after a stack and the
normalization.
"""

import math

import keras
from keras import layers

from keras_gan_zoo.layers import maybe_spectral, normalization

SMALLEST_BASE, LARGEST_BASE = 4, 15
SMALLEST_SIDE, WHOLE_IMAGE = 8, 4


def deep_halvings(image_shape):
    """Returns how often an image is halved until its smaller side is 4 or 3.

    A layer on top then sees the whole image. Odd sides are rounded up.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if the height or width is less than 8 pixels.

    Example:

    >>> deep_halvings((64, 64, 3)), deep_halvings((112, 96, 1))
    (4, 5)
    """
    side = min(image_shape[:2])
    if side < SMALLEST_SIDE:
        raise ValueError(
            f"The networks halve height and width down to {WHOLE_IMAGE}. "
            f"Expected at least {SMALLEST_SIDE} pixels for both. Received: "
            f"{image_shape[0]}x{image_shape[1]}. Resize the images with "
            "image_size=(height, width) in keras_gan_zoo.data."
        )
    return math.ceil(math.log2(side / WHOLE_IMAGE))


def halvings(image_shape):
    """Returns how often InfoGAN and the conditional GAN halve an image.

    Height and width are halved as long as both stay at 4 or more. Then both
    must be whole numbers of at most 15. Images of 28x28 are halved twice, as
    in InfoGAN's table 1. Such shallow networks do not see the whole image at
    once. InfoGAN's dense layers or the label make up for it.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if height or width is not possible. The message names the
            nearest possible sizes.

    Example:

    >>> halvings((64, 64, 3)), halvings((112, 96, 1)), halvings((28, 28, 1))
    (4, 4, 2)
    """
    sides = image_shape[:2]
    depths = [k for k in range(1, 12) if _reaches(sides, k)]
    if depths:
        return max(depths)
    candidates = {
        tuple(_nearest(side, k, towards) for side in sides)
        for k in range(1, 12)
        for towards in (-1, 1)
    }
    reachable = sorted(
        (c for c in candidates if any(_reaches(c, k) for k in range(1, 12))),
        key=lambda c: (sum(abs(a - b) for a, b in zip(c, sides)), c),
    )
    names = " or ".join(f"{h}x{w}" for h, w in reachable[:2])
    raise ValueError(
        f"The networks double a base of {SMALLEST_BASE} to {LARGEST_BASE} "
        "pixels several times. Expected a height and a width that are a "
        "number in this range times the same power of two. "
        f"Received: {sides[0]}x{sides[1]}. The nearest possible sizes are "
        f"{names}: resize the images with image_size=(height, width) in "
        "keras_gan_zoo.data."
    )


def _reaches(sides, depth):
    return all(
        side % 2**depth == 0
        and SMALLEST_BASE <= side // 2**depth <= LARGEST_BASE
        for side in sides
    )


def _nearest(side, depth, towards):
    """Returns the next possible multiple of 2**depth below or above."""
    base = side // 2**depth if towards < 0 else -(-side // 2**depth)
    return min(max(base, SMALLEST_BASE), LARGEST_BASE) * 2**depth


def kernel_initializer():
    """Returns N(0, 0.02) for all weights, as in section 4 of the paper."""
    return keras.initializers.RandomNormal(stddev=0.02)


def gamma_initializer():
    """Returns N(1, 0.02) for normalization scales, as the authors' code."""
    return keras.initializers.RandomNormal(mean=1.0, stddev=0.02)


def normalize(x, name, identifier="batch"):
    """Applies a normalization whose scales start from N(1, 0.02)."""
    layer = normalization(
        identifier, gamma_initializer=gamma_initializer(), name=name
    )
    return layer(x)


def sides(image_shape, depth):
    """Returns height and width after `depth` halvings, rounded up.

    Example:

    >>> sides((28, 28, 1), 2), sides((28, 28, 1), 3)
    ((7, 7), (4, 4))
    """
    return tuple(-(-side // 2**depth) for side in image_shape[:2])


def project(x, image_shape, depth, filters):
    """Turns vectors into the small map with a dense layer without bias.

    Args:
        x: tensor of vectors `(batch, length)`.
        image_shape: tuple `(height, width, channels)` of the final image.
        depth: int, how often the map will be doubled.
        filters: int, channels at half the size of the image. Each earlier
            map has twice the channels of the next one.
    """
    height, width = sides(image_shape, depth)
    features = filters * 2 ** (depth - 1)
    x = layers.Dense(
        height * width * features,
        use_bias=False,
        kernel_initializer=kernel_initializer(),
        name="project",
    )(x)
    return layers.Reshape((height, width, features), name="reshape")(x)


def upsample(
    x, image_shape, depth, kernel_size=5, normalize=normalize, biases=True
):
    """Doubles a small map to an image in [-1, 1], float32.

    If `downsample` rounds an odd height or width up, the doubled map has a
    row or a column too many. The last one is cut off.

    Args:
        x: map that `project` makes, before normalization and rectifier.
        image_shape: tuple `(height, width, channels)` of the image.
        depth: int, how often height and width are doubled.
        kernel_size: int, height and width of the kernels.
        normalize: callable `(x, name)` that runs before each rectifier.
        biases: bool, whether the last layer has biases. The others have
            none.
    """
    features = x.shape[-1]
    for index in range(depth):
        x = normalize(x, f"normalize_{index}")
        x = layers.ReLU(name=f"relu_{index}")(x)
        last = index == depth - 1
        x = layers.Conv2DTranspose(
            image_shape[-1] if last else features // 2 ** (index + 1),
            kernel_size,
            strides=2,
            padding="same",
            use_bias=last and biases,
            kernel_initializer=kernel_initializer(),
            name=f"upsample_{index}",
        )(x)
        x = crop(x, sides(image_shape, depth - 1 - index), f"crop_{index}")
    return layers.Activation("tanh", dtype="float32", name="tanh")(x)


def crop(x, wanted, name):
    """Cuts the last rows and columns of a map off, if it has too many.

    Args:
        x: map `(batch, height, width, channels)`.
        wanted: tuple `(height, width)`, sizes of at most those of the map.
        name: str, name of the layer, if there is something to cut off.
    """
    surplus = [have - want for have, want in zip(x.shape[1:3], wanted)]
    if not any(surplus):
        return x
    return layers.Cropping2D([(0, n) for n in surplus], name=name)(x)


def downsample(
    x,
    depth,
    filters=64,
    kernel_size=5,
    discriminator_normalization="batch",
    spectral_normalization=False,
    negative_slope=0.2,
    biases=True,
):
    """Halves height and width of images `depth` times, rounded up.

    Args:
        x: images, which may have further channels.
        depth: int, number of halvings, e.g. `halvings(image_shape)`.
        filters: int, channels of the first layer. Each later layer has twice
            the channels of the previous one.
        kernel_size: int, height and width of the kernels.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None, after each convolution except the first.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        negative_slope: float, slope of the leaky rectifiers below 0.
        biases: bool, whether convolutions without a normalization have
            biases. The others have none.
    """
    for index in range(depth):
        normalized = discriminator_normalization is not None and index > 0
        convolution = layers.Conv2D(
            filters * 2**index,
            kernel_size,
            strides=2,
            padding="same",
            use_bias=biases and not normalized,
            kernel_initializer=kernel_initializer(),
            name=f"downsample_{index}",
        )
        x = maybe_spectral(convolution, spectral_normalization)(x)
        if normalized:
            x = normalize(x, f"normalize_{index}", discriminator_normalization)
        x = layers.LeakyReLU(negative_slope, name=f"leaky_relu_{index}")(x)
    return x


def head(x, units=1, name="logits", spectral_normalization=False):
    """Turns features into float32 logits with a dense layer.

    Args:
        x: features `(batch, features)`.
        units: int, outputs per image.
        name: str, name of the layer.
        spectral_normalization: bool, divide the kernel by its largest
            singular value.
    """
    dense = layers.Dense(
        units, kernel_initializer=kernel_initializer(), name=name
    )
    x = maybe_spectral(dense, spectral_normalization)(x)
    return layers.Activation("linear", dtype="float32", name=f"{name}_32")(x)
