"""Kernel distance against its definition, summed up pair by pair."""

import itertools

import numpy as np
import pytest

from keras_gan_zoo.metrics import KernelDistance


def features(rng, num, mean=0.0):
    images = np.clip(rng.normal(mean, 0.3, (num, 1, 2, 2)), -1, 1)
    return images.astype("float32")


def by_pairs(real, fake):
    """The unbiased estimate of the paper, one pair at a time."""

    def kernel(x, y):
        return (np.dot(x.astype("float64"), y) / len(x) + 1) ** 3

    def within(rows):
        return np.mean(
            [kernel(x, y) for x, y in itertools.permutations(rows, 2)]
        )

    across = np.mean([kernel(x, y) for x in real for y in fake])
    return within(real) + within(fake) - 2 * across


def test_against_the_sum_over_pairs(rng):
    real, fake = features(rng, 40), features(rng, 40, mean=0.2)
    metric = KernelDistance("pixels", subset_size=40, num_subsets=3)
    metric.update_real(real)
    metric.update_fake(fake)
    result = metric.result()
    expected = by_pairs(real.reshape(40, -1), fake.reshape(40, -1))
    assert result["kernel_distance"] == pytest.approx(expected, rel=1e-4)
    # Subsets that are all there is do not vary, and tell no error.
    assert result["kernel_distance_std"] == pytest.approx(0, abs=1e-12)
    assert np.isnan(result["kernel_distance_error"])


def test_subsets_average_to_the_whole(rng):
    real, fake = features(rng, 60), features(rng, 60, mean=0.2)
    whole = by_pairs(real.reshape(60, -1), fake.reshape(60, -1))
    metric = KernelDistance("pixels", subset_size=20, num_subsets=2000)
    metric.update_real(real)
    metric.update_fake(fake)
    result = metric.result()
    spread = result["kernel_distance_std"] / 2000**0.5
    assert abs(result["kernel_distance"] - whole) < 4 * spread


def test_standard_error_is_the_spread_of_repetitions(rng):
    metric = KernelDistance("pixels", subset_size=50, num_subsets=30)
    values, errors = [], []
    for _ in range(60):
        metric.reset_state()
        metric.update_real(features(rng, 250))
        metric.update_fake(features(rng, 250, mean=0.25))
        result = metric.result()
        values.append(result["kernel_distance"])
        errors.append(result["kernel_distance_error"])
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.3)


def test_unbiased_on_equal_distributions(rng):
    metric = KernelDistance("pixels", subset_size=20, num_subsets=1)
    values = []
    for _ in range(300):
        metric.reset_state()
        metric.update_real(features(rng, 20))
        metric.update_fake(features(rng, 20))
        values.append(metric.result()["kernel_distance"])
    assert abs(np.mean(values)) < 3 * np.std(values) / 300**0.5
    assert min(values) < 0 < max(values)


def test_subset_larger_than_what_is_kept():
    with pytest.raises(ValueError, match="subset_size=100, max_samples=50"):
        KernelDistance("pixels", subset_size=100, max_samples=50)
