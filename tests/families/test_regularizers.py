"""Penalties of any player, every n-th step, on every backend."""

import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    AfterSteps,
    all_state,
    equal,
    kill,
    to_numpy,
    values_of,
)
from families.test_players import features
from families.toys import SHAPE, Perceptual
from keras import ops

from keras_gan_zoo import callbacks, data, engine
from keras_gan_zoo.objectives.regularizers import Regularizer

IMAGES = np.random.default_rng(0).uniform(-1, 1, (32, *SHAPE))
IMAGES = IMAGES.astype("float32")


@keras.saving.register_keras_serializable("tests")
def path_length(generate, latents, fake, seed):
    """Mean square of the gradient of each image's sum by its latents."""
    slope = engine.input_gradient(generate, latents)
    return ops.mean(ops.sum(ops.square(slope), axis=1))


def build(rate=0.01, **kwargs):
    keras.utils.set_random_seed(0)
    gan = Perceptual(features(), seed=0)
    gan.compile(
        "non_saturating",
        generator_optimizer=keras.optimizers.Adam(rate),
        discriminator_optimizer=keras.optimizers.Adam(rate),
        **kwargs,
    )
    return gan


def lazy(**kwargs):
    """The discriminator's penalty every 4 steps, the generator's every 2."""
    return build(
        penalty="r1",
        penalty_every=4,
        regularizers=[Regularizer("generator", path_length, 0.5, every=2)],
        **kwargs,
    )


class Counted(keras.callbacks.Callback):
    """Which penalties each step computed, read from the weights of means."""

    def on_train_begin(self, logs=None):
        self.steps = []

    def on_train_batch_begin(self, batch, logs=None):
        self.before = self.counts()

    def on_train_batch_end(self, batch, logs=None):
        after = self.counts()
        due = [n for n in after if after[n] > self.before.get(n, 0)]
        self.steps.append(due)

    def counts(self):
        return {
            mean.name: float(to_numpy(mean.count))
            for mean in self.model.metrics
            if "penalty" in mean.name
        }


@pytest.mark.parametrize("settings", [{}, EAGERLY], ids=["compiled", "eager"])
def test_each_is_computed_when_it_is_due(settings):
    gan, counted = lazy(**settings), Counted()
    if keras.backend.backend() == "jax":
        pytest.skip("JAX hands the state of metrics from step to step")
    gan.fit(IMAGES, batch_size=4, verbose=0, callbacks=[counted])
    both, generator = ["penalty", "generator_penalty"], ["generator_penalty"]
    assert counted.steps == [both, [], generator, []] * 2
    # The next fit goes on with step 8.
    gan.fit(IMAGES[:12], batch_size=4, verbose=0, callbacks=[counted])
    assert counted.steps == [both, [], generator]


def test_a_step_without_costs_nothing(monkeypatch):
    """Each kind of step is traced once and holds only what it needs."""
    calls, original = [], Regularizer.__call__

    def recorded(regularizer, views, step, seed):
        calls.append(regularizer.name)
        return original(regularizer, views, step, seed)

    monkeypatch.setattr(Regularizer, "__call__", recorded)
    gan = lazy()
    gan.fit(IMAGES, batch_size=4, epochs=2, verbose=0)
    if keras.backend.backend() == "torch":  # eager: once for each due step
        assert calls.count("penalty") == 4
        assert calls.count("generator_penalty") == 8
    else:  # traced: in one and in two of the three kinds of steps
        assert calls.count("generator_penalty") == 2 * calls.count("penalty")
        assert calls.count("penalty") <= 2


def test_a_lazy_penalty_weighs_as_much_when_it_is_due():
    """One step of SGD is the plain one's plus `every` times the penalty's."""

    def moved(**kwargs):
        gan = build()
        gan.compile(
            "non_saturating",
            generator_optimizer=keras.optimizers.SGD(0.0),
            discriminator_optimizer=keras.optimizers.SGD(0.1),
            **EAGERLY,
            **kwargs,
        )
        before = values_of(gan.discriminator.trainable_variables)
        gan.fit(IMAGES[:8], batch_size=8, verbose=0)
        after = values_of(gan.discriminator.trainable_variables)
        return [b - a for a, b in zip(before, after)]

    plain = moved()
    once = moved(penalty="r1", penalty_weight=1)
    four = moved(penalty="r1", penalty_weight=1, penalty_every=4)
    for a, b, c in zip(plain, once, four):
        np.testing.assert_allclose(c - a, 4 * (b - a), atol=1e-6)
    assert max(np.abs(b - a).max() for a, b in zip(plain, once)) > 1e-4


def test_of_weight_every_it_is_the_eager_one_that_is_always_due():
    eager = build(penalty="r1", penalty_weight=2.0, **EAGERLY)
    same = build(
        regularizers=[Regularizer("discriminator", "r1", 2.0, name="penalty")],
        **EAGERLY,
    )
    for gan in (eager, same):
        gan.fit(IMAGES, batch_size=8, shuffle=False, verbose=0)
    assert equal(values_of(eager.weights), values_of(same.weights))


def train(settings, folder, *more):
    gan = lazy(**settings)
    backup = callbacks.Backup(folder, every_steps=1)
    batches = data.arrays(IMAGES, batch_size=4)
    gan.fit(batches, epochs=2, verbose=0, callbacks=[*more, backup])
    assert int(gan.steps) == 16
    return all_state(gan)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return train(EAGERLY, tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize(
    "stop",
    [4, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 5, 10))],
)
def test_resumed_across_such_a_step_it_ends_the_same(
    stop, tmp_path, undisturbed
):
    with pytest.raises(KeyboardInterrupt):
        train(EAGERLY, tmp_path, AfterSteps(stop, kill))
    assert equal(undisturbed, train(EAGERLY, tmp_path))


@pytest.mark.slow
def test_resumed_across_such_a_step_a_compiled_one_ends_the_same(tmp_path):
    undisturbed = train({}, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train({}, tmp_path / "parts", AfterSteps(3, kill))
    assert equal(undisturbed, train({}, tmp_path / "parts"))


def test_regularizers_are_saved_with_the_model(tmp_path):
    gan = lazy(**EAGERLY)
    gan.fit(IMAGES[:12], batch_size=4, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert [r.get_config() for r in loaded.regularizers] == [
        r.get_config() for r in gan.regularizers
    ]
    for model in (gan, loaded):
        model.fit(IMAGES, batch_size=4, shuffle=False, verbose=0)
    assert equal(all_state(gan), all_state(loaded))


def test_evaluation_shows_all_of_them():
    gan = lazy(**EAGERLY)
    found = gan.evaluate(IMAGES, verbose=0, return_dict=True)
    assert found["penalty"] > 0
    assert found["generator_penalty"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"regularizers": [Regularizer("critic", "r1")]}, "player='critic'"),
        (
            {"regularizers": [Regularizer("generator", path_length)] * 2},
            "Expected different names",
        ),
        (
            {"penalty": "r1", "penalty_every": 2, "steps_per_execution": 2},
            "Expected steps_per_execution=1",
        ),
        ({"penalty": "r1", "penalty_every": 0}, "every=0"),
        ({"penalty": "r1", "penalty_every": 1.5}, "every=1.5"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)
