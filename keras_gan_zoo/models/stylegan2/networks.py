"""The networks of StyleGAN2 (Karras et al., 2020).

https://arxiv.org/abs/1912.04958, configurations E and F. The generator adds up
images of all resolutions. The discriminator has residual blocks, or plain ones
as in https://arxiv.org/abs/2006.06676 for CIFAR-10.
"""

import math

import keras
from keras import layers

from keras_gan_zoo.blocks.labels import labels_input
from keras_gan_zoo.blocks.style_based import (
    StyleGenerator,
    base_shape,
    features,
    map_latents,
    num_doublings,
    num_styles,
)
from keras_gan_zoo.layers import (
    EqualizedConv2D,
    EqualizedDense,
    FilteredResampling2D,
    ImageNoise,
    LearnedConstant,
    MinibatchStdDev,
    ModulatedConv2D,
    ScaledLeakyReLU,
    maybe_augment,
)


def build_synthesis(image_shape, style_dim, channel_base, channel_max):
    """Builds the synthesis network: styles to images.

    The images of all resolutions are doubled and added. The output is
    float32, linear.

    Args:
        image_shape: tuple `(height, width, channels)`.
        style_dim: int, length of each style.
        channel_base: int, channels times the shorter side.
        channel_max: int, the largest number of channels.
    """
    styles = keras.Input((num_styles(image_shape), style_dim), name="styles")
    constant = *base_shape(image_shape), features(0, channel_base, channel_max)
    x = LearnedConstant(
        constant,
        keras.initializers.RandomNormal(stddev=1.0),
        name="constant",
    )(styles)
    images = None
    for level in range(num_doublings(image_shape) + 1):
        filters = features(level, channel_base, channel_max)
        if level > 0:
            place = 2 * level - 1
            x = _convolve(x, styles[:, place], filters, True, f"up_{level}")
            images = FilteredResampling2D(
                2, dtype="float32", name=f"image_up_{level}"
            )(images)
        x = _convolve(x, styles[:, 2 * level], filters, False, f"conv_{level}")
        # The next convolution has the same style.
        colors = ModulatedConv2D(
            image_shape[-1], 1, demodulate=False, name=f"to_rgb_{level}"
        )([x, styles[:, 2 * level + 1]])
        colors = _bias(dtype="float32", name=f"rgb_bias_{level}")(colors)
        if images is not None:
            colors = layers.Add(dtype="float32", name=f"image_{level}")(
                [images, colors]
            )
        images = colors
    return keras.Model(styles, images, name="synthesis")


def _bias(**kwargs):
    return ScaledLeakyReLU(negative_slope=1.0, gain=1.0, **kwargs)


def _convolve(x, style, filters, double, name):
    x = ModulatedConv2D(filters, 3, double=double, name=name)([x, style])
    x = ImageNoise(name=f"{name}_noise")(x)
    return ScaledLeakyReLU(name=f"{name}_act")(x)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class StyleGAN2Generator(StyleGenerator):
    """Makes images with modulated convolutions, see `StyleGenerator`."""

    def build_synthesis(self):
        return build_synthesis(
            self.image_shape,
            self.style_dim,
            self.channel_base,
            self.channel_max,
        )


def build_discriminator(
    image_shape,
    num_classes=None,
    label_dim=512,
    channel_base=32768,
    channel_max=512,
    residual=True,
    group_size=4,
    augmentation=None,
    label_layers=8,
):
    """Builds the discriminator: images (and labels) to logits `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, length of the labels, or None for no labels.
        label_dim: int, length of a mapped label.
        channel_base: int, the channels of a layer times the shorter side of
            its features.
        channel_max: int, the largest number of channels.
        residual: bool, whether a convolution of 1x1 skips each block.
        group_size: int, images in each group of the minibatch standard
            deviation.
        augmentation: policy of `layers.augmentation_layer`, or None.
        label_layers: int, layers of the network that maps labels.
    """
    images = keras.Input(image_shape, name="images")
    labels = labels_input(num_classes)
    x = maybe_augment(images, augmentation)
    top = num_doublings(image_shape)
    widths = [features(n, channel_base, channel_max) for n in range(top + 1)]
    x = _rectified(x, widths[top], 1, "from_rgb")
    for level in range(top, 0, -1):
        x = _down_block(x, widths[level], widths[level - 1], residual, level)
    x = MinibatchStdDev(group_size, name="minibatch_stddev")(x)
    x = _rectified(x, widths[0], 3, "conv_0")
    x = layers.Flatten(name="flat")(x)
    x = EqualizedDense(widths[0], gain=1.0, name="dense")(x)
    x = ScaledLeakyReLU(use_bias=False, name="dense_act")(x)
    if not labels:
        x = EqualizedDense(1, gain=1.0, name="logits")(x)
    else:
        x = EqualizedDense(label_dim, gain=1.0, name="projection")(x)
        mapped = map_latents(None, labels, label_dim, label_layers)
        x = layers.Dot(axes=-1, name="product")([x, mapped])
        x = layers.Rescaling(1 / math.sqrt(label_dim), name="scaled")(x)
    x = layers.Activation("linear", dtype="float32", name="float32")(x)
    inputs = [images, *labels] if labels else images
    return keras.Model(inputs, x, name="discriminator")


def _rectified(x, filters, kernel_size, name, gain=2**0.5, **kwargs):
    x = EqualizedConv2D(filters, kernel_size, gain=1.0, name=name, **kwargs)(x)
    # The bias is the convolution's.
    return ScaledLeakyReLU(use_bias=False, gain=gain, name=f"{name}_act")(x)


def _down_block(x, filters, filters_out, residual, level):
    inputs = x
    x = _rectified(x, filters, 3, f"conv_{level}")
    # Filtered with one more pixel at each border for the convolution.
    x = FilteredResampling2D(1, padding=(2, 2), name=f"smooth_{level}")(x)
    x = _rectified(
        x,
        filters_out,
        3,
        f"down_{level}",
        # Both branches are divided by sqrt(2).
        gain=1.0 if residual else math.sqrt(2),
        strides=2,
        padding="valid",
    )
    if not residual:
        return x
    skip = FilteredResampling2D(0.5, name=f"skip_smooth_{level}")(inputs)
    skip = EqualizedConv2D(
        filters_out,
        1,
        gain=math.sqrt(0.5),
        use_bias=False,
        name=f"skip_{level}",
    )(skip)
    return layers.Add(name=f"block_{level}")([x, skip])
