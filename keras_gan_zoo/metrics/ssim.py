"""Structural similarity of translations (Wang et al., 2004)."""

import keras

from keras_gan_zoo.metrics import luminance as luminance_of
from keras_gan_zoo.metrics import ms_ssim
from keras_gan_zoo.metrics.pairs import PairMetric


@keras.saving.register_keras_serializable("keras_gan_zoo")
class SSIM(PairMetric):
    """Structural similarity of images and their targets.

    The index of Wang et al., https://doi.org/10.1109/TIP.2003.819861. Higher
    is better. Means, variances and covariances are weighted by a Gaussian of
    standard deviation 1.5 in a window of 11x11 pixels. The result is the mean
    over all windows inside of the image, over channels and over images.
    With these settings it equals `skimage.metrics.structural_similarity`
    (`gaussian_weights=True`, `sigma=1.5`, `use_sample_covariance=False`,
    `data_range=2`).

    If an image's height or width is below 11 pixels, the window is as large
    as this height or width, with a Gaussian in proportion.

    Papers on super-resolution compare the luminance of 8-bit images, without
    a border as wide as the scale: `SSIM(luminance=True, crop_border=4)`.

    Args:
        luminance: bool, whether to compare the luminance Y alone, see
            `keras_gan_zoo.metrics.luminance`. Images are then rounded to 8
            bits.
        crop_border: int, pixels that are left out at each border.
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric and of its value.

    Images and targets: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `{"ssim": ...}` in [-1, 1], 1 for equal images.

    Raises:
        ValueError: if images and targets do not fit together, or nothing is
            left within the border.

    Example:

    >>> import numpy as np
    >>> images = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 3))
    >>> metric = SSIM()
    >>> metric.update_fake(images, images)
    >>> round(metric.result()["ssim"], 6)
    1.0
    """

    direction = "up"
    limits = (-1, 1)

    def __init__(self, luminance=False, crop_border=0, name="ssim", **kwargs):
        super().__init__(name=name, **kwargs)
        self.luminance = luminance
        self.crop_border = crop_border
        self.extractor_name = luminance_of.describe(luminance, crop_border)

    def compare(self, images, targets):
        sides = (
            luminance_of.compared(side, self.luminance, self.crop_border)
            for side in (images, targets)
        )
        similarity, _ = ms_ssim.similarity(*map(ms_ssim.scaled, sides))
        return similarity

    def get_config(self):
        return {
            **super().get_config(),
            "luminance": self.luminance,
            "crop_border": self.crop_border,
        }
