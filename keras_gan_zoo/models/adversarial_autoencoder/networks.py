"""Multilayer perceptrons of two hidden layers with ReLU."""

import math

import keras
from keras import layers

from keras_gan_zoo.blocks.labels import inputs as joined
from keras_gan_zoo.blocks.labels import labels_input


def _hidden(x, units):
    for index, width in enumerate(units):
        x = layers.Dense(width, activation="relu", name=f"hidden_{index}")(x)
    return x


def _float32(x, name):
    return layers.Activation("linear", dtype="float32", name=name)(x)


def build_encoder(image_shape, latent_dim=8, num_classes=None, units=(1000,)):
    """Builds an MLP from images to latents, or to `[latents, class_logits]`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        num_classes: int, number of classes, or None for none.
        units: tuple of ints, widths of the hidden layers.
    """
    inputs = keras.Input(image_shape, name="images")
    x = layers.Flatten(name="flat")(inputs)
    x = layers.Rescaling(0.5, 0.5, name="from_0_to_1")(x)
    x = _hidden(x, units)
    outputs = _float32(layers.Dense(latent_dim, name="dense")(x), "latents")
    if num_classes is not None:
        classes = layers.Dense(num_classes, name="classes")(x)
        outputs = [outputs, _float32(classes, "class_logits")]
    return keras.Model(inputs, outputs, name="encoder")


def build_generator(image_shape, latent_dim=8, num_classes=None, units=(1000,)):
    """Builds the decoder, an MLP from latents to images in [-1, 1].

    With classes it takes `[latents, labels]`, of which the labels are one-hot
    or probabilities.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        num_classes: int, number of classes, or None for none.
        units: tuple of ints, widths of the hidden layers.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = labels_input(num_classes)
    x = latents
    if labels:
        x = layers.Concatenate(name="joined")([latents, *labels])
    x = _hidden(x, units)
    x = layers.Dense(math.prod(image_shape), name="pixels")(x)
    x = layers.Reshape(image_shape, name="image")(x)
    x = layers.Activation("sigmoid", dtype="float32", name="sigmoid")(x)
    outputs = layers.Rescaling(2.0, -1.0, dtype="float32", name="scaled")(x)
    return keras.Model(joined(latents, labels), outputs, name="generator")


def build_discriminator(size, noise=0.3, units=(1000,), name="discriminator"):
    """Builds an MLP from latents or class probabilities to logits.

    Args:
        size: int, length of its inputs.
        noise: float, standard deviation of the Gaussian noise that is added
            to the inputs in training.
        units: tuple of ints, widths of the hidden layers.
        name: str, name of the network.
    """
    inputs = keras.Input((size,), name="codes")
    x = inputs
    if noise:
        x = layers.GaussianNoise(noise, name="noise")(x)
    x = _hidden(x, units)
    outputs = _float32(layers.Dense(1, name="dense")(x), "logits")
    return keras.Model(inputs, outputs, name=name)
