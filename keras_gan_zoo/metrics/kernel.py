"""Kernel distance between features (Binkowski et al., 2018): the "KID"."""

import keras
import numpy as np

from keras_gan_zoo.metrics.base import FeatureMetric
from keras_gan_zoo.metrics.reservoir import Reservoir


@keras.saving.register_keras_serializable("keras_gan_zoo")
class KernelDistance(FeatureMetric):
    """Unbiased squared maximum mean discrepancy with a cubic kernel.

    https://arxiv.org/abs/1801.01401, section 4. Lower is better. The kernel
    is k(x, y) = (x . y / d + 1)^3, for `d` features. The distance is the mean
    over random subsets (drawn without repetition) of::

        E k(x, x') + E k(y, y') - 2 E k(x, y)

    where x, x' are two real and y, y' two generated images. With the
    extractor `"inception"` this is the KID. It is unbiased, also with few
    images. So equal distributions give 0 on average, and sometimes a negative
    value.

    Memory: `4 d max_samples` bytes for real and again for generated images,
    78 MiB for Inception's 2,048 features. For longer streams a random sample
    is kept.

    Args:
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`.
        num_subsets: int, number of subsets.
        subset_size: int, number of real and of generated images in a subset.
        max_samples: int, number of real and of generated images that are
            kept.
        seed: int, seed of the kept images and the subsets.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `kernel_distance`, the mean, which `direction` and
    `Score.better_than` use; `kernel_distance_std`, the standard deviation
    over subsets, which papers report; `kernel_distance_error`, the standard
    error of the mean. The error follows from the deviation and the overlap of
    the subsets (the delete-d jackknife). It is NaN if there are no images
    outside of a subset.

    Raises:
        ValueError: if there are fewer images than `subset_size`.

    Example:

    >>> rng = np.random.default_rng(0)
    >>> metric = KernelDistance("pixels", subset_size=100, num_subsets=20)
    >>> metric.update_real(rng.uniform(-1, 1, (500, 2, 2, 1)))
    >>> metric.update_fake(rng.uniform(-1, 1, (500, 2, 2, 1)))
    >>> result = metric.result()
    >>> abs(result["kernel_distance"]) < 4 * result["kernel_distance_error"]
    True
    """

    covered = {"kernel_distance": (-np.inf, np.inf)}

    def __init__(
        self,
        extractor,
        num_subsets=100,
        subset_size=1000,
        max_samples=10_000,
        name="kernel_distance",
        **kwargs,
    ):
        if not 2 <= subset_size <= max_samples:
            raise ValueError(
                "Expected 2 <= subset_size <= max_samples. Received: "
                f"subset_size={subset_size}, max_samples={max_samples}. Keep "
                "more images or use smaller subsets."
            )
        self.num_subsets = num_subsets
        self.subset_size = subset_size
        self.max_samples = max_samples
        super().__init__(extractor, name=name, **kwargs)

    @property
    def minimum(self):
        return self.subset_size

    def make_state(self, seed):
        return Reservoir(self.max_samples, seed)

    def num_used(self, num):
        return min(num, self.max_samples)

    def standard_error(self, name, values, spread, degrees):
        # The draw of subsets adds noise that the spread over parts misses.
        noise = values["kernel_distance_std"] / np.sqrt(self.num_subsets)
        return np.hypot(spread, noise), degrees

    def compute(self, real, fake):
        real = real.rows.astype("float64")
        fake = fake.rows.astype("float64")
        rng = np.random.default_rng((self.seed, 2))

        def subset(rows):
            return rows[rng.permutation(len(rows))[: self.subset_size]]

        values = [
            squared_mmd(subset(real), subset(fake))
            for _ in range(self.num_subsets)
        ]
        left_out = min(len(real), len(fake)) - self.subset_size
        scale = self.subset_size / left_out if left_out else np.nan
        std = np.std(values)
        return {
            "kernel_distance": np.mean(values),
            "kernel_distance_std": std,
            "kernel_distance_error": std * np.sqrt(scale),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "num_subsets": self.num_subsets,
            "subset_size": self.subset_size,
            "max_samples": self.max_samples,
        }


def squared_mmd(real, fake):
    """Estimates the squared discrepancy without bias.

    Args:
        real: array `(num, features)`, features of real images.
        fake: array `(num, features)`, features of generated images.

    Returns:
        Float.
    """
    return (
        _mean_of_pairs(_kernel(real, real))
        + _mean_of_pairs(_kernel(fake, fake))
        - 2 * _kernel(real, fake).mean()
    )


def _kernel(a, b):
    kernel = a @ b.T / a.shape[1] + 1
    return kernel * kernel * kernel  # ten times as fast as ** 3


def _mean_of_pairs(kernel):
    """Returns the mean over pairs of different images (no diagonal)."""
    num = len(kernel)
    return (kernel.sum() - np.trace(kernel)) / (num * (num - 1))
