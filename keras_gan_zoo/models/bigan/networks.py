"""The networks of BiGAN for MNIST, and those of ALI's mixture of Gaussians."""

import keras
from keras import layers

from keras_gan_zoo.layers import Maxout, maybe_augment, normalization

#: Slope of the leaky rectifiers.
SLOPE = 0.2


def _dense(units, name, weight_decay=0.0, **kwargs):
    """Makes a dense layer without bias, as all layers of the authors' code."""
    return layers.Dense(
        units,
        use_bias=False,
        kernel_initializer=kwargs.pop("kernel_initializer", _kernels()),
        kernel_regularizer=keras.regularizers.L2(weight_decay)
        if weight_decay
        else None,
        name=name,
        **kwargs,
    )


def _kernels(deviation=0.02):
    # Not the same object for two layers: Keras warns of equal values.
    return keras.initializers.RandomNormal(stddev=deviation)


def _normalized(x, index, kind="batch"):
    """Normalizes without a trained scale or shift."""
    if kind is None:
        return x
    layer = normalization(
        kind, center=False, scale=False, name=f"normalized_{index}"
    )
    return layer(x)


def _pixels(x, image_shape, **kwargs):
    """Turns features into an image in [-1, 1], float32."""
    height, width, channels = image_shape
    x = _dense(height * width * channels, "pixels", **kwargs)(x)
    x = layers.Reshape(image_shape, name="image")(x)
    x = layers.Activation("sigmoid", dtype="float32", name="sigmoid")(x)
    return layers.Rescaling(2.0, -1.0, dtype="float32", name="scaled")(x)


def build_generator(
    image_shape, latent_dim=50, units=(1024, 1024), weight_decay=0.0
):
    """Builds an MLP from latents `(batch, latent_dim)` to images in [-1, 1].

    The latents enter each hidden layer after the first a second time, added
    through a matrix.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        units: tuple of ints, widths of the hidden layers.
        weight_decay: float, weight of the sum of all squared weights.
    """
    latents = keras.Input((latent_dim,), name="latents")
    x = latents
    for index, width in enumerate(units):
        x = _dense(width, f"hidden_{index}", weight_decay)(x)
        if index:
            again = _dense(width, f"latents_{index}", weight_decay)(latents)
            x = layers.Add(name=f"sum_{index}")([x, again])
        x = _normalized(x, index)
        x = layers.ReLU(name=f"relu_{index}")(x)
    outputs = _pixels(x, image_shape, weight_decay=weight_decay)
    return keras.Model(latents, outputs, name="generator")


def build_encoder(
    image_shape,
    latent_dim=50,
    units=(1024, 1024),
    stochastic=False,
    weight_decay=0.0,
):
    """Builds an MLP from images to latents, or to `[means, log_deviations]`.

    All outputs are linear, `(batch, latent_dim)`. The first hidden layer has
    no normalization.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        units: tuple of ints, widths of the hidden layers.
        stochastic: bool, whether to return means and the logarithms of
            standard deviations.
        weight_decay: float, weight of the sum of all squared weights.
    """
    inputs = keras.Input(image_shape, name="images")
    x = layers.Flatten(name="flat")(inputs)
    x = layers.Rescaling(0.5, 0.5, name="from_0_to_1")(x)
    for index, width in enumerate(units):
        x = _dense(width, f"hidden_{index}", weight_decay)(x)
        if index:
            x = _normalized(x, index)
        x = layers.LeakyReLU(SLOPE, name=f"leaky_relu_{index}")(x)
    names = ("means", "log_deviations") if stochastic else ("codes",)
    outputs = [
        layers.Activation("linear", dtype="float32", name=f"{name}_32")(
            _dense(latent_dim, name, weight_decay)(x)
        )
        for name in names
    ]
    outputs = outputs if stochastic else outputs[0]
    return keras.Model(inputs, outputs, name="encoder")


def build_discriminator(
    image_shape,
    latent_dim=50,
    units=(1024, 1024),
    discriminator_normalization="batch",
    augmentation=None,
    weight_decay=0.0,
):
    """Builds an MLP from images and latents to logits `(batch, 1)`.

    The latents are added to each hidden layer after the first through a
    matrix, and to the first if there is only one. The logits begin at 0, as
    in the authors' code.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        units: tuple of ints, widths of the hidden layers.
        discriminator_normalization: `"batch"`, `"layer"` or None, in each
            hidden layer after the first.
        augmentation: policy of `layers.augmentation_layer`, or None.
        weight_decay: float, weight of the sum of all squared weights.
    """
    images = keras.Input(image_shape, name="images")
    latents = keras.Input((latent_dim,), name="latents")
    x = maybe_augment(images, augmentation)
    x = layers.Flatten(name="flat")(x)
    x = layers.Rescaling(0.5, 0.5, name="from_0_to_1")(x)
    for index, width in enumerate(units):
        x = _dense(width, f"hidden_{index}", weight_decay)(x)
        if index or len(units) == 1:
            also = _dense(width, f"latents_{index}", weight_decay)(latents)
            x = layers.Add(name=f"sum_{index}")([x, also])
        if index:
            x = _normalized(x, index, discriminator_normalization)
        x = layers.LeakyReLU(SLOPE, name=f"leaky_relu_{index}")(x)
    x = _dense(1, "logits", weight_decay, kernel_initializer="zeros")(x)
    outputs = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model([images, latents], outputs, name="discriminator")


def build_maxout_discriminator(
    image_shape, latent_dim=2, units=(200, 200), pieces=5, scale=1.0
):
    """Builds ALI's discriminator for a mixture of Gaussians.

    Images and latents enter together. Each hidden layer takes the maximum of
    linear pieces. It has no normalization.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        units: tuple of ints, widths of the hidden layers.
        pieces: int, linear pieces of each maxout unit.
        scale: float that multiplies the pixels.
    """
    images = keras.Input(image_shape, name="images")
    latents = keras.Input((latent_dim,), name="latents")
    x = layers.Flatten(name="flat")(images)
    x = layers.Rescaling(scale, name="scaled")(x)
    x = layers.Concatenate(name="images_and_latents")([x, latents])
    for index, width in enumerate(units):
        x = layers.Dense(width * pieces, name=f"hidden_{index}")(x)
        x = Maxout(pieces, name=f"maxout_{index}")(x)
    x = layers.Dense(1, name="logits")(x)
    outputs = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model([images, latents], outputs, name="discriminator")
