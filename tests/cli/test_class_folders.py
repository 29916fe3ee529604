"""Folders of classes on the command line."""

import pathlib

import pytest
from PIL import Image

from keras_gan_zoo_cli import main


def labelled(folder, *names):
    for gray, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        Image.new("L", (8, 8), 50 * gray).save(folder / name / "x.png")
    return folder


def train(images, out, epochs=1):
    words = [
        "train", "conditional_gan", "--data", f"folder:{images}",
        "--image-size", 8, "--batch-size", 2, "--epochs", epochs,
        "--set", "filters=2", "--compile", "run_eagerly=true", "--out", out,
    ]  # fmt: skip
    return main([str(word) for word in words])


def test_names_are_described_and_drawn(tmp_path, capsys):
    images, out = labelled(tmp_path / "x", "cat", "dog"), tmp_path / "run"
    assert train(images, out) == 0
    assert main(["describe", str(out / "model.keras")]) == 0
    assert "class_names = ['cat', 'dog']" in capsys.readouterr().out
    words = ["generate", str(out / "model.keras"), "--num", "2", "--out"]
    for labels in ("dog,cat", "1,0"):
        picture = str(tmp_path / f"{labels}.png")
        assert main([*words, picture, "--labels", labels]) == 0
    one, two = (tmp_path / f"{n}.png" for n in ("dog,cat", "1,0"))
    assert one.read_bytes() == two.read_bytes()
    with pytest.raises(SystemExit):
        main([*words, picture, "--labels", "cow"])
    assert "numbers of classes or of cat, dog" in capsys.readouterr().err


def test_renamed_classes_are_refused_on_resume(tmp_path, capsys):
    images, out = labelled(tmp_path / "x", "cat", "dog"), tmp_path / "run"
    assert train(images, out) == 0
    pathlib.Path(images / "cat").rename(images / "owl")
    before = sorted(out.iterdir())
    assert train(images, out, epochs=2) == 2
    said = capsys.readouterr().err
    assert "holds a training with other settings" in said
    assert "class_names" in said
    assert "owl" in said
    assert sorted(out.iterdir()) == before
    pathlib.Path(images / "owl").rename(images / "cat")
    assert train(images, out, epochs=2) == 0
