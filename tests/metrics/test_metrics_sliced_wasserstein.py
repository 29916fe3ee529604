"""Sliced Wasserstein distance against scipy's filters and distances."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats

from keras_gan_zoo.metrics import SlicedWassersteinDistance
from keras_gan_zoo.metrics import sliced_wasserstein as module

BINOMIAL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def filtered(images, kernel):
    weights = kernel[None, :, :, None]
    return scipy.ndimage.convolve(images, weights, mode="mirror")


def test_laplacian_pyramid(rng):
    images = rng.uniform(-1, 1, (2, 64, 32, 3)).astype("float32")
    levels = module.laplacian_pyramid(images)
    smaller = filtered(images, BINOMIAL)[:, ::2, ::2]
    spread = np.zeros_like(images)
    spread[:, ::2, ::2] = smaller
    enlarged = filtered(spread, 4 * BINOMIAL)
    assert [level.shape for level in levels] == [
        (2, 64, 32, 3),
        (2, 32, 16, 3),
    ]
    np.testing.assert_allclose(levels[0], images - enlarged, atol=1e-6)
    np.testing.assert_allclose(levels[1], smaller, atol=1e-6)


@pytest.mark.parametrize(
    "side, heights",
    [
        (16, [16]),
        (28, [28]),
        (32, [32, 16]),
        (66, [66, 33]),
        (128, [128, 64, 32, 16]),
    ],
)
def test_levels(side, heights):
    levels = module.laplacian_pyramid(np.zeros((1, side, side, 1), "float32"))
    assert [level.shape[1] for level in levels] == heights


def test_patches_are_cut_from_everywhere(rng):
    # Each pixel knows its place: its number within all the images.
    images = np.arange(3 * 16 * 20).reshape(3, 16, 20, 1)
    patches = module.random_patches(images, 1000, rng)
    assert patches.shape == (3000, 7, 7, 1)
    steps = 20 * np.arange(7)[:, None] + np.arange(7)
    corners = patches[:, 0, 0, 0]
    np.testing.assert_array_equal(
        patches[..., 0], corners[:, None, None] + steps
    )
    image, place = np.divmod(corners, 16 * 20)
    np.testing.assert_array_equal(image, np.repeat([0, 1, 2], 1000))
    assert len(set(place)) == 10 * 14  # all that fit, none over the edge
    assert max(place // 20) == 9
    assert max(place % 20) == 13


def test_distance_of_shifted_sets(rng):
    # Along a unit vector u the sets differ by u . shift everywhere.
    points = rng.normal(size=(500, 10))
    shift = rng.normal(size=10)
    found = module.sliced_wasserstein(
        points, rng.permutation(points) + shift, np.random.default_rng(5)
    )
    again = np.random.default_rng(5)
    directions = np.concatenate(
        [again.normal(size=(10, 128)) for _ in range(4)], axis=1
    )
    expected = np.abs(shift @ (directions / np.linalg.norm(directions, axis=0)))
    assert found == pytest.approx(expected.mean(), rel=1e-6)


def test_whole_metric_against_scipy(rng):
    # Of 16x16 images a set of patches large enough to repeat all of them.
    real = rng.uniform(-1, 1, (3, 16, 16, 2)).astype("float32")
    fake = np.clip(rng.normal(0, 0.3, (3, 16, 16, 2)), -1, 1)
    fake = 0.5 * fake + 0.5 * np.roll(fake, 1, axis=2)
    fake[..., 1] = 0.1 * fake[..., 1] + 0.7  # normalised by channel
    metric = SlicedWassersteinDistance(max_patches=60_000)
    for _ in range(100):
        metric.update_real(real)
        metric.update_fake(fake)
    result = metric.result()

    def all_patches(images):
        windows = np.lib.stride_tricks.sliding_window_view(
            images, (7, 7), axis=(1, 2)
        )
        windows = (windows - windows.mean((0, 1, 2, 4, 5), keepdims=True)) / (
            windows.std((0, 1, 2, 4, 5), keepdims=True)
        )
        # (image, top, left, channel, 7, 7), the channel last in a row.
        return np.moveaxis(windows, 3, -1).reshape(300, -1)

    a, b = all_patches(real), all_patches(fake)
    distances = []
    for direction in rng.normal(size=(512, a.shape[1])):
        direction /= np.linalg.norm(direction)
        distances.append(
            scipy.stats.wasserstein_distance(a @ direction, b @ direction)
        )
    # Times 1,000 as in the paper; both sides draw 512 directions.
    error = 1000 * np.std(distances) * (2 / 512) ** 0.5
    assert result["swd"] == result["swd_16"]
    assert result["swd"] == pytest.approx(
        1000 * np.mean(distances), abs=4 * error
    )
    assert error < 0.1 * result["swd"]


def test_images_without_contrast():
    metric = SlicedWassersteinDistance()
    metric.update_real(np.zeros((2, 16, 16, 1)))
    metric.update_fake(np.zeros((2, 16, 16, 1)))
    assert metric.result() == {"swd": 0, "swd_16": 0}


def test_too_small_images():
    metric = SlicedWassersteinDistance()
    with pytest.raises(ValueError, match=r"at least 16 pixels.*\(8, 8\)"):
        metric.update_fake(np.zeros((2, 8, 8, 1)))
