"""Networks of the conditional GAN, with four ways to give them the class.

===========  ==========================  =============================  =====
kind         generator                   discriminator                  paper
===========  ==========================  =============================  =====
concatenate  label joins the latents     label joins the image          [1]
embedding    learned vector of the       learned plane of the label     [2]
             label joins the latents     joins the image
projection   conditional batch           inner product of the label's   [3]
             normalization               embedding with the features
auxiliary    label joins the latents     does not get the label, but    [4]
                                         predicts it, a second output
===========  ==========================  =============================  =====

[1] Mirza & Osindero (2014), https://arxiv.org/abs/1411.1784
[2] Denton et al. (2015), https://arxiv.org/abs/1506.05751
[3] Miyato & Koyama (2018), https://arxiv.org/abs/1802.05637
[4] Odena et al. (2016), https://arxiv.org/abs/1610.09585

A multilayer perceptron has no planes. Its embedding is a vector that joins the
first hidden layer. Labels are one-hot, `(batch, num_classes)`, so that a dense
layer without bias is an embedding.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import (
    BatchNormalization,
    Maxout,
    maybe_augment,
    maybe_spectral,
)

PIECES, JOINT_PIECES = 5, 4


def build_convolutional_generator(
    image_shape, num_classes, latent_dim, conditioning, filters=64
):
    """Builds DCGAN's generator: `[latents, labels]` to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels.
        latent_dim: int, length of the latent vectors.
        conditioning: one of the four kinds.
        filters: int, channels of the last hidden layer.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = keras.Input((num_classes,), name="labels")
    x, normalize = latents, strided.normalize
    if conditioning == "projection":
        normalize = conditional_normalize(labels)
    if conditioning in ("concatenate", "auxiliary"):
        x = layers.Concatenate(name="latents_and_labels")([latents, labels])
    elif conditioning == "embedding":
        # The vectors are about as long as a one-hot label. Much longer
        # vectors drown the latents, and each class becomes a single image.
        y = _embedding(labels, latent_dim, stddev=latent_dim**-0.5)
        x = layers.Concatenate(name="latents_and_labels")([latents, y])
    depth = strided.halvings(image_shape)
    x = strided.project(x, image_shape, depth, filters)
    x = strided.upsample(x, image_shape, depth, normalize=normalize)
    return keras.Model([latents, labels], x, name="generator")


def build_convolutional_discriminator(
    image_shape,
    num_classes,
    conditioning,
    filters=64,
    discriminator_normalization="batch",
    spectral_normalization=False,
    augmentation=None,
):
    """Builds DCGAN's discriminator: `[images, labels]` to logits `(batch, 1)`.

    With `"auxiliary"`, it turns images into `[logits, class_logits]`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels.
        conditioning: one of the four kinds.
        filters: int, channels of the first layer.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None, after each convolution except the first.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    images = keras.Input(image_shape, name="images")
    labels = keras.Input((num_classes,), name="labels")
    x = maybe_augment(images, augmentation)
    if conditioning == "concatenate":
        x = layers.Concatenate(name="joined")([x, _planes(labels, x)])
    elif conditioning == "embedding":
        x = _with_plane(x, labels)
    x = strided.downsample(
        x,
        strided.halvings(image_shape),
        filters,
        discriminator_normalization=discriminator_normalization,
        spectral_normalization=spectral_normalization,
    )
    x = layers.Flatten(name="flat")(x)
    return _discriminator(
        images, labels, x, conditioning, spectral_normalization
    )


def build_mlp_generator(
    image_shape, num_classes, latent_dim, conditioning, units=(200, 1000, 1200)
):
    """Builds the perceptron of [1]: `[latents, labels]` to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels.
        latent_dim: int, length of the latent vectors.
        conditioning: one of the four kinds.
        units: tuple of three ints: widths of the hidden layers of the
            latents, of the labels, and of both together.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = keras.Input((num_classes,), name="labels")
    x = layers.Dense(units[0], activation="relu", name="hidden_latents")
    x = layers.Dropout(0.5, name="dropout_latents")(x(latents))
    if conditioning != "projection":
        kind = "linear" if conditioning == "embedding" else "relu"
        y = layers.Dense(units[1], activation=kind, name="hidden_labels")
        y = layers.Dropout(0.5, name="dropout_labels")(y(labels))
        x = layers.Concatenate(name="joined")([x, y])
    x = layers.Dense(units[2], name="hidden_joint")(x)
    if conditioning == "projection":
        x = conditional_normalize(labels)(x, "normalize")
    x = layers.ReLU(name="relu")(x)
    x = layers.Dropout(0.5, name="dropout_joint")(x)
    height, width, channels = image_shape
    x = layers.Dense(height * width * channels, name="pixels")(x)
    x = layers.Reshape(image_shape, name="image")(x)
    x = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model([latents, labels], x, name="generator")


def build_mlp_discriminator(
    image_shape,
    num_classes,
    conditioning,
    units=(240, 50, 240),
    spectral_normalization=False,
    augmentation=None,
):
    """Builds the maxout net of [1]: `[images, labels]` to logits `(batch, 1)`.

    With `"auxiliary"`, it turns images into `[logits, class_logits]`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels.
        conditioning: one of the four kinds.
        units: tuple of three ints: widths of the hidden layers of the
            images, of the labels, and of both together.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """

    def maxout(x, width, pieces, name):
        dense = layers.Dense(width * pieces, name=f"hidden_{name}")
        x = maybe_spectral(dense, spectral_normalization)(x)
        x = Maxout(pieces, name=f"maxout_{name}")(x)
        return layers.Dropout(0.5, name=f"dropout_{name}")(x)

    images = keras.Input(image_shape, name="images")
    labels = keras.Input((num_classes,), name="labels")
    x = maybe_augment(images, augmentation)
    x = layers.Flatten(name="flat")(x)
    x = maxout(x, units[0], PIECES, "images")
    if conditioning == "concatenate":
        y = maxout(labels, units[1], PIECES, "labels")
        x = layers.Concatenate(name="joined")([x, y])
    elif conditioning == "embedding":
        y = _embedding(labels, units[1])
        x = layers.Concatenate(name="joined")([x, y])
    x = maxout(x, units[2], JOINT_PIECES, "joint")
    return _discriminator(
        images, labels, x, conditioning, spectral_normalization
    )


def _discriminator(images, labels, features, conditioning, spectral):
    """Adds the last layers, from features to logits, for `conditioning`."""
    logits = strided.head(features, spectral_normalization=spectral)
    if conditioning == "auxiliary":
        num_classes = labels.shape[-1]
        class_logits = strided.head(features, num_classes, "class_logits")
        outputs = [logits, class_logits]
        return keras.Model(images, outputs, name="discriminator")
    if conditioning == "projection":
        y = _embedding(labels, features.shape[-1], 0.02, spectral)
        inner = layers.Dot(1, dtype="float32", name="projection")([features, y])
        logits = layers.Add(dtype="float32", name="sum_of_both")(
            [logits, inner]
        )
    return keras.Model([images, labels], logits, name="discriminator")


def conditional_normalize(labels):
    """Returns conditional batch normalization (de Vries et al., 2017).

    https://arxiv.org/abs/1707.00683. All classes share a scale and a shift.
    Each class adds its own scale and shift, which start at 0.

    Args:
        labels: one-hot labels, `(batch, num_classes)`.

    Returns:
        Function from `(x, name)` to the normalized `x`.
    """

    def of_class(x, name):
        layer = layers.Dense(
            x.shape[-1], use_bias=False, kernel_initializer="zeros", name=name
        )
        ones = (1,) * (len(x.shape) - 2)
        reshape = layers.Reshape((*ones, x.shape[-1]), name=f"{name}_map")
        return reshape(layer(labels))

    def normalize(x, name):
        x = BatchNormalization(name=name)(x)
        scaled = layers.Multiply(name=f"{name}_scaled")(
            [x, of_class(x, f"{name}_gamma")]
        )
        return layers.Add(name=f"{name}_shifted")(
            [x, scaled, of_class(x, f"{name}_beta")]
        )

    return normalize


def _embedding(labels, size, stddev=0.02, spectral=False):
    """Returns a learned vector of each class, initially N(0, stddev^2)."""
    dense = layers.Dense(
        size,
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(stddev=stddev),
        name="embedding",
    )
    return maybe_spectral(dense, spectral)(labels)


def _with_plane(x, labels):
    """Adds a channel to the map `x`, a learned plane for each class."""
    height, width, _ = x.shape[1:]
    plane = _embedding(labels, height * width)
    plane = layers.Reshape((height, width, 1), name="plane")(plane)
    return layers.Concatenate(name="joined")([x, plane])


def _planes(labels, x):
    """Returns a constant channel for each class: 1 for the label, else 0."""
    height, width, _ = x.shape[1:]
    planes = layers.RepeatVector(height * width, name="repeated")(labels)
    return layers.Reshape((height, width, labels.shape[-1]), name="planes")(
        planes
    )
