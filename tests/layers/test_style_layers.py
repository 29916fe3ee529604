"""Layers of style-based networks against numpy."""

import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo.layers import (
    AdaptiveInstanceNormalization,
    EqualizedConv2D,
    EqualizedDense,
    FilteredResampling2D,
    ImageNoise,
    ModulatedConv2D,
    ScaledLeakyReLU,
)


def numbers(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def correlate(x, kernel):
    """`(height, width, in)` with `(k, k, in, out)`, without padding."""
    k = kernel.shape[0]
    height, width = x.shape[0] - k + 1, x.shape[1] - k + 1
    return np.stack(
        [
            np.stack(
                [
                    np.einsum("abi,abio->o", x[r : r + k, c : c + k], kernel)
                    for c in range(width)
                ]
            )
            for r in range(height)
        ]
    )


def padded(x, before, after):
    return np.pad(x, ((before, after), (before, after), (0, 0)))


def per_channel(taps, channels):
    taps = np.asarray(taps, "float64") / np.sum(taps)
    kernel = np.zeros((len(taps), len(taps), channels, channels))
    for channel in range(channels):
        kernel[:, :, channel, channel] = np.outer(taps, taps)
    return kernel


def doubled(x):
    found = np.zeros((2 * x.shape[0], 2 * x.shape[1], x.shape[2]))
    found[::2, ::2] = x
    return found


TAPS = (1, 3, 3, 1)


def test_resampling_is_zeros_then_filter_or_filter_then_every_second(rng):
    x = numbers(rng, 2, 4, 6, 3)
    up = to_numpy(FilteredResampling2D(2)(x))
    down = to_numpy(FilteredResampling2D(0.5)(x))
    same = to_numpy(FilteredResampling2D(1, padding=(2, 2))(x))
    assert up.shape == (2, 8, 12, 3)
    assert down.shape == (2, 2, 3, 3)
    assert same.shape == (2, 5, 7, 3)
    kernel = per_channel(TAPS, 3)
    for number in range(2):
        image = x[number]
        np.testing.assert_allclose(
            up[number],
            4 * correlate(padded(doubled(image), 2, 1), kernel),
            atol=1e-5,
        )
        np.testing.assert_allclose(
            down[number],
            correlate(padded(image, 1, 1), kernel)[::2, ::2],
            atol=1e-5,
        )
        np.testing.assert_allclose(
            same[number], correlate(padded(image, 2, 2), kernel), atol=1e-5
        )
    for layer in (
        FilteredResampling2D(2),
        FilteredResampling2D(0.5),
        FilteredResampling2D(1, padding=(2, 2)),
        FilteredResampling2D(0.5, taps=(1, 2, 1)),
        FilteredResampling2D(2, taps=(1, 2, 1)),
    ):
        assert layer.compute_output_shape(x.shape) == tuple(layer(x).shape)
    # A constant stays, away from the border.
    ones = np.ones((1, 8, 8, 1), "float32")
    for factor in (2, 0.5):
        inner = to_numpy(FilteredResampling2D(factor)(ones))[:, 1:-1, 1:-1]
        np.testing.assert_allclose(inner[:, 1:-1, 1:-1], 1, atol=1e-6)


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("demodulate", [False, True])
def test_modulation_changes_the_kernel_of_each_image(double, demodulate, rng):
    """The formulas of section 2.2: one kernel for each image."""
    layer = ModulatedConv2D(5, 3, demodulate=demodulate, double=double)
    x, w = numbers(rng, 2, 4, 6, 3), numbers(rng, 2, 7)
    found = to_numpy(layer([x, w]))
    assert layer.compute_output_shape([x.shape, w.shape]) == found.shape
    kernel = to_numpy(layer.kernel).astype("float64") / np.sqrt(27)
    scales = w @ to_numpy(layer.style.kernel) / np.sqrt(7) + 1
    for number in range(2):
        own = kernel * scales[number][None, None, :, None]
        if demodulate:
            own = own / np.sqrt((own**2).sum((0, 1, 2)) + 1e-8)
        image = padded(x[number], 1, 1)
        if double:
            # The filter sees the pixels of the padding of the convolution.
            image = padded(doubled(x[number]), 3, 2)
            image = 4 * correlate(image, per_channel(TAPS, 3))
            # A transposed convolution turns its kernel around.
            own = own[::-1, ::-1]
        np.testing.assert_allclose(
            found[number], correlate(image, own), atol=1e-4
        )


def test_demodulated_convolutions_give_unit_variance(rng):
    """Whatever the styles are, as section 2.2 says."""
    layer = ModulatedConv2D(64, 3)
    x, w = numbers(rng, 8, 18, 18, 32), 3 * numbers(rng, 8, 16)
    found = to_numpy(layer([x, w]))[:, 1:-1, 1:-1]
    np.testing.assert_allclose(found.var(axis=(1, 2, 3)), 1, atol=0.1)
    assert found.var() == pytest.approx(1, abs=0.03)
    plain = ModulatedConv2D(64, 3, demodulate=False)
    assert to_numpy(plain([x, w])).var() > 2


def test_equalized_layers_with_another_rate(rng):
    x = numbers(rng, 4, 50)
    layer = EqualizedDense(300, gain=1.0, rate=0.01, first_bias=2.0)
    found = to_numpy(layer(x))
    assert to_numpy(layer.kernel).std() == pytest.approx(100, rel=0.05)
    np.testing.assert_allclose(to_numpy(layer.bias), 200.0)
    expected = x @ to_numpy(layer.kernel) * 0.01 / np.sqrt(50) + 2
    np.testing.assert_allclose(found, expected, atol=1e-4)
    layer = EqualizedConv2D(2, 3, strides=2, padding="valid", use_bias=False)
    x = numbers(rng, 1, 9, 7, 4)
    found = to_numpy(layer(x))
    kernel = to_numpy(layer.kernel) * np.sqrt(2 / 36)
    np.testing.assert_allclose(
        found[0], correlate(x[0], kernel)[::2, ::2], atol=1e-4
    )
    assert layer.compute_output_shape(x.shape) == found.shape
    assert len(layer.weights) == 1


def test_noise_has_one_strength_and_one_channel(rng):
    layer = ImageNoise(seed=0)
    x = numbers(rng, 3, 4, 5, 2)
    assert np.array_equal(to_numpy(layer(x, training=True)), x)
    layer.strength.assign(2.0)
    noise = (to_numpy(layer(x, training=True)) - x) / 2
    np.testing.assert_allclose(noise[..., 0], noise[..., 1], atol=1e-6)
    assert noise.std() == pytest.approx(1, abs=0.3)
    noise = (to_numpy(layer(x)) - x) / 2
    expected = np.broadcast_to(to_numpy(layer.constant), x.shape)
    np.testing.assert_allclose(noise, expected, atol=1e-6)


def test_the_scaled_rectifier_keeps_the_mean_square(rng):
    layer = ScaledLeakyReLU()
    x = numbers(rng, 1000, 3)
    found = to_numpy(layer(x))
    np.testing.assert_allclose(
        found, np.sqrt(2) * np.where(x > 0, x, 0.2 * x), atol=1e-6
    )
    assert np.mean(found**2) == pytest.approx(1.04, abs=0.1)
    layer.bias.assign([0.0, 0.0, -10.0])
    assert (to_numpy(layer(ops.ones((1, 3)))) > 0).tolist() == [
        [True, True, False]
    ]


def test_adaptive_instance_normalization_of_numpy(rng):
    x, w = 3 + 2 * numbers(rng, 2, 4, 6, 3), numbers(rng, 2, 5)
    layer = AdaptiveInstanceNormalization()
    layer.build([x.shape, w.shape])
    layer.style.bias.assign(numbers(rng, 6))
    style = w @ to_numpy(layer.style.kernel) / np.sqrt(5)
    style = style + to_numpy(layer.style.bias)
    expected = np.empty_like(x)
    for image in range(2):
        for channel in range(3):
            plane = x[image, :, :, channel].astype("float64")
            plane = (plane - plane.mean()) / np.sqrt(plane.var() + 1e-8)
            scale, shift = style[image, channel], style[image, 3 + channel]
            expected[image, :, :, channel] = (scale + 1) * plane + shift
    np.testing.assert_allclose(to_numpy(layer([x, w])), expected, atol=1e-5)
    # What is constant becomes the shift, not NaN.
    found = to_numpy(layer([0 * x, w]))
    np.testing.assert_allclose(found[:, 0, 0], style[:, 3:], atol=1e-5)


def test_noise_may_have_a_strength_for_each_channel(rng):
    layer = ImageNoise(per_channel=True)
    layer.build((None, 4, 5, 3))
    layer.strength.assign([0.0, 1.0, 2.0])
    x = numbers(rng, 2, 4, 5, 3)
    added = to_numpy(layer(x)) - x
    expected = to_numpy(layer.constant) * np.array([0.0, 1.0, 2.0])
    np.testing.assert_allclose(added[1], expected, atol=1e-6)
    again = ImageNoise.from_config(layer.get_config())
    assert again.per_channel
