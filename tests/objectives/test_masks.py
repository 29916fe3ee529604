"""Random holes: their sizes, places and seeds."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo import masks
from keras_gan_zoo.engine import randomness
from keras_gan_zoo.modalities import Mask

SIZE = (12, 18)
ALL = [
    masks.CenterMask(0.4),
    masks.RandomRectangles(0.2, 0.6, rectangles=2),
    masks.RandomRegions(0.1, 0.4, cells=3),
]


@pytest.mark.parametrize("made", ALL, ids=lambda made: type(made).__name__)
def test_they_are_masks_and_the_seed_decides(made):
    some, again, others = (
        to_numpy(made(40, SIZE, seed=seed)) for seed in (1, 1, 2)
    )
    assert some.dtype == np.float32
    Mask((*SIZE, 1)).check(some)
    np.testing.assert_array_equal(some, again)
    holes = some.sum((1, 2, 3))
    assert holes.min() > 0
    assert holes.max() < SIZE[0] * SIZE[1]
    if not isinstance(made, masks.CenterMask):
        assert not np.array_equal(some, others)
        assert len(np.unique(some, axis=0)) > 30
        # Every pixel may be missing, and every pixel may be known.
        many = to_numpy(made(2000, SIZE, seed=3)).mean(0)
        assert many.min() > 0
        assert many.max() < 1
    copy = masks.get(keras.saving.serialize_keras_object(made))
    assert copy.get_config() == made.get_config()
    np.testing.assert_array_equal(to_numpy(copy(40, SIZE, seed=1)), some)


@pytest.mark.parametrize("made", ALL, ids=lambda made: type(made).__name__)
def test_a_step_with_a_batch_of_unknown_size_draws_them(made):
    noise = randomness.ReplicaSeedGenerator(0)
    images = keras.Input((*SIZE, 1))

    class Holes(keras.layers.Layer):
        def call(self, images):
            return made(ops.shape(images)[0], SIZE, noise)

        def compute_output_shape(self, shape):
            return (shape[0], *SIZE, 1)

    found = keras.Model(images, Holes()(images)).predict(
        np.zeros((5, *SIZE, 1)), verbose=0
    )
    Mask((*SIZE, 1)).check(found)
    assert len(found) == 5


def test_the_center_is_in_the_center():
    mask = to_numpy(masks.CenterMask(0.5)(1, (8, 12), seed=0))[0, ..., 0]
    expected = np.zeros((8, 12))
    expected[2:6, 3:9] = 1
    np.testing.assert_array_equal(mask, expected)


def test_rectangles_have_the_sizes_asked_for():
    found = to_numpy(masks.RandomRectangles(0.25, 0.5)(500, (12, 16), 0))
    heights = found.any((2, 3)).sum(1)
    widths = found.any((1, 3)).sum(1)
    # Full rectangles, all sizes, and all places.
    np.testing.assert_array_equal(found.sum((1, 2, 3)), heights * widths)
    assert set(heights) == {3, 4, 5, 6}
    assert set(widths) == {4, 5, 6, 7, 8}
    tops = found.any((2, 3)).argmax(1)
    assert set(tops[heights == 6]) == set(range(7))
    assert abs(np.corrcoef(heights, widths)[0, 1]) < 0.2


def test_regions_have_the_share_asked_for_and_hold_together():
    found = to_numpy(masks.RandomRegions(0.2, 0.3)(300, (32, 32), 0))
    shares = found.mean((1, 2, 3))
    assert 0.199 < shares.min() < 0.21
    assert 0.29 < shares.max() < 0.301
    # Neighbors of missing pixels are mostly missing, unlike in white noise.
    down = found[:, 1:] * found[:, :-1]
    assert down.sum() / found[:, 1:].sum() > 0.8
    few, many = (
        to_numpy(masks.RandomRegions(0.25, 0.25, cells)(50, (32, 32), 0))
        for cells in (3, 12)
    )
    edges = [np.abs(np.diff(m, axis=1)).sum() for m in (few, many)]
    assert 2 * edges[0] < edges[1]


@pytest.mark.parametrize(
    ("made", "arguments"),
    [
        ("center", {"share": 1.0}),
        ("rectangles", {"least": 0.5, "most": 0.4}),
        ("rectangles", {"rectangles": 0}),
        ("regions", {"least": 0.0}),
        ("regions", {"cells": 0}),
    ],
)
def test_arguments_out_of_range(made, arguments):
    with pytest.raises(ValueError, match=r"Expected.*Received: "):
        masks.MASKS[made](**arguments)


def test_a_name_that_does_not_exist():
    with pytest.raises(ValueError, match=r"Unknown mask: 'centre'.*center"):
        masks.get("centre")
