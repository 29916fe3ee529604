import keras
import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli


def run(*arguments):
    return cli.main([str(a) for a in arguments])


def write(path, *shape, **kwargs):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).integers(0, 256, shape, "uint8")
    Image.fromarray(pixels).save(path, **kwargs)
    return path


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image)


def size_of(path):
    with Image.open(path) as image:
        return image.size


def inverting():
    """A generator whose work can be told: it inverts the colours."""
    images = keras.Input((None, None, 3))
    return keras.Model(images, keras.layers.Rescaling(-1.0)(images))


@pytest.fixture(scope="module")
def cyclegan(tmp_path_factory):
    gan = kgz.CycleGAN(
        (8, 8, 3), filters=2, num_blocks=1, patch=1, pool_size=1,
        generator_ab=inverting(),
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "cyclegan.keras"
    gan.save(path)
    return path


def test_a_picture_keeps_its_size(cyclegan, tmp_path):
    source = write(tmp_path / "in.png", 30, 21, 3)
    assert run("translate", cyclegan, source, tmp_path / "out.png") == 0
    before, after = (
        pixels_of(tmp_path / name).astype(int) for name in ("in.png", "out.png")
    )
    assert np.abs(before + after - 255).max() <= 1
    before = (tmp_path / "out.png").read_bytes()
    assert run("translate", cyclegan, source, tmp_path / "out") == 2
    assert (tmp_path / "out.png").read_bytes() == before
    tiled = tmp_path / "tiled.png"
    assert run("translate", cyclegan, source, tiled, "--tile", 16) == 0
    np.testing.assert_allclose(pixels_of(tiled), after, atol=1)


# The package says it of pictures that are bright all over, too.
@pytest.mark.filterwarnings("ignore:The images of the first batch lie in")
def test_a_folder_keeps_its_names_and_a_broken_file_is_told(
    cyclegan, tmp_path, capsys, monkeypatch
):
    folder = tmp_path / "in"
    write(folder / "one.png", 9, 9, 3)
    write(folder / "more" / "grey.bmp", 8, 12)
    write(folder / "clear.png", 8, 8, 4)
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    write(folder / "turned.jpg", 8, 20, 3, exif=turned)
    (folder / "broken.png").write_bytes(b"no picture")
    write(folder / "huge.png", 40, 40, 3)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 700)
    assert run("translate", cyclegan, folder, tmp_path / "out") == 1
    captured = capsys.readouterr()
    assert "broken.png" in captured.err
    assert "huge.png" in captured.err
    sizes = {
        str(path.relative_to(tmp_path / "out")): size_of(path)
        for path in (tmp_path / "out").rglob("*.*")
    }
    assert sizes == {
        "one.png": (9, 9),
        "more/grey.bmp": (12, 8),
        "clear.png": (8, 8),
        "turned.jpg": (8, 20),
    }
    before = (tmp_path / "out" / "one.png").read_bytes()
    assert run("translate", cyclegan, folder, tmp_path / "out") == 2
    assert "4 that exist" in capsys.readouterr().err
    assert (tmp_path / "out" / "one.png").read_bytes() == before
    again = "translate", cyclegan, folder, tmp_path / "out", "--overwrite"
    assert run(*again) == 1


# The package says it of pictures that are bright all over, too.
@pytest.mark.filterwarnings("ignore:The images of the first batch lie in")
def test_transparency_lies_on_white(cyclegan, tmp_path):
    pixels = np.zeros((8, 8, 4), "uint8")
    Image.fromarray(pixels).save(tmp_path / "clear.png")
    out = tmp_path / "out.png"
    assert run("translate", cyclegan, tmp_path / "clear.png", out) == 0
    assert pixels_of(out).max() == 0  # white, inverted


def test_commands_that_do_not_fit(cyclegan, tmp_path, capsys):
    assert run("generate", cyclegan, "--out", tmp_path / "x.png") == 2
    assert "translate" in capsys.readouterr().err
    dcgan = tmp_path / "dcgan.keras"
    kgz.DCGAN((8, 8, 1), filters=2).save(dcgan)
    picture = write(tmp_path / "in.png", 8, 8, 3)
    assert run("translate", dcgan, picture, tmp_path / "out.png") == 2
    assert "DCGAN does not translate" in capsys.readouterr().err


def train(model, data, out, *more):
    return run(
        "train", model, "--data", data, "--epochs", 1, "--out", out,
        "--set", "filters=2", "--set", "patch=1",
        "--compile", "run_eagerly=true", *more,
    )  # fmt: skip


@pytest.mark.slow
def test_train_pix2pix(tmp_path):
    out = tmp_path / "run"
    size = ["--image-size", "32x32", "--batch-size", 2000]
    assert train("pix2pix", "photographs:edges", out, *size) == 0
    assert (out / "samples" / "epoch-0001.png").exists()
    assert (out / "samples" / "progress.gif").exists()
    gan = kgz.load(out / "model.keras")
    assert gan.image_shape == (32, 32, 1)
    assert gan.output_channels == 3
    assert int(gan.steps) >= 1


@pytest.mark.slow
def test_train_cyclegan(tmp_path):
    for name, num in (("a", 9), ("b", 6)):
        for index in range(num):
            write(tmp_path / name / f"{index}.png", 8, 8, 3)
    data = f"unpaired:{tmp_path / 'a'},{tmp_path / 'b'}"
    out = tmp_path / "run"
    more = "--image-size", "8x8", "--batch-size", 3, "--set", "num_blocks=1"
    assert train("cyclegan", data, out, *more) == 0
    gan = kgz.load(out / "model.keras")
    assert int(gan.steps) == 3
    # The paper's schedule over the training: constant, then linear.
    rates = [
        float(gan.optimizer["generator"]._learning_rate(step))
        for step in (0, 1, 2, 3)
    ]
    np.testing.assert_allclose(rates, [2e-4, 2e-4, 1e-4, 0], atol=1e-9)
    assert (out / "samples" / "epoch-0001.png").exists()


def test_wrong_data_are_explained(tmp_path, capsys):
    for model, data, expected in (
        ("pix2pix", "digits", "pairs:PATH"),
        ("cyclegan", f"pairs:{tmp_path}", "unpaired:PATH_A,PATH_B"),
        ("dcgan", f"pairs:{tmp_path}", "folder:PATH"),
    ):
        out = tmp_path / model
        arguments = "train", model, "--data", data, "--epochs", 1, "--out", out
        assert run(*arguments) == 2
        assert expected in capsys.readouterr().err
