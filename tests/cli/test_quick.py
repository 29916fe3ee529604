"""What needs no model answers without TensorFlow and Keras."""

import json
import shlex
import subprocess
import sys

import pytest

from keras_gan_zoo.data.source import SOURCES
from keras_gan_zoo.recipes import checks

#: Commands, and a part of the answer.
ANSWERS = {
    "--help": "train a model",
    "train --help": "RECIPE",
    "list": "dcgan_mnist_28",
    "describe vanilla_gan_digits_8": "generator: generator,",
    "describe cyclegan_emoji_64": "--to: the domain to arrive at",
    "describe pix2pix_emoji_64": "--no-noise: dropout",
    "trian": "Did you mean train?",
    "fly": "Known: list, train",
    # unknown names
    "generate nosuch --out x.png": "Unknown pretrained model: 'nosuch'",
    "generate dcgan_minst_28 --out x.png": "Did you mean 'dcgan_mnist_28'",
    "describe nosuch.keras": "nosuch.keras, which does not exist",
    "describe a/nosuch": "a/nosuch, which does not exist",
    "describe .": "., a folder",
    "translate nosuch in out": "Unknown pretrained model",
    "traverse nosuch --code c --out x.png": "Unknown pretrained model",
    "explore nosuch": "Unknown pretrained model",
    "evaluate nosuch --data digits": "Unknown pretrained model",
    "train dgan --out x": "Did you mean 'dcgan'",
    "tune dgan --data digits --epochs 1 --out x": "Did you mean 'dcgan'",
    # wrong options and arguments
    "train dcgan --out x": "with no --data, no --epochs",
    "train dcgan --epocs=3 --out x": "Did you mean --epochs?",
    "train dcgan --data digits --epochs 1 --set filtres=3 --out x": "'filters'",
    "train dcgan_mnist_28 --compile lose=3 --out x": "Did you mean 'loss'",
    "train dcgan --data digits --epochs 0 --out x": "whole number of at least",
    "train dcgan --data digits --set filters --out x": "Expected NAME=VALUE",
    "train dcgan --data digits --image-size 8xx --out x": "Expected a size",
    "tune dcgan --data digits --epochs 1 --set filtres=3 --out x": "'filters'",
    "generate dcgan_mnist_28 --labels 3 --out x.png": "of its own: none",
    "generate dcgan_mnist_28 --nmu 3 --out x.png": "Did you mean --num?",
    "generate conditional_gan_mnist_28 --label=3 --out x": "mean --labels?",
    "generate dcgan_mnist_28": "--out --each",
    "generate dcgan_mnist_28 --seeds 3-1 --out x.png": "got '3-1'",
    "generate dcgan_mnist_28 --seeds 1,2 --num 3 --out x.png": "and --num",
    "generate dcgan_mnist_28 --seeds 1 --video x.gif": "and --video",
    "generate dcgan_mnist_28 --seed 1 --seeds 1 --out x": "not allowed with",
    # missing inputs
    "train dcgan --data mnist --epochs 1 --out x": "Unknown source of data",
    "train dcgan --data folder:no --epochs 1 --out x": "does not exist",
    "train dcgan_emoji_64 --out x": "was trained on Noto Emoji",
    "train pix2pix --data pairs:a,b --epochs 1 --out x": "does not exist",
    "tune dcgan --data folder:no --epochs 1 --out x": "does not exist",
    "evaluate dcgan_emoji_64 --data folder:no": "does not exist",
    "evaluate --images no --data digits": "no, which does not exist",
    "evaluate dcgan_mnist_28 --data digits --extractor no.keras": "no.keras",
    "translate pix2pix_emoji_64 no out": "no, which does not exist",
    "generate dcgan_mnist_28 --out mine.png": "mine.png exists",
}

SCRIPT = """
import contextlib, io, json, sys
import keras_gan_zoo_cli
found = {}
for command, words in json.load(sys.stdin).items():
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        try:
            keras_gan_zoo_cli.main(words)
        except SystemExit:
            pass
    heavy = {"tensorflow", "keras", "numpy"} & set(sys.modules)
    found[command] = shown.getvalue(), sorted(heavy)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick")
    (folder / "mine.png").write_text("a picture")
    words = {command: shlex.split(command) for command in ANSWERS}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
    )
    assert [path.name for path in folder.iterdir()] == ["mine.png"]
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", ANSWERS)
def test_the_answer_needs_neither_tensorflow_nor_keras(command, answers):
    shown, heavy = answers[command]
    assert ANSWERS[command] in shown
    assert not heavy


def test_all_kinds_of_data_are_known():
    forms = {
        form.partition(":")[0] for kinds in SOURCES.values() for form in kinds
    }
    assert forms == set(checks.KINDS)
    with_folders = {
        form.partition(":")[0]
        for kinds in SOURCES.values()
        for form in kinds
        if "PATH" in form
    }
    assert with_folders == set(checks.FOLDERS)
