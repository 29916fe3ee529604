import functools
import gc
import inspect
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import types

import keras
import numpy as np
import pytest
from checks import equal, values_of
from PIL import Image

keras_tuner = pytest.importorskip(
    "keras_tuner", reason="the tuner extra is missing"
)
import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo import tuning
from keras_gan_zoo.callbacks import Backup
from keras_gan_zoo.families.asker import Asker
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.files import registry
from keras_gan_zoo.metrics.score import Score
from keras_gan_zoo.models import vanilla_gan
from keras_gan_zoo.objectives import losses, penalties
from keras_gan_zoo.tuning import hyper as hyper_module
from keras_gan_zoo.tuning import report as tuning_report
from keras_gan_zoo.tuning.report import Report, Trial
from keras_gan_zoo.tuning.search import Search

#: What keeps the networks of each architecture small.
SMALL = {
    kgz.VanillaGAN: {"generator_units": [8], "discriminator_units": [8]},
    kgz.DCGAN: {"filters": 2},
    kgz.ConditionalGAN: {"filters": 2, "num_classes": 3},
    kgz.InfoGAN: {"filters": 2, "units": 8},
    kgz.Pix2Pix: {"filters": 2, "output_channels": 1, "patch": 16},
    kgz.CycleGAN: {"filters": 2, "num_blocks": 1, "patch": 16},
    kgz.ContextEncoder: {"filters": 2, "bottleneck": 4, "overlap": 0},
    kgz.CompletionGAN: {"filters": 2},
    kgz.ProGAN: {"fmap_max": 4, "latent_dim": 8},
    kgz.WGAN: {"filters": 2},
    kgz.WGANGP: {"filters": 2},
    kgz.SNGAN: {"filters": 2, "num_classes": 3},
    kgz.SAGAN: {"filters": 4, "num_classes": 3},
    kgz.BigGAN: {"filters": 2, "num_classes": 3},
    kgz.StyleGAN: {
        "channel_max": 8,
        "style_dim": 8,
        "latent_dim": 8,
        "mapping_layers": 2,
    },
    kgz.SRGAN: {"scale": 2, "filters": 2, "blocks": 1},
    kgz.ESRGAN: {"scale": 2, "filters": 2, "blocks": 1, "growth": 2},
    kgz.R3GAN: {"filters": 4, "blocks": 1, "latent_dim": 4},
    kgz.BiGAN: {
        "generator_units": [8],
        "encoder_units": [8],
        "discriminator_units": [8, 8],
    },
    kgz.VAEGAN: {"filters": 2, "latent_dim": 4},
    kgz.AdversarialAutoencoder: {"num_classes": 3, "units": [8]},
    kgz.SemiSupervisedGAN: {
        "num_classes": 3,
        "generator_units": [8],
        "discriminator_units": [8],
    },
    kgz.StyleGAN2: {
        "channel_max": 8,
        "style_dim": 8,
        "latent_dim": 8,
        "mapping_layers": 2,
    },
}
#: Their frozen network takes seconds to build.
SLOW = (kgz.SRGAN, kgz.ESRGAN)
CLASSES = [
    pytest.param(cls, marks=pytest.mark.slow) if cls in SLOW else cls
    for cls in SMALL
]
EAGER = {"run_eagerly": True}
#: Settings of `compile` with which all players move in the first step.
FIXED = {
    kgz.WGAN: {**EAGER, "warmup_steps": 0, "warmup_every": None},
    kgz.WGANGP: {**EAGER, "discriminator_steps": 2},
    kgz.SNGAN: {**EAGER, "discriminator_steps": 2},
    kgz.BigGAN: {**EAGER, "ema_start": 0},
    kgz.VAEGAN: {**EAGER, "margin": 5.0},
}
#: Keep their losses.
OWN_LOSS = [
    kgz.WGAN,
    kgz.WGANGP,
    kgz.SNGAN,
    kgz.SAGAN,
    kgz.BigGAN,
    kgz.StyleGAN,
    kgz.StyleGAN2,
    kgz.R3GAN,
    kgz.SRGAN,
    kgz.ESRGAN,
    kgz.SemiSupervisedGAN,
    kgz.VAEGAN,
]


def small(cls, **kwargs):
    shape = (8, 8, 1)
    return tuning.HyperGAN(
        cls,
        {"image_shape": shape, **SMALL[cls]},
        FIXED.get(cls, EAGER),
        **kwargs,
    )


def sampled(hyper, *seeds):
    """Random values of a space, as KerasTuner draws them, for each seed."""
    space = keras_tuner.HyperParameters()
    hyper.options(space)
    for seed in seeds:
        oracle = keras_tuner.oracles.RandomSearchOracle(
            objective=hyper.objective, hyperparameters=space, seed=1 + seed
        )
        hp = keras_tuner.HyperParameters()
        hp.values = oracle.populate_space("0")["values"]
        yield hp


# --------------------------------------------------------------- the spaces


def without_names(config):
    """A compile config; optimizers get a new name each time."""
    text = json.dumps(config, default=str)
    return json.loads(re.sub(r"(adam|rm_sprop)_\d+", r"\1", text))


@pytest.mark.parametrize("cls", CLASSES)
def test_the_default_is_that_of_the_class(cls):
    fixed = {"image_shape": (8, 8, 1)}
    wide = tuning.HyperGAN(cls, fixed)
    arguments, _ = wide.options(keras_tuner.HyperParameters())
    usual = inspect.signature(cls.__init__).parameters
    for name, value in arguments.items():
        expected = usual[name].default
        expected = list(expected) if isinstance(value, list) else expected
        assert value == expected, name
    gan = small(cls).build(keras_tuner.HyperParameters())
    keras.utils.set_random_seed(0)
    other = cls((8, 8, 1), **SMALL[cls])
    other.compile(**FIXED.get(cls, EAGER))
    found, expected = gan.get_compile_config(), other.get_compile_config()
    assert without_names(found) == without_names(expected)
    for a, b in zip(gan.get_weights(), other.get_weights()):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("cls", CLASSES)
def test_random_settings_train(cls, rng):
    images = rng.uniform(-1, 1, (8, 8, 8, 1)).astype("float32")
    batch = {
        ("image",): (images,),
        ("image", "label"): (images, np.arange(8) % 3),
        ("image", "partial label"): (images, np.arange(8) % 4 - 1),
        ("image", "image"): (images, images[::-1]),
        ("thumbnail", "image"): (images[:, ::2, ::2], images),
    }[tuple(modality.kind for modality in cls.reads.values())]
    data = [batch if len(batch) > 1 else images]
    hyper = small(cls)
    (hp,) = sampled(hyper, 5)
    gan = hyper.build(hp)
    before = {p: values_of(gan.variables_of(p)) for p in gan.players()}
    hyper.train(gan, Batches(data), epochs=1, verbose=0)
    assert int(gan.steps) == 1
    for player, values in before.items():
        assert not equal(values, values_of(gan.variables_of(player)))


class Batches(keras.utils.PyDataset):
    """A list of batches, for every backend."""

    def __init__(self, batches):
        super().__init__()
        self._batches = batches

    def __len__(self):
        return len(self._batches)

    def __getitem__(self, index):
        return self._batches[index]


@pytest.mark.parametrize("cls", [c for c in SMALL if c not in OWN_LOSS])
def test_spaces_hold_no_nonsense(cls, monkeypatch):
    # Optimizers take longer to make than everything else here.
    monkeypatch.setattr(
        keras.optimizers, "Adam", functools.cache(keras.optimizers.Adam)
    )
    hyper = small(cls)
    seen = set()
    for hp in sampled(hyper, *range(100)):
        arguments, settings = hyper.options(hp)
        assert json.loads(json.dumps(settings)) == settings
        losses.get(settings["loss"])
        penalties.get(settings["penalty"])
        seen.add((settings["loss"], settings["penalty"]))
        penalized = settings["penalty"] is not None
        assert penalized == ("penalty_weight" in hp.values)
        assert penalized or settings["loss"] != "wasserstein"
        normalization = arguments.get("discriminator_normalization")
        assert not penalized or normalization != "batch"
        assert not penalized or arguments.get("dropout", 0) == 0
        for player in ("generator", "discriminator"):
            config = settings[f"{player}_optimizer"]["config"]
            assert 3e-5 <= config["learning_rate"] <= 3e-3
            text = f"{hp.values[f'{player}_rate']:.3g}"
            assert float(text) == config["learning_rate"]
    assert len(seen) > 10


def test_what_is_fixed_is_not_asked():
    fixed = {"image_shape": (8, 8, 1), "filters": 2, "latent_dim": 3}
    sgd = keras.optimizers.SGD(0.5)
    given = {"penalty": "r1", "generator_optimizer": sgd, "loss": "hinge"}
    hyper = tuning.HyperGAN(kgz.DCGAN, fixed, given)
    hp = keras_tuner.HyperParameters()
    arguments, settings = hyper.options(hp)
    asked = {p.name for p in hp.space}
    assert "penalty_weight" in asked and "penalized_normalization" in asked
    assert not asked & {
        *("penalty", "filters", "latent_dim", "loss", "penalized_loss"),
        *("generator_rate", "normalization"),
    }
    assert not {**arguments, **settings}.keys() & {**fixed, **given}.keys()
    assert settings["penalty_weight"] == 10
    gan, other = hyper.build(hp), hyper.build(hp)
    assert gan.penalty is penalties.r1
    assert gan.generator.input_shape == (None, 3)
    # Each has an optimizer of its own.
    assert float(gan.optimizer["generator"].learning_rate) == 0.5
    assert gan.optimizer["generator"] is not other.optimizer["generator"]
    hyper = tuning.HyperGAN(kgz.DCGAN, fixed, {"penalty": None})
    hp = keras_tuner.HyperParameters()
    hyper.options(hp)
    asked = {p.name for p in hp.space}
    assert {"normalization", "loss"} <= asked
    assert not asked & {"penalty_weight", "penalized_loss"}
    # Of a penalty of one's own no weight is known.
    hyper = tuning.HyperGAN(kgz.DCGAN, fixed, {"penalty": penalties.r1})
    assert hyper.options(hp)[1]["penalty_weight"] is None
    assert hyper.build(hp).penalty is penalties.r1


def test_a_fixed_network_is_new_for_each_model():
    network = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    hyper = tuning.HyperGAN(
        kgz.VanillaGAN, {"image_shape": (8, 8, 1), "discriminator": network}
    )
    hp = keras_tuner.HyperParameters()
    gan, other = hyper.build(hp), hyper.build(hp)
    assert gan.discriminator is not other.discriminator
    for a, b in zip(gan.discriminator.weights, other.discriminator.weights):
        assert a is not b
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("metric", "name", "direction"),
    [
        ("fid", "frechet_distance", "min"),
        ("ms_ssim", "ms_ssim", "min"),
        ("is", "inception_score", "max"),
    ],
)
def test_objective(metric, name, direction):
    hyper = small(kgz.VanillaGAN, metric=metric, extractor="digits")
    assert hyper.objective == keras_tuner.Objective(name, direction)


def test_wrong_arguments_are_explained():
    with pytest.raises(ValueError, match="shape of the samples is not tuned"):
        tuning.HyperGAN(kgz.VanillaGAN, {"latent_dim": 3})
    with pytest.raises(ValueError, match="Did you mean 'fid'"):
        small(kgz.VanillaGAN, metric="fed")
    with pytest.raises(ValueError, match="Unknown algorithm: 'rondom'"):
        tuning.tune(small(kgz.VanillaGAN), None, "x", algorithm="rondom")


class Wide(kgz.DCGAN):
    """A user's class with defaults of its own."""

    def __init__(self, image_shape, filters=3, latent_dim=7, **kwargs):
        super().__init__(image_shape, latent_dim, filters, **kwargs)

    def compile(self, loss="minimax", ema_decay=0.5, **kwargs):
        super().compile(loss, ema_decay=ema_decay, **kwargs)


def test_a_subclass_has_its_own_defaults():
    hyper = tuning.HyperGAN(Wide, {"image_shape": (8, 8, 1)}, EAGER)
    hp = keras_tuner.HyperParameters()
    arguments, settings = hyper.options(hp)
    assert arguments["filters"] == 3 and arguments["latent_dim"] == 7
    assert settings["loss"] == "minimax" and settings["ema_decay"] == 0.5
    (filters,) = (p for p in hp.space if p.name == "filters")
    assert filters.values == [16, 32, 64, 3]
    assert hyper.build(hp).filters == 3


class Mine(LatentGAN):
    """A user's architecture without a search space, with one more player."""

    def __init__(self, image_shape, **kwargs):
        super().__init__(image_shape, 3, **kwargs)
        self.generator = vanilla_gan.build_generator((8, 8, 1), 3, [4])
        self.discriminator = vanilla_gan.build_discriminator((8, 8, 1), [4])
        self.ready()

    def compile(self, loss=None, encoder_optimizer=None, **kwargs):
        self.encoder_optimizer = encoder_optimizer
        super().compile(loss or losses.Hinge(), **kwargs)


def test_a_class_without_a_space_has_that_of_its_family():
    hyper = tuning.HyperGAN(Mine, {"image_shape": (8, 8, 1)})
    hp = keras_tuner.HyperParameters()
    arguments, settings = hyper.options(hp)
    assert arguments == {}
    players = ("generator", "discriminator", "encoder")
    assert set(settings) == {
        *("penalty", "penalty_weight"),
        *(f"{player}_optimizer" for player in players),
    }
    assert {p.name for p in hp.space} == {
        *("beta_1", "penalty", "penalty_weight"),
        *(f"{player}_rate" for player in players),
    }
    gan = hyper.build(hp)
    assert isinstance(gan.loss, losses.Hinge)
    assert gan.encoder_optimizer["config"]["learning_rate"] == 2e-4
    hyper = tuning.HyperGAN(
        Mine,
        {"image_shape": (8, 8, 1)},
        {f"{player}_optimizer": "adam" for player in players},
    )
    hp = keras_tuner.HyperParameters()
    assert set(hyper.options(hp)[1]) == {"penalty", "penalty_weight"}
    assert {p.name for p in hp.space} == {"penalty", "penalty_weight"}


def test_what_has_no_default_needs_one():
    ask = Asker(Mine, keras_tuner.HyperParameters())
    for name in ("image_shape", "width"):
        with pytest.raises(ValueError, match=rf"{name}=\.\.\. of Mine"):
            ask.choice(name, [1, 2])
    assert ask.choice("width", [1, 2], default=2) == 2
    assert ask.log("weight", 1.0, 2.0, default=8.0) == 8
    (_, weight) = ask._hp.space
    assert (weight.min_value, weight.max_value) == (1, 8)


@pytest.mark.parametrize("parent", ["a", "b", None, min])
def test_conditions(parent):
    """A value that is fixed decides as one that is asked for."""
    found = []
    for fixed in ({}, {"parent": parent}):
        hp = keras_tuner.HyperParameters()
        ask = Asker(Mine, hp, fixed)
        if parent is not min:  # which only a user can give
            ask.choice("parent", ["a", "b", "none"], parent or "none")
        elif not fixed:
            continue
        only = ask.choice("only", [1, 2], 1, when=("parent", ["a", "b"]))
        but = ask.choice("but", [1, 2], 2, unless=("parent", ["none"]))
        not_a = ask.log("not_a", 1.0, 2.0, 1.5, unless=("parent", ["a"]))
        assert set(hp.values) - {"parent"} == {
            *(("only",) if only else ()),
            *(("but",) if but else ()),
            *(("not_a",) if not_a else ()),
        }
        found.append((only, but, not_a))
    expected = {
        "a": (1, 2, None),
        "b": (1, 2, 1.5),
        None: (None, None, 1.5),
        min: (None, 2, 1.5),
    }
    assert set(found) == {expected[parent]}


# -------------------------------------------------------------- the searches


def tiny(**kwargs):
    arguments = {
        "image_shape": (8, 8, 1),
        "generator_units": [8],
        "discriminator_units": [8],
    }
    return tuning.HyperGAN(
        kgz.VanillaGAN, arguments, EAGER, num_images=100, **kwargs
    )


@functools.cache
def some_digits():
    return next(iter(kgz.data.digits(batch_size=120))).numpy()


def digits():
    """One batch of digits in each epoch, whose order `Backup` knows."""
    return kgz.data.arrays(some_digits(), batch_size=120)


def tune(*args, **kwargs):
    """A search without what takes as long as its trials and changes nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Report, "plot", lambda *_: None)
        patch.setattr(gc, "collect", lambda: None)
        return tuning.tune(*args, verbose=0, **kwargs)


def search(folder, epochs=2, **kwargs):
    hyper = tiny(seed=7)
    return tune(hyper, digits(), folder, trials=3, epochs=epochs, **kwargs)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuning")
    report = search(folder)
    return types.SimpleNamespace(folder=folder, report=report)


#: What a search does until it stops after the first backup of trial 1.
STOP = """
import os, signal
import conftest, test_tuning
test_tuning.stop_at_trial_1(lambda: os.kill(os.getpid(), signal.SIGKILL))
test_tuning.search({folder!r})
"""


def stop_at_trial_1(stop, patch=setattr):
    save = Backup._save

    def save_and_stop(self, *position):
        save(self, *position)
        if self.path.parent.name == "trial-001":
            stop()

    patch(Backup, "_save", save_and_stop)


def interrupted(folder):
    def interrupt():
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        stop_at_trial_1(interrupt, patch.setattr)
        with pytest.raises(KeyboardInterrupt):
            search(folder)


def killed(folder):
    here = pathlib.Path(__file__).parent
    paths = [str(here), *map(str, here.parents[:2])]
    died = subprocess.run(
        [sys.executable, "-c", STOP.format(folder=str(folder))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize(
    "stop", [interrupted, pytest.param(killed, marks=pytest.mark.slow)]
)
def test_a_stopped_search_goes_on(stop, undisturbed, tmp_path, monkeypatch):
    stop(tmp_path)
    states = [t.status for t in tuning_report.read(tmp_path).trials]
    assert states == ["finished", "running"]
    assert (tmp_path / "trial-001" / "backup.weights.h5").exists()

    trained, act = [], Backup.act
    monkeypatch.setattr(
        Backup,
        "act",
        lambda self, name: (
            trained.append((self.path.parent.name, name)),
            act(self, name),
        ),
    )
    report = search(tmp_path)
    assert trained == [
        ("trial-001", "epoch-0002"),
        ("trial-002", "epoch-0001"),
        ("trial-002", "epoch-0002"),
    ]
    assert report.trials == undisturbed.report.trials
    texts = [
        (folder / "report.md").read_text()
        for folder in (tmp_path, undisturbed.folder)
    ]
    assert texts[0] == texts[1]
    models = [
        kgz.load(folder / "best.keras", compile=False).get_weights()
        for folder in (tmp_path, undisturbed.folder)
    ]
    for a, b in zip(*models):
        np.testing.assert_array_equal(a, b)


def test_a_search_that_is_done_has_nothing_to_do(undisturbed, monkeypatch):
    monkeypatch.setattr(Search, "_finished", None)  # would be an error
    again = search(undisturbed.folder)
    assert again.trials == undisturbed.report.trials


def test_the_first_trial_is_the_default(undisturbed):
    report = undisturbed.report
    hp = keras_tuner.HyperParameters()
    assert (report.default.arguments, report.default.settings) == tiny(
        seed=7
    ).options(hp)
    assert report.default.values == hp.values
    assert report.trials[1].values != report.trials[2].values
    assert report.best.objective <= report.default.objective


def test_the_objective_is_what_evaluate_finds(undisturbed):
    best = kgz.load(undisturbed.folder / "best.keras", compile=False)
    found = kgz.evaluate(best, digits(), ["fid"], num_images=100, seed=7)
    score = undisturbed.report.best.score
    assert found.values == score.values
    assert found.scores[0].real_set == score.real_set


def test_the_best_setting_can_be_built(undisturbed):
    best = undisturbed.report.best
    gan = kgz.VanillaGAN((8, 8, 1), **best.arguments)
    gan.compile(**best.settings)
    rate = gan.optimizer["generator"].learning_rate
    np.testing.assert_allclose(
        float(rate), best.values["generator_rate"], rtol=5e-3
    )


def test_another_search_is_refused(undisturbed, tmp_path):
    with pytest.raises(ValueError, match=r"epochs=3 where it has 2"):
        search(undisturbed.folder, epochs=3)
    with pytest.raises(ValueError, match=r"source='mine' where it has None"):
        search(undisturbed.folder, source="mine")
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(ValueError, match="holds other files"):
        search(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def plain(ask):
    """A space of two numbers."""
    optimizer = {"class_name": "SGD", "config": {"learning_rate": 1e-3}}
    return {"latent_dim": ask.choice("latent_dim", [2, 3], 2)}, {
        "penalty_weight": ask.log("penalty_weight", 1.0, 9.0, 4.0),
        "generator_optimizer": optimizer,
    }


def valley(self, trial, hp):
    """A trial without training; best where the weight is 2."""
    value = (trial.settings["penalty_weight"] - 2) ** 2
    value += trial.arguments["latent_dim"]
    score = Score("M", {"m": value}, "down", "", 0, 0, 0, {})
    return Trial(**{**vars(trial), "status": "finished", "score": score})


@pytest.fixture
def in_a_valley(monkeypatch):
    """Trials cost nothing: no model is built, none is trained."""
    monkeypatch.setattr(Search, "_finished", valley)
    monkeypatch.setattr(tuning.HyperGAN, "build", tuning.HyperGAN.options)


def test_what_is_tried_does_not_depend_on_kills(
    tmp_path, monkeypatch, in_a_valley
):
    hyper = tiny(space=plain)
    monkeypatch.setattr(hyper_module, "RANDOM_TRIALS", 4)

    def go(folder, trials, algorithm="bayesian"):
        return tune(hyper, None, tmp_path / folder, trials, 1, algorithm)

    expected = go("undisturbed", 5).trials
    write, calls = Trial.write, []

    def die(self, directory):
        calls.append(self.number)
        if len(calls) in (2, 5):  # not yet finished; not yet begun
            raise KeyboardInterrupt
        write(self, directory)

    monkeypatch.setattr(Trial, "write", die)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            go("disturbed", 5)
    go("disturbed", 4)
    assert go("disturbed", 5).trials == expected
    # The guess of the other algorithm comes after the random trials.
    random = go("random", 5, "random").trials
    assert [a == b for a, b in zip(random, expected)] == [
        *(True, True, True, True, False)
    ]
    assert len({trial.words() for trial in random}) == 5


def wild(ask):
    """A space most of which cannot be trained."""
    rate = ask.choice("rate", ["usual", "huge", "wrong"], "usual")
    rate = {"usual": 1e-3, "huge": 1e38, "wrong": "much"}[rate]
    config = {"learning_rate": rate}
    return {}, {
        "discriminator_optimizer": {"class_name": "SGD", "config": config},
        "penalty_weight": ask.log("penalty_weight", 1.0, 9.0, 4.0),
    }


def test_failed_trials_are_told_and_the_search_goes_on(tmp_path):
    hyper = tiny(space=wild, seed=5)  # which tries all three rates
    report = tune(hyper, digits(), tmp_path, 3, 2)
    wanted = {"usual": "finished", "huge": "failed", "wrong": "failed"}
    rates = [trial.values["rate"] for trial in report.trials]
    assert set(rates) == set(wanted)
    assert [t.status for t in report.trials] == [wanted[r] for r in rates]
    text = (tmp_path / "report.md").read_text()
    assert f"Failed: {len(report.failed)}." in text
    for trial in report.failed:
        reason = "not finite" if trial.values["rate"] == "huge" else "Error"
        assert reason in trial.message
        assert f"Trial {trial.number} failed: {trial.message}" in text
        folder = tmp_path / f"trial-{trial.number:03d}"
        assert [p.name for p in folder.iterdir()] == ["trial.json"]


def test_errors_that_no_setting_makes_end_the_search(tmp_path, monkeypatch):
    large = Batches([np.zeros((4, 9, 9, 1), "float32")])
    with pytest.raises(ValueError, match="shape"):
        tune(tiny(), large, tmp_path / "a", 3, 1)
    wrong = tuning.HyperGAN(
        kgz.VanillaGAN, {"image_shape": (8, 8, 1)}, {"penalty": "r7"}
    )
    with pytest.raises(ValueError, match="Unknown penalty: 'r7'"):
        tune(wrong, large, tmp_path / "new")
    assert not (tmp_path / "new").exists()  # free for a right one

    def full(self, trial, hp):
        if trial.number == 1:
            raise OSError("No space left on device")
        return valley(self, trial, hp)

    monkeypatch.setattr(Search, "_finished", full)
    with pytest.raises(OSError, match="No space left"):
        tune(tiny(space=plain), None, tmp_path / "b", 3, 1)
    states = [t.status for t in tuning_report.read(tmp_path / "b").trials]
    assert states == ["finished", "running"]


def test_tuners_of_kerastuner_search_it_too(tmp_path):
    hyper = tiny(metric="is", extractor="digits")
    tuner = keras_tuner.RandomSearch(
        hyper, hyper.objective, max_trials=1, directory=tmp_path
    )
    tuner.search(digits(), epochs=1, verbose=0)
    (trial,) = tuner.oracle.get_best_trials()
    assert trial.score >= 1


# --------------------------------------------------------------- the reports


def trial(number, value=None, between=None):
    if value is None:
        return Trial(number, "failed", {"rate": 0.5}, {}, {}, message="lost")
    found = {} if between is None else {"fid": between}
    score = Score("F", {"fid": value}, "down", "e", 5, 6, 0, {}, None, found)
    return Trial(number, "finished", {"rate": 1 / 3}, {}, {}, score)


def made(direction="down"):
    search = {"class": "DCGAN", "objective": "fid", "direction": direction}
    trials = [
        *(trial(0, 9.0, (8.0, 10.0)), trial(1, 12.0), trial(2)),
        *(trial(3, 5.0, (4.0, 6.25)), trial(4, 5.0)),
    ]
    return Report({**search, "epochs": 2, "seed": 7}, trials)


def test_report_ranks_the_trials():
    report = made()
    assert report.text() == (
        "# Search for DCGAN\n\n"
        "Trials: 5; epochs of each: 2; seed: 7. fid: lower is better. Of 6 "
        "generated and 5 real images, in the features of e. Best: trial 3, "
        "5. Failed: 1.\n\n"
        "| trial | fid | 95 % interval | settings |\n"
        "|---|---|---|---|\n"
        "| 3 | 5 | 4 to 6.25 | rate=0.333 |\n"
        "| 4 | 5 |  | rate=0.333 |\n"
        "| 0, the default | 9 | 8 to 10 | rate=0.333 |\n"
        "| 1 | 12 |  | rate=0.333 |\n"
        "| 2 | failed |  | rate=0.5 |\n\n"
        "Trial 2 failed: lost\n"
    )
    assert [t.number for t in made("up").finished] == [1, 0, 3, 4]


@pytest.mark.parametrize(
    ("direction", "best"), [("down", [9, 9, 5, 5]), ("up", [9, 12, 12, 12])]
)
def test_plot_shows_the_trials(tmp_path, monkeypatch, direction, best):
    from matplotlib.figure import Figure

    drawn, save = [], Figure.savefig
    monkeypatch.setattr(
        Figure,
        "savefig",
        lambda self, *args: (drawn.append(self), save(self, *args)),
    )
    made(direction).plot(tmp_path / "report.png")
    with Image.open(tmp_path / "report.png") as image:
        assert np.asarray(image).std() > 0
    (axis,) = drawn[0].axes
    lines = {line.get_label(): line.get_xydata() for line in axis.lines}
    np.testing.assert_array_equal(lines["trial"][:, 0], [0, 1, 3, 4])
    np.testing.assert_array_equal(lines["trial"][:, 1], [9, 12, 5, 5])
    np.testing.assert_array_equal(lines["best so far"][:, 1], best)
    assert lines["default"][0, 1] == 9
    assert lines["failed"][0, 0] == 2
    ends = [data.tolist() for data in lines.values()]
    assert [[0, 8.0], [0, 10.0]] in ends and [[3, 4.0], [3, 6.25]] in ends


def test_no_search_no_report(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"search\.json"):
        tuning_report.read(tmp_path)


# ---------------------------------------------------------- the command line


def run(*arguments):
    return cli.main([str(a) for a in arguments])


def test_cli_finds_a_setting_that_train_takes(tmp_path, capsys):
    folder = tmp_path / "search"
    data = ["--data", "digits", "--batch-size", 1797, "--epochs", 1]
    command = [
        *("tune", "vanilla_gan", *data, "--num", 100, "--trials", 2),
        *("--set", "generator_units=[8]", "--set", "discriminator_units=[8]"),
        *("--compile", "run_eagerly=true", "--out", folder),
    ]
    assert run(*command) == 0
    shown = capsys.readouterr().out
    report = tuning_report.read(folder)
    assert report.table() in shown
    names = {path.name for path in folder.iterdir() if path.is_file()}
    assert names == {
        *("best.keras", "grid.png", "report.md", "report.png", "search.json")
    }
    assert run(*command, "--metric", "swd") == 2
    message = "objective='sliced_wasserstein' where it has"
    assert message in capsys.readouterr().err

    (line,) = (x for x in shown.splitlines() if "keras-gan-zoo train" in x)
    words = line.partition("keras-gan-zoo ")[2]
    trained = tmp_path / "trained"
    assert run(*shlex.split(words)[:-1], trained) == 0
    weights = [
        kgz.load(path, compile=False).get_weights()
        for path in (folder / "best.keras", trained / "model.keras")
    ]
    for a, b in zip(*weights):
        np.testing.assert_array_equal(a, b)


def test_cli_names_the_classes_and_explains_type_errors(tmp_path, capsys):
    command = [
        *("tune", "conditional_gan", "--data", "digits", "--epochs", 1),
        *("--batch-size", 1797, "--num", 20, "--trials", 1),
        *("--set", "filters=2", "--compile", "run_eagerly=true"),
    ]
    assert run(*command, "--out", tmp_path / "search") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Class 0: 0\nClass 1: 1\n")
    wrong = ["--set", "generator_units=null", "--set", "latent_dim=null"]
    assert run(*command, *wrong, "--out", tmp_path / "wrong") == 2
    found = capsys.readouterr().err
    assert "Expected arguments of the class" in found
    assert "Received: " in found and "NoneType" in found


def test_without_kerastuner_it_says_what_to_install(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "keras_tuner", None)
    monkeypatch.delitem(sys.modules, "keras_gan_zoo.tuning.hyper")
    monkeypatch.delattr(tuning, "hyper")
    data = ["--data", "digits", "--epochs", 1]
    assert run("tune", "dcgan", *data, "--out", tmp_path / "x") == 2
    message = "keras_tuner, which is not installed. Install the extra: "
    message += 'pip install "keras_gan_zoo[tuner]"'
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_the_package_does_not_import_kerastuner():
    script = (
        "import sys, keras_gan_zoo; print({'keras_tuner'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.stdout == "set()\n"


def test_every_architecture_has_a_space():
    assert {cls.__name__ for cls in SMALL} == {
        known.class_name for known in registry.shipped().values()
    }
    for cls in SMALL:
        assert "search_space" in vars(cls), cls
