"""Windows and their smaller inputs, against Pillow."""

import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo import data
from keras_gan_zoo.data import folder as folders
from keras_gan_zoo.modalities import bicubic

RNG = np.random.default_rng(0)


def as_bytes(images):
    return np.round((np.asarray(images) + 1) * 127.5).astype("uint8")


def edges(num, height, width):
    """Noise, and edges at which bicubic interpolation overshoots."""
    found = RNG.integers(0, 256, (num, height, width, 3), "uint8")
    found[0, :, : width // 2 + 3] = 0
    found[0, : height // 3, width // 2 :] = 255
    return found


@pytest.fixture(params=[2**31, 0], ids=["in memory", "decoded in turn"])
def pictures(request, monkeypatch, tmp_path):
    """Pictures of several sizes, and the folder that holds them."""
    monkeypatch.setattr(folders, "MEMORY_LIMIT", request.param)
    found = [
        RNG.integers(0, 256, (20 + 3 * n, 40 - 2 * n, 3), "uint8")
        for n in range(6)
    ]
    for number, picture in enumerate(found):
        path = tmp_path / f"{number % 2}" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(picture).save(path)
    return found, tmp_path


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_inputs_are_pillows_bicubic_to_one_gray_level(scale):
    images = edges(4, 48, 64)
    batches = data.super_resolution_arrays(
        images, scale, batch_size=4, flip=False
    )
    inputs, targets = map(as_bytes, next(iter(batches)))
    assert inputs.shape == (4, 48 // scale, 64 // scale, 3)
    for small, large in zip(inputs, targets):
        size = (64 // scale, 48 // scale)
        expected = Image.fromarray(large).resize(size, Image.Resampling.BICUBIC)
        difference = small.astype(int) - np.asarray(expected)
        assert np.abs(difference).max() <= 1
        nearest = large[scale // 2 :: scale, scale // 2 :: scale]
        assert np.abs(small.astype(int) - nearest).max() > 20


def test_resized_is_pillows_filter_also_to_larger_images():
    image = RNG.uniform(-1, 1, (1, 9, 12, 1)).astype("float32")
    expected = Image.fromarray(image[0, ..., 0]).resize(
        (48, 36), Image.Resampling.BICUBIC
    )
    found = bicubic.resized(image, (36, 48))[0, ..., 0]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def places(window, picture):
    """Where a window comes from, also mirrored: (top, left, mirrored)."""
    views = np.lib.stride_tricks.sliding_window_view(
        picture, window.shape[:2], (0, 1)
    )
    for mirrored in (False, True):
        one = window[:, ::-1] if mirrored else window
        same = (views == np.moveaxis(one, -1, 0)).all((2, 3, 4))
        for top, left in np.argwhere(same):
            yield int(top), int(left), mirrored


def test_windows_come_from_everywhere_and_each_picture_once(pictures):
    images, path = pictures
    batches = data.super_resolution_folder(path, 4, (16, 12), 3)
    assert len(batches) == 2
    found = []
    for _ in range(12):
        number_of = []
        for inputs, targets in batches:
            assert inputs.shape == (3, 4, 3, 3)
            for window in as_bytes(targets):
                where = [
                    (number, *place)
                    for number, image in enumerate(images)
                    for place in places(window, image)
                ]
                assert where
                number_of.append(where[0][0])
                found.append(where[0])
        assert sorted(number_of) == list(range(6))
    _, tops, lefts, mirrored = zip(*found)
    assert min(tops) == 0
    assert max(tops) > 10
    assert len(set(lefts)) > 10
    assert 0.25 < np.mean(mirrored) < 0.75
    # Each picture has its own place in a batch.
    assert len(set(zip(tops[:3], lefts[:3]))) > 1


def test_order_and_windows_depend_on_seed_and_position():
    images = edges(8, 24, 24)

    def epochs(seed, first=0, batch=0):
        batches = data.super_resolution_arrays(
            images, 4, (8, 8), batch_size=2, seed=seed
        )
        batches.position.epoch, batches.position.batch = first, batch
        return [np.asarray(t) for _ in range(2) for _, t in batches]

    one, same, other = epochs(3), epochs(3), epochs(4)
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one[:4], one[4:])
    resumed = epochs(3, first=0, batch=3)
    np.testing.assert_array_equal(resumed[0], one[3])
    np.testing.assert_array_equal(epochs(3, first=1)[:4], one[4:])


def test_center_windows_are_the_same_in_each_pass(pictures):
    images, path = pictures
    batches = data.super_resolution_folder(
        path, 2, (16, 16), 6, crop="center", flip=False
    )
    for _ in range(2):
        ((_, targets),) = batches
        there = {window.tobytes() for window in as_bytes(targets)}
        for image in images:
            top, left = ((side - 16 + 1) // 2 for side in image.shape[:2])
            window = image[top : top + 16, left : left + 16]
            assert window.tobytes() in there


def test_floats_stay_as_they_are():
    images = RNG.uniform(-1, 1, (2, 8, 8, 1)).astype("float32")
    ((inputs, targets),) = data.super_resolution_arrays(
        images, 2, batch_size=2, flip=False
    )
    targets = sorted(np.asarray(targets).tolist())
    assert targets == sorted(images.tolist())
    numbers = 127.5 * np.asarray(inputs) + 127.5
    np.testing.assert_allclose(numbers, numbers.round(), atol=1e-4)


def test_a_rotated_picture_has_its_rotated_size(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    batches = data.super_resolution_folder(tmp_path, 4, (40, 20), 1)
    assert next(iter(batches))[1].shape == (1, 40, 20, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 1}, "whole number of at least 2"),
        ({"image_size": (10, 8)}, "two multiples of 4"),
        ({"image_size": (16, 32)}, "image 1 of 20x20"),
        ({"crop": "middle"}, "'random' or crop='center'"),
        ({"batch_size": 3}, "batch_size between 1 and 2"),
    ],
)
def test_arguments_that_cannot_be(arguments, message):
    images = [np.zeros((20, 40, 3), "uint8"), np.zeros((20, 20, 3), "uint8")]
    with pytest.raises(ValueError, match=message) as error:
        data.super_resolution_arrays(
            images, **{"scale": 4, "image_size": (8, 8), **arguments}
        )
    assert "Expected" in str(error.value)
    with pytest.raises(ValueError, match="equal channels"):
        data.super_resolution_arrays([images[0], images[1][..., :1]])


def test_small_pictures_are_named(tmp_path):
    Image.new("RGB", (50, 20)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"96x96.*a\.png of 20x50"):
        data.super_resolution_folder(tmp_path)
