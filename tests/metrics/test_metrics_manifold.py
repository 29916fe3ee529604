"""Precision, recall, density, coverage against their definitions in loops."""

import numpy as np
import pytest

from keras_gan_zoo.metrics import DensityCoverage, PrecisionRecall, manifold


def distance(x, y):
    return np.sqrt(np.sum((x.astype("float64") - y) ** 2))


def radius(points, index, k):
    """Distance of a point to its k-th nearest neighbour among the others."""
    others = [
        distance(points[index], point)
        for place, point in enumerate(points)
        if place != index
    ]
    return sorted(others)[k - 1]


def both_sides(rng, num_real=70, num_fake=50):
    real = rng.uniform(-0.8, 0.8, (num_real, 1, 1, 3)).astype("float32")
    fake = rng.normal(0.2, 0.4, (num_fake, 1, 1, 3)).astype("float32")
    return real, np.clip(fake, -1, 1)


def result_of(metric, real, fake):
    metric.update_real(real)
    metric.update_fake(fake)
    return metric.result()


@pytest.mark.parametrize("k", [1, 3])
def test_precision_recall(k, rng):
    real, fake = both_sides(rng)
    result = result_of(PrecisionRecall("pixels", k), real, fake)
    real, fake = real.reshape(-1, 3), fake.reshape(-1, 3)

    def share(points, centres):
        radii = [radius(centres, i, k) for i in range(len(centres))]
        inside = [
            any(distance(p, c) <= r for c, r in zip(centres, radii))
            for p in points
        ]
        return np.mean(inside)

    assert result["precision"] == share(fake, real)
    assert result["recall"] == share(real, fake)
    assert 0.1 < result["recall"] < result["precision"] < 1


@pytest.mark.parametrize("k", [1, 5])
def test_density_coverage(k, rng):
    real, fake = both_sides(rng)
    result = result_of(DensityCoverage("pixels", k), real, fake)
    real, fake = real.reshape(-1, 3), fake.reshape(-1, 3)
    radii = [radius(real, i, k) for i in range(len(real))]
    inside = np.array(
        [[distance(p, c) < r for c, r in zip(real, radii)] for p in fake]
    )
    assert result["density"] == pytest.approx(
        inside.sum() / k / len(fake), rel=1e-9
    )
    assert result["coverage"] == inside.any(axis=0).mean()
    assert 0.1 < result["coverage"] < 1


def test_equal_distributions_have_the_expected_coverage(rng):
    # Section 3.3 of the paper: 1 - 2^-k for equally many images.
    real, fake = rng.uniform(-1, 1, (2, 4000, 1, 1, 2))
    result = result_of(DensityCoverage("pixels", 2), real, fake)
    assert result["coverage"] == pytest.approx(1 - 2**-2, abs=0.02)
    assert result["density"] == pytest.approx(1, abs=0.04)


def test_collapse_lowers_recall_alone(rng):
    real, _ = both_sides(rng)
    fake = np.repeat(real[:1], 50, axis=0)
    result = result_of(PrecisionRecall("pixels"), real, fake)
    # All generated images are one real image: its own ball has radius 0.
    assert result == {"precision": 1.0, "recall": 1 / 70}


def test_blocks_do_not_change_the_distances(rng):
    points, centres = rng.normal(size=(50, 4)), rng.normal(size=(30, 4))
    blocks = list(manifold.squared_distances(points, centres, block_size=7))
    assert len(blocks) == 8
    expected = np.sum((points[:, None] - centres) ** 2, axis=2)
    np.testing.assert_allclose(np.concatenate(blocks), expected, rtol=1e-9)
