"""The networks of the paper's MNIST experiment, and of CIFAR-10 and SVHN."""

import keras
from keras import layers

from keras_gan_zoo.layers import (
    BatchNormalization,
    WeightNormalization,
    maybe_augment,
)

#: Standard deviation of the kernels before normalization.
DEVIATION = 0.1


def _kernels():
    # Not the same object for two layers: Keras warns of equal values.
    return keras.initializers.RandomNormal(stddev=DEVIATION)


def _noise(x, deviation, name):
    """Adds Gaussian noise in training, unless the deviation is 0."""
    if not deviation:
        return x
    return layers.GaussianNoise(deviation, name=name)(x)


def build_generator(image_shape, latent_dim=100, units=(500, 500)):
    """Builds an MLP from latents `(batch, latent_dim)` to images in [-1, 1].

    Each hidden layer has softplus, and then batch normalization with a shift
    and without a scale. In the other order the images soon lose their variety.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        units: tuple of ints, widths of the hidden layers.
    """
    inputs = keras.Input((latent_dim,), name="latents")
    x = inputs
    for index, width in enumerate(units):
        x = layers.Dense(width, use_bias=False, name=f"hidden_{index}")(x)
        x = layers.Activation("softplus", name=f"softplus_{index}")(x)
        x = BatchNormalization(
            epsilon=1e-6, scale=False, name=f"normalized_{index}"
        )(x)
    height, width, channels = image_shape
    pixels = layers.Dense(
        height * width * channels,
        kernel_initializer=_kernels(),
        name="pixels",
    )
    x = WeightNormalization(pixels, train_scale=True, name="pixels_wn")(x)
    x = layers.Reshape(image_shape, name="image")(x)
    x = layers.Activation("sigmoid", dtype="float32", name="sigmoid")(x)
    outputs = layers.Rescaling(2.0, -1.0, dtype="float32", name="scaled")(x)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(
    image_shape,
    num_classes=10,
    units=(1000, 500, 250, 250, 250),
    input_noise=0.3,
    hidden_noise=0.5,
    augmentation=None,
):
    """Builds an MLP from images to `[logits, features]`.

    Logits are `(batch, num_classes)`. Features are the outputs of the last
    hidden layer. Every layer has weight normalization, whose scale is trained
    in the last layer alone, and Gaussian noise on its inputs.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, number of classes.
        units: tuple of ints, widths of the hidden layers.
        input_noise: float, standard deviation of the noise of pixels, which
            are in [0, 1] here.
        hidden_noise: float, standard deviation of the noise of hidden units.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    inputs = keras.Input(image_shape, name="images")
    x = maybe_augment(inputs, augmentation)
    x = layers.Flatten(name="flat")(x)
    x = layers.Rescaling(0.5, 0.5, name="from_0_to_1")(x)
    x = _noise(x, input_noise, "noise_pixels")
    for index, width in enumerate(units):
        dense = layers.Dense(
            width, kernel_initializer=_kernels(), name=f"hidden_{index}"
        )
        x = WeightNormalization(dense, name=f"hidden_{index}_wn")(x)
        features = layers.Activation("relu", name=f"relu_{index}")(x)
        x = _noise(features, hidden_noise, f"noise_{index}")
    dense = layers.Dense(
        num_classes, kernel_initializer=_kernels(), name="classes"
    )
    x = WeightNormalization(dense, train_scale=True, name="classes_wn")(x)
    outputs = [
        layers.Activation("linear", dtype="float32", name=name)(values)
        for name, values in (("logits", x), ("features", features))
    ]
    return keras.Model(inputs, outputs, name="discriminator")
