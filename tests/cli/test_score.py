"""The command `score`: a table of files, heat maps, and the truth."""

import csv

import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo.control.score_files import heat, score_files

PRESET = "vanilla_gan_digits_8"


@pytest.fixture
def folder(tmp_path):
    """Two samples of the preset, and one in another folder with a scratch."""
    gan = kgz.from_preset(PRESET)
    images = gan.generate(3, seed=0)
    images[2, :2] = 1.0
    for place, image in zip(("good/0", "good/1", "bad/2"), images):
        path = tmp_path / "in" / f"{place}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        kgz.pictures.save(path, kgz.pictures.grid(image[None], gap=0), 1)
    return tmp_path


def test_files_are_scored_the_oddest_first(folder, capsys):
    out = folder / "new" / "scores.csv"
    words = ["score", PRESET, "--data", f"folder:{folder / 'in'}"]
    words += ["--out", str(out), "--steps", "60", "--odd", "bad"]
    words += ["--maps", str(folder / "maps")]
    assert cli.main(words) == 0
    printed = capsys.readouterr().out
    assert "bad/2.png" in printed and "ROC curve: 1.0000" in printed
    rows = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["file", "score", "odd"]
    assert rows[1][0] == "bad/2.png" and rows[1][2] == "1"
    scores = [float(row[1]) for row in rows[1:]]
    assert sorted(scores, reverse=True) == scores and len(scores) == 3
    with Image.open(folder / "maps" / "bad" / "2.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    side = pixels.shape[0]
    marked = pixels[:, -side:]  # the last of three columns
    red = marked[..., 0] - marked[..., 2]
    assert red[: side // 4].mean() > 3 * red[side // 2 :].mean()
    assert cli.main(words) == 2
    assert "--overwrite" in capsys.readouterr().err
    one = folder / "one.csv"
    found, names, auroc = score_files(
        kgz.from_preset(PRESET),
        folder / "in" / "good" / "0.png",
        one,
        steps=1,
        verbose=0,
    )
    assert names == ["0.png"] and len(found.scores) == 1 and auroc is None
    assert one.read_text(encoding="utf-8").startswith("file,score\n0.png,")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "digits"], "Expected --data folder:PATH"),
        (["--data", "folder:{}/in", "--odd", "ugly"], "Received: ugly"),
        (["--data", "folder:{}/in", "--method", "encoder"], "Only a model"),
    ],
)
def test_what_it_refuses(folder, capsys, words, message):
    words = [word.format(folder) for word in words]
    out = ["--out", str(folder / "scores.csv")]
    assert cli.main(["score", PRESET, *words, *out]) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "scores.csv").exists()


def test_the_largest_difference_is_the_hottest():
    images = np.full((2, 3, 3, 1), -1.0)
    maps = np.zeros((2, 3, 3))
    maps[1, 2, 0] = 4.0
    colored = heat(images, maps)
    assert colored[1, 2, 0].tolist() == pytest.approx([1.0, -0.6, -1.0])
    assert (np.delete(colored.reshape(18, 3), 15, axis=0) == -1).all()
    assert (heat(images, 0 * maps) == -1).all()
