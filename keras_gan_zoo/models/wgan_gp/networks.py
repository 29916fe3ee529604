"""The networks of WGAN-GP: residual blocks, as in the authors' code."""

import keras
from keras import layers

from keras_gan_zoo.blocks import residual
from keras_gan_zoo.blocks.labels import inputs
from keras_gan_zoo.layers import (
    BatchNormalization,
    ConditionalBatchNormalization,
    maybe_augment,
)

#: Of batch normalization, as in the authors' code.
EPSILON = 1e-5


def build_generator(image_shape, num_classes=None, latent_dim=128, filters=64):
    """Builds residual blocks: latents (and labels) to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels. None for no labels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels at the size of the image. Images of at most 32
            pixels have twice as many in all layers.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = []
    if num_classes is not None:
        labels = [keras.Input((num_classes,), name="labels")]

    def normalize(x, name):
        return BatchNormalization(epsilon=EPSILON, name=name)(x)

    def normalize_class(x, name):
        layer = ConditionalBatchNormalization(epsilon=EPSILON, name=name)
        return layer([x, *labels])

    if residual.equally_wide(image_shape):
        filters = 2 * filters
    first, *others = [filters * w for w in residual.up_widths(image_shape)]
    x = residual.project(latents, image_shape, first, residual.denser())
    x = residual.double(
        x,
        others,
        normalize_class if labels else normalize,
        residual.convolver(),
    )
    # The last normalization does not get the class, and the last convolution
    # starts with a gain of 1, as in the authors' code.
    convolve = residual.convolver(kernel_initializer=residual.glorot)
    x = residual.to_image(x, image_shape[-1], normalize, convolve)
    return keras.Model(inputs(latents, labels), x, name="generator")


def build_critic(image_shape, num_classes=None, filters=64, augmentation=None):
    """Builds residual blocks without normalization: images to one number each.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, number of classes. The network then has a second
            output, the logits of the classes. None for one output.
        filters: int, channels of the first block. Images of at most 32
            pixels have twice as many in all blocks.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    images = keras.Input(image_shape, name="images")
    if residual.equally_wide(image_shape):
        filters = 2 * filters
    halving, keeping = (
        [filters * width for width in part]
        for part in residual.down_widths(image_shape)
    )
    x = maybe_augment(images, augmentation)
    x = residual.halve(x, halving, keeping, residual.convolver())
    x = residual.pool(x, "mean")
    dense = residual.denser()
    outputs = residual.logits(x, None, dense)
    if num_classes is not None:
        classes = dense(x, num_classes, "classes")
        name = "class_logits"
        classes = layers.Activation("linear", dtype="float32", name=name)(
            classes
        )
        outputs = [outputs, classes]
    return keras.Model(images, outputs, name="discriminator")
