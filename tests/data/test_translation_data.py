import itertools

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from keras_gan_zoo import CycleGAN, Pix2Pix, data
from keras_gan_zoo.data import folder as folders

RNG = np.random.default_rng(0)


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


def noise(*shape):
    return RNG.integers(0, 256, shape, "uint8")


def as_bytes(images):
    return np.round((np.asarray(images) + 1) * 127.5).astype("uint8")


@pytest.fixture(params=[2**31, 0], ids=["in memory", "decoded in turn"])
def memory(request, monkeypatch):
    monkeypatch.setattr(folders, "MEMORY_LIMIT", request.param)


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("direction", ["ab", "ba"])
def test_halves_side_by_side(tmp_path, direction):
    wholes = {}
    for index in range(6):
        whole = noise(8, 20, 3)
        write(tmp_path / "x" / f"{index}.png", whole)
        wholes[whole[:, :10].tobytes()] = whole[:, 10:]
    pairs = data.paired_folder(
        tmp_path, (8, 10), 2, direction=direction, jitter=1, flip=False
    )
    seen = 0
    for batch in pairs:
        halves = batch if direction == "ab" else batch[::-1]
        for a, b in zip(*map(as_bytes, halves)):
            np.testing.assert_array_equal(wholes[a.tobytes()], b)
            seen += 1
    assert seen == 6


@pytest.mark.usefixtures("memory")
def test_two_folders_of_equal_names(tmp_path):
    partners = {}
    for index in range(4):
        a, b = noise(8, 8), noise(8, 8, 3)
        write(tmp_path / "a" / f"{index}.png", a)
        write(tmp_path / "b" / f"{index}.bmp", b)
        partners[a.tobytes()] = b
    pairs = data.paired_folder(
        tmp_path / "a",
        (8, 8),
        4,
        path_b=tmp_path / "b",
        channels=(1, 3),
        jitter=1,
        flip=False,
    )
    inputs, targets = next(iter(pairs))
    assert inputs.shape == (4, 8, 8, 1)
    for a, b in zip(as_bytes(inputs), as_bytes(targets)):
        np.testing.assert_array_equal(partners[a.tobytes()], b)


def test_partners_that_are_missing(tmp_path):
    write(tmp_path / "a" / "one.png", noise(4, 4, 3))
    write(tmp_path / "b" / "two.png", noise(4, 4, 3))
    with pytest.raises(ValueError, match="2 without, among them one, two"):
        data.paired_folder(tmp_path / "a", path_b=tmp_path / "b")
    write(tmp_path / "c" / "odd.png", noise(4, 5, 3))
    with pytest.raises(ValueError, match="5 pixels wide"):
        data.paired_folder(tmp_path / "c")
    with pytest.raises(ValueError, match="direction='ab'"):
        data.paired_folder(tmp_path / "a", direction="b")


def test_partners_of_the_same_name_are_refused(tmp_path):
    for name in ("a/1.png", "a/1.bmp", "b/1.png"):
        write(tmp_path / name, noise(8, 8, 3))
    with pytest.raises(ValueError, match=r"1\.bmp and .*1\.png.*Rename"):
        data.paired_folder(tmp_path / "a", (8, 8), path_b=tmp_path / "b")


def test_sources_may_hold_commas(tmp_path):
    for name in ("a,b/1.png", "c,d/1.png"):
        write(tmp_path / name, noise(8, 8, 3))
    one, two = tmp_path / "a,b", tmp_path / "c,d"
    for kind, cls in (("pairs", Pix2Pix), ("unpaired", CycleGAN)):
        batches = data.read_source(
            f"{kind}:{one},{two}", cls, image_size=(8, 8)
        )
        assert len(batches) == 1
    pairs = data.read_source(f"pairs:{one}", Pix2Pix, image_size=(8, 4))
    assert len(pairs) == 1


def ramps(num=64, side=12):
    """Images whose pixels tell their place, all different."""
    place = np.arange(side * side, dtype="uint8").reshape(side, side)
    return np.repeat(place[None, :, :, None], num, axis=0)


def test_jitter_is_the_same_on_both_halves():
    images = ramps()
    pairs = data.paired_arrays(images, images, 64, jitter=1.5, flip=True)
    first, second = (next(iter(pairs)) for _ in range(2))
    for inputs, targets in (first, second):
        assert inputs.shape == (64, 8, 8, 1)
        np.testing.assert_array_equal(inputs, targets)
    # Of every image another crop, and in every pass another one.
    assert np.abs(first[0].numpy() - second[0].numpy()).max() > 0
    crops = as_bytes(first[0])[..., 0].astype(int)
    steps = crops[:, 0, 1] - crops[:, 0, 0]
    assert set(steps) == {1, -1}  # mirrored or not, about half of each
    assert 16 < (steps == 1).sum() < 48
    corners = np.where(steps == 1, crops[:, 0, 0], crops[:, 0, -1])
    tops, lefts = corners // 12, corners % 12
    assert set(tops) == set(lefts) == set(range(5))
    for crop, step, corner in zip(crops, steps, corners):
        window = corner + 12 * np.arange(8)[:, None] + np.arange(8)
        np.testing.assert_array_equal(crop[:, ::step], window)


def test_jitter_is_repeated_after_a_resume():
    def pairs():
        return data.paired_arrays(
            ramps(12), ramps(12), 4, jitter=1.5, flip=True
        )

    dataset = pairs()
    passes = [[x.numpy() for x, _ in dataset] for _ in range(2)]
    again = pairs()
    again.position.epoch, again.position.batch = 1, 2
    resumed = [x.numpy() for x, _ in again]
    np.testing.assert_array_equal(resumed[0], passes[1][2])
    np.testing.assert_array_equal(resumed[1], passes[1][0])


@pytest.mark.usefixtures("memory")
def test_two_domains(tmp_path):
    for name, num in (("a", 7), ("b", 3)):
        for index in range(num):
            pixels = np.full((6, 6, 3), index + 10 * (name == "b"), "uint8")
            write(tmp_path / name / f"{index}.png", pixels)
    both = data.unpaired_folders(
        tmp_path / "a", tmp_path / "b", (6, 6), 1, jitter=1
    )
    assert len(both) == 7
    passes = [
        [[int(as_bytes(x)[0, 0, 0, 0]) for x in batch] for batch in both]
        for _ in range(3)
    ]
    for one_pass in passes:
        assert sorted(a for a, _ in one_pass) == list(range(7))
    flat = [b for one_pass in passes for _, b in one_pass]
    # The smaller set goes round and round, whole each time.
    for start in range(0, 21, 3):
        assert sorted(flat[start : start + 3]) == [10, 11, 12]
    partners = {}
    for a, b in itertools.chain(*passes):
        partners.setdefault(a, set()).add(b)
    assert max(map(len, partners.values())) > 1  # no fixed pairs


def test_domains_may_differ_in_channels(tmp_path):
    write(tmp_path / "a" / "0.png", noise(9, 9, 3))
    write(tmp_path / "b" / "0.png", noise(9, 9, 3))
    both = data.unpaired_folders(
        tmp_path / "a", tmp_path / "b", (8, 4), channels=(1, 3)
    )
    a, b = next(iter(both))
    assert a.shape == (1, 8, 4, 1)
    assert b.shape == (1, 8, 4, 3)


def test_arrays_that_do_not_fit():
    small, large = np.zeros((2, 4, 4, 1)), np.zeros((2, 8, 8, 1))
    with pytest.raises(ValueError, match=r"\(2, 4, 4, 1\) and \(2, 8, 8, 1\)"):
        data.paired_arrays(small, large)
    with pytest.raises(ValueError, match="same size"):
        data.unpaired_arrays(small, large)
    with pytest.raises(ValueError, match="jitter of at least 1"):
        data.paired_arrays(small, small, jitter=0.5)


@pytest.mark.parametrize("task", ["colour", "edges"])
def test_photographs_are_the_real_ones(task):
    inputs, targets = next(iter(data.photograph_pairs(task, batch_size=512)))
    photographs = load_sample_images().images
    patch = as_bytes(targets)[0]
    assert any(
        np.array_equal(photograph[y : y + 64, x : x + 64], patch)
        for original in photographs
        for photograph in (original, original[:, ::-1])
        for y, x in np.argwhere((photograph == patch[0, 0]).all(axis=-1))
    )
    if task == "colour":  # ITU-R 601-2 luma, which Pillow's "L" is
        luma = targets.numpy() @ np.array([0.299, 0.587, 0.114])
        assert np.abs(inputs.numpy()[..., 0] - luma).max() < 0.01
    with pytest.raises(ValueError, match="task='colour'"):
        data.photograph_pairs("sound")


def test_tfds_parts_as_domains(real_data):
    both = data.unpaired_tfds(
        "mnist",
        (28, 28),
        8,
        data_dir=real_data / "tensorflow_datasets",
        splits=("train[:64]", "test[:24]"),
        jitter=1,
    )
    assert len(both) == 8
    a, b = next(iter(both))
    assert a.shape == b.shape == (8, 28, 28, 1)
    assert a.numpy().max() == 1


def test_domains_of_equal_size_are_not_paired():
    images = np.arange(20, dtype="uint8").reshape(20, 1, 1, 1)
    both = data.unpaired_arrays(images, images, batch_size=4)
    same = [np.mean(a.numpy() == b.numpy()) for a, b in both]
    assert np.mean(same) < 0.5
