"""Recipes: what a preset's command says, and what is made of it."""

import copy
import subprocess
import sys

import keras
import numpy as np
import pytest

import keras_gan_zoo as kgz
from keras_gan_zoo import recipes
from keras_gan_zoo.files import cards, presets
from keras_gan_zoo.recipes import build, checks, exact, words

DIGITS = "vanilla_gan_digits_8"
SMALL = {"batch_size": 599, "arguments": {"generator_units": [4]}}


@pytest.mark.parametrize("name", kgz.list_presets())
def test_the_command_of_a_recipe_says_the_same(name):
    recipe = recipes.of_preset(name)
    assert recipe.preset == name
    again = words.read(recipe.command("runs/x"))
    assert again == words.read(cards.card_of(name)["command"])


def test_a_recipe_is_read_without_keras():
    script = (
        "import sys; from keras_gan_zoo.recipes import of_preset\n"
        "from keras_gan_zoo.recipes import checks, exact\n"
        f"checks.check(of_preset({DIGITS!r}))\n"
        "print({'keras', 'tensorflow', 'numpy'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", script]
    assert subprocess.check_output(command, text=True) == "set()\n"


def test_a_recipe_makes_the_model_of_its_preset():
    gan, images = kgz.recipe(DIGITS)
    exact.check_exact(gan, cards.card_of(DIGITS))
    assert int(gan.steps) == 0
    assert next(iter(images)).shape == (64, 8, 8, 1)
    again, _ = kgz.recipe(DIGITS)
    for ours, theirs in zip(gan.weights, again.weights):
        np.testing.assert_array_equal(ours, theirs)
    other, _ = kgz.recipe(DIGITS, seed=1)
    first = [m.generator.trainable_weights[0] for m in (gan, other)]
    assert np.any(np.asarray(first[0]) != np.asarray(first[1]))


def test_arguments_override_a_recipe():
    gan, images = kgz.recipe(
        DIGITS, image_size=(16, 16), settings={"loss": "hinge"}, **SMALL
    )
    assert next(iter(images)).shape == (599, 16, 16, 1)
    assert gan.get_config()["generator_units"] == [4]
    assert gan.get_config()["dropout"] == 0  # as in the recipe
    assert type(gan.loss).__name__ == "Hinge"
    assert gan.penalty is not None
    gan.fit(images, epochs=1, verbose=0)
    assert int(gan.steps) == 3


def test_data_that_do_not_ship_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="dcgan_emoji_64 was trained on Noto"):
        kgz.recipe("dcgan_emoji_64")
    with pytest.raises(ValueError, match="Expected unpaired:PATH as data"):
        kgz.recipe("cyclegan_emoji_64")
    # Of other data there is nothing to say.
    with pytest.raises(ValueError, match=r"^Expected folder:PATH as data"):
        kgz.recipe(DIGITS, data="folder:nowhere")

    def fail(*args, **kwargs):
        raise ConnectionError("no network")

    monkeypatch.setattr("keras_gan_zoo.data.source.tfds", fail)
    with pytest.raises(ConnectionError, match=r"was trained on MNIST.*no netw"):
        kgz.recipe("vanilla_gan_mnist_28")


def test_recipes_of_others(tmp_path):
    gan, _ = kgz.recipe(DIGITS, **SMALL)
    mine = tmp_path / "mine"
    gan.save_to_preset(
        mine, command=f"keras-gan-zoo train {DIGITS} --epochs=7 --set latent"
        "_dim=3 --image-size 16 --out x --strategy mirrored",
    )  # fmt: skip
    recipe = recipes.of_preset(mine)
    assert (recipe.architecture, recipe.data) == ("vanilla_gan", "digits")
    assert (recipe.epochs, recipe.image_size) == (7, (16, 16))
    assert recipe.arguments["latent_dim"] == 3
    assert recipe.arguments["dropout"] == 0
    gan.save_to_preset(tmp_path / "b", command="python mine.py")
    with pytest.raises(ValueError, match=r"another program.*'python mine\.py'"):
        recipes.of_preset(tmp_path / "b")
    gan.save_to_preset(tmp_path / "c")
    with pytest.raises(ValueError, match="command=None"):
        recipes.of_preset(tmp_path / "c")
    for wrong, message in (
        ("keras-gan-zoo train dcgan --epochs 2", "--data SOURCE"),
        ("keras-gan-zoo train dcgan --epoch 2", "Did you mean '--epochs'"),
        ("keras-gan-zoo train", "train ARCHITECTURE"),
    ):
        with pytest.raises(ValueError, match=message):
            words.read(wrong)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"arguments": {"filtres": 3}}, "of DCGAN: 'filtres'. Did you mean 'f"),
        ({"settings": {"lose": 3}}, r"of DCGAN\.compile: 'lose'. Did you mean"),
        ({"architecture": "dgan"}, "Did you mean 'dcgan'"),
    ],
)
def test_wrong_names_are_explained(given, message):
    recipe = words.Recipe("dcgan", "digits", 1).changed(**given)
    with pytest.raises(ValueError, match=message):
        checks.check(recipe)


def test_a_type_error_of_a_class_is_explained():
    message = r"Expected arguments of the class.* Received: .*'int'"
    arguments = {"filters": None, "image_shape": (8, 8, 1)}
    with pytest.raises(ValueError, match=message):
        build.made(kgz.DCGAN, arguments, {})


# ------------------------------------------------------------------ equality


@pytest.fixture(scope="module")
def configuration():
    gan, _ = kgz.recipe(DIGITS, **SMALL)
    return presets.configuration(gan)


def optimizer(configuration):
    return configuration["compile"]["generator_optimizer"]["config"]


def test_new_keys_of_keras_do_not_count(configuration):
    other = copy.deepcopy(configuration)
    optimizer(other)["a_key_of_a_later_keras"] = 0.5
    other["config"]["a_key_of_a_later_keras"] = None
    other["config"]["dtype"] = "float32"
    other["config"]["name"] = other["compile"]["name"] = "another"
    other["compile"]["generator_optimizer"]["module"] = "keras.later"
    del optimizer(other)["ema_overwrite_frequency"]
    assert exact.same(other, configuration)
    assert exact.same(configuration, other)


def test_a_release_of_keras_with_more_settings_makes_the_same(monkeypatch):
    old = keras.optimizers.Adam.get_config

    def get_config(self):
        return {**old(self), "a_key_of_a_later_keras": 0.5}

    monkeypatch.setattr(keras.optimizers.Adam, "get_config", get_config)
    gan, _ = kgz.recipe(DIGITS)
    assert "a_key_of_a_later_keras" in optimizer(presets.configuration(gan))
    exact.check_exact(gan, cards.card_of(DIGITS))


def test_what_was_chosen_counts(configuration):
    for change in (
        lambda c: optimizer(c).update(beta_1=0.4),
        lambda c: optimizer(c).update(learning_rate=2.1e-4),
        lambda c: c["compile"]["generator_optimizer"].update(class_name="SGD"),
        lambda c: c["compile"]["loss"]["config"].update(label_smoothing=0.1),
        lambda c: c["compile"].update(penalty=None),
        lambda c: c["config"].update(dtype="mixed_bfloat16"),
        lambda c: c["config"].update(generator_units=[4, 4]),
        lambda c: c["config"].update(an_argument_that_is_gone=1),
    ):
        other = copy.deepcopy(configuration)
        change(other)
        assert not exact.same(configuration, other)
    own = {"class_name": "A", "registered_name": "keras_gan_zoo>A"}
    ours, theirs = ({**own, "config": {"gone": n}} for n in (1, 2))
    assert not exact.same({**own, "config": {}}, theirs)
    assert not exact.same(ours, theirs)


def test_configurations_of_this_keras_are_compared_in_full():
    """The keys of Keras that both know are all keys of this version."""
    adam = keras.saving.serialize_keras_object(keras.optimizers.Adam())
    for key, value in adam["config"].items():
        other = copy.deepcopy(adam)
        other["config"][key] = 0.123 if not value else None
        assert exact.same(adam, other) == (key == "name"), key
