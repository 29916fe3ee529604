"""How many modes of the data a generator covers, and how evenly it does."""

import keras
import numpy as np

from keras_gan_zoo.families.batches import to_numpy
from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric
from keras_gan_zoo.metrics.histogram import Histogram


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ModeCoverage(SampleMetric):
    """Number of classes that a generator covers, found by a classifier.

    As in VEEGAN (Srivastava et al., 2017, https://arxiv.org/abs/1705.07761)
    and PacGAN (Lin et al., 2018, https://arxiv.org/abs/1712.04086). Higher is
    better. The classifier puts each image in a class. A mode is found if at
    least one generated image is in its class. The reverse Kullback-Leibler
    divergence, sum q log(q / p), compares the histogram q of generated images
    with the histogram p of real ones. It is infinite if a generated image is
    in a class without real images.

    Both values depend on the number of images. For the 1,000 modes of stacked
    MNIST the papers use 26,000.

    Memory: `8 num_modes` bytes for real and again for generated images.

    Args:
        classifier: what makes a score for each mode from images, see
            `keras_gan_zoo.metrics.features.get`. The mode with the largest
            score counts.
        num_modes: int, the number of modes.
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `modes`, the number of modes found, from 0 to `num_modes`, higher
    is better; and `reverse_kl` in nats, 0 or more, lower is better.
    `direction` and `Score.better_than` use the first value.

    Raises:
        ValueError: if the classifier gives a wrong number of scores.

    Example:

    >>> classes = features.FeatureExtractor(
    ...     "bright", lambda images: np.eye(2)[(images[:, 0, 0, 0] > 0) * 1]
    ... )
    >>> metric = ModeCoverage(classes, num_modes=2)
    >>> metric.update_real(np.linspace(-1, 1, 100).reshape(-1, 1, 1, 1))
    >>> metric.update_fake(np.full((100, 1, 1, 1), 0.5))
    >>> metric.result()  # log 2
    {'modes': 1.0, 'reverse_kl': 0.6931471805599453}
    """

    direction = "up"

    def __init__(self, classifier, num_modes, name="mode_coverage", **kwargs):
        self._classify = features.get(classifier)
        self.num_modes = num_modes
        super().__init__(name=name, **kwargs)

    @property
    def extractor_name(self):
        return self._classify.name

    def make_state(self, seed):
        return Histogram(self.num_modes)

    def describe(self, images):
        return features.classes(self._classify, images, self.num_modes)

    def compute(self, real, fake):
        return {
            "modes": np.count_nonzero(fake.counts),
            "reverse_kl": divergence(fake.counts, real.counts),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "classifier": self.extractor_name,
            "num_modes": self.num_modes,
        }


@keras.saving.register_keras_serializable("keras_gan_zoo")
class MixtureCoverage(SampleMetric):
    """Number of modes of a mixture of Gaussians that a generator covers.

    The Gaussians have equal weights, such as the rings and grids of VEEGAN
    (Srivastava et al., 2017, https://arxiv.org/abs/1705.07761) and PacGAN
    (Lin et al., 2018, https://arxiv.org/abs/1712.04086). Higher is better. A
    sample is of high quality if it lies within three standard deviations of
    the nearest mode. A mode is found if it is nearest to at least one such
    sample. The reverse Kullback-Leibler divergence, sum q log(q / p),
    compares the histogram q of the modes nearest to all samples with the
    uniform distribution p.

    Of samples of the mixture itself, in the plane, 98.9 % are of high
    quality, because the distance from a mode has a Rayleigh distribution.

    Memory: `16 num_modes` bytes.

    Args:
        modes: list or array `(num_modes, dimensions)`, the modes' centers.
        std: float > 0, the standard deviation of each mode in each dimension.
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric.

    Samples: `(num, dimensions)`, finite floats.

    Result: `modes`, 0 to `num_modes`, higher is better; `high_quality`, a
    share in [0, 1], higher is better; and `reverse_kl` in nats, 0 or more,
    lower is better. `direction` and `Score.better_than` use the first value.

    Raises:
        ValueError: if modes or samples have the wrong shape or are not
            finite.

    Example:

    >>> metric = MixtureCoverage(modes=[[-1, 0], [1, 0]], std=0.1)
    >>> metric.update_fake([[1.1, 0], [0.9, 0], [1, 0.1], [-1, 0.5]])
    >>> result = metric.result()
    >>> result["modes"], result["high_quality"]
    (1.0, 0.75)
    """

    direction = "up"
    needs_real = False
    covered = {"high_quality": (0, 1)}

    def __init__(self, modes, std, name="mixture_coverage", **kwargs):
        self._centres = np.asarray(modes, "float64")
        if self._centres.ndim != 2 or not std > 0:
            raise ValueError(
                "Expected modes of shape (num_modes, dimensions) and std > "
                f"0. Received: modes of shape {self._centres.shape}, "
                f"std={std}."
            )
        self.std = std
        super().__init__(name=name, **kwargs)

    @property
    def extractor_name(self):
        return "points"

    def make_state(self, seed):
        return Histogram(2 * len(self._centres))

    def checked(self, images, side):
        points = to_numpy(images).astype("float64")
        dimensions = self._centres.shape[1]
        if points.ndim != 2 or points.shape[1] != dimensions:
            raise ValueError(
                "The samples have the wrong shape. Expected (num, "
                f"{dimensions}), like the modes. Received: {points.shape}."
            )
        if not np.isfinite(points).all():
            raise ValueError(
                "Expected finite samples. Received: NaN or infinity among "
                "them. The training has diverged: use an earlier model."
            )
        return points

    def describe(self, images):
        offsets = images[:, None, :] - self._centres
        distances = np.linalg.norm(offsets, axis=2)
        nearest = np.argmin(distances, axis=1)
        high_quality = distances.min(axis=1) <= 3 * self.std
        return nearest + len(self._centres) * high_quality

    def compute(self, real, fake):
        low, high = fake.counts.reshape(2, -1)
        return {
            "modes": np.count_nonzero(high),
            "high_quality": high.sum() / fake.count,
            "reverse_kl": divergence(low + high, np.ones(len(low))),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "modes": self._centres.tolist(),
            "std": self.std,
        }


def divergence(counts, reference):
    """Computes the Kullback-Leibler divergence of two histograms, in nats.

    Args:
        counts: array `(modes,)`, the histogram of q.
        reference: array `(modes,)`, the histogram of p.

    Returns:
        sum q log(q / p), a float; infinite where q > 0 = p.

    Example:

    >>> divergence(np.array([3, 3]), np.array([1, 1]))
    0.0
    """
    there = counts > 0
    q = counts[there] / counts.sum()
    p = reference[there] / reference.sum()
    with np.errstate(divide="ignore"):
        return float(np.sum(q * np.log(q / p)))
