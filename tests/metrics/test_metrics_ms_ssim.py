"""Structural similarity against TensorFlow's implementation."""

import numpy as np
import pytest
import scipy.ndimage
import tensorflow as tf

from keras_gan_zoo.metrics import MSSSIM
from keras_gan_zoo.metrics.ms_ssim import (
    WEIGHTS,
    _halved,
    multiscale_ssim,
    similarity,
)


def pairs(rng, side):
    """Blobs and the same with noise, grey, in [-1, 1]."""
    coarse = rng.uniform(-0.8, 0.8, (3, 4, 4, 1))
    a = tf.image.resize(coarse, (side, side), "bicubic").numpy()
    noise = np.array([0.02, 0.2, 0.7]).reshape(3, 1, 1, 1)
    b = a + noise * rng.normal(size=a.shape)
    return np.clip(a, -1, 1), np.clip(b, -1, 1)


@pytest.mark.parametrize(
    "side, scales", [(176, 5), (96, 4), (64, 3), (28, 2), (16, 1), (8, 1)]
)
def test_against_tensorflow(side, scales, rng):
    a, b = pairs(rng, side)
    weights = np.array(WEIGHTS[:scales])
    weights *= sum(WEIGHTS) / weights.sum()
    window = min(11, side)
    expected = tf.image.ssim_multiscale(
        tf.constant(a / 2 + 0.5, "float32"),
        tf.constant(b / 2 + 0.5, "float32"),
        max_val=1.0,
        power_factors=tuple(weights),
        filter_size=window,
        filter_sigma=1.5 * window / 11,
    )
    found = multiscale_ssim(a, b)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-6)
    assert found[0] > found[1] > found[2]


def test_one_scale_against_scipy(rng):
    # Three channels, in float64: the means are over all of them.
    a, b = (x / 2 + 0.5 for x in rng.uniform(-1, 1, (2, 3, 20, 24, 3)))

    def mean(x):
        sigmas = (0, 1.5, 1.5, 0)  # 3.5 of them: a window of 11
        filtered = scipy.ndimage.gaussian_filter(x, sigmas, truncate=3.5)
        return filtered[:, 5:-5, 5:-5]

    variances = mean(a * a) - mean(a) ** 2 + mean(b * b) - mean(b) ** 2
    contrast = (2 * mean(a * b) - 2 * mean(a) * mean(b) + 0.03**2) / (
        variances + 0.03**2
    )
    luminance = (2 * mean(a) * mean(b) + 0.01**2) / (
        mean(a) ** 2 + mean(b) ** 2 + 0.01**2
    )
    whole, part = similarity(a, b)
    np.testing.assert_allclose(part, contrast.mean((1, 2, 3)), rtol=1e-9)
    np.testing.assert_allclose(
        whole, (luminance * contrast).mean((1, 2, 3)), rtol=1e-9
    )


def test_an_odd_row_is_left_out(rng):
    images = rng.uniform(-1, 1, (2, 13, 13, 1))
    expected = tf.nn.avg_pool2d(images[:, :12, :12], 2, 2, "VALID")
    np.testing.assert_allclose(_halved(images), expected, rtol=1e-6)


def test_identical_and_inverted(rng):
    a, _ = pairs(rng, 32)
    np.testing.assert_allclose(multiscale_ssim(a, a), 1)
    # Negative similarity counts as none, of one scale and of two.
    for side in (16, 32):
        stripes = np.ones((1, side, side, 1))
        stripes[:, :, ::2] = -1
        np.testing.assert_allclose(multiscale_ssim(stripes, -stripes), 0)


def test_mean_over_all_pairs(rng):
    # Of two images there is one pair only.
    a, b = pairs(rng, 16)
    metric = MSSSIM()
    metric.update_fake(a[:1])
    metric.update_fake(b[2:])
    result = metric.result()
    assert result["ms_ssim"] == pytest.approx(
        multiscale_ssim(a[:1], b[2:])[0], rel=1e-6
    )
    assert np.isnan(result["ms_ssim_error"])


def test_pairs_cover_the_sample(rng):
    # Half black, half white: 1 within a kind, near 0 across.
    images = np.full((400, 12, 12, 1), -1.0)
    images[:200] = 1.0
    metric = MSSSIM(num_pairs=200)
    metric.update_fake(images)
    result = metric.result()
    assert result["ms_ssim"] == pytest.approx(
        0.5, abs=4 * result["ms_ssim_error"]
    )
    assert 0.02 < result["ms_ssim_error"] < 0.05  # 0.5 / sqrt(200)
