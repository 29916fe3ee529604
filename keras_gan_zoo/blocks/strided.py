"""The convolutional halves that DCGAN and its descendants share.

Towers of strided convolutions as in DCGAN (Radford et al., 2015),
https://arxiv.org/abs/1511.06434: one doubles a small map up to the image, the
other halves the image down to that map. A model's builder says what stands
before and behind a tower and how it is normalised.
"""

import keras
from keras import layers

from keras_gan_zoo.layers import maybe_spectral, normalization

SMALLEST_BASE, LARGEST_BASE = 4, 15


def halvings(image_shape):
    """How often InfoGAN and the conditional GAN halve the sides of an image.

    As often as leaves both sides at 4 or more; at that depth both must be
    whole and at most 15: twice at 28x28, as in InfoGAN's table 1. What such
    shallow networks do not see at a glance, InfoGAN's dense layers or the
    label tell them.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if the sides cannot be reached; it names the nearest.

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
        "pixels a side again and again. Expected sides that are such a "
        "number times the same power of two. "
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
    """The nearest multiple of 2**depth below or above, with a legal base."""
    base = side // 2**depth if towards < 0 else -(-side // 2**depth)
    return min(max(base, SMALLEST_BASE), LARGEST_BASE) * 2**depth


def kernel_initializer():
    """N(0, 0.02), from which section 4 of the paper draws all weights."""
    return keras.initializers.RandomNormal(stddev=0.02)


def gamma_initializer():
    """N(1, 0.02), the scales of the normalisations in the authors' code."""
    return keras.initializers.RandomNormal(mean=1.0, stddev=0.02)


def normalize(x, name, identifier="batch"):
    """A normalisation by name that starts with scales from N(1, 0.02)."""
    layer = normalization(
        identifier, gamma_initializer=gamma_initializer(), name=name
    )
    return layer(x)


def sides(image_shape, depth):
    """Height and width after so many halvings, odd ones rounded up.

    Example:

    >>> sides((28, 28, 1), 2), sides((28, 28, 1), 3)
    ((7, 7), (4, 4))
    """
    return tuple(-(-side // 2**depth) for side in image_shape[:2])


def project(x, image_shape, depth, filters):
    """A dense layer without bias: vectors to the small map.

    Args:
        x: vectors `(batch, length)`.
        image_shape: tuple `(height, width, channels)`.
        depth: int, how often the map will be doubled.
        filters: int, channels at half the image's sides; each map before
            has twice as many.
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


def upsample(x, image_shape, depth, kernel_size=5, normalize=normalize):
    """Doubles a small map up to an image in [-1, 1], float32.

    Where `downsample` rounds an odd side up, the doubled map is a row or a
    column too large and loses the last one.

    Args:
        x: map that `project` makes, before normalisation and rectifier.
        image_shape: tuple `(height, width, channels)`.
        depth: int, how often the sides are doubled.
        kernel_size: int, side of the kernels.
        normalize: callable `(x, name)` in front of each rectifier.
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
            use_bias=last,
            kernel_initializer=kernel_initializer(),
            name=f"upsample_{index}",
        )(x)
        x = _crop(x, sides(image_shape, depth - 1 - index), f"crop_{index}")
    return layers.Activation("tanh", dtype="float32", name="tanh")(x)


def _crop(x, wanted, name):
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
):
    """Halves the sides of images `depth` times, odd ones rounded up.

    Args:
        x: images, perhaps with further channels.
        depth: int, how often, e.g. `halvings(image_shape)`.
        filters: int, channels of the first layer; each further layer has
            twice as many.
        kernel_size: int, side of the kernels.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None, behind each convolution but the first.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        negative_slope: float, slope of the leaky rectifiers below 0.
    """
    for index in range(depth):
        normalized = discriminator_normalization is not None and index > 0
        convolution = layers.Conv2D(
            filters * 2**index,
            kernel_size,
            strides=2,
            padding="same",
            use_bias=not normalized,
            kernel_initializer=kernel_initializer(),
            name=f"downsample_{index}",
        )
        x = maybe_spectral(convolution, spectral_normalization)(x)
        if normalized:
            x = normalize(x, f"normalize_{index}", discriminator_normalization)
        x = layers.LeakyReLU(negative_slope, name=f"leaky_relu_{index}")(x)
    return x


def head(x, units=1, name="logits", spectral_normalization=False):
    """A dense layer whose outputs are float32: features to logits.

    Args:
        x: features `(batch, features)`.
        units: int, outputs per image.
        name: name of the layer.
        spectral_normalization: bool, divide its kernel by its largest
            singular value.
    """
    dense = layers.Dense(
        units, kernel_initializer=kernel_initializer(), name=name
    )
    x = maybe_spectral(dense, spectral_normalization)(x)
    return layers.Activation("linear", dtype="float32", name=f"{name}_32")(x)
