"""The networks of the authors' code at 64x64, for images of any size.

A layer is a 5x5 convolution without biases, batch normalization and ReLU.
"""

import math

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import BatchNormalization

#: Networks of 64x64 and of all smaller images halve so often.
HALVINGS = 3
#: Larger images are halved further, until the smaller side has this size.
LARGEST_MAP = 8
SMALLEST_SIDE = 8


def halvings(image_shape):
    """Returns how often the networks halve an image.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if height or width is less than 8 pixels.

    Example:

    >>> halvings((28, 28, 1)), halvings((64, 64, 3)), halvings((128, 128, 3))
    (3, 3, 4)
    """
    side = min(image_shape[:2])
    if side < SMALLEST_SIDE:
        raise ValueError(
            "The networks halve height and width three times. Expected at "
            f"least {SMALLEST_SIDE} pixels for both. Received: "
            f"{image_shape[0]}x{image_shape[1]}. Resize the images with "
            "image_size=(height, width) in keras_gan_zoo.data."
        )
    return max(HALVINGS, math.ceil(math.log2(side / LARGEST_MAP)))


def _normalized(x, name):
    x = BatchNormalization(epsilon=1e-6, name=f"normalize_{name}")(x)
    return layers.ReLU(name=f"relu_{name}")(x)


def _halved(x, width, name):
    return layers.Conv2D(
        width, 5, strides=2, padding="same", use_bias=False, name=name
    )(x)


def build_encoder(image_shape, latent_dim=128, filters=64):
    """Builds convolutions from images to `[mean, log_variance]`.

    Both are `(batch, latent_dim)`, float32.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the first layer.
    """
    inputs = keras.Input(image_shape, name="images")
    x = inputs
    for index in range(halvings(image_shape)):
        x = _halved(x, filters * min(4, 2**index), f"down_{index}")
        x = _normalized(x, f"down_{index}")
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(16 * filters, use_bias=False, name="hidden")(x)
    x = _normalized(x, "hidden")
    outputs = [
        layers.Activation("linear", dtype="float32", name=name)(
            layers.Dense(latent_dim, name=f"dense_{name}")(x)
        )
        for name in ("mean", "log_variance")
    ]
    return keras.Model(inputs, outputs, name="encoder")


def build_generator(image_shape, latent_dim=128, filters=64):
    """Builds the decoder: latents `(batch, latent_dim)` to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        filters: int, a quarter of the channels of the smallest map.
    """
    depth = halvings(image_shape)
    height, width = strided.sides(image_shape, depth)
    inputs = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(
        height * width * 4 * filters, use_bias=False, name="project"
    )(inputs)
    x = _normalized(x, "project")
    x = layers.Reshape((height, width, 4 * filters), name="reshape")(x)
    widths = (depth - 2) * [4 * filters]
    widths += [2 * filters, max(1, filters // 2)]
    for index, features in enumerate(widths):
        x = layers.Conv2DTranspose(
            features,
            5,
            strides=2,
            padding="same",
            use_bias=False,
            name=f"up_{index}",
        )(x)
        wanted = strided.sides(image_shape, depth - 1 - index)
        x = strided.crop(x, wanted, f"crop_{index}")
        x = _normalized(x, f"up_{index}")
    x = layers.Conv2D(image_shape[-1], 5, padding="same", name="image")(x)
    outputs = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(image_shape, filters=64):
    """Builds convolutions from images to `[logits, features]`.

    Logits are `(batch, 1)`. Features are the outputs of the last convolution,
    before its normalization. Both are float32.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, a quarter of the channels of the smallest map.
    """
    inputs = keras.Input(image_shape, name="images")
    x = layers.Conv2D(max(1, filters // 2), 5, padding="same", name="whole")(
        inputs
    )
    x = layers.ReLU(name="relu_whole")(x)
    for index in range(halvings(image_shape)):
        features = _halved(
            x, filters * min(4, 2 ** (index + 1)), f"down_{index}"
        )
        x = _normalized(features, f"down_{index}")
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(8 * filters, use_bias=False, name="hidden")(x)
    x = _normalized(x, "hidden")
    x = layers.Dense(1, name="dense_logits")(x)
    outputs = [
        layers.Activation("linear", dtype="float32", name=name)(values)
        for name, values in (("logits", x), ("features", features))
    ]
    return keras.Model(inputs, outputs, name="discriminator")
