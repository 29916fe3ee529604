import io

import keras
import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo.modalities import pictures


def test_grid_places_and_scales_without_stretching():
    images = np.stack(
        [np.full((2, 3, 1), v, "float32") for v in (-1, -0.5, 0, 0.5, 1)]
    )
    sheet = pictures.grid(images, columns=3, gap=1)
    assert sheet.shape == (2 * 2 + 1, 3 * 3 + 2, 3)
    centres = [sheet[0, 0], sheet[0, 4], sheet[0, 8], sheet[3, 0], sheet[3, 4]]
    assert [c.tolist() for c in centres] == [
        [v] * 3 for v in (0, 64, 128, 191, 255)
    ]
    np.testing.assert_array_equal(sheet[2], 255)  # the gap
    np.testing.assert_array_equal(sheet[3:, 8:], 255)  # the missing sixth


def test_grid_keeps_colours_and_shows_broken_models():
    image = np.zeros((1, 2, 2, 3), "float32")
    image[..., 0], image[..., 2] = 1, np.nan
    assert pictures.grid(image)[0, 0].tolist() == [255, 128, 0]
    with pytest.raises(ValueError, match="Expected images of shape"):
        pictures.grid(np.zeros((4, 8, 8)))


def test_saved_pictures_are_large_enough_to_see(tmp_path, rng):
    picture = rng.integers(0, 255, (8, 8, 3)).astype("uint8")
    path = pictures.save(tmp_path / "new" / "small", picture)
    with Image.open(path) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (256, 256, 3)
    np.testing.assert_array_equal(pixels[::32, ::32], picture)


@pytest.mark.parametrize("name", ["progress.gif", "progress.webp"])
def test_animation(tmp_path, name):
    files = []
    for index in range(3):
        picture = np.full((8, 8, 3), 100 * index, "uint8")
        files.append(pictures.save(tmp_path / f"{index}.png", picture))
    pictures.save_animation(tmp_path / name, files)
    with Image.open(tmp_path / name) as animation:
        assert animation.n_frames == 3
    with pytest.raises(ValueError, match="none"):
        pictures.save_animation(tmp_path / name, [])


def test_tensorboard_gets_the_picture(tmp_path):
    from tensorboard.backend.event_processing import event_accumulator

    picture = np.full((4, 6, 3), 7, "uint8")
    pictures.log_to_tensorboard(tmp_path, "grid", picture, step=5)
    events = event_accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    (event,) = events.Images("grid")
    assert (event.step, event.width, event.height) == (5, 6, 4)


def test_read_wants_a_picture(tmp_path):
    path = tmp_path / "x.png"
    keras.utils.save_img(path, np.zeros((2, 2, 3)))
    assert pictures.read(path).shape == (2, 2, 3)
    path.write_text("text")
    with pytest.raises(ValueError, match="Received: "):
        pictures.read(path)


@pytest.mark.parametrize("ending", ["png", "tif", "pgm"])
def test_sixteen_bits_are_scaled_by_their_own_depth(tmp_path, ending):
    pixels = np.array([[0, 1000, 32768, 65535]], "uint16")
    Image.fromarray(pixels).save(tmp_path / f"deep.{ending}")
    found = pictures.read(tmp_path / f"deep.{ending}", channels=1)
    assert found.ravel().tolist() == [0, 4, 128, 255]


def test_a_clear_value_of_sixteen_bits_lies_on_white(tmp_path):
    pixels = np.array([[0, 1000]], "uint16")
    Image.fromarray(pixels).save(tmp_path / "x.png", transparency=1000)
    assert pictures.read(tmp_path / "x.png", channels=1).ravel()[1] == 255


@pytest.mark.parametrize("dtype", ["float32", "int32"])
@pytest.mark.parametrize("reads", [pictures.read, pictures.check_file])
def test_pixels_without_a_known_range_are_refused(tmp_path, dtype, reads):
    Image.fromarray(np.full((4, 4), 0.5).astype(dtype)).save(tmp_path / "f.tif")
    with pytest.raises(ValueError, match=r"f\.tif.*8 or 16 bits.*convert"):
        reads(tmp_path / "f.tif")


@pytest.mark.parametrize("limit", [10, 15])  # Pillow's error, its warning
@pytest.mark.parametrize("reads", [pictures.read, pictures.check_file])
def test_a_picture_that_is_too_large_is_named(
    tmp_path, monkeypatch, limit, reads
):
    Image.new("L", (6, 4)).save(tmp_path / "huge.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    with pytest.raises(ValueError, match=r"huge\.png.*smaller"):
        reads(tmp_path / "huge.png")


def test_open_files_need_no_name():
    file = io.BytesIO()
    Image.new("L", (3, 2)).save(file, "png")
    assert pictures.read(file).shape == (2, 3, 3)
    with pytest.raises(ValueError, match="Received: an open file"):
        pictures.read(io.BytesIO(b"no picture"))
