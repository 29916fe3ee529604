"""Losses against the formulas of their papers, written out in numpy."""

import keras
import numpy as np
import pytest

from keras_gan_zoo.objectives import losses

REAL = np.array([[-3.0], [-0.5], [0.2], [1.5], [4.0]], "float32")
FAKE = np.array([[2.5], [0.1], [-0.7], [-1.2], [-6.0]], "float32")
LOGITS = [keras.ops.convert_to_tensor(x) for x in (REAL, FAKE)]


def log_sigmoid(x):
    return np.log(1 / (1 + np.exp(-x.astype("float64"))))


def cross_entropy(x, label):
    return -np.mean(label * log_sigmoid(x) + (1 - label) * log_sigmoid(-x))


def expected(name, r, f, e=0.0):
    """(discriminator's, generator's loss), labels smoothed by e."""
    if name in ("minimax", "non_saturating", "saddle"):
        d = cross_entropy(r, 1 - e) + cross_entropy(f, 0)
        if name == "saddle":
            return d, -d
        if name == "minimax":
            return d, np.mean(log_sigmoid(-f))
        return d, -np.mean(log_sigmoid(f))
    if name == "least_squares":
        d = np.mean((r - (1 - e)) ** 2) / 2 + np.mean(f**2) / 2
        return d, np.mean((f - 1) ** 2) / 2
    if name == "hinge":
        d = np.maximum(0, 1 - r).mean() + np.maximum(0, 1 + f).mean()
        return d, -f.mean()
    if name == "wasserstein":
        return f.mean() - r.mean(), -f.mean()
    if name == "relativistic_paired":
        return -np.mean(log_sigmoid(r - f)), -np.mean(log_sigmoid(f - r))
    real, fake = r - f.mean(), f - r.mean()
    d = cross_entropy(real, 1 - e) + cross_entropy(fake, 0)
    return d, cross_entropy(fake, 1) + cross_entropy(real, 0)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_formula(name):
    loss = losses.get(name)
    d, g = expected(name, REAL, FAKE)
    assert float(loss.discriminator(*LOGITS)) == pytest.approx(d, rel=1e-5)
    assert float(loss.generator(*LOGITS[::-1])) == pytest.approx(g, rel=1e-5)


@pytest.mark.parametrize(
    "cls",
    [
        losses.Minimax,
        losses.NonSaturating,
        losses.Saddle,
        losses.LeastSquares,
        losses.RelativisticAverage,
    ],
)
def test_label_smoothing_is_one_sided(cls):
    name = next(n for n, c in losses.LOSSES.items() if c is cls)
    loss = cls(label_smoothing=0.1)
    d, g = expected(name, REAL, FAKE, e=0.1)
    assert float(loss.discriminator(*LOGITS)) == pytest.approx(d, rel=1e-5)
    assert float(loss.generator(*LOGITS[::-1])) == pytest.approx(g, rel=1e-5)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_extreme_logits_stay_finite(name):
    loss = losses.get(name)
    huge = keras.ops.convert_to_tensor(np.array([[1e4]], "float32"))
    for real, fake in ((huge, -huge), (-huge, huge)):
        assert np.isfinite(float(loss.discriminator(real, fake)))
        assert np.isfinite(float(loss.generator(fake, real)))


@pytest.mark.parametrize("name", losses.LOSSES)
def test_config_round_trip(name):
    loss = losses.get(name)
    config = keras.saving.serialize_keras_object(loss)
    again = losses.get(config)
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    assert losses.get(loss) is loss


def test_smoothing_out_of_range_is_explained():
    with pytest.raises(ValueError, match="Expected label_smoothing"):
        losses.NonSaturating(label_smoothing=0.9)
