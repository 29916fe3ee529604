"""Color matrices against formulas in numpy."""

import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo.layers import affine, recolor

NUMBERS = np.array([0.4, -0.3, 1.7, 2.6], "float32")
FLIPS = np.array([0, 1, 1, 0], "float32")


@pytest.fixture
def images(rng):
    return rng.uniform(-1, 1, (4, 5, 3, 3)).astype("float32")


def gray(image):
    return image.mean(axis=-1, keepdims=True)


def turned(image, angle):
    """Rodrigues' formula of the turn around (1, 1, 1)."""
    axis = np.ones(3) / np.sqrt(3)
    return (
        image * np.cos(angle)
        + np.cross(axis, image) * np.sin(angle)
        + axis * (image @ axis)[..., None] * (1 - np.cos(angle))
    )


CHANGES = {
    "brightness": lambda image, n: image + n,
    "contrast": lambda image, n: image * n,
    # Gray is negated, and what is beside it stays.
    "luma_flip": lambda image, n: image - 2 * n * gray(image),
    "hue": turned,
    "saturation": lambda image, n: gray(image) + n * (image - gray(image)),
}


def applied(name, images, numbers):
    matrices = getattr(recolor, name)(ops.convert_to_tensor(numbers))
    return to_numpy(recolor.recolor(ops.convert_to_tensor(images), matrices))


def numbers_of(name):
    return FLIPS if name == "luma_flip" else NUMBERS


@pytest.mark.parametrize("name", CHANGES)
def test_the_formula(name, images):
    numbers = numbers_of(name)
    changed = applied(name, images, numbers)
    for image, number, found in zip(images, numbers, changed):
        expected = CHANGES[name](image.astype("float64"), number)
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("channels", [1, 2])
def test_gray_images_change_as_gray_colors_do(name, channels, images):
    one = images[..., :channels]
    changed = applied(name, one, numbers_of(name))
    for channel in range(channels):
        color = np.repeat(one[..., channel : channel + 1], 3, axis=-1)
        expected = applied(name, color, numbers_of(name))
        np.testing.assert_allclose(
            changed[..., channel], expected[..., 0], atol=1e-5
        )


@pytest.mark.parametrize("name", ["hue", "saturation"])
def test_these_do_nothing_to_gray_images(name, images):
    one = images[..., :1]
    np.testing.assert_allclose(applied(name, one, NUMBERS), one, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "neutral"),
    [
        ("brightness", 0),
        ("contrast", 1),
        ("luma_flip", 0),
        ("hue", 0),
        ("saturation", 1),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_neutral_numbers_change_nothing(name, neutral, channels, images):
    one = images[..., :channels]
    numbers = np.full(4, neutral, "float32")
    np.testing.assert_array_equal(applied(name, one, numbers), one)


def test_a_turn_by_a_third_exchanges_the_colors(images):
    numbers = np.full(4, 2 * np.pi / 3, "float32")
    np.testing.assert_allclose(
        applied("hue", images, numbers),
        np.roll(images, 1, axis=-1),
        atol=1e-6,
    )


def test_the_last_matrix_acts_first(images):
    first = recolor.brightness(ops.convert_to_tensor(NUMBERS))
    then = recolor.contrast(2 * ops.ones(4))
    found = recolor.recolor(
        ops.convert_to_tensor(images), affine.product(then, first)
    )
    expected = 2 * (images + NUMBERS[:, None, None, None])
    np.testing.assert_allclose(to_numpy(found), expected, atol=1e-5)
