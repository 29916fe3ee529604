"""Multi-scale structural similarity (Wang et al., 2003) between samples."""

import keras
import numpy as np

from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric
from keras_gan_zoo.metrics.reservoir import Reservoir

# Exponents of the scales from fine to coarse, from the paper's experiment.
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW = 11
SIGMA = 1.5
C1, C2 = 0.01**2, 0.03**2  # for a range of 1
BLOCK = 64  # pairs compared at a time, to bound the memory


@keras.saving.register_keras_serializable("keras_gan_zoo")
class MSSSIM(SampleMetric):
    """Mean similarity of random pairs of generated images.

    The multi-scale structural similarity of Wang et al.,
    https://doi.org/10.1109/ACSSC.2003.1292216. AC-GAN (Odena et al., 2017,
    https://arxiv.org/abs/1610.09585, section 4.2) and ProGAN use it as a
    measure of diversity: a value near 1 means that a generator repeats itself.
    Lower is more diverse, but noise also has a low value. Compare the value
    with real images: pass them to `update_fake` of a second metric. AC-GAN
    compares images of one class.

    The five scales of the paper need a height and width of 176 pixels, so
    that the window of 11 pixels fits into each scale. Smaller images have
    fewer scales: 1 scale below 22 pixels, 2 below 44, 3 below 88, 4 below
    176. These use the first of the paper's exponents, enlarged to the sum of
    all. Below 11 pixels the window is as large as the image, with a width in
    proportion. So values of different image sizes are not comparable.

    Memory: `4 * height * width * channels * max_samples` bytes. For longer
    streams a random sample is kept.

    Args:
        num_pairs: int, the number of random pairs. It is lower if there are
            fewer disjoint pairs.
        max_samples: int, the number of images that are kept.
        seed: int, seed of the kept images and the pairs.
        name: string, name of the metric.
    Images: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `ms_ssim` in [0, 1], and `ms_ssim_error`, the standard error of
    the mean over the pairs (NaN for a single pair). `direction` and
    `Score.better_than` use the first value.

    Raises:
        ValueError: if the samples are not images, or are fewer than two.

    Example:

    >>> metric = MSSSIM()
    >>> metric.update_fake(np.full((10, 16, 16, 1), 0.5))
    >>> round(metric.result()["ms_ssim"], 6)  # a collapsed generator
    1.0
    """

    needs_real = False
    minimum = 2
    covered = {"ms_ssim": (0, 1)}

    def __init__(
        self, num_pairs=1000, max_samples=2000, name="ms_ssim", **kwargs
    ):
        self.num_pairs = num_pairs
        self.max_samples = max_samples
        super().__init__(name=name, **kwargs)

    @property
    def extractor_name(self):
        return "pixels"

    def make_state(self, seed):
        return Reservoir(self.max_samples, seed)

    def num_used(self, num):
        return min(num, self.max_samples, 2 * self.num_pairs)

    def describe(self, images):
        features.check_images(images, type(self).__name__)
        return images

    def compute(self, real, fake):
        order = np.random.default_rng((self.seed, 2)).permutation(
            len(fake.rows)
        )
        num = min(self.num_pairs, len(order) // 2)
        first, second = order[:num], order[num : 2 * num]
        similarity = np.concatenate(
            [
                multiscale_ssim(
                    fake.rows[first[start : start + BLOCK]],
                    fake.rows[second[start : start + BLOCK]],
                )
                for start in range(0, num, BLOCK)
            ]
        )
        error = similarity.std(ddof=1) / np.sqrt(num) if num > 1 else np.nan
        return {"ms_ssim": similarity.mean(), "ms_ssim_error": error}

    def get_config(self):
        return {
            **super().get_config(),
            "num_pairs": self.num_pairs,
            "max_samples": self.max_samples,
        }


def multiscale_ssim(a, b):
    """Computes the multi-scale structural similarity of each pair of images.

    Equation 7 of the paper: the product of the contrast and structure of
    every scale and the luminance of the coarsest, each to the power of its
    weight. The factors are means over pixels and channels. Negative means
    count as 0.

    Args:
        a: array `(num, height, width, channels)` in [-1, 1].
        b: array of the same shape, in [-1, 1].

    Returns:
        Array `(num,)` in [0, 1].
    """
    a, b = scaled(a), scaled(b)
    weights = np.array(WEIGHTS[: _num_scales(a.shape)])
    weights *= sum(WEIGHTS) / weights.sum()  # keep the sum of all weights
    product = np.ones(len(a))
    for weight in weights[:-1]:
        _, contrast = similarity(a, b)
        product *= np.maximum(contrast, 0) ** weight
        a, b = _halved(a), _halved(b)
    whole, _ = similarity(a, b)
    return product * np.maximum(whole, 0) ** weights[-1]


def scaled(images):
    """Scales images from [-1, 1] to [0, 1], in float64.

    Args:
        images: array `(num, height, width, channels)` in [-1, 1].
    """
    return 0.5 * images.astype("float64") + 0.5


def _num_scales(shape):
    side, scales = min(shape[1:3]), 1
    while scales < len(WEIGHTS) and side // 2**scales >= WINDOW:
        scales += 1
    return scales


def similarity(a, b):
    """Compares each pair of images at one scale.

    The similarity of Wang et al. (2004), with a Gaussian window.

    Args:
        a: float64 array `(num, height, width, channels)` in [0, 1].
        b: array of the same shape.

    Returns:
        Two arrays `(num,)`, means over windows and channels. The first is
        the structural similarity, the second its factor for contrast and
        structure.
    """
    mean_a, mean_b = _windowed(a), _windowed(b)
    variances = _windowed(a * a + b * b) - mean_a**2 - mean_b**2
    covariance = _windowed(a * b) - mean_a * mean_b
    contrast = (2 * covariance + C2) / (variances + C2)
    luminance = (2 * mean_a * mean_b + C1) / (mean_a**2 + mean_b**2 + C1)
    return (luminance * contrast).mean((1, 2, 3)), contrast.mean((1, 2, 3))


def _windowed(images):
    """Returns Gaussian means of all windows that lie inside the image."""
    size = min(WINDOW, *images.shape[1:3])
    place = np.arange(size) - (size - 1) / 2
    weights = np.exp(-0.5 * (place / (SIGMA * size / WINDOW)) ** 2)
    weights /= weights.sum()
    for axis in (1, 2):
        windows = np.lib.stride_tricks.sliding_window_view(images, size, axis)
        images = windows @ weights
    return images


def _halved(images):
    """Returns means of 2x2 pixels; leaves out an odd last row or column."""
    num, height, width, channels = images.shape
    height, width = height // 2, width // 2
    blocks = images[:, : 2 * height, : 2 * width].reshape(
        num, height, 2, width, 2, channels
    )
    return blocks.mean(axis=(2, 4))
