"""Networks of InfoGAN (Chen et al., 2016), table 1.

https://arxiv.org/abs/1606.03657. Strided convolutions as in DCGAN. The
generator has a dense layer before them, the discriminator after them. The
depth depends on the image size. The discriminator and the recognition network
Q are one network with two heads.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import maybe_augment, maybe_spectral

SLOPE = 0.1


def build_generator(image_shape, latent_dim, code_size, filters=64, units=1024):
    """Builds the network from noise and codes to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the noise vectors.
        code_size: int, length of the vector of all codes.
        filters: int, channels of the last hidden layer.
        units: int, width of the dense hidden layer.
    """
    latents = keras.Input((latent_dim,), name="latents")
    codes = keras.Input((code_size,), name="codes")
    x = layers.Concatenate(name="latents_and_codes")([latents, codes])
    x = _dense(x, units, "dense")
    x = strided.normalize(x, "normalize_dense")
    x = layers.ReLU(name="relu_dense")(x)
    depth = strided.halvings(image_shape)
    x = strided.project(x, image_shape, depth, filters)
    outputs = strided.upsample(x, image_shape, depth, kernel_size=4)
    return keras.Model([latents, codes], outputs, name="generator")


def build_discriminator(
    image_shape,
    num_parameters,
    filters=64,
    units=1024,
    discriminator_normalization="batch",
    spectral_normalization=False,
    augmentation=None,
):
    """Builds the network from images to logits `(batch, 1)` and Q's output.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_parameters: int, outputs of the recognition head Q.
        filters: int, channels of the first layer. Each later layer has twice
            the channels of the previous one.
        units: int, width of the shared dense layer. Q's own dense layer is an
            eighth as wide.
        discriminator_normalization: `"batch"`, `"layer"` or None, after each
            layer except the first layer and the outputs.
        spectral_normalization: bool, divide each kernel by its largest
            singular value, except in Q's own layers.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """

    def dense(x, width, name, spectral):
        normalized = discriminator_normalization is not None
        x = _dense(x, width, name, not normalized, spectral)
        if normalized:
            x = strided.normalize(
                x, f"normalize_{name}", discriminator_normalization
            )
        return layers.LeakyReLU(SLOPE, name=f"leaky_relu_{name}")(x)

    inputs = keras.Input(image_shape, name="images")
    x = strided.downsample(
        maybe_augment(inputs, augmentation),
        strided.halvings(image_shape),
        filters,
        4,
        discriminator_normalization,
        spectral_normalization,
        SLOPE,
    )
    x = layers.Flatten(name="flat")(x)
    shared = dense(x, units, "shared", spectral_normalization)
    logits = strided.head(shared, spectral_normalization=spectral_normalization)
    x = dense(shared, max(1, units // 8), "recognition", False)
    parameters = strided.head(x, num_parameters, "parameters")
    return keras.Model(inputs, [logits, parameters], name="discriminator")


def _dense(x, units, name, use_bias=False, spectral=False):
    layer = layers.Dense(
        units,
        use_bias=use_bias,
        kernel_initializer=strided.kernel_initializer(),
        name=name,
    )
    return maybe_spectral(layer, spectral)(x)
