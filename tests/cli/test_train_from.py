"""`train --from`: a training that starts from a trained model."""

import json

import numpy as np
import pytest
from checks import all_state, equal, to_numpy

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo.recipes import build, start, words

SMALL = ["--set", "filters=2", "--set", "latent_dim=3"]


def run(*arguments):
    return cli.main([str(a) for a in arguments])


@pytest.fixture(scope="module")
def trained(tmp_path_factory, pictures):
    folder = tmp_path_factory.mktemp("cli") / "run"
    data = [
        "--data",
        f"folder:{pictures}",
        "--image-size",
        8,
        "--batch-size",
        4,
    ]
    where = ["--epochs", 1, "--out", folder]
    assert run("train", "dcgan", *data, *where, *SMALL) == 0
    return folder / "model.keras"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for number in range(8):
        pixels = rng.integers(0, 256, (12, 12, 3), "uint8")
        kgz.pictures.save(folder / f"{number}.png", pixels)
    return folder


def fine_tune(origin, pictures, out, epochs=1):
    return run(
        *("train", "--from", origin, "--data", f"folder:{pictures}"),
        *("--epochs", epochs, "--batch-size", 4, "--out", out),
        *("--compile", "freeze_discriminator=1"),
    )


@pytest.mark.slow
def test_it_starts_from_the_weights_and_goes_on(trained, pictures, tmp_path):
    before = kgz.load(trained)
    assert fine_tune(trained, pictures, tmp_path / "parts") == 0
    after = kgz.load(tmp_path / "parts" / "model.keras")
    first = after.discriminator.get_layer("downsample_0")
    assert not first.trainable
    theirs = before.discriminator.get_layer("downsample_0").get_weights()
    assert equal(first.get_weights(), theirs)
    assert not equal(after.generator.get_weights(), before.generator.weights)
    assert int(after.steps) == int(before.steps) + 2
    settings = json.loads((tmp_path / "parts" / "settings.json").read_text())
    assert settings["from"] == str(trained)
    assert settings["image_size"] == [8, 8]
    assert settings["set"] == {}
    # It is resumed exactly.
    assert fine_tune(trained, pictures, tmp_path / "parts", 2) == 0
    assert fine_tune(trained, pictures, tmp_path / "whole", 2) == 0
    parts, whole = (
        kgz.load(tmp_path / name / "model.keras") for name in ("parts", "whole")
    )
    assert equal(all_state(parts), all_state(whole))
    lines = (tmp_path / "parts" / "log.csv").read_text().splitlines()
    assert len(lines) == 3


def test_optimizers_are_new(trained, pictures):
    recipe = words.Recipe(
        "dcgan", f"folder:{pictures}", 1, 4, (8, 8), start=str(trained)
    )
    gan = build.model(recipe, build.dataset(recipe))
    assert int(gan.optimizer["generator"].iterations) == 0
    weights = to_numpy(gan.generator.weights[0])
    assert equal([weights], [kgz.load(trained).generator.get_weights()[0]])


def test_a_preset_is_a_start():
    assert start.described("dcgan_emoji_64") == ("dcgan", (64, 64))
    command = words.Recipe(
        "dcgan", "folder:x", 2, start="dcgan_emoji_64", image_size=(64, 64)
    ).command("out")
    assert "--from dcgan_emoji_64" in command
    assert words.read(command).start == "dcgan_emoji_64"
    short = "keras-gan-zoo train --from dcgan_emoji_64 --data emoji --epochs 2"
    recipe = words.read(short)
    assert (recipe.architecture, recipe.image_size) == ("dcgan", (64, 64))
    gan = start.opened("vanilla_gan_digits_8")
    assert type(gan) is kgz.VanillaGAN


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--from", "dcgan_emoji_46"], "Did you mean 'dcgan_emoji_64'"),
        (["--from", __file__, "--data", "digits"], "which is none"),
        (["--from", "dcgan_emoji_64"], "no --data, no --epochs"),
        (["progan", "--from", "dcgan_emoji_64"], "another architecture"),
        (["--from", "dcgan_emoji_64", "--set", "filters=3"], "--set"),
        ([], "train without both"),
    ],
)
def test_wrong_starts_are_explained(tmp_path, capsys, given, message):
    assert run("train", *given, "--out", tmp_path / "run") == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_data_that_do_not_fit_leave_nothing(trained, tmp_path, capsys):
    data = ["--data", "digits", "--epochs", 1, "--batch-size", 4]
    out = ["--out", tmp_path / "run"]
    assert run("train", "--from", trained, *data, *out) == 2
    assert "do not fit the model" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
