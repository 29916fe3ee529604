"""Peak signal-to-noise ratio of translations."""

import keras
import numpy as np

from keras_gan_zoo.metrics import luminance as luminance_of
from keras_gan_zoo.metrics.pairs import PairMetric


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PSNR(PairMetric):
    """Peak signal-to-noise ratio of images and their targets, in decibels.

    Higher is better::

        10 log10(2^2 / mean((image - target)^2))

    where 2 is the width of the range [-1, 1], and the mean is over the
    pixels and channels of one image. The result is the mean over the images.
    The ratio compares pixel by pixel: a blurred image has a better ratio than
    a sharp image that is shifted by a pixel.

    Images are compared without rounding. 8-bit files of the same images give
    a slightly lower ratio.

    Papers on super-resolution compare the luminance of 8-bit images, without
    a border as wide as the scale: `PSNR(luminance=True, crop_border=4)`.

    Args:
        luminance: bool, whether to compare the luminance Y alone, see
            `keras_gan_zoo.metrics.luminance`. Images are then rounded to 8
            bits.
        crop_border: int, pixels that are left out at each border.
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric and of its value.

    Images and targets: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `{"psnr": ...}`, in decibels; infinite if one of the images
    equals its target.

    Raises:
        ValueError: if images and targets do not fit together, or nothing is
            left within the border.

    Example:

    >>> metric = PSNR()
    >>> metric.update_fake(np.zeros((1, 8, 8, 3)), np.full((1, 8, 8, 3), 0.2))
    >>> round(metric.result()["psnr"], 4)
    20.0
    """

    direction = "up"

    def __init__(self, luminance=False, crop_border=0, name="psnr", **kwargs):
        super().__init__(name=name, **kwargs)
        self.luminance = luminance
        self.crop_border = crop_border
        self.extractor_name = luminance_of.describe(luminance, crop_border)

    def compare(self, images, targets):
        images, targets = (
            luminance_of.compared(side, self.luminance, self.crop_border)
            for side in (images, targets)
        )
        differences = images.astype("float64") - targets
        errors = np.mean(np.square(differences), axis=(1, 2, 3))
        with np.errstate(divide="ignore"):
            return 10 * np.log10(4 / errors)

    def get_config(self):
        return {
            **super().get_config(),
            "luminance": self.luminance,
            "crop_border": self.crop_border,
        }
