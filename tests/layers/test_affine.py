"""Affine maps and linear sampling against numpy and scipy."""

import keras
import numpy as np
import pytest
from checks import float64, to_numpy
from keras import ops
from scipy import ndimage

from keras_gan_zoo import engine
from keras_gan_zoo.layers import affine

HEIGHT, WIDTH = 6, 9


@pytest.fixture
def images(rng):
    return rng.uniform(-1, 1, (4, HEIGHT, WIDTH, 2)).astype("float32")


def sampled(images, maps):
    return to_numpy(
        affine.sample(
            ops.convert_to_tensor(images), ops.convert_to_tensor(maps)
        )
    )


def reference(image, matrix):
    """scipy's linear interpolation, with its reflection of the same kind."""
    height, width, channels = image.shape
    center = np.array([(width - 1) / 2, (height - 1) / 2])
    y, x = np.mgrid[:height, :width].astype("float64")
    places = np.stack([x - center[0], y - center[1], np.ones_like(x)])
    x, y, _ = np.einsum("ij,jhw->ihw", matrix.astype("float64"), places)
    places = [y + center[1], x + center[0]]
    return np.stack(
        [
            ndimage.map_coordinates(
                image[..., channel].astype("float64"),
                places,
                order=1,
                mode="mirror",
            )
            for channel in range(channels)
        ],
        axis=-1,
    )


NUMBERS = np.array([0.3, -0.7, 1.9, -3.2], "float32")
ONES, ZEROS = np.ones(4, "float32"), np.zeros(4, "float32")
ROTATIONS = [
    [[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]]
    for a in NUMBERS
]
TURNS = [np.linalg.matrix_power([[0, -1], [1, 0]], n) for n in range(4)]
MAPS = {
    "scaling": (
        lambda n: affine.scaling(n, 2 * n),
        [np.diag([n, 2 * n, 1]) for n in NUMBERS],
    ),
    "shift": (
        lambda n: affine.shift(n, -2 * n),
        [[[1, 0, n], [0, 1, -2 * n], [0, 0, 1]] for n in NUMBERS],
    ),
    "rotation": (affine.rotation, ROTATIONS),
}


@pytest.mark.parametrize("name", MAPS)
def test_maps_and_sampling(name, images):
    make, expected = MAPS[name]
    expected = np.array(expected, "float32")
    maps = to_numpy(make(ops.convert_to_tensor(NUMBERS)))
    np.testing.assert_allclose(maps, expected, atol=1e-6)
    changed = sampled(images, maps)
    for index, image in enumerate(images):
        np.testing.assert_allclose(
            changed[index], reference(image, expected[index]), atol=2e-5
        )


def test_quarter_turns_move_pixels_exactly(rng):
    images = rng.uniform(-1, 1, (4, 7, 7, 3)).astype("float32")
    maps = affine.quarter_turns(ops.arange(4.0))
    np.testing.assert_array_equal(to_numpy(maps)[:, :2, :2], np.array(TURNS))
    turned = sampled(images, maps)
    for number, image in enumerate(images):
        # The result's pixels come from further on, so the image turns back.
        np.testing.assert_array_equal(turned[number], np.rot90(image, number))


def test_the_identity_is_exact(images):
    maps = affine.rotation(ops.zeros(4))
    np.testing.assert_array_equal(sampled(images, maps), images)


def test_whole_shifts_reflect_at_the_border(images):
    shifted = sampled(images, affine.shift(2 * ops.ones(4), 0 * ops.ones(4)))
    padded = np.pad(images, ((0, 0), (0, 0), (0, 2), (0, 0)), "reflect")
    np.testing.assert_array_equal(shifted, padded[:, :, 2:])


def test_one_pixel_high(rng):
    images = rng.uniform(-1, 1, (1, 1, 5, 1)).astype("float32")
    np.testing.assert_array_equal(
        sampled(images, affine.shift(ops.zeros(1), ops.ones(1))), images
    )


def test_in_a_product_the_last_map_acts_first():
    numbers = ops.convert_to_tensor(NUMBERS)
    turn, move = affine.rotation(numbers), affine.shift(numbers, 1)
    np.testing.assert_allclose(
        to_numpy(affine.product(turn, move)),
        to_numpy(turn) @ to_numpy(move),
        atol=1e-6,
    )


def test_half_precision_keeps_the_places():
    """In bfloat16 a place beyond 256 pixels would be rounded by a pixel."""
    images = np.arange(600, dtype="float32").reshape(1, 1, 600, 1) % 2
    maps = affine.shift(ops.ones(1), 0)
    shifted = sampled(ops.cast(ops.array(images), "bfloat16"), maps)
    np.testing.assert_array_equal(
        shifted.astype("float32")[0, 0, :-1], images[0, 0, 1:]
    )


def test_the_gradient_by_the_images(images):
    """The sum of the shares that a pixel has in the result."""
    with float64():
        maps = np.array(ROTATIONS)
        gradient = engine.input_gradient(
            lambda x: affine.sample(x, ops.convert_to_tensor(maps, "float64")),
            ops.convert_to_tensor(images.astype("float64")),
        )
        found = to_numpy(gradient)
    for index in range(2):
        for place in ((0, 0), (2, 3), (5, 8)):
            one = np.zeros((HEIGHT, WIDTH, 1))
            one[place] = 1
            total = reference(one, maps[index]).sum()
            np.testing.assert_allclose(found[index][place], total, atol=1e-6)
    assert keras.config.floatx() == "float32"
