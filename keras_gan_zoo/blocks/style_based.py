"""Generators that turn latents into styles, and styles into images.

Karras et al., 2019, https://arxiv.org/abs/1812.04948: a mapping network makes
styles from latents, and a synthesis network makes an image from one style for
each of its layers. All weights have equalized learning rates.
"""

import math

import keras
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks.labels import inputs, labels_input
from keras_gan_zoo.layers import (
    EqualizedDense,
    PixelNormalization,
    ScaledLeakyReLU,
)

#: Height or width of the learned constant, its shorter side.
SIDE = 4
LARGEST = 1024
#: The mapping network learns at a hundredth of the rate.
MAPPING_RATE = 0.01


def num_doublings(image_shape):
    """Returns how often the constant must double for images of this shape.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if the shorter side is not a power of two in [8, 1024], or
            the longer side is not a multiple of a quarter of the shorter
            side.

    Example:

    >>> num_doublings((64, 64, 3)), num_doublings((64, 80, 3))
    (4, 4)
    """
    height, width = image_shape[:2]
    short = min(height, width)
    sides = [SIDE * 2**n for n in range(1, int(math.log2(LARGEST)) - 1)]
    if short not in sides or (height * SIDE) % short or (width * SIDE) % short:
        found = " or ".join(f"{h}x{w}" for h, w in nearest(height, width))
        raise ValueError(
            f"The networks double a constant of {SIDE}x{SIDE} pixels (4x5, "
            "4x6, ... for images that are not square) several times. Expected "
            f"height and width to be e.g. {found}. Received: "
            f"{height}x{width}. Resize the images with "
            "image_size=(height, width) in keras_gan_zoo.data."
        )
    return sides.index(short) + 1


def nearest(height, width):
    """Returns the possible sizes just below and just above a size.

    Args:
        height: int, number of pixels.
        width: int, number of pixels.

    Returns:
        List of one or two tuples `(height, width)`.

    Example:

    >>> nearest(48, 48), nearest(100, 60)
    ([(32, 32), (64, 64)], [(56, 32), (112, 64)])
    """
    short = min(height, width)
    below = 2 ** math.floor(math.log2(max(short, 1)))
    found = []
    for side in (below, below if below == short else 2 * below):
        side = min(max(side, 2 * SIDE), LARGEST)
        part = side // SIDE
        sizes = tuple(
            max(SIDE, round(side * other / short / part)) * part
            for other in (height, width)
        )
        if sizes not in found:
            found.append(sizes)
    return found


def num_styles(image_shape):
    """Returns the number of styles of an image, one for each layer.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Example:

    >>> num_styles((1024, 1024, 3))
    18
    """
    return 2 * num_doublings(image_shape) + 2


def features(level, channel_base, channel_max):
    """Returns the channels of layers after so many doublings.

    Args:
        level: int, number of doublings.
        channel_base: int, channels times the shorter side.
        channel_max: int, the largest number of channels.
    """
    return max(1, min(channel_base // (SIDE * 2**level), channel_max))


def base_shape(image_shape):
    """Returns height and width of the constant, a tuple."""
    factor = 2 ** num_doublings(image_shape)
    return image_shape[0] // factor, image_shape[1] // factor


def map_latents(x, labels, units, num_layers, gain=1.0):
    """Applies a mapping network to latents, labels or both.

    Args:
        x: latents `(batch, latent_dim)`, or None.
        labels: list of one-hot labels `(batch, num_classes)`, or `[]`.
        units: int, width of each layer.
        num_layers: int, number of dense layers.
        gain: float, the part of the rectifiers' gain of sqrt(2) that stands
            before the bias: 1 or sqrt(2). It decides how fast biases learn.
    """
    parts = []
    if x is not None:
        parts.append(PixelNormalization(name="latents_norm")(x))
    for given in labels:
        y = EqualizedDense(units, gain=1.0, name="embedding")(given)
        parts.append(PixelNormalization(name="embedding_norm")(y))
    x = parts[0]
    if len(parts) > 1:
        x = layers.Concatenate(name="latents_and_labels")(parts)
    for number in range(num_layers):
        x = EqualizedDense(
            units, gain=gain, rate=MAPPING_RATE, name=f"mapping_{number}"
        )(x)
        x = ScaledLeakyReLU(
            use_bias=False,
            gain=math.sqrt(2) / gain,
            name=f"mapping_{number}_act",
        )(x)
    return x


class StyleGenerator(keras.Model):
    """Makes images from latents by way of styles. Abstract.

    A subclass makes the synthesis network in `build_synthesis`.

    Attributes:
        mapping: `keras.Model`, latents (and labels) to styles `(batch,
            style_dim)`.
        synthesis: `keras.Model`, one style for each layer, `(batch,
            num_styles, style_dim)`, to images.
        mean_style: variable `(style_dim,)`, the moving average of styles in
            training.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latents.
        num_classes: int, length of the labels, or None for no labels.
        style_dim: int, length of a style and width of the mapping network.
        mapping_layers: int, layers of the mapping network.
        channel_base: int, the channels of a layer times the shorter side of
            its features.
        channel_max: int, the largest number of channels.
        mean_decay: float, decay of `mean_style` at each call in training.

    Call: latents `(batch, latent_dim)`, or a list of latents and one-hot
    labels. Returns float32 images `(batch, height, width, channels)`.
    """

    #: The gain of `map_latents`.
    mapping_gain = 1.0

    def __init__(
        self,
        image_shape,
        latent_dim=512,
        num_classes=None,
        style_dim=512,
        mapping_layers=8,
        channel_base=32768,
        channel_max=512,
        mean_decay=0.995,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.num_classes = num_classes
        self.style_dim = style_dim
        self.mapping_layers = mapping_layers
        self.channel_base = channel_base
        self.channel_max = channel_max
        self.mean_decay = mean_decay
        self.num_styles = num_styles(image_shape)
        with engine.precision(self.dtype_policy):
            latents = keras.Input((latent_dim,), name="latents")
            labels = labels_input(num_classes)
            self.mapping = keras.Model(
                inputs(latents, labels),
                map_latents(
                    latents,
                    labels,
                    style_dim,
                    mapping_layers,
                    self.mapping_gain,
                ),
                name="mapping",
            )
            self.synthesis = self.build_synthesis()
        self.mean_style = self.add_weight(
            shape=(style_dim,),
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="mean_style",
        )
        self.built = True

    def build_synthesis(self):
        """Returns the synthesis network, a `keras.Model`."""
        raise NotImplementedError

    def call(self, inputs, training=False):
        styles = self.styles(inputs, training)
        return self.synthesis(self.for_all_layers(styles), training=training)

    def styles(self, inputs, training=False):
        """Returns one style for each latent. In training, tracks their mean.

        Args:
            inputs: latents, or a list of latents and labels.
            training: bool, whether `mean_style` follows these styles.
        """
        styles = self.mapping(inputs, training=training)
        if training:
            mean = ops.cast(styles, self.mean_style.dtype)
            mean = ops.stop_gradient(ops.mean(mean, axis=0))
            mean = engine.replica_mean(mean)
            self.mean_style.assign(
                self.mean_decay * self.mean_style + (1 - self.mean_decay) * mean
            )
        return styles

    def for_all_layers(self, styles):
        """Repeats each style for all layers.

        Args:
            styles: tensor `(batch, style_dim)`.

        Returns:
            Tensor `(batch, num_styles, style_dim)`.
        """
        return ops.repeat(ops.expand_dims(styles, 1), self.num_styles, axis=1)

    def get_config(self):
        names = (
            "latent_dim",
            "num_classes",
            "style_dim",
            "mapping_layers",
            "channel_base",
            "channel_max",
            "mean_decay",
        )
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            **{name: getattr(self, name) for name in names},
        }
