"""Masks as a kind of sample."""

import numpy as np
import pytest
from modality_checks import ModalityChecks
from PIL import Image

from keras_gan_zoo.modalities import Mask, mask, pictures

ONES = np.ones((2, 8, 6, 1), "float32")


class TestMask(ModalityChecks):
    modality = Mask((8, 6, 1))
    wrong = {
        "shape": (ONES[:, 1:], r"\(batch, 8, 6, 1\).*\(2, 7, 6, 1\)"),
        "axes": (ONES[..., 0], "last axis"),
        "channels": (np.ones((2, 8, 6, 3)), "do not fit"),
        "none": (ONES[:0], "do not fit"),
        "range": ((255 * ONES).astype("uint8"), r"wrong values.*\[255\]"),
        "between": (ONES / 2, r"\[0\.5\]"),
        "sign": (-ONES, r"\[-1\.0\]"),
        "nan": (ONES * np.nan, "nan"),
    }


@pytest.mark.parametrize("kind", ["float32", "bool", "uint8", "int64"])
def test_zeros_and_ones_of_any_type_are_masks(kind):
    Mask((8, 6, 1)).check(ONES.astype(kind))


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 3), (0, 8, 1), 8])
def test_shapes_that_are_none(shape):
    with pytest.raises(ValueError, match=r"Expected.*Received: mask_shape="):
        Mask(shape)


def test_white_is_missing(tmp_path):
    picture = np.zeros((8, 6, 3), "uint8")
    picture[2:5, 1:4] = 255
    picture[6, 0] = 100  # a dark gray is known
    Image.fromarray(picture).save(tmp_path / "mask.png")
    expected = np.zeros((8, 6, 1), "float32")
    expected[2:5, 1:4] = 1
    np.testing.assert_array_equal(
        Mask((8, 6, 1)).read(tmp_path / "mask.png"), expected
    )


def test_a_written_mask_comes_back_pixel_by_pixel(tmp_path):
    masks = Mask((8, 6, 1))
    for seed in range(4):
        sample = masks.example(1, seed)[0]
        path = masks.write_one(tmp_path / f"{seed}.png", sample)
        assert pictures.read(path).shape == (8, 6, 3)
        np.testing.assert_array_equal(masks.read(path), sample)


def test_a_color_marks_the_hole():
    picture = np.random.default_rng(0).integers(0, 255, (4, 5, 3), "uint8")
    picture[1, 2] = picture[3, 4] = 255, 0, 170
    found = mask.painted(picture, "#ff00AA")
    assert found.shape == (4, 5, 1)
    assert np.argwhere(found).tolist() == [[1, 2, 0], [3, 4, 0]]
    for color, message in {"red": "six hex", "#123456": "no hole"}.items():
        with pytest.raises(ValueError, match=message) as error:
            mask.painted(picture, color)
        assert "Expected" in str(error.value)
        assert "Received" in str(error.value)
