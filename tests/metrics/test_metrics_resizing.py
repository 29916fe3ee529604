"""Resizing against Pillow and TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan_zoo.metrics import resizing

SIZES = [((30, 44), (299, 299)), ((64, 64), (17, 40)), ((9, 50), (20, 7))]


def images(rng, size):
    """Noise and edges, where antialiasing and overshoot show."""
    found = rng.uniform(-1, 1, (2, *size, 3)).astype("float32")
    found[1, :, : size[1] // 2] = -1
    found[1, :, size[1] // 2 :] = 1
    return found


@pytest.mark.parametrize("old, new", SIZES)
def test_clean_is_pillows_bicubic_filter_of_floats(old, new, rng):
    x = images(rng, old)
    expected = np.empty((2, *new, 3), "float32")
    for number in range(2):
        for channel in range(3):
            picture = Image.fromarray(x[number, ..., channel])
            assert picture.mode == "F"
            picture = picture.resize(new[::-1], Image.Resampling.BICUBIC)
            expected[number, ..., channel] = picture
    assert np.abs(expected).max() > 1.01  # the filter overshoots
    found = resizing.resized(x, new, "clean")
    np.testing.assert_allclose(found, expected.clip(-1, 1), atol=1e-4)


@pytest.mark.parametrize("old, new", SIZES)
def test_legacy_is_tensorflows_resize_without_antialias(old, new, rng):
    x = images(rng, old)
    expected = tf.compat.v1.image.resize(x, new, "bilinear")
    found = resizing.resized(x, new, "legacy")
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("mode", resizing.MODES)
def test_the_same_size_is_the_same_image(mode, rng):
    x = images(rng, (12, 15))
    found = resizing.resized(x, (12, 15), mode)
    np.testing.assert_allclose(found, x, atol=1e-6)
    assert found.dtype == "float32"


def test_modes_go_by_name():
    with pytest.raises(ValueError, match="Did you mean 'clean'"):
        resizing.resized(np.zeros((1, 4, 4, 3)), (8, 8), "clear")
