import json
import pathlib
import re
import shlex

import keras
import pytest
from PIL import Image

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo.files import presets
from keras_gan_zoo_cli import control_flags

TRAIN = ["train", "dcgan", "--data", "digits", "--batch-size", 599]
SMALL = ["--set", "filters=2", "--set", "latent_dim=3"]
# Few steps are done before TensorFlow has traced one.
EAGER = ["--compile", "run_eagerly=true"]


def run(*arguments):
    return cli.main([str(a) for a in arguments])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "run"
    assert train(folder, 2) == 0
    return folder


def train(folder, epochs, *more):
    return run(*TRAIN, "--epochs", epochs, "--out", folder, *SMALL, *more)


def test_commands_find_what_they_use_in_folders_that_nobody_imported():
    for path in pathlib.Path(cli.__file__).parent.rglob("*.py"):
        for folder, name in re.findall(r"kgz\.(\w+)\.(\w+)", path.read_text()):
            module = getattr(kgz, folder)
            if hasattr(module, "__path__"):  # a folder, not a single file
                listed = getattr(module, "__all__", [])
                assert name in listed, f"{path}: kgz.{folder}.{name}"


def test_train_leaves_model_pictures_and_log(trained):
    names = {path.name for path in trained.iterdir()}
    assert names == {
        "backup.weights.h5",
        "grid.png",
        "log.csv",
        "model.keras",
        "samples",
        "settings.json",
    }
    assert (trained / "samples" / "progress.gif").exists()
    assert len((trained / "log.csv").read_text().splitlines()) == 3
    settings = json.loads((trained / "settings.json").read_text())
    assert settings["set"] == {"filters": 2, "latent_dim": 3}


def test_train_goes_on_and_refuses_other_settings(tmp_path, capsys):
    folder = tmp_path / "run"
    assert train(folder, 1, *EAGER) == 0
    assert train(folder, 2, *EAGER) == 0
    assert len((folder / "log.csv").read_text().splitlines()) == 3
    capsys.readouterr()
    assert train(folder, 3, *EAGER, "--compile", "loss=hinge") == 2
    assert "'loss': 'hinge'" in capsys.readouterr().err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    assert train(tmp_path / "mine", 1) == 2
    assert "other files" in capsys.readouterr().err
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_exact_makes_the_same_configuration(tmp_path, capsys):
    first, preset, again = (tmp_path / name for name in ("1", "preset", "2"))
    command = ["keras-gan-zoo", *TRAIN, "--epochs", "1", *SMALL, *EAGER]
    keras.utils.clear_session()  # names count from 0, as in a new process
    assert train(first, 1, *EAGER) == 0
    kgz.load(first / "model.keras").save_to_preset(
        preset, command=shlex.join(map(str, command))
    )
    keras.utils.clear_session()
    assert run("train", preset, "--exact", "--out", again) == 0
    settings = [path / "settings.json" for path in (first, again)]
    assert settings[0].read_bytes() == settings[1].read_bytes()
    configs = [
        json.dumps(presets.configuration(kgz.load(path / "model.keras")))
        for path in (first, again)
    ]
    assert configs[0] == configs[1]
    # The long command goes on with it.
    assert train(again, 2, *EAGER) == 0
    capsys.readouterr()

    card = json.loads((preset / "card.json").read_text())
    for change, message in (
        ({"config": {**card["config"], "filters": 4}}, "filters=2 where"),
        ({"compile": {**card["compile"], "old": 1}}, "old=None where"),
        ({"command": "python mine.py"}, "python mine.py"),
    ):
        text = json.dumps({**card, **change})
        (preset / "card.json").write_text(text)
        new = tmp_path / "new"
        keras.utils.clear_session()
        assert run("train", preset, "--exact", "--out", new) == 2
        assert message in capsys.readouterr().err
        assert not (new / "model.keras").exists()


def test_where_the_data_of_a_recipe_are_is_said_before_a_download(
    tmp_path, capsys, monkeypatch
):
    def fail(*args, **kwargs):
        assert "They are downloaded unless" in capsys.readouterr().out
        raise ConnectionError("no network")

    monkeypatch.setattr("keras_gan_zoo.data.source.tfds", fail)
    out = ["--out", tmp_path / "run"]
    assert run("train", "vanilla_gan_mnist_28", *out) == 2
    assert "(tfds:mnist), which do not come" in capsys.readouterr().err


def test_train_a_recipe(tmp_path, capsys):
    folder = tmp_path / "run"
    small = ["--set", "generator_units=[4]", "--batch-size", 1797, *EAGER]
    recipe = ["train", "vanilla_gan_digits_8", *small, "--out", folder]
    assert run(*recipe, "--epochs", 1) == 0
    shown = capsys.readouterr().out
    assert "keras-gan-zoo train vanilla_gan --data digits" in shown
    settings = json.loads((folder / "settings.json").read_text())
    assert settings == {
        "model": "vanilla_gan",
        "data": "digits",
        "batch_size": 1797,
        "image_size": None,
        "seed": 0,
        "set": {"generator_units": [4], "dropout": 0, "input_dropout": 0},
        "compile": {
            "penalty": "r1",
            "ema_decay": 0.999,
            "updates": "simultaneous",
            "run_eagerly": True,
        },
    }
    assert run(*recipe, "--epochs", 2) == 0
    assert len((folder / "log.csv").read_text().splitlines()) == 3
    other = tmp_path / "other"
    assert run(*recipe[:-1], other, "--epochs", 1, "--exact") == 2
    assert "generator_units=[4] where the card" in capsys.readouterr().err
    assert not other.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dcgan_minst"], "Unknown recipe: 'dcgan_minst'. Did you mean 'dcgan"),
        (["dgan"], "Did you mean 'dcgan'"),
        (["dcgan"], "Received: dcgan with no --data, no --epochs"),
        (["dcgan", "--data", "digits"], "with no --epochs"),
        (["dcgan", "--exact"], "only with a pretrained"),
        (["dcgan_emoji_64"], "was trained on Noto Emoji (Google), on white"),
        (["vanilla_gan_digits_8", "--set", "dropuot=1"], "mean 'dropout'"),
        (["vanilla_gan_digits_8", "--data", "folder:/x"], "does not exist"),
    ],
)
def test_wrong_recipes_are_explained(tmp_path, capsys, words, message):
    assert run("train", *words, "--out", tmp_path / "run") == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_lost_training_leaves_no_model(tmp_path, capsys):
    rate = {"class_name": "SGD", "config": {"learning_rate": 1e38}}
    wild = f"discriminator_optimizer={json.dumps(rate)}"
    with (
        pytest.warns(UserWarning, match="Not finite at step"),
        pytest.warns(UserWarning, match="No backup at step"),
    ):
        assert train(tmp_path / "run", 3, *EAGER, "--compile", wild) == 2
    assert "The training is lost" in capsys.readouterr().err
    assert not (tmp_path / "run" / "model.keras").exists()


def test_generate(trained, tmp_path, capsys):
    picture = tmp_path / "grid.png"
    model = trained / "model.keras"
    assert run("generate", model, "--num", 4, "--out", picture) == 0
    assert capsys.readouterr().out.strip() == str(picture)
    with Image.open(picture) as image:
        assert image.size[0] >= 256
    assert run("generate", model, "--out", picture) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert run("generate", model, "--out", picture, "--overwrite") == 0
    assert run("generate", model, "--out", picture.with_suffix("")) == 2
    assert "grid.png exists" in capsys.readouterr().err


def test_generate_a_video(trained, tmp_path, capsys):
    model, video = trained / "model.keras", tmp_path / "loop.gif"
    words = ["generate", model, "--num", 4, "--seconds", 1, "--fps", 5]
    assert run(*words, "--video", video) == 0
    assert capsys.readouterr().out.strip() == str(video)
    with Image.open(video) as found:
        assert found.n_frames == 5
    assert run(*words, "--video", video) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert run(*words, "--video", tmp_path / "loop.avi") == 2
    assert ".gif, .mp4, .webp" in capsys.readouterr().err


def test_control(tmp_path, capsys):
    small = ["--set", "filters=2", *EAGER]
    small += ["--data", "digits", "--batch-size", 1797]
    for model, *more in (["conditional_gan"], ["infogan", "--set", "units=16"]):
        folder = tmp_path / model
        done = run(
            "train", model, *small, *more, "--epochs", 1, "--out", folder
        )
        assert done == 0
    picture = tmp_path / "sevens.png"
    conditional = tmp_path / "conditional_gan" / "model.keras"
    info = tmp_path / "infogan" / "model.keras"
    labels = ["--labels", "7,8", "--num", 5, "--out", picture]
    assert run("generate", conditional, *labels) == 0
    assert picture.exists()
    capsys.readouterr()
    assert run("generate", info, *labels, "--overwrite") == 2
    assert "flags of its own: --codes" in capsys.readouterr().err
    chosen = ["--codes", "categorical_0=3", "--num", 2, "--out", picture]
    assert run("generate", info, *chosen, "--overwrite") == 0
    code = ["--columns", 3, "--out", tmp_path / "rows.png", "--code"]
    assert run("traverse", info, *code, "categorical_0") == 0
    assert run("traverse", info, "--overwrite", *code, "categorical_7") == 2
    assert "categorical_0" in capsys.readouterr().err


def test_evaluate(trained, tmp_path, capsys):
    file = tmp_path / "scores.json"
    arguments = [trained / "model.keras", "--num", 200, "--json", file]
    digits = ["--data", "digits", "--extractor", "digits"]
    assert run("evaluate", *arguments, *digits, "--metrics", "fid,is") == 0
    shown = capsys.readouterr().out
    scores = json.loads(file.read_text())["scores"]
    assert [score["num_fake"] for score in scores] == [200, 200]
    assert scores[0]["num_real"] == 1700
    assert f"{scores[0]['values']['frechet_distance']:.4g}" in shown
    assert "digits_softmax" in shown
    for wrong, message in (
        (["--metrics", "fed"], "Did you mean 'fid'"),
        (["--metrics", "is", "--extractor", "pixels"], "need a classifier"),
        (["--split", "test"], "--split"),
    ):
        wrong = ["--overwrite", *wrong]
        assert run("evaluate", *arguments, *digits, *wrong) == 2
        assert message in capsys.readouterr().err


def test_generate_files_of_their_own(trained, tmp_path, capsys):
    model, folder = trained / "model.keras", tmp_path / "each"
    each = ["generate", model, "--each", folder]
    assert run(*each, "--num", 70) == 0
    assert f"70 files: {folder}" in capsys.readouterr().out
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"{number:06}.png" for number in range(70)]
    images = [kgz.pictures.read(folder / name) for name in names]
    assert {image.shape for image in images} == {(8, 8, 3)}
    first, second = (
        b"".join(image.tobytes() for image in part)
        for part in (images[:6], images[64:])
    )
    assert first != second
    # Nothing is replaced, and nothing is written either.
    (folder / "000069.png").rename(folder / "mine.png")
    assert run(*each, "--num", 80) == 2
    assert "000000.png exists" in capsys.readouterr().err
    assert not (folder / "000069.png").exists()
    assert run(*each, "--num", 80, "--overwrite") == 0
    # A sample depends on the seed and its number, not on how many there are.
    assert (folder / "000069.png").read_bytes() == (
        folder / "mine.png"
    ).read_bytes()
    other = tmp_path / "other"
    assert run(*each[:-1], other, "--num", 2, "--seed", 1) == 0
    assert (other / "000000.png").read_bytes() != (
        folder / "000000.png"
    ).read_bytes()
    with pytest.raises(SystemExit):
        run(*each, "--out", tmp_path / "x.png")
    assert "not allowed with" in capsys.readouterr().err


def test_generate_from_seeds(trained, tmp_path, capsys):
    model, folder = trained / "model.keras", tmp_path / "each"
    assert run("generate", model, "--seeds", "7,98-99", "--each", folder) == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["000007.png", "000098.png", "000099.png"]
    gan = kgz.load(model)
    wanted = kgz.pictures.grid(gan.generate(1, seed=98), gap=0)
    found = kgz.pictures.read(folder / "000098.png")
    assert found.tobytes() == wanted.tobytes()
    grid = tmp_path / "grid.png"
    assert run("generate", model, "--seeds", "98,7", "--out", grid) == 0
    assert grid.exists()
    assert run("generate", model, "--seeds", "98,7", "--each", folder) == 2
    assert "000098.png exists" in capsys.readouterr().err


def test_as_many_samples_are_in_memory_for_any_number(
    trained, tmp_path, monkeypatch
):
    asked = []
    generate = kgz.DCGAN.generate

    def counted(self, num, **kwargs):
        asked.append(num)
        return generate(self, num, **kwargs)

    monkeypatch.setattr(kgz.DCGAN, "generate", counted)
    model = trained / "model.keras"
    assert run("generate", model, "--num", 200, "--each", tmp_path / "x") == 0
    assert asked == [64] * 4


def test_labels_of_files_go_on_from_batch_to_batch():
    chosen = {"labels": [7, 8, 9]}
    labels = [
        label
        for start in (0, 64)
        for label in control_flags.repeated(chosen, range(start, start + 64))[
            "labels"
        ]
    ]
    assert labels == [7 + number % 3 for number in range(128)]


def test_describe(trained, capsys):
    assert run("describe", trained / "model.keras") == 0
    shown = capsys.readouterr().out
    for part in ("DCGAN", "steps trained: 6", "filters = 2", "NonSaturating"):
        assert part in shown


def test_a_preset_is_described_by_its_card_as_by_its_file(tmp_path, capsys):
    gan, _ = kgz.recipe("vanilla_gan_digits_8")
    gan.save_to_preset(tmp_path / "mine", command="python mine.py")
    gan.save(tmp_path / "mine.keras")
    assert run("describe", tmp_path / "mine") == 0
    by_card = capsys.readouterr().out.splitlines()
    card = json.loads((tmp_path / "mine" / "card.json").read_text())
    for key in ("verb", "players", "controls"):
        del card[key]  # as in cards of old versions
    (tmp_path / "mine" / "card.json").write_text(json.dumps(card))
    assert run("describe", tmp_path / "mine") == 0
    of_old_card = capsys.readouterr().out.splitlines()
    assert run("describe", tmp_path / "mine.keras") == 0
    by_file = capsys.readouterr().out.splitlines()
    num = gan.generator.count_params()
    assert f"generator: generator, {num:,} weights" in by_file
    assert by_file == by_card[: len(by_file)]
    assert by_card[len(by_file)] == "trained by: python mine.py"
    assert set(of_old_card) <= set(by_card)


def test_list(capsys):
    assert run("list") == 0
    shown = capsys.readouterr().out
    for name in (*kgz.list_architectures(), *kgz.list_presets()):
        assert name in shown


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("mnist", "Unknown source of data (--data): 'mnist'"),
        ("folder:/nowhere", "does not exist"),
        ("digits:8", "Expected --data"),
    ],
)
def test_wrong_data_is_explained(tmp_path, capsys, data, message):
    status = run(
        "train", "dcgan", "--data", data, "--epochs", 1, "--out", tmp_path / "r"
    )
    assert status == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["--batch-size", 5000], "batch_size between 1"),
        (["--data", "folder:/nope"], "does not exist"),
        (["--set", "filtres=3"], "filtres"),
        (["--set", "image_shape=[8,8,1]"], "The data decide image_shape"),
        (["--compile", "lose=hinge"], "lose"),
        (["--compile", "discriminator_steps=2.5"], "a whole number"),
        # Found by `fit`, not before.
        (["--compile", "steps_per_execution=2", *EAGER], "Backup needs"),
    ],
)
def test_a_refused_training_leaves_nothing(tmp_path, capsys, wrong, message):
    assert train(tmp_path / "run", 1, *wrong) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_refused_training_keeps_the_folder_that_was_there(tmp_path):
    assert train(tmp_path, 1, "--compile", "steps_per_execution=2", *EAGER) == 2
    assert tmp_path.is_dir()
    assert not list(tmp_path.iterdir())


def test_classes_come_from_the_folders(tmp_path, capsys):
    for name in ("10", "9", "8"):
        (tmp_path / "a,b" / name).mkdir(parents=True)
        image = Image.new("L", (8, 8), int(name))
        image.save(tmp_path / "a,b" / name / "x.png")
    out = tmp_path / "run"
    done = run(
        "train", "conditional_gan", "--data", f"folder:{tmp_path / 'a,b'}",
        "--image-size", 8, "--batch-size", 3, "--epochs", 1, "--out", out,
        "--set", "filters=2", *EAGER,
    )  # fmt: skip
    assert done == 0
    assert "Class 2: 10" in capsys.readouterr().out
    settings = json.loads((out / "settings.json").read_text())
    assert settings["class_names"] == ["8", "9", "10"]
    assert kgz.load(out / "model.keras").num_classes == 3


@pytest.mark.parametrize("wrong", [0, -1, 2.5])
def test_numbers_of_nothing_are_explained(tmp_path, capsys, wrong):
    for words in (
        ["generate", "x.keras", "--out", tmp_path / "x.png", "--num"],
        ["evaluate", "x.keras", "--data", "digits", "--num"],
        ["traverse", "x.keras", "--code", "c", "--out", "x.png", "--columns"],
        [*TRAIN, "--out", tmp_path / "run", "--epochs"],
    ):
        with pytest.raises(SystemExit):
            run(*words, wrong)
        assert "whole number of at least 1" in capsys.readouterr().err


def test_wrong_words_are_explained(tmp_path, capsys):
    for wrong in (["fly"], ["train", "dcgan"], ["generate"]):
        with pytest.raises(SystemExit):
            run(*wrong)
        assert "usage:" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        train(tmp_path / "r", 1, "--set", "filters")
    assert "NAME=VALUE" in capsys.readouterr().err
    assert run("describe", tmp_path / "no.keras") == 2
