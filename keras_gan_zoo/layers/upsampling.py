"""Convolutions that double the height and width."""

import keras

from keras_gan_zoo.files.lookup import look_up


def _transposed(features, kernel_size, name, **kwargs):
    return keras.layers.Conv2DTranspose(
        features, kernel_size, strides=2, padding="same", name=name, **kwargs
    )


def _resize(features, kernel_size, name, **kwargs):
    # An even kernel would shift the image by half a pixel.
    kernel_size -= 1 - kernel_size % 2
    return keras.Sequential(
        [
            keras.layers.UpSampling2D(2, name=f"{name}_nearest"),
            keras.layers.Conv2D(
                features, kernel_size, padding="same", name=name, **kwargs
            ),
        ],
        name=f"{name}_resize",
    )


UPSAMPLINGS = {"transposed": _transposed, "resize": _resize}


def upsampling(identifier, features, kernel_size, name, **kwargs):
    """Makes a convolution that doubles height and width.

    `"transposed"` is a transposed convolution of stride 2. `"resize"` repeats
    each pixel four times and then applies a convolution of stride 1. It avoids
    the checkerboards of transposed convolutions (Odena et al., 2016,
    https://distill.pub/2016/deconv-checkerboard).

    Args:
        identifier: `"transposed"` or `"resize"`.
        features: int, channels of the output.
        kernel_size: int, height and width of the kernel. `"resize"` makes an
            even number odd by subtracting 1.
        name: str, name of the layer.
        **kwargs: arguments of the convolution, such as `use_bias`.

    Example:

    >>> upsampling("resize", 8, 4, "up").compute_output_shape((1, 2, 2, 3))
    (1, 4, 4, 8)
    """
    make = look_up(identifier, UPSAMPLINGS, "upsampling")
    return make(features, kernel_size, name, **kwargs)
