"""Metrics of pairs: against numpy, scikit-image and their formulas."""

import keras
import numpy as np
import pytest

from keras_gan_zoo import metrics
from keras_gan_zoo.metrics import efficientnet, luminance, perceptual

# scikit-image 0.26.0 of `waves()`, in Python:
# [structural_similarity(
#     a / 2 + 0.5, b / 2 + 0.5, data_range=1, channel_axis=-1, sigma=1.5,
#     gaussian_weights=True, use_sample_covariance=False) for a, b in waves()]
SCIKIT_IMAGE = [0.636532, 0.881221, -0.12469]


# Of the luminance of 8-bit images, without a border of 3 pixels, in the same
# way with data_range=255; and peak_signal_noise_ratio.
SCIKIT_IMAGE_Y = [0.668269, 0.894341, -0.083231]
SCIKIT_IMAGE_Y_RATIO = [16.907684, 26.356316, 15.411534]


def waves():
    """Pairs of color pictures, 24x32: shifted, noisy, of other contrast."""
    y, x, channel = np.ogrid[:24, :32, :3]
    some = np.sin(x / 3 + channel) * np.cos(y / 4)
    shifted = np.sin(x / 3 + channel + 0.4) * np.cos(y / 5)
    noise = np.sin(37 * x * y + channel)
    return [
        (some, 0.7 * shifted + 0.2),
        (some, np.clip(some + 0.2 * noise, -1, 1)),
        (some, -0.1 * some),
    ]


@pytest.mark.parametrize("number", range(3))
def test_ssim_is_that_of_scikit_image(number):
    image, target = (side[None] for side in waves()[number])
    metric = metrics.SSIM()
    metric.update_fake(image, target)
    assert metric.result()["ssim"] == pytest.approx(
        SCIKIT_IMAGE[number], abs=1e-4
    )


@pytest.mark.parametrize("number", range(3))
def test_of_luminance_they_are_those_of_scikit_image(number):
    image, target = (side[None] for side in waves()[number])
    for metric, expected in (
        (metrics.SSIM(luminance=True, crop_border=3), SCIKIT_IMAGE_Y),
        (metrics.PSNR(luminance=True, crop_border=3), SCIKIT_IMAGE_Y_RATIO),
    ):
        metric.update_fake(image, target)
        found = metric.result()[metric.name]
        assert found == pytest.approx(expected[number], abs=1e-4)
        again = type(metric).from_config(metric.get_config())
        again.update_fake(image, target)
        assert again.result() == metric.result()
        assert again.report().extractor == "luminance, without a border of 3"


def test_luminance_is_that_of_matlab():
    # rgb2ycbcr(uint8([255 0 0])) and so on, which MATLAB rounds.
    colors = {
        (255, 255, 255): 235,
        (0, 0, 0): 16,
        (255, 0, 0): 81,
        (0, 255, 0): 145,
        (0, 0, 255): 41,
    }
    for color, expected in colors.items():
        image = np.full((1, 8, 8, 3), color) / 127.5 - 1
        found = luminance.compared(image, True, 0)
        assert found.shape == (1, 8, 8, 1)
        number = 127.5 * found[0, 0, 0, 0] + 127.5
        assert number == pytest.approx(expected, abs=0.5)
    gray = luminance.compared(np.full((1, 8, 8, 1), 1.0), True, 2)
    assert gray.shape == (1, 4, 4, 1)
    assert 127.5 * gray.max() + 127.5 == pytest.approx(235)


def test_the_border_is_left_out():
    images = np.zeros((1, 16, 16, 3))
    targets = images.copy()
    targets[:, :4] = targets[:, :, -4:] = 1.0
    ratio, similarity = (metrics.get(name)[0] for name in ("psnr_y", "ssim_y"))
    for metric, best in ((ratio, np.inf), (similarity, 1)):
        metric.update_fake(images, targets)
        assert metric.result()[metric.name] == best
    assert (ratio.name, similarity.name) == ("psnr_y", "ssim_y")
    with pytest.raises(ValueError, match="more than 8 pixels"):
        metrics.get("psnr_y")[0].update_fake(images[:, :8], targets[:, :8])


def test_psnr_is_the_mean_ratio_of_the_images(rng):
    images = rng.uniform(-1, 1, (5, 6, 7, 3))
    targets = rng.uniform(-1, 1, (5, 6, 7, 3)) * 0.3
    metric = metrics.PSNR()
    for part in (slice(2), slice(2, 5)):
        metric.update_fake(images[part], targets[part])
    # As 8-bit images have it, whose range is 255.
    errors = (127.5 * (images - targets)) ** 2
    expected = np.mean(
        [10 * np.log10(255**2 / error.mean()) for error in errors]
    )
    assert metric.result()["psnr"] == pytest.approx(expected, abs=1e-4)
    metric.update_fake(targets[:1], targets[:1])
    assert metric.result()["psnr"] == np.inf


def small_network(*outputs):
    """In its place: three maps, one of them zero in places."""
    assert outputs == efficientnet.MAPS
    inputs = keras.Input((None, None, 3))
    maps = [
        keras.layers.ReLU()(inputs),
        keras.layers.AveragePooling2D(2)(inputs),
        keras.layers.AveragePooling2D(4)(inputs),
    ]
    return keras.Model(inputs, maps)


@pytest.mark.parametrize("channels", [1, 3])
def test_perceptual_distance(channels, rng, monkeypatch):
    monkeypatch.setattr(efficientnet, "load", small_network)
    monkeypatch.setattr(efficientnet, "TOGETHER", 2)
    # None of them 127, the zero of the network, which is not exact.
    numbers = 2 * rng.integers(0, 128, (2, 3, 8, 8, channels))
    images, targets = numbers / 127.5 - 1
    metric = metrics.PerceptualDistance()
    metric.update_fake(images, targets)
    # One place after the other.
    sides = [
        np.repeat((side - 127) / 128, 3 // channels, axis=-1)
        for side in numbers
    ]
    expected = []
    for number in range(3):
        means = []
        for size, lowest in ((1, 0), (2, -9), (4, -9)):
            found = []
            for y in range(0, 8, size):
                for x in range(0, 8, size):
                    places = np.s_[number, y : y + size, x : x + size]
                    one, other = (
                        np.maximum(side[places].mean((0, 1)), lowest)
                        for side in sides
                    )
                    one, other = (
                        vector / (np.linalg.norm(vector) or 1)
                        for vector in (one, other)
                    )
                    found.append(np.sum((one - other) ** 2))
            means.append(np.mean(found))
        expected.append(np.mean(means))
    assert metric.result()["perceptual_distance"] == pytest.approx(
        np.mean(expected), abs=1e-5
    )
    metric.reset_state()
    metric.update_fake(images, images)
    assert metric.result()["perceptual_distance"] == 0


@pytest.mark.slow
def test_more_noise_is_farther_away():
    target = waves()[0][0][None]
    noise = np.random.default_rng(0).uniform(-1, 1, target.shape)
    found = []
    for share in (0, 0.1, 0.3, 1):
        metric = metrics.PerceptualDistance()
        metric.update_fake((1 - share) * target + share * noise, target)
        found.append(metric.result()["perceptual_distance"])
    assert found[0] == 0
    assert 0.01 < found[1] < found[2] < found[3] < 2


def test_directions_of_nothing_are_nothing():
    zeros, ones = np.zeros((1, 1, 1, 3)), np.ones((1, 1, 1, 3))
    assert perceptual.distances([zeros], [zeros]) == [0]
    assert perceptual.distances([zeros], [ones]) == pytest.approx(1)


def test_scores_are_of_the_same_targets(rng):
    images, targets, others = rng.uniform(-1, 1, (3, 4, 12, 12, 1))
    scores = []
    for against in (targets, targets, others):
        metric = metrics.SSIM()
        metric(images, against)
        scores.append(metric.report())
    assert scores[0] == scores[1]
    assert (scores[0].num_real, scores[0].num_fake) == (4, 4)
    assert scores[0].real_set is not None
    with pytest.raises(ValueError, match="same real_set"):
        scores[0].better_than(scores[2])
    # What was forgotten leaves no trace.
    metric.reset_state(keep_real=True)
    metric(images, targets)
    assert metric.report() == scores[0]


def test_better_is_said():
    up = {metrics.PSNR: "up", metrics.SSIM: "up"}
    down = {metrics.PerceptualDistance: "down"}
    for metric, direction in {**up, **down}.items():
        assert metric().direction == direction


@pytest.mark.parametrize("kind", [metrics.PSNR, metrics.SSIM])
@pytest.mark.parametrize(
    "shapes, message",
    [
        (((4, 8, 8, 1), (3, 8, 8, 1)), r"\(4, 8, 8, 1\)\. Received: \(3, 8"),
        (((4, 8, 8, 1), (4, 8, 8, 3)), r"\(4, 8, 8, 1\)\. Received: \(4, 8"),
        (((4, 64, 1), (4, 64, 1)), r"is for images.*\(4, 64, 1\)"),
    ],
)
def test_what_does_not_fit(kind, shapes, message):
    metric = kind()
    with pytest.raises(ValueError, match=message) as error:
        metric.update_fake(*map(np.zeros, shapes))
    assert kind.__name__ in str(error.value)
    assert metric.num_fake == 0
    metric.update_fake(np.zeros((2, 16, 16, 3)), np.zeros((2, 16, 16, 3)))
