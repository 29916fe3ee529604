"""Coverage of modes and accuracy of classes on counts that are known."""

import numpy as np
import pytest
import scipy.stats

from keras_gan_zoo.metrics import ClassAccuracy, MixtureCoverage, ModeCoverage
from keras_gan_zoo.metrics.features import FeatureExtractor

# An image of one pixel in [-1, 1] is of class 0 to 3 from dark to bright.
SHADES = FeatureExtractor(
    "shades", lambda x: -np.abs(x[:, 0, 0] - np.linspace(-1, 1, 4))
)


def images_of(classes):
    return np.linspace(-1, 1, 4)[np.array(classes)].reshape(-1, 1, 1, 1)


def test_modes_and_reverse_divergence():
    metric = ModeCoverage(SHADES, num_modes=4)
    metric.update_real(images_of([0, 1, 1, 2, 3, 3, 3, 3]))
    for batch in ([1, 1, 1], [2, 0, 1]):
        metric.update_fake(images_of(batch))
    q, p = [1, 4, 1, 0], [1, 2, 1, 4]
    result = metric.result()
    assert result["modes"] == 3
    assert result["reverse_kl"] == pytest.approx(scipy.stats.entropy(q, p))


def test_a_class_that_no_real_image_has():
    metric = ModeCoverage(SHADES, num_modes=4)
    metric.update_real(images_of([0, 1, 2]))
    metric.update_fake(images_of([3]))
    assert metric.result() == {"modes": 1, "reverse_kl": np.inf}


def test_number_of_scores():
    metric = ModeCoverage(SHADES, num_modes=10)
    with pytest.raises(ValueError, match="one score for each of 10 classes"):
        metric.update_fake(images_of([0]))


def ring(num=8):
    angle = 2 * np.pi * np.arange(num) / num
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_real_mixture_is_of_high_quality(rng):
    # Rayleigh: P(distance <= 3 std) = 1 - exp(-9 / 2) in the plane.
    mode = rng.integers(0, 8, 100_000)
    samples = ring()[mode] + rng.normal(0, 0.01, (len(mode), 2))
    metric = MixtureCoverage(ring(), std=0.01)
    metric.update_fake(samples)
    result = metric.result()
    assert result["modes"] == 8
    assert result["high_quality"] == pytest.approx(1 - np.exp(-4.5), abs=1e-3)
    assert result["reverse_kl"] == pytest.approx(0, abs=1e-3)


def test_collapsed_mixture():
    # 30 samples on mode 0, 10 on mode 1, 10 near mode 2 but 4 std away.
    modes = ring()
    away = modes[2] * (1 + 4 * 0.01)
    samples = np.concatenate(
        [np.repeat(modes[:2], [30, 10], axis=0), np.repeat([away], 10, axis=0)]
    )
    metric = MixtureCoverage(modes, std=0.01)
    metric.update_fake(samples[:25])
    metric.update_fake(samples[25:])
    result = metric.result()
    assert result["modes"] == 2
    assert result["high_quality"] == 40 / 50
    assert result["reverse_kl"] == pytest.approx(
        scipy.stats.entropy([30, 10, 10, 0, 0, 0, 0, 0], np.ones(8))
    )


def test_mixture_errors():
    with pytest.raises(ValueError, match="std=0"):
        MixtureCoverage(ring(), std=0)
    metric = MixtureCoverage(ring(), std=0.01)
    with pytest.raises(ValueError, match=r"\(num, 2\).*\(5, 3\)"):
        metric.update_fake(np.zeros((5, 3)))
    with pytest.raises(ValueError, match="NaN or infinity"):
        metric.update_fake(np.full((5, 2), np.nan))


@pytest.mark.parametrize("one_hot", [False, True])
def test_class_accuracy(one_hot):
    asked = np.array([0, 0, 0, 0, 1, 1, 3, 3, 3, 3])
    judged = [0, 0, 0, 1, 1, 1, 3, 3, 2, 2]
    labels = np.eye(4)[asked] if one_hot else asked
    metric = ClassAccuracy(SHADES, num_classes=4)
    metric.update_fake(images_of(judged[:6]), labels[:6])
    metric.update_fake(images_of(judged[6:]), labels[6:])
    # Class 2 was not asked for; class 3 came in half of the cases.
    assert metric.result() == {
        "class_accuracy": 0.7,
        "worst_class_accuracy": 0.5,
    }


def test_class_accuracy_errors():
    metric = ClassAccuracy(SHADES, num_classes=4)
    with pytest.raises(ValueError, match="2 labels for 3 images"):
        metric.update_fake(images_of([0, 1, 2]), [0, 1])
    with pytest.raises(ValueError, match=r"labels in \[0, 4\)"):
        metric.update_fake(images_of([0]), [4])
