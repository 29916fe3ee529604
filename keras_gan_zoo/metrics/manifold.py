"""Separate metrics of quality and diversity, by neighborhoods of features.

Both metrics approximate the set of the real (or generated) images by balls.
Each image has a ball around it that reaches to its k-th nearest neighbor.
"""

import keras
import numpy as np

from keras_gan_zoo.metrics.base import FeatureMetric
from keras_gan_zoo.metrics.reservoir import Reservoir


class _Neighbourhoods(Reservoir):
    """Keeps rows and the radii of their balls, which are computed once.

    All samples of generated images share the real images' radii.
    """

    def update(self, rows):
        super().update(rows)
        self._radii = None

    def squared_radii(self, num_neighbours):
        if self._radii is None:
            self._radii = squared_radii(self.rows, num_neighbours)
        return self._radii


class _NeighbourMetric(FeatureMetric):
    direction = "up"

    def __init__(self, extractor, num_neighbours, max_samples, **kwargs):
        if not 1 <= num_neighbours < max_samples:
            raise ValueError(
                "Expected 1 <= num_neighbours < max_samples. Received: "
                f"num_neighbours={num_neighbours}, max_samples={max_samples}."
            )
        self.num_neighbours = num_neighbours
        self.max_samples = max_samples
        super().__init__(extractor, **kwargs)

    @property
    def minimum(self):
        return self.num_neighbours + 1

    def make_state(self, seed):
        return _Neighbourhoods(self.max_samples, seed)

    def num_used(self, num):
        return min(num, self.max_samples)

    def get_config(self):
        return {
            **super().get_config(),
            "num_neighbours": self.num_neighbours,
            "max_samples": self.max_samples,
        }


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PrecisionRecall(_NeighbourMetric):
    """Improved precision and recall (Kynkäänniemi et al., 2019).

    https://arxiv.org/abs/1904.06991, equations 1 and 2. Higher is better.
    Precision (quality) is the share of generated images that lie in a ball
    of a real image. Recall (diversity) is the share of real images that lie
    in a ball of a generated image. Both depend on the numbers of images: the
    paper uses 50,000 real and 50,000 generated ones, with features of VGG-16.

    Memory: `4 d max_samples` bytes for real and again for generated images.
    For longer streams a random sample is kept. Time: `max_samples^2`
    distances.

    Args:
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`.
        num_neighbours: int, k.
        max_samples: int, number of real and of generated images that are
            kept.
        seed: int, seed of the kept images.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `{"precision": ..., "recall": ...}` in [0, 1]. Higher is better
    for both. `Score.better_than` compares the first value.

    Raises:
        ValueError: if there are `num_neighbours` images or fewer.

    Example:

    >>> rng = np.random.default_rng(0)
    >>> metric = PrecisionRecall("pixels")
    >>> metric.update_real(rng.uniform(-1, 1, (100, 2, 2, 1)))
    >>> metric.update_fake(rng.uniform(-0.1, 0.1, (100, 2, 2, 1)))
    >>> result = metric.result()
    >>> result["precision"], result["recall"] < 0.1
    (1.0, True)
    """

    # Recall has no interval: balls shrink with more generated images.
    covered = {"precision": (0, 1)}

    def __init__(
        self,
        extractor,
        num_neighbours=3,
        max_samples=10_000,
        name="precision_recall",
        **kwargs,
    ):
        super().__init__(
            extractor, num_neighbours, max_samples, name=name, **kwargs
        )

    def compute(self, real, fake):
        return {
            "precision": self._share_inside(fake, real),
            "recall": self._share_inside(real, fake),
        }

    def _share_inside(self, points, centres):
        """Returns the share of `points` in at least one ball."""
        radii = centres.squared_radii(self.num_neighbours)
        inside = [
            np.any(block <= radii, axis=1)
            for block in squared_distances(points.rows, centres.rows)
        ]
        return np.mean(np.concatenate(inside))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class DensityCoverage(_NeighbourMetric):
    """Density and coverage (Naeem et al., 2020).

    https://arxiv.org/abs/2002.09797, section 3.2. Higher is better. Density
    (quality) is the number of real images' balls that a generated image lies
    in, divided by k, on average. A real outlier with a wide ball counts less
    than in precision. Coverage (diversity) is the share of real images whose
    ball contains a generated image. Equal distributions have density 1 and
    coverage 1 - 2^-k, about 0.97 for k = 5, if the numbers of real and
    generated images are equal.

    Memory: `4 d max_samples` bytes for real and again for generated images.
    For longer streams a random sample is kept. Time: `max_samples^2`
    distances.

    Args:
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`.
        num_neighbours: int, k.
        max_samples: int, number of real and of generated images that are
            kept.
        seed: int, seed of the kept images.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `{"density": ..., "coverage": ...}`. Coverage lies in [0, 1].
    Density may exceed 1. Higher is better for both. `Score.better_than`
    compares the first value.

    Raises:
        ValueError: if there are `num_neighbours` images or fewer.

    Example:

    >>> rng = np.random.default_rng(0)
    >>> metric = DensityCoverage("pixels")
    >>> metric.update_real(rng.uniform(-1, 1, (400, 2, 2, 1)))
    >>> metric.update_fake(rng.uniform(-1, 1, (400, 2, 2, 1)))
    >>> result = metric.result()
    >>> round(result["density"], 1), round(result["coverage"], 1)
    (1.0, 1.0)
    """

    # Coverage has no interval: it grows with more generated images.
    covered = {"density": (0, np.inf)}

    def __init__(
        self,
        extractor,
        num_neighbours=5,
        max_samples=10_000,
        name="density_coverage",
        **kwargs,
    ):
        super().__init__(
            extractor, num_neighbours, max_samples, name=name, **kwargs
        )

    def compute(self, real, fake):
        radii = real.squared_radii(self.num_neighbours)
        in_balls = []
        nearest = np.full(len(real.rows), np.inf)
        for block in squared_distances(fake.rows, real.rows):
            # Open balls, as in the authors' code.
            in_balls.append(np.sum(block < radii, axis=1))
            nearest = np.minimum(nearest, block.min(axis=0))
        density = np.mean(np.concatenate(in_balls)) / self.num_neighbours
        return {"density": density, "coverage": np.mean(nearest < radii)}


def squared_distances(points, centres, block_size=1024):
    """Computes squared Euclidean distances in blocks, to bound the memory.

    Args:
        points: array `(num_points, features)`.
        centres: array `(num_centres, features)`.
        block_size: int, number of points in a block.

    Yields:
        Arrays `(block_size, num_centres)`, float64; the last may be smaller.
    """
    points, centres = points.astype("float64"), centres.astype("float64")
    centres_squared = np.square(centres).sum(axis=1)
    for start in range(0, len(points), block_size):
        block = points[start : start + block_size]
        scale = np.square(block).sum(axis=1)[:, None] + centres_squared
        squared = scale - 2 * block @ centres.T
        # Rounding between equal images counts as distance 0.
        yield np.where(squared > 1e-12 * scale, squared, 0.0)


def squared_radii(points, num_neighbours):
    """Returns each point's squared distance to its k-th nearest neighbor."""
    radii = [
        # The distances include the point itself, at distance 0.
        np.partition(block, num_neighbours, axis=1)[:, num_neighbours]
        for block in squared_distances(points, points)
    ]
    return np.concatenate(radii)
