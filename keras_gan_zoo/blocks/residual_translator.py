"""The residual generator of CycleGAN (Zhu et al., 2017), appendix 7.2.

https://arxiv.org/abs/1703.10593. It is based on Johnson et al. (2016),
https://arxiv.org/abs/1603.08155: two layers halve the size, residual blocks run
at a quarter of the size, and two layers double the size. Reflection padding
avoids artifacts at the border.
"""

import keras
from keras import layers

from keras_gan_zoo.blocks import strided
from keras_gan_zoo.layers import ReflectionPadding2D
from keras_gan_zoo.layers import upsampling as upsampling_layer


def blocks_for(image_shape):
    """Returns the number of residual blocks: 6 up to 128x128, 9 above."""
    return 6 if max(image_shape[:2]) <= 128 else 9


def check_image_shape(image_shape, num_halvings=2):
    """Raises a `ValueError` if height or width cannot be halved this often."""
    if num_halvings < 1:
        raise ValueError(
            "Expected num_halvings of at least 1. Received: "
            f"num_halvings={num_halvings}"
        )
    multiple = 2**num_halvings
    least = 2 * multiple  # reflection needs two pixels
    if any(side % multiple or side < least for side in image_shape[:2]):
        nearest = "x".join(
            str(max(least, round(side / multiple) * multiple))
            for side in image_shape[:2]
        )
        raise ValueError(
            f"The generator halves height and width {num_halvings} "
            f"times. Expected multiples of {multiple}, at least {least}. "
            f"Received: {image_shape[0]}x{image_shape[1]}. Resize the images, "
            f"e.g. to {nearest}, with image_size=(height, width) in "
            "keras_gan_zoo.data."
        )


def build_generator(
    image_shape,
    output_channels=3,
    filters=64,
    num_blocks=None,
    num_halvings=2,
    generator_normalization="instance",
    upsampling="transposed",
    name="generator",
):
    """Builds a network from images to images of the same size in [-1, 1].

    In the paper's words: c7s1-64, d128, d256, R256 six or nine times, u128,
    u64, c7s1-3. The network takes images of any height and width that are
    multiples of 4 (of `2**num_halvings`).

    Args:
        image_shape: tuple `(height, width, channels)`. It sets the default
            number of residual blocks.
        output_channels: int, channels of the output.
        filters: int, channels of the first layer.
        num_blocks: int, residual blocks. None is the paper's number.
        num_halvings: int, how often height and width are halved before the
            residual blocks; 2 in the paper.
        generator_normalization: `"instance"`, `"batch"` or None.
        upsampling: `"transposed"` convolutions as in the paper, or
            `"resize"`, see `keras_gan_zoo.layers.upsampling`.
        name: str, name of the network.
    """
    check_image_shape(image_shape, num_halvings)
    normalized = generator_normalization is not None
    settings = {
        "use_bias": not normalized,
        "kernel_initializer": strided.kernel_initializer(),
    }

    def normalize(x, name):
        if not normalized:
            return x
        return strided.normalize(
            x, f"{name}_normalize", generator_normalization
        )

    def block(x, features, name):
        y = x
        for half in ("a", "b"):
            y = ReflectionPadding2D(1, name=f"{name}{half}_pad")(y)
            y = layers.Conv2D(features, 3, name=f"{name}{half}", **settings)(y)
            y = normalize(y, f"{name}{half}")
            if half == "a":
                y = layers.ReLU(name=f"{name}{half}_relu")(y)
        return layers.Add(name=f"{name}_add")([x, y])

    inputs = keras.Input((None, None, image_shape[-1]), name="images")
    x = ReflectionPadding2D(3, name="first_pad")(inputs)
    x = layers.Conv2D(filters, 7, name="first", **settings)(x)
    x = layers.ReLU(name="first_relu")(normalize(x, "first"))
    for index in range(1, num_halvings + 1):
        x = layers.ZeroPadding2D(1, name=f"down_{index}_pad")(x)
        x = layers.Conv2D(
            filters * 2**index, 3, strides=2, name=f"down_{index}", **settings
        )(x)
        x = layers.ReLU(name=f"down_{index}_relu")(
            normalize(x, f"down_{index}")
        )
    if num_blocks is None:
        num_blocks = blocks_for(image_shape)
    for index in range(num_blocks):
        x = block(x, filters * 2**num_halvings, f"block_{index}")
    for index in reversed(range(num_halvings)):
        x = upsampling_layer(
            upsampling, filters * 2**index, 3, name=f"up_{index}", **settings
        )(x)
        x = layers.ReLU(name=f"up_{index}_relu")(normalize(x, f"up_{index}"))
    x = ReflectionPadding2D(3, name="last_pad")(x)
    x = layers.Conv2D(
        output_channels,
        7,
        kernel_initializer=strided.kernel_initializer(),
        name="last",
    )(x)
    outputs = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model(inputs, outputs, name=name)
