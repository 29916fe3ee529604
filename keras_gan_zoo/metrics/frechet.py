"""Fréchet distance between features (Heusel et al., 2017): the "FID"."""

import keras
import numpy as np

from keras_gan_zoo.metrics.base import FeatureMetric


@keras.saving.register_keras_serializable("keras_gan_zoo")
class FrechetDistance(FeatureMetric):
    """Fréchet distance between Gaussians fitted to the features.

    https://arxiv.org/abs/1706.08500, equation 6. Lower is better::

        |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2))

    where m, m' are the means and C, C' the covariances (divided by n - 1) of
    the features of real and generated images. With the extractor
    `"inception"` this is the FID. The distance is biased: fewer images give a
    larger distance. So compare scores of equal numbers of images. The
    literature uses 50,000 (at least 10,000).

    Mean and covariance are running sums in float64. They take `8 d^2` bytes
    for `d` features, whatever the number of images: 32 MiB for Inception's
    2,048. A result takes the same amount again, for the real and for the
    generated images. With fewer images than features, the covariances are
    singular. The distance is still defined and computed without a change.
    Unlike the authors' code, nothing is added to the diagonals.

    Args:
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`.
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `{"frechet_distance": ...}`, 0 or more.

    Raises:
        ValueError: if there are fewer than two real or two generated images.

    Example:

    >>> rng = np.random.default_rng(0)
    >>> metric = FrechetDistance("pixels")
    >>> metric.update_real(rng.uniform(-1, 1, (500, 2, 2, 1)))
    >>> metric.update_fake(rng.uniform(-0.5, 0.5, (500, 2, 2, 1)))
    >>> 0.3 < metric.result()["frechet_distance"] < 0.4  # 4 (1 - 1/2)^2 / 3
    True
    """

    minimum = 2
    covered = {"frechet_distance": (0, np.inf)}

    def __init__(self, extractor, name="frechet_distance", **kwargs):
        super().__init__(extractor, name=name, **kwargs)

    def make_state(self, seed):
        return Moments()

    def compute(self, real, fake):
        value = _distance(real.mean, real.factor, fake.mean, fake.factor)
        return {"frechet_distance": value}


class Moments:
    """Running mean and covariance of rows, in float64.

    Batches are combined by their own means (Chan et al., 1983,
    https://doi.org/10.1080/00031305.1983.10483115). This loses no precision
    where sums of squares would cancel.

    Rows are collected before they are processed. Many small matrix products
    cost more than one large product, and take processor time from the network
    that makes the features.

    Example:

    >>> moments = Moments()
    >>> moments.update(np.array([[1.0], [3.0]]))
    >>> moments.update(np.array([[5.0]]))
    >>> moments.mean, moments.covariance
    (array([3.]), array([[4.]]))
    """

    GATHERED = 2000

    def __init__(self):
        self._count = 0
        self._mean = None
        self._scatter = None  # sum of (x - mean) (x - mean)^T
        self._factor = None  # of the scatter, once it is computed
        self._rows = None  # rows that wait to be processed
        self._waiting = 0  # the number of these rows

    def update(self, rows):
        """Adds rows, an array `(num, features)`."""
        if self._rows is None:
            shape = self.GATHERED, rows.shape[1]
            self._rows = np.empty(shape, rows.dtype)
        while len(rows) > 0:
            taken = rows[: self.GATHERED - self._waiting]
            self._rows[self._waiting :][: len(taken)] = taken
            self._waiting += len(taken)
            rows = rows[len(taken) :]
            if self._waiting == self.GATHERED:
                self._work_in()

    def _work_in(self):
        if self._waiting == 0:
            return
        rows = self._rows[: self._waiting].astype("float64")
        self._waiting = 0
        features = rows.shape[1]
        first = self._mean is None
        if first:
            self._mean = np.zeros(features)
            self._scatter = np.zeros((features, features))
        mean = rows.mean(axis=0)
        centred = rows - mean
        total = self._count + len(rows)
        shift = mean - self._mean
        self._scatter += centred.T @ centred
        self._scatter += np.outer(shift, shift) * (
            self._count * len(rows) / total
        )
        self._mean += shift * (len(rows) / total)
        self._count = total
        # For few rows the factor needs no eigenvalues.
        few = first and len(rows) <= features
        self._factor = centred.T if few else None

    @property
    def count(self):
        """Returns how many rows were added."""
        self._work_in()
        return self._count

    @property
    def mean(self):
        """Array `(features,)`."""
        self._work_in()
        return self._mean

    @property
    def covariance(self):
        """Returns an array `(features, features)`, divided by `count - 1`."""
        self._work_in()
        return self._scatter / (self._count - 1)

    @property
    def factor(self):
        """Returns F with F F^T = covariance, an array `(features, any)`.

        F is computed once, as real images are compared with many samples.
        """
        return self._factor_of_scatter() / np.sqrt(self._count - 1)

    def _factor_of_scatter(self):
        self._work_in()
        if self._factor is None:
            self._factor = _factor(self._scatter)
        return self._factor

    def arrays(self):
        """Returns the state as a dict of arrays."""
        self._work_in()
        return {
            "count": np.array(self._count),
            "mean": self._mean,
            "scatter": self._scatter,
            "factor": self._factor_of_scatter(),
        }

    def restore(self, arrays):
        """Restores the state from what `arrays()` returned."""
        self._waiting = 0
        self._count = int(arrays["count"])
        self._mean = arrays["mean"]
        self._scatter = arrays["scatter"]
        self._factor = arrays.get("factor")  # older files have no factor


def frechet_distance(mean_a, covariance_a, mean_b, covariance_b):
    """Computes the Fréchet distance of two Gaussians (Dowson & Landau, 1982).

    See https://doi.org/10.1016/0047-259X(82)90077-X. Covariances may be
    singular.

    Args:
        mean_a: array `(features,)`, mean of the first Gaussian.
        covariance_a: symmetric array `(features, features)`, covariance of
            the first Gaussian.
        mean_b: array `(features,)`, mean of the second Gaussian.
        covariance_b: symmetric array `(features, features)`, covariance of
            the second Gaussian.

    Returns:
        The squared distance, a float.

    Example:

    >>> one = np.eye(2)
    >>> round(frechet_distance(np.zeros(2), one, np.ones(2), 4 * one), 6)
    4.0
    """
    return _distance(
        mean_a, _factor(covariance_a), mean_b, _factor(covariance_b)
    )


def _distance(mean_a, factor_a, mean_b, factor_b):
    # With C = F F^T, C C' = F F^T F' F'^T has the same eigenvalues as
    # (F^T F') (F^T F')^T. So the trace of the root of C C' is the sum of the
    # singular values of F^T F'. This needs no root of a matrix that is not
    # symmetric, and no root of a small negative eigenvalue.
    product = factor_a.T @ factor_b
    trace_of_root = np.linalg.svd(product, compute_uv=False).sum()
    distance = (
        np.sum(np.square(mean_a - mean_b))
        + np.sum(np.square(factor_a))  # the trace of C
        + np.sum(np.square(factor_b))
        - 2 * trace_of_root
    )
    return max(float(distance), 0.0)  # equal sets: rounding may fall below


def _factor(covariance):
    """Returns F with F F^T = covariance, with one column per direction."""
    values, vectors = np.linalg.eigh(covariance)
    # A smaller eigenvalue is rounding, by the usual tolerance of a rank.
    rank_tolerance = len(values) * np.finfo("float64").eps * max(values[-1], 0)
    there = values > rank_tolerance
    return vectors[:, there] * np.sqrt(values[there])
