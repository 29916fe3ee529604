"""Differentiable augmentation against its formulas in numpy."""

import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.layers.augment import DiffAugment, color, cutout, translation


@pytest.fixture
def images(rng):
    return rng.uniform(-1, 1, (5, 16, 9, 3)).astype("float32")


def applied(transform, images, *draws):
    """What it makes of the images with these draws, each a part of `high`."""
    numbers = iter(np.asarray(draws, "float32")[..., None, None, None])

    def draw(high):
        return ops.convert_to_tensor(next(numbers) * high)

    return to_numpy(transform(ops.convert_to_tensor(images), draw))


def test_color(images, rng):
    brightness, saturation, contrast = draws = rng.uniform(size=(3, 5))
    changed = applied(color, images, *draws)
    for index, x in enumerate(images):
        x = x + brightness[index] - 0.5
        grey = x.mean(axis=-1, keepdims=True)
        x = grey + 2 * saturation[index] * (x - grey)
        x = x.mean() + (contrast[index] + 0.5) * (x - x.mean())
        np.testing.assert_allclose(changed[index], x, atol=1e-5)


def test_translation(images):
    # Of 16 rows up to 2 either way: five shifts; of 9 columns up to 1.
    rows = np.array([-2, -1, 0, 1, 2])
    columns = np.array([1, 0, -1, 1, -1])
    draws = (rows + 2.5) / 5, (columns + 1.5) / 3
    shifted = applied(translation, images, *draws)
    around = np.pad(images, ((0, 0), (2, 2), (1, 1), (0, 0)))
    for index, (row, column) in enumerate(zip(rows, columns)):
        expected = around[index, 2 - row : 18 - row, 1 - column : 10 - column]
        np.testing.assert_allclose(shifted[index], expected, atol=1e-6)


def test_cutout(images):
    # Windows of 8 rows and 5 columns around these centres.
    rows, columns = np.array([0, 3, 8, 12, 16]), np.array([4, 0, 8, 6, 2])
    draws = (rows + 0.5) / 17, (columns + 0.5) / 9
    expected = images.copy()
    for index, (row, column) in enumerate(zip(rows, columns)):
        top, left = max(row - 4, 0), max(column - 2, 0)
        expected[index, top : row + 4, left : column + 3] = 0
    np.testing.assert_array_equal(applied(cutout, images, *draws), expected)


def test_all_shifts_are_equally_likely():
    # One bright pixel in the middle says where an image went.
    images = np.zeros((2000, 16, 16, 1), "float32")
    images[:, 8, 8] = 1
    layer = DiffAugment("translation", seed=0)
    _, rows, columns, _ = to_numpy(layer(images, training=True)).nonzero()
    counts = np.zeros((5, 5))
    np.add.at(counts, (rows - 6, columns - 6), 1)
    assert counts.sum() == 2000
    # 80 of each expected, with a standard deviation of 9.
    assert counts.min() > 45
    assert counts.max() < 115


def test_each_image_is_changed_on_its_own_and_anew_each_time():
    images = np.full((2, 8, 8, 3), 0.5, "float32")
    layer = DiffAugment("color", seed=0)
    first, second = (to_numpy(layer(images, training=True)) for _ in range(2))
    assert np.abs(first[0] - first[1]).min() > 1e-3
    assert np.abs(first - second).min() > 1e-3
    again = DiffAugment("color", seed=0)
    np.testing.assert_array_equal(to_numpy(again(images, training=True)), first)


def test_nothing_changes_outside_of_training(images):
    np.testing.assert_array_equal(to_numpy(DiffAugment()(images)), images)


def test_the_gradient_passes(images):
    layer = DiffAugment("translation,cutout", seed=0)
    gradient = to_numpy(
        engine.input_gradient(
            lambda x: layer(x, training=True),
            ops.convert_to_tensor(images),
        )
    )
    # Of the sum of what is left: 1 where a pixel was kept, 0 where not.
    assert set(np.unique(gradient)) == {0.0, 1.0}
    # Shifts take less than a third, and at least a corner of windows.
    assert 0.3 < gradient.mean() < 0.99


def test_an_unknown_augmentation():
    with pytest.raises(ValueError, match="Did you mean 'color'"):
        DiffAugment("colour,cutout")


def test_the_policy_is_kept():
    layer = DiffAugment("cutout,color", seed=3)
    assert DiffAugment.from_config(layer.get_config()).policy == "cutout,color"
    assert layer.transformations == [cutout, color]


def test_a_draw_that_is_rounded_up_shifts_no_further(images):
    """In float32 the largest draws below a bound may be the bound."""
    bound, below = np.ones((2, 5)), np.full((2, 5), 0.99)
    np.testing.assert_array_equal(
        applied(translation, images, *bound),
        applied(translation, images, *below),
    )
