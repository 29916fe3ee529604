"""Fréchet distance against scipy's matrix root and against closed forms."""

import numpy as np
import pytest
import scipy.linalg

from keras_gan_zoo.metrics import FrechetDistance
from keras_gan_zoo.metrics.frechet import Moments, frechet_distance


def images_of(features):
    """Images (num, 1, 1, features): with "pixels" they are the features."""
    return features[:, None, None, :].astype("float32")


def distance(real, fake, batch_size=64):
    metric = FrechetDistance("pixels")
    for start in range(0, len(real), batch_size):
        metric.update_real(images_of(real[start : start + batch_size]))
    for start in range(0, len(fake), batch_size):
        metric.update_fake(images_of(fake[start : start + batch_size]))
    return metric.result()["frechet_distance"]


def reference(real, fake):
    """Equation 6 of the paper with a general matrix root."""
    real, fake = real.astype("float32"), fake.astype("float32")
    a, b = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = scipy.linalg.sqrtm(a.astype("float64") @ b.astype("float64"))
    shift = real.mean(0, dtype="float64") - fake.mean(0, dtype="float64")
    return shift @ shift + np.trace(a + b - 2 * root.real)


def mixed(rng, num, dimensions, mean=0.0):
    """Correlated features well within [-1, 1]."""
    mixing = rng.normal(0, 0.2 / dimensions**0.5, (dimensions, dimensions))
    features = rng.normal(size=(num, dimensions)) @ mixing + mean
    return np.clip(features, -1, 1)


def test_against_the_matrix_root(rng):
    real, fake = mixed(rng, 500, 6), mixed(rng, 300, 6, mean=0.1)
    assert distance(real, fake) == pytest.approx(
        reference(real, fake), rel=1e-4
    )


def test_fewer_images_than_features(rng):
    # Singular covariances: the root from the eigenvalues of the product.
    real, fake = mixed(rng, 10, 30), mixed(rng, 12, 30, mean=0.05)
    a, b = (np.cov(x.astype("float32"), rowvar=False) for x in (real, fake))
    values = np.linalg.eigvals(a @ b).astype("complex128")
    shift = real.mean(0) - fake.mean(0)
    expected = shift @ shift + np.trace(a) + np.trace(b)
    expected -= 2 * np.sum(np.sqrt(values)).real
    assert distance(real, fake) == pytest.approx(expected, rel=1e-4)


def test_gaussians_tend_to_the_closed_form(rng):
    # Independent features: sum (m - m')^2 + (s - s')^2.
    s, t = np.array([0.05, 0.1, 0.2]), np.array([0.1, 0.1, 0.05])
    mean = np.array([0.2, 0.0, -0.1])
    expected = np.sum(mean**2) + np.sum((s - t) ** 2)
    errors = []
    for num in (300, 30_000):
        real = rng.normal(size=(num, 3)) * s
        fake = rng.normal(size=(num, 3)) * t + mean
        found = distance(np.clip(real, -1, 1), fake, batch_size=1000)
        errors.append(abs(found - expected) / expected)
    assert errors[1] < 0.01
    assert errors[1] < errors[0]


def test_correlated_gaussians_closed_form(rng):
    # Commuting covariances Q diag(s^2) Q^T: tr(...) = sum (s - t)^2.
    rotation, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    s, t = rng.uniform(0.1, 3, (2, 5))
    a, b = (rotation * v**2 @ rotation.T for v in (s, t))
    assert frechet_distance(np.zeros(5), a, np.ones(5), b) == pytest.approx(
        5 + np.sum((s - t) ** 2), rel=1e-9
    )


def test_equal_sets_are_at_distance_zero(rng):
    real = mixed(rng, 20, 50)
    assert distance(real, real) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("parts", [1, 13, 5000])
def test_moments_keep_their_digits(parts, rng):
    # Sums of squares of numbers near 1e8 would lose all of a variance of 1.
    rows = 1e8 + rng.normal(size=(5000, 3))
    moments = Moments()
    for batch in np.array_split(rows, parts):
        moments.update(batch)
    expected = np.cov(rows - 1e8, rowvar=False)
    np.testing.assert_allclose(moments.covariance, expected, rtol=1e-5)
    np.testing.assert_allclose(moments.mean, rows.mean(axis=0), rtol=1e-14)


@pytest.mark.parametrize("num, restored", [(4, False), (9, False), (9, True)])
def test_factors_are_those_of_the_covariance(num, restored, rng):
    # Of fewer rows than features, of more, and of some that came later.
    rows = rng.normal(size=(num, 6))
    moments = Moments()
    for batch in (rows[:2], rows[2:]):
        moments.update(batch)
        found = moments.factor @ moments.factor.T
        np.testing.assert_allclose(found, moments.covariance, atol=1e-12)
        if restored:
            arrays = moments.arrays()
            moments = Moments()
            moments.restore(arrays)
    np.testing.assert_allclose(
        moments.covariance, np.cov(rows, rowvar=False), atol=1e-12
    )


def test_statistics_of_older_versions_are_read(rng):
    moments, older = Moments(), Moments()
    moments.update(rng.normal(size=(9, 6)))
    arrays = moments.arrays()
    del arrays["factor"]
    older.restore(arrays)
    np.testing.assert_allclose(
        older.factor @ older.factor.T, moments.covariance, atol=1e-12
    )


def test_the_factor_of_the_real_images_is_computed_once(rng, monkeypatch):
    calls = []

    def eigh(matrix, function=np.linalg.eigh):
        calls.append(matrix)
        return function(matrix)

    monkeypatch.setattr(np.linalg, "eigh", eigh)
    metric = FrechetDistance("pixels")
    metric.update_real(images_of(mixed(rng, 40, 6)))
    samples = [metric.new_sample(number) for number in (1, 2, 3)]
    for sample in samples:
        metric.update_fake(
            images_of(mixed(rng, 5, 6)), also=[(sample, slice(None))]
        )
    for sample in samples:
        metric.result(sample)
    # Each sample has fewer images than features: none for them.
    assert len(calls) == 1
