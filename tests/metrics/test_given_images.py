"""Evaluation of images that were not made here: arrays and folders."""

import json

import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo.metrics import given
from keras_gan_zoo.metrics.features import FeatureExtractor

SHAPE = (8, 6, 3)  # not square
# Few features, cheap, and not those of another order of the channels.
MEANS = FeatureExtractor(
    "means", lambda x: x.mean(axis=1)[:, :2].reshape(len(x), -1)
)


def numbers(num, seed, shape=SHAPE):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (num, *shape)).astype("uint8")


def scaled(images):
    return images.astype("float32") / 127.5 - 1


def write(images, path, names=None):
    """PNG files, which are lossless."""
    path.mkdir()
    for number, image in enumerate(images):
        name = names[number] if names else f"{number:04d}.png"
        image = image[..., 0] if image.shape[-1] == 1 else image
        Image.fromarray(image).save(path / name)
    return path


def fid(found):
    return found.values["frechet_distance"]


@pytest.mark.parametrize("channels", [1, 3])
def test_folders_are_worth_the_arrays_that_they_were_written_from(
    channels, tmp_path
):
    shape = (8, 6, channels)
    fake, real = numbers(57, 0, shape), numbers(43, 1, shape) // 2
    folders = write(fake, tmp_path / "fake"), write(real, tmp_path / "real")
    metric = kgz.metrics.FrechetDistance(MEANS)
    metric(scaled(real), scaled(fake))
    expected = metric.result()["frechet_distance"]
    assert expected > 0.1
    options = {"metrics": "fid", "extractor": MEANS, "batch_size": 10}
    for images in (fake, scaled(fake), [fake[:20], fake[20:]], folders[0]):
        for dataset in (
            scaled(real),
            real,
            (real, real[:, 0]),
            str(folders[1]),
        ):
            found = kgz.evaluate(images, dataset, **options, subsets=0)
            assert fid(found) == pytest.approx(expected, rel=1e-6)
            (score,) = found.scores
            assert (score.num_real, score.num_fake) == (43, 57)
    low, high = (
        kgz.evaluate(*folders, **options)
        .scores[0]
        .intervals["frechet_distance"]
    )
    assert low < expected < high


def test_every_score_states_how_images_were_resized(monkeypatch, tmp_path):
    def cheap(name):
        return FeatureExtractor(name, MEANS)

    monkeypatch.setattr(kgz.metrics.features, "_named", cheap)
    fake = write(numbers(30, 0), tmp_path / "fake")
    for options, expected in (
        ({}, "efficientnet:clean"),
        ({"resize": "legacy"}, "efficientnet:legacy"),
        ({"extractor": "inception"}, "inception:legacy"),
        ({"extractor": "inception", "resize": "clean"}, "inception:clean"),
    ):
        metrics = ["fid", "kid"]
        found = kgz.evaluate(fake, numbers(30, 1), metrics, **options)
        read = json.loads(found.json())
        assert (read["model"], read["steps"]) == (str(fake), None)
        assert [s["extractor"] for s in read["scores"]] == [expected] * 2
        assert found.table().count(f" {expected} ") == 4
        assert all(f"extractor {expected}," in str(s) for s in found.scores)
    with pytest.raises(ValueError, match=r"Only some.*resize='clean'"):
        kgz.evaluate(fake, numbers(30, 1), "fid", "pixels", resize="clean")


def test_gray_pictures_are_compared_with_color_in_color(tmp_path):
    color = numbers(30, 0)
    gray = write(numbers(30, 1, (8, 6, 1)), tmp_path / "gray")
    color = write(color, tmp_path / "color")
    for sides, channels in (
        ((gray, color), 3),
        ((color, gray), 3),
        ((gray, gray), 1),
    ):
        seen = set()
        spy = FeatureExtractor(
            "spy", lambda x, seen=seen: seen.add(x.shape[-1]) or MEANS(x)
        )
        kgz.evaluate(*sides, "fid", spy, subsets=0)
        assert seen == {channels}


def pairs_found(images, dataset):
    return kgz.evaluate(
        images, dataset, ["psnr", "ssim"], batch_size=7, subsets=2
    ).values


def test_pairs_go_by_place_or_by_name(tmp_path):
    fake, real = numbers(20, 0), numbers(20, 1)
    fake[:, :4] = real[:, :4]
    expected = {}
    for metric in (kgz.metrics.PSNR(), kgz.metrics.SSIM()):
        metric.update_fake(scaled(fake), scaled(real))
        expected.update(metric.result())
    assert expected["ssim"] > 0.1
    # "1.h.png" stands before "1.png", but "1.h.bmp" behind "1.bmp".
    names = ["1", "1.h", *(f"b{number:02d}" for number in range(18))]
    png = [f"{name}.png" for name in names]
    bmp = [f"{name}.bmp" for name in names]
    some = write(fake, tmp_path / "some", png)
    others = write(real[::-1], tmp_path / "others", bmp[::-1])
    for sides in ((fake, real), ([fake[:3], fake[3:]], real), (some, others)):
        assert pairs_found(*sides) == pytest.approx(expected)
    alone = write(real, tmp_path / "alone", ["2.png", *png[1:]])
    for sides in ((some, alone), (fake, real[1:])):
        with pytest.raises(ValueError, match=r"psnr does not fit.*same names"):
            pairs_found(*sides)


def test_models_of_pairs_are_compared_with_their_targets():
    gan = kgz.Pix2Pix((8, 8, 1), output_channels=1, filters=2, patch=16, seed=0)
    inputs, targets = np.random.default_rng(0).uniform(-1, 1, (2, 8, 8, 8, 1))
    found = kgz.evaluate(
        gan, (inputs, targets), ["psnr"], subsets=2, batch_size=4
    )
    made = [
        gan.translate(
            inputs[start : start + 4],
            seed=kgz.metrics.source.mixed(0, number),
        )
        for number, start in enumerate((0, 4))
    ]
    metric = kgz.metrics.PSNR()
    metric.update_fake(np.concatenate(made), targets)
    assert found.values["psnr"] == pytest.approx(metric.result()["psnr"])
    low, high = found.scores[0].intervals["psnr"]
    assert low < found.values["psnr"] < high
    unpaired = kgz.CycleGAN((8, 8, 1), filters=2, num_blocks=1, patch=16)
    latent = kgz.VanillaGAN((8, 8, 1), generator_units=[4])
    for other in (unpaired, latent):
        with pytest.raises(ValueError, match=r"a model of pairs.*GAN\."):
            kgz.evaluate(other, (inputs, targets), "ssim", subsets=0)


def test_equal_images_have_no_interval_of_infinity():
    images = numbers(20, 0)
    found = kgz.evaluate(images, images, ["psnr", "ssim"])
    assert found.values == {"psnr": np.inf, "ssim": pytest.approx(1)}
    assert [set(score.intervals) for score in found.scores] == [set(), set()]


def test_what_is_wrong_is_named(tmp_path):
    images = numbers(30, 0)
    folder = write(images, tmp_path / "images")
    with pytest.raises(ValueError, match="Received: labels"):
        kgz.evaluate(images, images, "fid", labels=[3])
    with pytest.raises(ValueError, match=r"asked for a class.*images\."):
        kgz.evaluate(images, images, "accuracy", MEANS)
    with pytest.raises(ValueError, match="does not exist"):
        kgz.evaluate(tmp_path / "nothing", images)
    with pytest.raises(ValueError, match=r"is for images.*\(8, 6, 3\)"):
        kgz.evaluate(images, [*images])  # not batches
    Image.new("RGB", (9, 9)).save(folder / "large.png")
    with pytest.raises(ValueError, match=r"8x6.*large\.png of 9x9 pixels"):
        kgz.evaluate(folder, images)
    found = kgz.evaluate(
        folder, folder, "fid", "pixels", image_size=(4, 4), subsets=0
    )
    assert found.scores[0].num_fake == 31
    (folder / "text.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"can be read.*text\.png"):
        kgz.evaluate(folder, images)


def test_pictures_that_lie_on_their_side_are_turned(tmp_path):
    image = Image.new("RGB", (6, 8))
    exif = image.getexif()
    exif[0x0112] = 6  # a quarter to the right
    image.save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGB", (8, 6)).save(tmp_path / "upright.jpg")
    (batch,) = given.PictureFolder(tmp_path)
    assert batch.shape == (2, 6, 8, 3)


# ------------------------------------------------------------------ command


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def test_command(tmp_path, capsys):
    fake = write(numbers(30, 0, (8, 8, 1)), tmp_path / "fake")
    real = write(numbers(25, 1, (8, 8, 1)), tmp_path / "real")
    file = tmp_path / "scores.json"
    command = ["evaluate", "--images", fake, "--metrics", "fid"]
    assert run(*command, "--data", f"folder:{real}", "--json", file) == 0
    found = json.loads(file.read_text())
    expected = kgz.evaluate(fake, real, "fid")
    assert found == json.loads(expected.json())
    assert expected.table() in capsys.readouterr().out
    # Other sources, too, which give whole batches.
    sized = ["--image-size", "8x8", "--batch-size", 500]
    again = [*command, "--data", "digits", *sized, "--json", file]
    before = file.read_text()
    assert run(*again) == 2
    assert "exists. Expected a new file, or --overwrite" in (
        capsys.readouterr().err
    )
    assert file.read_text() == before
    assert run(*again, "--overwrite") == 0
    found = json.loads(file.read_text())
    assert found["scores"][0]["num_real"] == 1500
    capsys.readouterr()
    for wrong, message in (
        (["--resize", "clean"], "Only some feature extractors"),
        (["--split", "test"], "--split"),
    ):
        assert run(*command, "--data", f"folder:{real}", *wrong) == 2
        assert message in capsys.readouterr().err
    assert run("evaluate", "--data", "digits") == 2
    assert "Received: neither" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(*command, "--data", "digits", "--labels=3")
    assert "unrecognized arguments: --labels" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--images", "fake", "--data", "digits", "--labels", "3"],
        ["--labels", "3", "--data", "digits", "--images", "fake"],
        ["3", "--images", "fake", "--data", "digits"],
    ],
)
def test_flags_of_a_model_do_not_go_with_images(words, capsys):
    with pytest.raises(SystemExit):
        run("evaluate", *words)
    shown = " ".join(capsys.readouterr().err.split())
    assert "Expected: either FILE, a model, or --images FOLDER." in shown
    assert "Received: FILE 3 and --images fake." in shown
    assert "such as --labels, do not go with --images" in shown
