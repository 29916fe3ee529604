import itertools

import numpy as np
import pytest

from keras_gan_zoo.modalities import tiling


@pytest.mark.parametrize("size", [(8, 8), (5, 13), (1, 3), (16, 9)])
def test_padding_goes_to_the_multiple_and_back(size):
    images = np.random.default_rng(0).normal(size=(2, *size, 3))
    seen = []

    def translate(batch):
        seen.append(batch.shape)
        assert batch.shape[1] % 8 == batch.shape[2] % 8 == 0
        return 2 * batch

    np.testing.assert_array_equal(
        tiling.padded(translate, images, multiple=8), 2 * images
    )
    assert seen == [(2, *(-(-side // 8) * 8 for side in size), 3)]


@pytest.mark.parametrize(("side", "overlap"), [(32, 8), (33, 8), (100, 0)])
def test_tiles_cover_all_and_overlap(side, overlap):
    starts = tiling.starts(side, 32, overlap)
    assert starts[0] == 0
    assert starts[-1] == side - 32
    assert all(b - a <= 32 - overlap for a, b in itertools.pairwise(starts))


def test_tiles_of_a_local_function_are_the_whole():
    image = np.random.default_rng(0).normal(size=(50, 70, 3))
    image = image.astype("float32")
    shapes = set()

    def translate(tile):
        shapes.add(tile.shape)
        return tile[..., :1] ** 2

    result = tiling.tiled(translate, image, tile=32, overlap=8)
    assert shapes == {(1, 32, 32, 3)}
    np.testing.assert_allclose(result, image[..., :1] ** 2, rtol=1e-5)


def test_seams_are_faded():
    """Tiles that disagree blend from one to the other without a step."""
    count = iter(range(100))

    def translate(tile):
        return np.full_like(tile, next(count))

    result = tiling.tiled(translate, np.zeros((8, 56, 1), "float32"), 32, 8)
    row = result[4, :, 0]
    assert row[0] == 0
    assert row[-1] == 1
    assert np.diff(row).max() < 0.25


def test_a_tile_larger_than_the_image():
    image = np.ones((5, 40, 2), "float32")
    result = tiling.tiled(lambda x: x, image, tile=16, overlap=4)
    np.testing.assert_allclose(result, image)
