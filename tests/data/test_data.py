import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from keras_gan_zoo import data
from keras_gan_zoo.data import folder as folders
from keras_gan_zoo.data import order


def numbered(num=10, batch_size=3, **kwargs):
    """Images whose pixels are their number, with that number as label."""
    images = np.zeros((num, 2, 2, 1), "uint8") + np.arange(
        num, dtype="uint8"
    ).reshape(-1, 1, 1, 1)
    return data.arrays(images, np.arange(num), batch_size, **kwargs)


def labels_of(dataset):
    return [batch[1].numpy().tolist() for batch in dataset]


def test_digits_are_the_real_ones():
    images, labels = next(iter(data.digits(batch_size=1797, labels=True)))
    assert images.shape == (1797, 8, 8, 1)
    assert images.dtype == "float32"
    real, classes = load_digits(return_X_y=True)
    order = np.lexsort(real.T)
    ours = images.numpy().reshape(1797, 64) * 8 + 8
    ours_order = np.lexsort(ours.T)
    np.testing.assert_array_equal(ours[ours_order], real[order])
    np.testing.assert_array_equal(np.sort(labels.numpy()), np.sort(classes))


def test_digits_resize():
    images = next(iter(data.digits(batch_size=64, image_size=(28, 20))))
    assert images.shape == (64, 28, 20, 1)
    assert images.numpy().min() == -1
    assert images.numpy().max() <= 1


def test_whole_batches_each_image_once_in_a_new_order_each_pass():
    dataset = numbered()
    assert len(dataset) == 3
    first, second = labels_of(dataset), labels_of(dataset)
    for one_pass in (first, second):
        assert [len(batch) for batch in one_pass] == [3, 3, 3]
        seen = [label for batch in one_pass for label in batch]
        assert len(set(seen)) == 9
    assert first != second
    again = numbered()
    assert [labels_of(again), labels_of(again)] == [first, second]
    assert labels_of(numbered(seed=1)) != first


def test_uint8_is_scaled_to_plus_minus_one():
    images = np.array([0, 51, 255], "uint8").reshape(3, 1, 1, 1)
    batch = next(iter(data.arrays(images, batch_size=3))).numpy()
    np.testing.assert_allclose(np.sort(batch.ravel()), [-1, -0.6, 1], atol=1e-6)


def test_half_of_the_images_are_mirrored(rng, tmp_path):
    images = rng.integers(256, size=(400, 2, 3, 1), dtype="uint8")
    batches = data.arrays(images, np.arange(400), 200, flip=True)
    passes = [list(batches.as_numpy_iterator()) for _ in range(2)]
    shares = []
    for found, labels in [batch for one in passes for batch in one]:
        plain = images[labels] / 127.5 - 1
        turned, same = (
            np.isclose(found, one, atol=1e-6).all(axis=(1, 2, 3))
            for one in (plain[:, :, ::-1], plain)
        )
        assert (turned ^ same).all()
        shares.append(turned.mean())
    assert np.mean(shares) == pytest.approx(0.5, abs=0.1)
    assert len(set(shares)) > 1  # others in each batch
    for number in range(8):
        picture = np.repeat(images[number], 3, axis=-1)
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    plain, flipped = (
        np.concatenate([*data.image_folder(tmp_path, (2, 3), 8, flip=flip)])
        for flip in (False, True)
    )
    assert 0 < np.isclose(plain, flipped).all(axis=(1, 2, 3)).mean() < 1


def test_a_pass_can_begin_in_the_middle():
    dataset = numbered(12)
    passes = [labels_of(dataset) for _ in range(3)]
    again = numbered(12)
    again.position.epoch, again.position.batch = 1, 3
    resumed = labels_of(again)
    assert resumed[:1] == passes[1][3:]
    assert len(resumed) == 4  # the skipped ones come last
    assert resumed[1:] == passes[1][:3]
    assert labels_of(again) == passes[2]


def test_streamed_data_are_shuffled_and_resumed_alike():
    import tensorflow as tf

    def streamed():
        source = tf.data.Dataset.range(20).map(
            lambda n: (tf.cast(tf.fill((2, 2, 1), n), tf.uint8), n)
        )
        return order.streamed(source, 20, 4, seed=0)

    dataset = streamed()
    passes = [labels_of(dataset) for _ in range(2)]
    for one_pass in passes:
        seen = [label for batch in one_pass for label in batch]
        assert sorted(seen) == list(range(20))
    assert passes[0] != passes[1]
    again = streamed()
    again.position.epoch, again.position.batch = 1, 2
    assert labels_of(again)[:3] == passes[1][2:]


@pytest.mark.parametrize("batch_size", [0, 11])
def test_wrong_batch_sizes_are_explained(batch_size):
    with pytest.raises(ValueError, match="whole batches"):
        numbered(10, batch_size)


def test_wrong_arrays_are_explained():
    with pytest.raises(ValueError, match="Add the last axis"):
        data.arrays(np.zeros((10, 8, 8)))
    images = np.zeros((10, 8, 8, 1))
    with pytest.raises(ValueError, match="one integer label"):
        data.arrays(images, labels=np.zeros(9, int))
    with pytest.raises(ValueError, match="one integer label"):
        data.arrays(images, labels=np.zeros(10))


# ------------------------------------------------------------------ folders


@pytest.fixture
def folder(tmp_path):
    """Two classes of three pictures each: dark red and light blue."""
    for name, color in (("red", (80, 0, 0)), ("blue", (200, 200, 255))):
        (tmp_path / name).mkdir()
        for index in range(3):
            Image.new("RGB", (10, 6), color).save(
                tmp_path / name / f"{index}.png"
            )
    return tmp_path


def test_files_that_are_not_taken_are_counted(folder):
    (folder / "red" / "notes.txt").write_text("not a picture")
    (folder / "red" / ".hidden").write_text("not counted")
    with pytest.warns(UserWarning, match=r"1 of 7 files .* \.txt\."):
        assert len(folders.find(folder)) == 6


@pytest.mark.parametrize("ending", ["tif", "tiff", "jfif", "avif", "JPG"])
def test_all_that_pillow_reads_is_taken(tmp_path, ending):
    Image.new("RGB", (16, 16)).save(tmp_path / f"x.{ending}")
    batches = data.image_folder(tmp_path, (8, 8), batch_size=1)
    assert next(iter(batches)).numpy().max() == pytest.approx(-1, abs=0.02)


def test_links_are_followed_but_not_in_circles(tmp_path, folder):
    (folder / "set.v1.png").symlink_to(folder / "red")
    (folder / "red" / "circle").symlink_to(folder)
    found = {str(f.relative_to(folder)) for f in folders.find(folder)}
    assert {"red/0.png", "blue/0.png", "set.v1.png/0.png"} <= found
    assert "set.v1.png" not in found
    assert not any("circle/red/circle" in name for name in found)


def test_the_home_folder_is_known(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    path = f"~/{folder.name}"
    batches = data.image_folder(path, (8, 8), 6, labels=True)
    assert batches.class_names == ["blue", "red"]


def test_numbers_as_names_of_classes_are_sorted_as_numbers(tmp_path):
    for number in range(12):
        (tmp_path / str(number)).mkdir()
        gray = Image.new("L", (4, 4), number)
        gray.save(tmp_path / str(number) / "x.png")
    batches = data.image_folder(tmp_path, (4, 4), 12, labels=True, channels=1)
    assert batches.class_names == [str(number) for number in range(12)]
    images, labels = next(iter(batches))
    grays = np.round((images[:, 0, 0, 0] + 1) * 127.5)
    assert grays.tolist() == labels.numpy().tolist()


@pytest.mark.parametrize("memory_limit", [2**30, 0])
def test_folder_with_labels(folder, memory_limit, monkeypatch):
    monkeypatch.setattr(folders, "MEMORY_LIMIT", memory_limit)
    dataset = data.image_folder(
        folder, image_size=(4, 8), batch_size=6, labels=True
    )
    images, labels = next(iter(dataset))
    assert images.shape == (6, 4, 8, 3)
    for image, label in zip(images.numpy(), labels.numpy()):
        # Classes in the order of the folders' names: blue, red.
        color = [(200, 200, 255), (80, 0, 0)][label]
        np.testing.assert_allclose(
            image,
            np.broadcast_to(np.array(color) / 127.5 - 1, (4, 8, 3)),
            atol=1e-6,
        )


def test_pictures_are_turned_flattened_and_greyed(tmp_path):
    # EXIF says "turn by 90 degrees"; left half clear, right half black.
    image = Image.new("RGBA", (8, 4), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (4, 0, 8, 4))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.png", exif=exif)
    dataset = data.image_folder(
        tmp_path, image_size=(8, 4), batch_size=1, channels=1
    )
    pixels = next(iter(dataset)).numpy()[0, :, :, 0]
    assert pixels.shape == (8, 4)
    np.testing.assert_array_equal(pixels[:4], 1)  # clear is white, on top
    np.testing.assert_array_equal(pixels[4:], -1)


@pytest.mark.parametrize("memory_limit", [2**30, 0])
def test_broken_picture_is_named(folder, memory_limit, monkeypatch):
    monkeypatch.setattr(folders, "MEMORY_LIMIT", memory_limit)
    (folder / "red" / "broken.png").write_bytes(b"no picture at all")
    with pytest.raises(ValueError, match=r"broken\.png.*Repair"):
        data.image_folder(folder)


@pytest.mark.parametrize("memory_limit", [2**30, 0])
def test_floats_and_huge_pictures_are_named(folder, memory_limit, monkeypatch):
    monkeypatch.setattr(folders, "MEMORY_LIMIT", memory_limit)
    deep = Image.fromarray(np.full((8, 8), 0.5, "float32"))
    deep.save(folder / "red" / "deep.gif", "tiff")
    with pytest.raises(ValueError, match=r"deep\.gif.*16 bits"):
        data.image_folder(folder)
    Image.new("L", (40, 40)).save(folder / "red" / "deep.gif")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 700)
    with pytest.raises(ValueError, match=r"deep\.gif.*smaller"):
        data.image_folder(folder)


def test_truncated_picture_is_named(folder, rng):
    noise = rng.integers(0, 255, (64, 64, 3)).astype("uint8")
    Image.fromarray(noise).save(folder / "red" / "cut.png")
    whole = (folder / "red" / "cut.png").read_bytes()
    (folder / "red" / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"cut\.png"):
        data.image_folder(folder)


def test_wrong_folders_are_explained(tmp_path, folder):
    with pytest.raises(ValueError, match="does not exist"):
        data.image_folder(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"Expected images.*Received: none"):
        data.image_folder(tmp_path / "empty")
    Image.new("L", (4, 4)).save(folder / "loose.png")
    with pytest.raises(ValueError, match=r"loose\.png"):
        data.image_folder(folder, labels=True)
    with pytest.raises(ValueError, match="channels=2"):
        data.image_folder(folder, channels=2)


# --------------------------------------------------------------------- TFDS


def test_mnist(real_data):
    dataset = data.tfds(
        "mnist",
        batch_size=1000,
        split="test",
        labels=True,
        data_dir=real_data / "tensorflow_datasets",
    )
    assert len(dataset) == 10
    images, labels = zip(*dataset)
    images, labels = np.concatenate(images), np.concatenate(labels)
    assert images.shape == (10_000, 28, 28, 1)
    # The known class counts of the test set and its mean grey value.
    assert np.bincount(labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert (images / 2 + 0.5).mean() == pytest.approx(0.1325, abs=1e-4)


def test_tfds_resizes_and_streams(real_data, monkeypatch):
    monkeypatch.setattr(folders, "MEMORY_LIMIT", 0)
    dataset = data.tfds(
        "mnist",
        image_size=(14, 20),
        split="test",
        data_dir=real_data / "tensorflow_datasets",
    )
    batch = next(iter(dataset))
    assert batch.shape == (128, 14, 20, 1)
    assert batch.numpy().min() >= -1


def test_wrong_sets_are_explained(real_data):
    folder = real_data / "tensorflow_datasets"
    with pytest.raises(ValueError, match="mnist"):
        data.tfds("mnits", data_dir=folder)
    with pytest.raises(ValueError, match=r"\['test', 'train'\]"):
        data.tfds("mnist", split="validation", data_dir=folder)


def test_a_missing_set_without_network_is_explained(tmp_path, monkeypatch):
    import tensorflow_datasets

    def no_network(*args, **kwargs):
        raise OSError("Temporary failure in name resolution")

    # Waiting for the real time-out takes three minutes.
    monkeypatch.setattr(
        tensorflow_datasets.core.DatasetBuilder,
        "download_and_prepare",
        no_network,
    )
    with pytest.raises(ConnectionError, match="data_dir") as error:
        data.tfds("mnist", data_dir=tmp_path)
    assert "name resolution" in str(error.value)
