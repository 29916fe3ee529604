"""The networks of ProGAN (Karras et al., 2018), table 2.

https://arxiv.org/abs/1710.10196. A network holds the layers of all stages from
the start and runs the layers of one stage. Images of stage 0 have 4x4 pixels;
each later stage doubles height and width. `alpha` in [0, 1] says how far the
newest layers of the stage are faded in.
"""

import keras
import numpy as np
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.layers import (
    EqualizedConv2D,
    EqualizedDense,
    MinibatchStdDev,
    PixelNormalization,
    augmentation_layer,
)
from keras_gan_zoo.objectives.growth import side

MOST_STAGES = 9  # 1024x1024


def num_stages(image_shape):
    """Returns the number of stages for images of this shape.

    Args:
        image_shape: tuple `(size, size, channels)`.

    Raises:
        ValueError: if height and width differ or are not a power of two in
            [8, 1024].

    Example:

    >>> num_stages((64, 64, 3)), num_stages((1024, 1024, 3))
    (5, 9)
    """
    sides = [side(stage) for stage in range(MOST_STAGES)]
    height, width = image_shape[:2]
    if height != width or height not in sides[1:]:
        raise ValueError(
            "The networks double 4x4 pixels several times. Expected height "
            f"and width to be equal: 8, 16, 32 and so on up to {sides[-1]}. "
            f"Received: {height}x{width}. Resize the images with "
            "image_size=(side, side) in keras_gan_zoo.data."
        )
    return sides.index(height) + 1


def upscale(images):
    """Doubles height and width: each pixel becomes four pixels."""
    return ops.repeat(ops.repeat(images, 2, axis=1), 2, axis=2)


def downscale(images, factor=2):
    """Divides height and width by averaging squares of pixels (box filter)."""
    if factor == 1:
        return images
    return ops.average_pool(
        images, factor, strides=factor, data_format="channels_last"
    )


def blend(old, new, alpha):
    """Returns (1 - alpha) * old + alpha * new in float32, exact at 0 and 1.

    Args:
        old: tensor.
        new: tensor of the shape of `old`.
        alpha: scalar, or one number for each image.
    """
    alpha = ops.reshape(ops.cast(alpha, "float32"), (-1, 1, 1, 1))
    old, new = ops.cast(old, "float32"), ops.cast(new, "float32")
    return (1 - alpha) * old + alpha * new


def real_images(images, stage, alpha):
    """Returns real images at the resolution of a stage, blended by `alpha`.

    Args:
        images: tensor `(batch, size, size, channels)` of the last stage.
        stage: int, number of the stage.
        alpha: scalar or one number for each image, as in `blend`.
    """
    images = downscale(images, images.shape[1] // side(stage))
    if stage == 0:
        return images
    return blend(upscale(downscale(images)), images, alpha)


class _Progressive(keras.Model):
    """Keeps the arguments and stages of both networks. Abstract."""

    def __init__(
        self,
        image_shape,
        fmap_base=8192,
        fmap_max=512,
        **kwargs,
    ):
        # Autocasting would round alpha.
        super().__init__(autocast=False, **kwargs)
        self.image_shape = tuple(image_shape)
        self.fmap_base = fmap_base
        self.fmap_max = fmap_max
        self.num_stages = num_stages(image_shape)
        with engine.precision(self.dtype_policy):
            self.build_layers()
        self.built = True

    def features(self, stage):
        """Returns the channels of a stage, by default as in table 2."""
        return max(1, min(self.fmap_base // 2 ** (stage + 1), self.fmap_max))

    def map_shape(self, stage):
        """Returns the shape of one image's features at the end of a stage."""
        return (side(stage), side(stage), self.features(stage))

    def stage_weights(self, stage):
        """Returns the list of weights of the layers that run at a stage."""
        return [w for layer in self.stage_layers(stage) for w in layer.weights]

    def get_config(self):
        names = ("fmap_base", "fmap_max")
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            **{name: getattr(self, name) for name in names},
        }


def _sequence(name, input_shape, *parts):
    return keras.Sequential([keras.Input(input_shape), *parts], name=name)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ProgressiveGenerator(_Progressive):
    """Turns latents into images of one stage, as in table 2 (top).

    A dense layer makes a map of 4x4, and a convolution follows. Each later
    block doubles height and width and convolves twice. After each of these
    layers come a leaky rectifier and pixelwise normalization. For each
    resolution, a 1x1 convolution makes the colors. The output is linear.

    Args:
        image_shape: tuple `(size, size, channels)` of the last stage.
        latent_dim: int, length of the latent vectors.
        fmap_base: int, sets the number of channels of each stage:
            `fmap_base / 2^(stage + 1)`.
        fmap_max: int, largest number of channels of any stage.

    Call: `generator([latents, alpha], stage=2)` returns float32 images.
    Latents are `(batch, latent_dim)`, alpha is a scalar or `(batch,)`. The
    default of `stage` is the attribute `stage`, initially the last stage.
    """

    def __init__(self, image_shape, latent_dim=512, *args, **kwargs):
        self.latent_dim = latent_dim
        super().__init__(image_shape, *args, **kwargs)

    def build_layers(self):
        self.stage = self.num_stages - 1
        self.blocks = [
            _sequence(
                "block_4",
                (self.latent_dim,),
                # Projects the latents onto the hypersphere.
                PixelNormalization(name="latents"),
                # The authors' gain for this layer.
                EqualizedDense(self.map_shape(0), gain=2**0.5 / 4),
                layers.LeakyReLU(0.2),
                PixelNormalization(),
                *self._convolution(0),
            )
        ]
        for stage in range(1, self.num_stages):
            block = _sequence(
                f"block_{side(stage)}",
                self.map_shape(stage - 1),
                layers.UpSampling2D(2),
                *self._convolution(stage),
                *self._convolution(stage),
            )
            self.blocks.append(block)
        self.to_rgb = self.color_layers()

    def color_layers(self):
        """Makes the list of the layers that make the colors of each stage."""
        return [
            _sequence(
                f"to_rgb_{side(stage)}",
                self.map_shape(stage),
                EqualizedConv2D(self.image_shape[-1], 1, gain=1.0),
            )
            for stage in range(self.num_stages)
        ]

    def _convolution(self, stage):
        return (
            EqualizedConv2D(self.features(stage), 3),
            layers.LeakyReLU(0.2),
            PixelNormalization(),
        )

    def stage_layers(self, stage):
        """Returns the layers that run at a stage: its blocks and colors."""
        colours = self.to_rgb[max(0, stage - 1) : stage + 1]
        return self.blocks[: stage + 1] + colours

    def call(self, inputs, stage=None):
        latents, alpha = inputs
        stage = self.stage if stage is None else stage
        x = latents
        for block in self.blocks[: stage + 1]:
            smaller, x = x, block(x)
        return self.colored(smaller, x, stage, alpha)

    def colored(self, smaller, larger, stage, alpha):
        """Returns the images of a stage in float32, faded in by alpha.

        Args:
            smaller: features of the stage before. Ignored at stage 0.
            larger: features of the stage.
            stage: int, number of the stage.
            alpha: scalar, or one number for each image.
        """
        new = self.to_rgb[stage](larger)
        if stage == 0:
            return ops.cast(new, "float32")
        return blend(upscale(self.to_rgb[stage - 1](smaller)), new, alpha)

    def draw(self, latents, stage, alpha, batch_size):
        """Makes images of a stage for many latents, in numpy, in batches."""
        if stage != self.stage:
            self.stage = stage
            self.make_predict_function(force=True)
        alphas = np.full(len(latents), alpha, "float32")
        return self.predict([latents, alphas], batch_size, verbose=0)

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ProgressiveDiscriminator(_Progressive):
    """Turns images of one stage into logits, as in table 2 (bottom).

    It mirrors the generator. For each resolution, a 1x1 convolution reads the
    colors. Each block convolves twice and halves height and width by
    averaging. At 4x4 follow the minibatch standard deviation, a convolution
    and two dense layers. There are leaky rectifiers, but no normalization.

    Args:
        image_shape: tuple `(size, size, channels)` of the last stage.
        units: int, units of the dense layer before the logits.
        fmap_base: int, sets the number of channels of each stage:
            `fmap_base / 2^(stage + 1)`.
        fmap_max: int, largest number of channels of any stage.
        logits: int, number of logits of an image.
        group_size: int, images in each group of the minibatch standard
            deviation.
        augmentation: policy of `layers.augmentation_layer` for the images in
            training, or None.

    Call: `discriminator([images, alpha], stage=2)` returns float32 logits
    `(batch, logits)`. Images are `(batch, size, size, channels)` of this stage,
    alpha is a scalar or `(batch,)`.
    """

    def __init__(
        self,
        image_shape,
        units=512,
        *args,
        logits=1,
        group_size=4,
        augmentation=None,
        **kwargs,
    ):
        self.units = units
        self.logits = logits
        self.group_size = group_size
        self.augmentation = augmentation
        super().__init__(image_shape, *args, **kwargs)

    def build_layers(self):
        if self.augmentation is not None:
            self.augment = augmentation_layer(self.augmentation)
            # Otherwise `fit` calls a model with layers that are not built.
            self.augment.build((None, *self.image_shape))
        self.blocks = [
            _sequence(
                "block_4",
                self.map_shape(0),
                MinibatchStdDev(self.group_size),
                *_convolution(self.features(0)),
                layers.Flatten(),
                EqualizedDense(self.units),
                layers.LeakyReLU(0.2),
                EqualizedDense(self.logits, gain=1.0),
            )
        ]
        for stage in range(1, self.num_stages):
            block = _sequence(
                f"block_{side(stage)}",
                self.map_shape(stage),
                *_convolution(self.features(stage)),
                *self.halving(self.features(stage - 1)),
            )
            self.blocks.append(block)
        self.from_rgb = [
            _sequence(
                f"from_rgb_{side(stage)}",
                (*self.map_shape(stage)[:2], self.image_shape[-1]),
                *_convolution(self.features(stage), kernel_size=1),
            )
            for stage in range(self.num_stages)
        ]

    def halving(self, features):
        """Makes the layers at the end of a block, which halve the sides.

        Args:
            features: int, channels of the output.
        """
        return *_convolution(features), layers.AveragePooling2D(2)

    def stage_layers(self, stage):
        """Returns the layers that run at a stage: its colors and blocks."""
        colours = self.from_rgb[max(0, stage - 1) : stage + 1]
        return self.blocks[: stage + 1] + colours

    def passed_layers(self):
        """Returns lists of layers, in the order in which an image passes.

        All layers that read colors come first, and then the blocks from the
        largest resolution on.
        """
        return [self.from_rgb, *([block] for block in self.blocks[::-1])]

    def call(self, inputs, stage=None, training=False):
        images, alpha = inputs
        stage = self.num_stages - 1 if stage is None else stage
        if self.augmentation is not None:
            images = self.augment(images, training=training)
        x = self.from_rgb[stage](images)
        if stage > 0:
            old = self.from_rgb[stage - 1](downscale(images))
            x = blend(old, self.blocks[stage](x), alpha)
        for block in self.blocks[max(0, stage - 1) :: -1]:
            x = block(x)
        return ops.cast(x, "float32")

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "logits": self.logits,
            "group_size": self.group_size,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }


def _convolution(features, kernel_size=3):
    return EqualizedConv2D(features, kernel_size), layers.LeakyReLU(0.2)
