"""Images as a kind of sample."""

import keras
import numpy as np
import pytest
from modality_checks import ModalityChecks

from keras_gan_zoo.modalities import Image, Thumbnail, pictures

IMAGES = Image((8, 8, 1)).example(4)


class TestImage(ModalityChecks):
    modality = Image((8, 6, 3))
    wrong = {
        "shape": (
            np.zeros((2, 6, 8, 3)),
            r"\(batch, 8, 6, 3\).*\(2, 6, 8, 3\)",
        ),
        "axes": (np.zeros((2, 8, 6)), "do not fit"),
        "none": (np.zeros((0, 8, 6, 3)), "are no targets"),
        "type": (np.zeros((2, 8, 6, 3), "uint8"), "wrong type.*uint8.*127.5"),
        "range": (np.full((2, 8, 6, 3), 200.0), "wrong range.*maximum 200"),
        "nan": (np.full((2, 8, 6, 3), np.nan), "NaN or infinity.*minimum nan"),
    }


class TestThumbnail(ModalityChecks):
    modality = Thumbnail((8, 6, 3))
    wrong = {"shape": (np.zeros((2, 6, 8, 3)), "do not fit")}


class TestGrey(ModalityChecks):
    modality = Image((8, 8, 1))
    wrong = {"infinite": (np.full_like(IMAGES, np.inf), "NaN or infinity")}


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 0), 8, (8, 8, 1, 1)])
def test_shapes_that_are_none(shape):
    with pytest.raises(ValueError, match=r"three.*Received: image_shape="):
        Image(shape)


def test_a_range_from_zero_is_warned_of():
    with pytest.warns(UserWarning, match="2 \\* x - 1"):
        Image((8, 8, 1)).check((IMAGES + 1) / 2)


def test_bfloat16_is_a_float():
    import ml_dtypes

    Image((8, 8, 1)).check(IMAGES.astype(ml_dtypes.bfloat16))


def test_preview_is_the_grid():
    found = Image((8, 8, 1)).preview(IMAGES, columns=3, gap=2)
    np.testing.assert_array_equal(found, pictures.grid(IMAGES, 3, 2))


def test_images_of_a_model_that_grows_are_shown_in_full_size():
    image = Image((8, 8, 1))
    small = image.preview(IMAGES[:, ::4, ::4], gap=0)
    assert small.shape == (16, 16, 3)
    np.testing.assert_array_equal(
        small[::4, ::4], pictures.grid(IMAGES[:, ::4, ::4], gap=0)
    )
    # What does not divide the sides stays as it is.
    assert image.preview(np.zeros((1, 3, 16, 1))).shape == (3, 16, 3)


def test_a_written_picture_is_the_grid(tmp_path):
    image = Image((8, 8, 1))
    (path,) = image.write(tmp_path / "x.png", IMAGES)
    factor = 16  # 17 pixels become at least 256
    np.testing.assert_array_equal(
        pictures.read(path)[::factor, ::factor], pictures.grid(IMAGES)
    )


def test_a_written_image_comes_back(tmp_path):
    image = Image((256, 256, 3))  # so large that it is not enlarged
    sample = image.example(1)
    (path,) = image.write(tmp_path / "x", sample)
    np.testing.assert_allclose(image.read(path), sample[0], atol=0.004)


@pytest.mark.parametrize("ending", Image.endings)
def test_every_ending_is_a_picture(ending, tmp_path):
    (path,) = Image((8, 8, 1)).write(tmp_path / f"x{ending.upper()}", IMAGES)
    assert pictures.read(path).shape == (272, 272, 3)


def test_files_that_are_read_have_one_or_three_channels(tmp_path):
    with pytest.raises(ValueError, match="channels=2"):
        Image((8, 8, 2)).read(tmp_path / "x.png")


def test_other_channels_are_shown_side_by_side():
    both = np.stack([np.zeros((8, 8)), np.ones((8, 8))], axis=-1)[None]
    sheet = Image((8, 8, 2)).preview(both, gap=0)
    assert sheet[0, :, 0].tolist() == [128] * 8 + [255] * 8


def test_channels_first_is_refused():
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(ValueError, match=r"'channels_first'.*keras\.json"):
            Image((8, 8, 1))
    finally:
        keras.config.set_image_data_format("channels_last")
