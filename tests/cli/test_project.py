import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli

PRESET = "vanilla_gan_digits_8"


@pytest.fixture
def folder(tmp_path):
    """Two samples of the preset as files."""
    gan = kgz.from_preset(PRESET)
    (tmp_path / "in").mkdir()
    for number, image in enumerate(gan.generate(2, seed=0)):
        picture = kgz.pictures.grid(image[None])
        kgz.pictures.save(tmp_path / "in" / f"{number}.png", picture, 1)
    return tmp_path


def test_pictures_and_latents_are_written(folder, capsys):
    target = folder / "new" / "found.png"
    arguments = ["project", PRESET, str(folder / "in"), str(target)]
    arguments += ["--steps", "60", "--starts", "2"]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr().out
    assert str(target) in printed and "found.npz" in printed
    found = kgz.control.Projection.load(target.with_suffix(".npz"))
    gan = kgz.from_preset(PRESET)
    again = kgz.control.generate_from(gan, found)
    error = np.abs(again - gan.generate(2, seed=0)).mean()
    assert error < 0.1 and f"{found.mae.mean():.4f}" in printed
    with Image.open(target) as picture:  # two rows of two, with gaps
        assert picture.width == picture.height and picture.width % 17 == 0
    assert cli.main(arguments) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_one_picture(folder):
    source, target = folder / "in" / "0.png", folder / "one.png"
    arguments = ["project", PRESET, str(source), str(target), "--steps=1"]
    assert cli.main(arguments) == 0
    found = kgz.control.Projection.load(folder / "one.npz")
    assert len(found.latents) == 1


def test_models_without_latents_are_told(folder, capsys):
    arguments = ["project", "cyclegan_emoji_64", str(folder / "in"), "x.png"]
    assert cli.main(arguments) == 2
    assert "Received: CycleGAN" in capsys.readouterr().err
