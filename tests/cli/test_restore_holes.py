"""Models that fill holes, on the command line."""

import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo_cli import main

RNG = np.random.default_rng(0)


def run(*words):
    return main([str(word) for word in words])


def write(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photographs")
    for number in range(20):  # two for each part of an interval
        pixels = RNG.integers(0, 250, (16, 16, 3), "uint8")
        write(folder / f"{number}.png", pixels)
    return folder


@pytest.fixture(scope="module")
def trained(photographs, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    status = run(
        "train", "completion_gan", "--data", f"folder:{photographs}",
        "--image-size", 16, "--batch-size", 20, "--epochs", 1,
        "--set", "filters=2", "--set", "masks=regions",
        "--compile", "run_eagerly=true", "--out", out,
    )  # fmt: skip
    assert status == 0
    return out


def test_train_draws_holes_results_and_truth(trained):
    assert (trained / "model.keras").exists()
    # Eight rows of three pictures with gaps of two pixels, enlarged.
    height, width, _ = pixels_of(trained / "grid.png").shape
    assert width / height == pytest.approx((3 * 18 - 2) / (8 * 18 - 2), 0.02)


def test_evaluate_compares_with_the_truth(trained, photographs, capsys):
    status = run(
        "evaluate", trained / "model.keras", "--data", f"folder:{photographs}",
        "--batch-size", 20, "--metrics", "psnr,ssim",
    )  # fmt: skip
    said = capsys.readouterr()
    assert status == 0, said.err
    assert "| psnr |" in said.out


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A picture with a painted hole, and a mask of the hole."""
    folder = tmp_path_factory.mktemp("broken")
    pixels = RNG.integers(0, 250, (20, 30, 3), "uint8")
    pixels[6:11, 12:19] = 255, 0, 255
    hole = np.zeros((20, 30), "uint8")
    hole[6:11, 12:19] = 255
    write(folder / "in" / "a.png", pixels)
    write(folder / "mask.png", hole)
    return folder


def changed(before, after):
    """Which pixels differ: an array (height, width)."""
    return (pixels_of(before) != pixels_of(after)).any(-1)


def test_restore_fills_the_hole_and_nothing_else(trained, broken, tmp_path):
    model, picture = trained / "model.keras", broken / "in" / "a.png"
    hole = pixels_of(broken / "mask.png")[..., 0] == 255
    for name, *flags in (
        ("mask", "--mask", broken / "mask.png"),
        ("color", "--mask-color", "#FF00ff"),
    ):
        out = tmp_path / f"{name}.png"
        assert run("restore", model, picture, out, *flags) == 0
        np.testing.assert_array_equal(changed(picture, out), hole)
    np.testing.assert_array_equal(
        pixels_of(tmp_path / "mask.png"), pixels_of(tmp_path / "color.png")
    )
    out = tmp_path / "center.png"
    assert run("restore", model, picture, out) == 0
    assert np.argwhere(changed(picture, out)).min(0).tolist() == [5, 7]
    # All pictures of a folder; one without a hole is skipped.
    write(broken / "in" / "b.png", np.zeros((8, 8, 3), "uint8"))
    flags = "--mask-color", "#ff00ff"
    status = run("restore", model, broken / "in", tmp_path / "out", *flags)
    assert status == 1
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.png"]


def test_errors_of_restore_are_explained(trained, broken, tmp_path, capsys):
    model, out = trained / "model.keras", tmp_path / "out.png"
    picture = broken / "in" / "a.png"
    write(tmp_path / "small.png", np.zeros((8, 8, 3), "uint8"))
    for flags, message in (
        (("--mask", tmp_path / "small.png"), "masks do not fit"),
        (("--mask", tmp_path / "none.png"), "which does not exist"),
        (("--tile", 8), "does not take all flags"),
    ):
        assert run("restore", model, picture, out, *flags) == 2
        said = capsys.readouterr().err
        assert message in said
        assert "Expected" in said
        assert "Received" in said
    assert not out.exists()
