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
