"""The comparison on CIFAR-10, at tiny size."""

import json
import pathlib

import keras
import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo as kgz

FOLDER = pathlib.Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def cifar10(monkeypatch):
    """The script as a module."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the script is the same on all backends")
    monkeypatch.syspath_prepend(FOLDER)
    import cifar10
    import equal_minutes

    # Seconds that do not depend on the machine: one for each look.
    clock = iter(range(10**6))
    monkeypatch.setattr(equal_minutes.time, "process_time", lambda: next(clock))
    monkeypatch.setattr(equal_minutes, "processors", lambda: 1)
    return cifar10


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder with four training and three test pictures of each class."""
    root = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    names = (
        "airplane", "automobile", "bird", "cat", "deer",
        "dog", "frog", "horse", "ship", "truck",
    )  # fmt: skip
    for split, num in (("train", 4), ("test", 3)):
        for label, name in enumerate(names):
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in range(num):
                pixels = rng.integers(0, 20, (32, 32, 3)) + 20 * label
                image = Image.fromarray(pixels.astype("uint8"))
                image.save(folder / f"{number}.png")
    return root


def command(runs, data, seconds, *more):
    return [
        str(runs), "--data", str(data), "--minutes", str(seconds / 60),
        "--only", "DCGAN", "--filters", "4", "--batch-size", "8",
        "--epoch-images", "16", "--dtype", "float32",
        "--extractor", "pixels", "--num-images", "40", *more,
    ]  # fmt: skip


def weights(runs):
    gan = kgz.load(runs / "DCGAN" / "model.keras", compile=False)
    return int(gan.steps), gan.get_weights()


def test_data(cifar10, pictures, tmp_path):
    for _ in range(2):  # read from the pictures, then from the file
        sets = cifar10.cifar10_data.load(pictures, cache=tmp_path)
        images, labels = sets["test"]
        assert images.shape == (30, 32, 32, 3)
        np.testing.assert_array_equal(labels, np.repeat(np.arange(10), 3))
        means = images.mean(axis=(1, 2, 3))
        np.testing.assert_allclose(means, 20 * labels + 9.5, atol=1)
    with pytest.raises(FileNotFoundError, match="airplane"):
        cifar10.cifar10_data.load(tmp_path)


@pytest.mark.slow
def test_killed_and_longer_trainings_equal_undisturbed_ones(
    cifar10, pictures, tmp_path, monkeypatch
):
    options = ["--no-evaluation"]
    cifar10.main(command(tmp_path / "whole", pictures, 3, *options))
    steps, whole = weights(tmp_path / "whole")
    assert steps == 3 * 2  # an epoch takes a second here

    cifar10.main(command(tmp_path / "longer", pictures, 1, *options))
    assert weights(tmp_path / "longer")[0] == 2
    cifar10.main(command(tmp_path / "longer", pictures, 3, *options))
    steps, longer = weights(tmp_path / "longer")
    assert steps == 6

    write = cifar10.atomic.write_text

    def killed(path, text):
        write(path, text)
        if len(json.loads(text)) == 3:  # after two epochs, before the backup
            raise KeyboardInterrupt

    monkeypatch.setattr(cifar10.atomic, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        cifar10.main(command(tmp_path / "killed", pictures, 3, *options))
    monkeypatch.setattr(cifar10.atomic, "write_text", write)
    cifar10.main(command(tmp_path / "killed", pictures, 3, *options))
    steps, again = weights(tmp_path / "killed")
    assert steps == 6
    for a, b, c in zip(whole, longer, again):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


@pytest.mark.slow
def test_table(cifar10, pictures, tmp_path, capsys):
    cifar10.main(command(tmp_path, pictures, 1))
    table = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert table in capsys.readouterr().out
    _, _, real, dcgan, *_ = table.splitlines()
    assert real.startswith("| real images | ")
    name, distance, *_, seen, _, published = dcgan.split(" | ")
    assert name == "| DCGAN"
    # The set is one of classes of another brightness each.
    assert float(distance.split()[0]) > float(real.split(" | ")[1].split()[0])
    assert (seen, published) == ("16", "48 |")
    assert "no distance here can be compared with a published" in " ".join(
        table.split()
    )
    assert (tmp_path / "DCGAN" / "samples.png").exists()

    # A second call reads what the first one kept.
    (tmp_path / "table.md").unlink()
    file = tmp_path / "DCGAN" / "evaluation.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["values"]["frechet_distance"] = [123.456]
    file.write_text(json.dumps(kept), encoding="utf-8")
    cifar10.main(command(tmp_path, pictures, 1))
    assert "123.46" in (tmp_path / "table.md").read_text(encoding="utf-8")
