"""`restore` and `train` of models for super-resolution on the command line."""

import keras
import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo.recipes import build, words


def run(*arguments):
    return cli.main([str(a) for a in arguments])


def write(path, *shape):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).integers(0, 256, shape, "uint8")
    Image.fromarray(pixels).save(path)
    return pixels


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image)


def perceptual():
    images = keras.Input((None, None, 3))
    return keras.Model(images, keras.layers.AveragePooling2D(2)(images))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A file of a model that repeats each pixel, whose work can be told."""
    images = keras.Input((None, None, 3))
    generator = keras.Model(images, keras.layers.UpSampling2D(2)(images))
    gan = kgz.SRGAN(
        (8, 8, 3), scale=2, discriminator_filters=2, generator=generator,
        perceptual=perceptual(),
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "srgan.keras"
    gan.save(path)
    return path


def test_a_picture_becomes_larger(model, tmp_path):
    before = write(tmp_path / "in.png", 30, 21, 3)
    expected = before.repeat(2, 0).repeat(2, 1)
    out = tmp_path / "out.png"
    assert run("restore", model, tmp_path / "in.png", out) == 0
    np.testing.assert_array_equal(pixels_of(out), expected)
    assert run("restore", model, tmp_path / "in.png", out) == 2
    tiles = "--tile", 16, "--overwrite"
    assert run("restore", model, tmp_path / "in.png", out, *tiles) == 0
    np.testing.assert_allclose(pixels_of(out), expected, atol=1)


def test_a_folder_keeps_its_names(model, tmp_path):
    write(tmp_path / "in" / "a.png", 5, 6, 3)
    write(tmp_path / "in" / "b" / "c.png", 7, 4)
    (tmp_path / "in" / "d.png").write_bytes(b"none")
    assert run("restore", model, tmp_path / "in", tmp_path / "out") == 1
    assert pixels_of(tmp_path / "out" / "a.png").shape == (10, 12, 3)
    assert pixels_of(tmp_path / "out" / "b" / "c.png").shape == (14, 8, 3)


def test_a_large_picture_is_converted_in_parts(model, tmp_path, monkeypatch):
    before = write(tmp_path / "in.png", 30, 21, 3)
    monkeypatch.setattr(kgz.control.picture_files, "ROWS", 7)
    assert run("restore", model, tmp_path / "in.png", tmp_path / "out.png") == 0
    expected = before.repeat(2, 0).repeat(2, 1)
    np.testing.assert_array_equal(pixels_of(tmp_path / "out.png"), expected)


def test_errors_are_explained(model, tmp_path, capsys):
    write(tmp_path / "in.png", 8, 8, 3)
    for command in (
        ("translate", model, tmp_path / "in.png", tmp_path / "out.png"),
        ("restore", model, tmp_path / "nothing.png", tmp_path / "out.png"),
        ("restore", model, tmp_path / "in.png", tmp_path / "out", "--tile", 4),
    ):
        assert run(*command) == 2
        shown = capsys.readouterr().err
        assert "Expected" in shown
        assert "Received" in shown
    assert not (tmp_path / "out.png").exists()


@pytest.fixture
def photographs(tmp_path):
    for number in range(12):
        write(tmp_path / "photos" / f"{number}.png", 20, 24, 3)
    return f"folder:{tmp_path / 'photos'}"


def recipe(photographs, **kwargs):
    return words.Recipe(
        "srgan", photographs, 1, batch_size=2, image_size=(16, 16), **kwargs
    )


@pytest.mark.parametrize("arguments", [{}, {"scale": 2}])
def test_the_data_have_the_scale_of_the_model(photographs, arguments):
    small = {"filters": 2, "blocks": 1, "discriminator_filters": 2}
    found = recipe(photographs, arguments={**small, **arguments})
    batches = build.dataset(found)
    gan = build.model(found, batches)
    assert gan.scale == arguments.get("scale", 4)
    assert gan.image_shape == (16, 16, 3)
    for batch in batches.take(1):
        gan.check_batch(tuple(np.asarray(member) for member in batch))


def test_a_training_from_a_file_has_its_scale(photographs, model):
    found = recipe(photographs, start=str(model))
    inputs, _ = build.dataset(found).element_spec
    assert inputs.shape == (2, 8, 8, 3)
    with pytest.raises(ValueError, match="data decide image_shape"):
        build.arguments_from(
            kgz.SRGAN, build.dataset(found), {"image_shape": [8, 8, 3]}
        )


@pytest.mark.slow
def test_train_and_evaluate(photographs, tmp_path, capsys):
    out = tmp_path / "run"
    settings = "filters=2", "blocks=1", "discriminator_filters=2"
    sets = [word for setting in settings for word in ("--set", setting)]
    status = run(
        "train", "srgan", "--data", photographs, "--epochs", 2,
        "--batch-size", 2, "--image-size", 16, *sets,
        "--compile", "pretraining_steps=2", "--out", out,
    )  # fmt: skip
    assert status == 0, capsys.readouterr().err
    assert (out / "grid.png").exists()
    file = out / "model.keras"
    status = run(
        "evaluate", file, "--data", photographs, "--batch-size", 2,
        "--image-size", 16, "--metrics", "psnr_y",
    )  # fmt: skip
    assert status == 0, capsys.readouterr().err
    assert "psnr_y" in capsys.readouterr().out
