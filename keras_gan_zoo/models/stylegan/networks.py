"""The networks of StyleGAN (Karras et al., 2019), configuration F.

https://arxiv.org/abs/1812.04958. Both grow: stage 0 has 4x4 pixels, and each
later stage doubles height and width.
"""

import keras
from keras import layers, ops

from keras_gan_zoo.blocks.progressive import (
    ProgressiveDiscriminator,
    ProgressiveGenerator,
)
from keras_gan_zoo.blocks.style_based import (
    StyleGenerator,
    nearest,
    num_doublings,
)
from keras_gan_zoo.layers import (
    AdaptiveInstanceNormalization,
    EqualizedConv2D,
    FilteredResampling2D,
    ImageNoise,
    LearnedConstant,
    ScaledLeakyReLU,
)
from keras_gan_zoo.objectives.growth import side


def num_stages(image_shape):
    """Returns the number of stages for images of this shape.

    Args:
        image_shape: tuple `(size, size, channels)`.

    Raises:
        ValueError: if height and width differ, or are not a power of two in
            [8, 1024].

    Example:

    >>> num_stages((64, 64, 3))
    5
    """
    height, width = image_shape[:2]
    sizes = nearest(min(height, width), min(height, width))
    if height != width or (height, width) not in sizes:
        found = " or ".join(f"{h}x{w}" for h, w in sizes)
        raise ValueError(
            "The networks double a constant of 4x4 pixels several times. "
            f"Expected height and width to be e.g. {found}. Received: "
            f"{height}x{width}. Resize the images with "
            "image_size=(height, width) in keras_gan_zoo.data."
        )
    return num_doublings(image_shape) + 1


def blur():
    """Makes the low-pass filter of both networks."""
    return FilteredResampling2D(1, taps=(1, 2, 1))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class StyleGANSynthesis(ProgressiveGenerator):
    """Turns styles into images of one stage.

    A stage has two layers. The first one of stage 0 is a learned constant, and
    all other layers are convolutions. The first convolution of a stage acts on
    doubled features, and a low-pass filter follows it. Then each layer adds
    noise and a bias, applies a leaky rectifier, and normalizes its features
    by its style. For each resolution, a 1x1 convolution makes the colors.

    Args:
        image_shape: tuple `(size, size, channels)` of the last stage.
        style_dim: int, length of each style.
        fmap_base: int, sets the number of channels of each stage:
            `fmap_base / 2^(stage + 1)`.
        fmap_max: int, largest number of channels of any stage.

    Call: `synthesis([styles, alpha], stage=2)` returns float32 images. Styles
    are `(batch, num_styles, style_dim)`, of which a stage takes the first.
    """

    def build_layers(self):
        self.stage = self.num_stages - 1
        self.blocks = [self._block(n) for n in range(self.num_stages)]
        self.to_rgb = self.color_layers()

    def _block(self, stage):
        style_dim = self.latent_dim
        styles = keras.Input((2, style_dim), name="styles")
        if stage == 0:
            x = inputs = LearnedConstant(self.map_shape(0))(styles)
            given = styles
        else:
            inputs = keras.Input(self.map_shape(stage - 1), name="features")
            x = layers.UpSampling2D(2)(inputs)
            x = blur()(self._convolution(stage)(x))
            given = [inputs, styles]
        x = _styled(x, styles[:, 0])
        x = _styled(self._convolution(stage)(x), styles[:, 1])
        return keras.Model(given, x, name=f"block_{side(stage)}")

    def _convolution(self, stage):
        # Noise is added before the bias.
        return EqualizedConv2D(self.features(stage), 3, use_bias=False)

    def call(self, inputs, stage=None, training=False):
        styles, alpha = inputs
        stage = self.stage if stage is None else stage
        smaller = None
        x = self.blocks[0](styles[:, :2], training=training)
        for number in range(1, stage + 1):
            own = styles[:, 2 * number : 2 * number + 2]
            smaller, x = x, self.blocks[number]([x, own], training=training)
        return self.colored(smaller, x, stage, alpha)


def _styled(x, style):
    x = ImageNoise(per_channel=True)(x)
    x = ScaledLeakyReLU(gain=1.0)(x)  # its bias
    return AdaptiveInstanceNormalization()([x, style])


@keras.saving.register_keras_serializable("keras_gan_zoo")
class StyleGANGenerator(StyleGenerator):
    """Makes images of one stage by way of styles, see `StyleGenerator`.

    Call: `generator([latents, alpha], stage=2)`, or `[latents, labels,
    alpha]`, returns float32 images.
    """

    mapping_gain = 2**0.5

    def __init__(self, *args, **kwargs):
        # Autocasting would round alpha.
        super().__init__(*args, autocast=False, **kwargs)

    def build_synthesis(self):
        return StyleGANSynthesis(
            self.image_shape,
            self.style_dim,
            self.channel_base // 2,
            self.channel_max,
            name="synthesis",
        )

    def stage_weights(self, stage):
        """Returns the list of weights that run at a stage."""
        own = [*self.mapping.weights, self.mean_style]
        return own + self.synthesis.stage_weights(stage)

    def call(self, inputs, stage=None, training=False):
        *given, alpha = inputs
        styles = self.styles(given if given[1:] else given[0], training)
        styles = self.for_all_layers(styles)
        return self.synthesis([styles, alpha], stage=stage, training=training)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class StyleGANDiscriminator(ProgressiveDiscriminator):
    """Turns images of one stage into logits, with low-pass filters.

    As `ProgressiveDiscriminator`, whose arguments it takes. The second
    convolution of each block acts on filtered features. It halves the sides
    before the bias and the rectifier.

    Call: `discriminator([images, alpha], stage=2)`, or `[images, labels,
    alpha]`, returns float32 logits `(batch, 1)`. With labels there is a logit
    for each class, and that of the label counts.
    """

    def halving(self, features):
        return (
            blur(),
            EqualizedConv2D(features, 3, use_bias=False),
            layers.AveragePooling2D(2),
            ScaledLeakyReLU(gain=1.0),  # its bias
        )

    def call(self, inputs, stage=None, training=False):
        images, *labels, alpha = inputs
        logits = super().call([images, alpha], stage, training)
        if labels:
            logits = ops.sum(logits * labels[0], axis=-1, keepdims=True)
        return logits
