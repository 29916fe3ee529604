"""The conformance harness: what every architecture must do.

    class TestDCGAN(GANChecks):
        cls = DCGAN
        config = {...}      # constructor arguments with non-default values

A test class that inherits from `GANChecks` runs all of them on the backend
that the suite runs under. Its batch is made from what the family declares,
unless it gives one. The checks that only look share one trained model; only
one of them compiles the step.
"""

import contextlib
import inspect
import json
import math
import pathlib

import keras
import numpy as np
import pytest

from keras_gan_zoo import engine
from keras_gan_zoo.engine import distribute, randomness

# A few steps are done long before TensorFlow has traced one: for checks that
# are not about the compiled step.
EAGERLY = {"run_eagerly": keras.backend.backend() == "tensorflow"}
# Every function of `keras.random` that draws.
DRAWS = [
    name
    for name in dir(keras.random)
    if name.islower() and name not in ("shuffle",)
]
STORED_LOSSES = pathlib.Path(__file__).parent / "models" / "losses"


def to_numpy(tensor):
    """A copy of a variable's or tensor's value."""
    return np.array(keras.ops.convert_to_numpy(tensor))


def scalar(tensor):
    """A Python float of a scalar tensor, without its gradient."""
    return float(to_numpy(keras.ops.stop_gradient(tensor)))


def values_of(variables):
    return [to_numpy(v) for v in variables]


def equal(some, others):
    return len(some) == len(others) and all(
        np.array_equal(a, b) for a, b in zip(some, others)
    )


def all_state(gan):
    """Weights, seeds, counters and optimizers."""
    return values_of(gan.variables) + values_of(gan.optimizer.variables)


def set_weights(model, scale=0.1):
    """The same weights on every backend, far from any special point."""
    rng = np.random.RandomState(0)
    for variable in model.weights:
        if variable.name in ("kernel", "embeddings"):
            value = rng.normal(0, scale, variable.shape)
            if "mapping_" in variable.path:  # layers of a hundredth of the rate
                value = 100 * value
        elif variable.name in ("u", "constant", "strength"):
            value = rng.normal(0, 1, variable.shape)
        elif variable.name == "gamma":
            value = rng.normal(1, scale, variable.shape)
        else:
            continue
        variable.assign(value.astype("float32"))


def num_trained(network):
    return sum(math.prod(v.shape) for v in network.trainable_variables)


def kernels(network):
    """Shapes of all kernels, in order, as (side, side, in, out)."""
    return [
        (*v.shape[:2], v.shape[3], v.shape[2])
        if "up_" in v.path
        else tuple(v.shape)
        for v in network.trainable_variables
        if v.name == "kernel"
    ]


def feed_noise(monkeypatch):
    """Replaces the random numbers of a step: backends draw different ones.

    What is drawn depends on its shape alone, so that a compiled step, which
    is traced once, sees what an eager one sees. Several replicas draw what
    one device would, each its rows of it: of at most 64, as the number of
    rows is not known when a step on several machines is traced.
    """

    def draw(kind):
        def feed(shape, *args, seed=None, dtype=None, **kwargs):
            num, *sides = shape
            sides = [int(side) for side in sides]
            rng = np.random.RandomState(1 + sum(sides) + len(sides))
            if kind == "normal":
                value = rng.normal(size=(64, *sides))
            else:
                low = args[0] if args else kwargs.get("minval", 0.0)
                high = args[1] if len(args) > 1 else kwargs.get("maxval", 1.0)
                value = rng.uniform(low, high, size=(64, *sides))
            value = keras.ops.convert_to_tensor(value.astype("float32"))
            return engine.own_part(value, num)[:num]

        return feed

    def unknown(kind):
        def refuse(*args, **kwargs):
            raise AssertionError(
                f"The harness does not feed keras.random.{kind} yet, so that "
                "backends would be compared on different noise: teach it to."
            )

        return refuse

    for kind in DRAWS:
        monkeypatch.setattr(keras.random, kind, unknown(kind))
    monkeypatch.setattr(keras.random, "normal", draw("normal"))
    monkeypatch.setattr(keras.random, "uniform", draw("uniform"))
    monkeypatch.setattr(keras.layers.Dropout, "call", _fed_dropout)
    monkeypatch.setattr(keras.layers.GaussianNoise, "call", _fed_noise)


def _fed_dropout(layer, inputs, training=False):
    if not training or not layer.rate:
        return inputs
    kept = keras.random.uniform(keras.ops.shape(inputs)) >= layer.rate
    return inputs * keras.ops.cast(kept, inputs.dtype) / (1 - layer.rate)


def _fed_noise(layer, inputs, training=False):
    if not training:
        return inputs
    noise = keras.random.normal(keras.ops.shape(inputs))
    return inputs + layer.stddev * keras.ops.cast(noise, inputs.dtype)


@contextlib.contextmanager
def float64():
    with contextlib.ExitStack() as stack:
        if keras.backend.backend() == "jax":
            import jax

            stack.enter_context(jax.enable_x64(True))
        # First: the default policy is made from floatx when it is asked for.
        stack.enter_context(engine.precision("float64"))
        stack.callback(keras.config.set_floatx, keras.config.floatx())
        keras.config.set_floatx("float64")
        yield


def two_replicas():
    """Two devices of TensorFlow on one processor."""
    return distribute.strategy("mirrored", ["CPU:0", "CPU:1"])


def check_stored(file, losses, run=None):
    """Compares losses with those that another backend stored, to 1e-4.

    `python tests/store_losses.py` writes the files anew.

    Args:
        file: name of the file in `STORED_LOSSES`, without its ending.
        losses: dict of log names to lists of floats.
        run: the entry of a file that holds several runs, or None.
    """
    path = STORED_LOSSES / f"{file}.json"
    assert path.exists(), f"no losses stored for {file}"
    stored = json.loads(path.read_text())
    stored = stored if run is None else stored[run]
    for key, expected in stored.items():
        np.testing.assert_allclose(
            losses[key], expected, rtol=1e-4, atol=1e-4, err_msg=f"{file} {key}"
        )


def evaluations(gan, batch, monkeypatch):
    """How often each network runs in a step on this batch, a dict.

    Args:
        gan: a compiled model.
        batch: tuple `(x, y)` of what `fit` is given.
        monkeypatch: pytest's.
    """
    counts = {network.name: 0 for network in gan.networks().values()}
    original = keras.Model.__call__

    def counted(network, *args, **kwargs):
        if network.name in counts:
            counts[network.name] += 1
        return original(network, *args, **kwargs)

    monkeypatch.setattr(keras.Model, "__call__", counted, raising=False)
    gan.fit(*batch, batch_size=len(batch[0]), verbose=0)
    return counts


class AfterSteps(keras.callbacks.Callback):
    """Calls `act(model)` once, when a training has done so many steps."""

    def __init__(self, steps, act):
        super().__init__()
        self.left = steps
        self.act = act

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            self.act(self.model)


def kill(model):
    """Ends a training as a kill does: in the middle, by an exception."""
    raise KeyboardInterrupt


class StoredLosses:
    """Base of test classes that only compare the losses of backends.

    A second configuration of an architecture that `GANChecks` sees.
    """

    cls = None
    config = {}
    batch = None  # numpy arrays: one, or a tuple; None: made from the family
    batch_size = 8  # of one that is made
    compile_arguments = {}
    logs = {"d_loss", "g_loss"}
    weight_scale = 0.1  # of the fixed weights, so that losses are not tiny

    # ---------------------------------------------------------- to work with

    def gan(self, **kwargs):
        return self.cls(**{**self.config, **kwargs})

    def compiled(self, seed=0, **kwargs):
        keras.utils.set_random_seed(seed)
        gan = self.gan(seed=seed)
        gan.compile(**{**self.compile_arguments, **kwargs})
        return gan

    def x_and_y(self, gan):
        """What `fit` is given: arrays, and None for the second of one."""
        batch = self.batch
        if batch is None:
            batch = tuple(
                modality.example(self.batch_size, seed)
                for seed, modality in enumerate(gan.modalities.values())
            )
        batch = batch if isinstance(batch, tuple) else (batch,)
        return (*batch, None)[:2]

    def train(self, gan, steps=1, epochs=1, callbacks=None):
        """Trains in batches of half the examples: one step, or two."""
        x, y = self.x_and_y(gan)
        size = len(x) // 2
        x, y = (None if a is None else a[: steps * size] for a in (x, y))
        return gan.fit(
            x,
            y,
            batch_size=size,
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=callbacks,
        ).history

    def outputs(self, gan):
        return gan.generate(4, seed=0)

    def outputs_of(self, gan):
        """The outputs of a model whose networks are not compiled for them."""
        if EAGERLY["run_eagerly"]:
            for name in (*gan.networks(), *map("ema_{}".format, gan.averages)):
                network = getattr(gan, name, None)
                if network is not None:
                    network.run_eagerly = True
        return self.outputs(gan)

    def output_shape(self):
        return (4, *self.config["image_shape"])

    def three_steps(self):
        """Logs of each of three steps from fixed weights; noise is fed."""
        return self.trained_three_steps()[1]

    def trained_three_steps(self, epochs=3, **kwargs):
        gan = self.compiled(**{**EAGERLY, **kwargs})
        for networks in gan.players().values():
            for network in networks:
                set_weights(network, self.weight_scale)
        x, y = self.x_and_y(gan)
        history = gan.fit(
            x, y, batch_size=len(x), epochs=epochs, shuffle=False, verbose=0
        ).history
        logs = {name: list(map(float, v)) for name, v in history.items()}
        return gan, logs

    @pytest.fixture(scope="class")
    @classmethod
    def fed(test_class):
        """The logs of three steps of fed noise."""
        with pytest.MonkeyPatch.context() as monkeypatch:
            feed_noise(monkeypatch)
            keras.utils.set_random_seed(0)
            return test_class().three_steps()

    def test_losses_agree_between_backends(self, fed):
        check_stored(type(self).__name__, fed)


class FirstLogs(keras.callbacks.Callback):
    """Keeps the logs of the first step, as a history of one epoch."""

    def __init__(self):
        super().__init__()
        self.history = None

    def on_train_batch_end(self, batch, logs=None):
        if self.history is None:
            self.history = {name: [value] for name, value in logs.items()}


class Trained:
    """A model that was trained for two epochs, and what is known of it."""

    def __init__(self, checks):
        self.gan = checks.compiled(**EAGERLY)
        self.before = {
            player: values_of(self.gan.variables_of(player))
            for player in self.gan.players()
        }
        self.frozen = {
            name: values_of(network.weights)
            for name, network in self.gan.networks().items()
            if not network.trainable
        }
        first = FirstLogs()
        self.history = checks.train(
            self.gan, steps=2, epochs=2, callbacks=[first]
        )
        self.first = first.history
        self.after = {
            player: values_of(self.gan.variables_of(player))
            for player in self.gan.players()
        }


#: What another configuration of an architecture seldom breaks: slow tests of
#: the test classes of such configurations.
OF_VARIANTS_SLOW = (
    "test_a_frozen_network_stays",
    "test_a_player_moves_nobody_else",
    "test_bfloat16_trains",
    "test_eager_and_compiled_step_agree",
    "test_evaluation_leaves_the_training_alone",
    "test_every_trainable_variable_moves",
    "test_logs_are_finite_and_documented",
    "test_no_network_runs_more_often_than_needed",
    "test_saved_and_loaded_it_goes_on_exactly",
    "test_saved_before_it_is_compiled",
    "test_the_seed_decides",
    "test_two_replicas_train_like_one_device",
    "test_what_monitors_see_are_samples_and_logits",
    "test_wrong_batches_are_explained",
)


class GANChecks(StoredLosses):
    """Base of the test classes of the architectures."""

    #: Names of checks that are slow tests for this class.
    slow_checks = ("test_two_replicas_train_like_one_device",)
    #: How often each network runs in a step: for one purpose, once.
    evaluations = {"generator": 1, "discriminator": 2}

    @pytest.fixture(scope="class")
    @classmethod
    def fresh(test_class):
        """A model that is neither compiled nor trained; to be looked at."""
        keras.utils.set_random_seed(0)
        return test_class().gan(seed=0)

    @pytest.fixture(scope="class")
    @classmethod
    def trained(test_class):
        """A `Trained`. Its model may be trained further, but not changed."""
        return Trained(test_class())

    # --------------------------------------------------------------- checks

    def test_config_round_trip(self, fresh):
        config = fresh.get_config()
        parameters = inspect.signature(self.cls.__init__).parameters
        for name, value in self.config.items():
            assert getattr(fresh, name) == value or _as_config(
                getattr(fresh, name)
            ) == _as_config(value)
            assert name in config
            default = parameters[name].default
            assert _as_config(value) != _as_config(default), (
                f"{name} is the default"
            )
        # A config with a network mixes tuples and lists, which are one in JSON.
        config = json.loads(json.dumps(config))
        again = self.cls.from_config(json.loads(json.dumps(config)))
        assert json.loads(json.dumps(again.get_config())) == config

    def test_outputs_have_the_shape_and_range(self, fresh):
        outputs = self.outputs_of(fresh)
        assert outputs.dtype == np.float32
        assert outputs.shape == self.output_shape()
        assert np.abs(outputs).max() <= 1
        assert np.std(outputs) > 0

    def test_logs_are_finite_and_documented(self, trained):
        assert set(trained.history) == self.logs
        assert np.isfinite(list(trained.history.values())).all()
        for name in self.logs:
            assert f"`{name}" in self.cls.__doc__, f"{name} is not documented"

    # That `engine.minimize` evaluates losses once is tested on each backend.
    @pytest.mark.one_backend
    def test_no_network_runs_more_often_than_needed(self, monkeypatch):
        gan = self.gan()
        gan.compile(updates="simultaneous", **EAGERLY)
        counts = evaluations(gan, self.x_and_y(gan), monkeypatch)
        assert counts == self.evaluations

    def test_every_trainable_variable_moves(self, trained):
        for player, old in trained.before.items():
            variables = trained.gan.variables_of(player)
            for variable, a, b in zip(variables, old, trained.after[player]):
                assert not np.array_equal(a, b), (
                    f"{player}: {variable.path} did not move"
                )

    def test_a_frozen_network_stays(self, trained):
        for name, old in trained.frozen.items():
            network = getattr(trained.gan, name)
            assert equal(old, values_of(network.weights)), name
            assert not network.trainable_variables

    def test_a_player_moves_nobody_else(self):
        gan = self.compiled(**EAGERLY)
        players = list(gan.players())
        rates = {p: gan.optimizer[p].learning_rate for p in players}
        rates = {
            player: float(to_numpy(rate)) for player, rate in rates.items()
        }
        for mover in players:
            for player in players:
                # The others take their steps, but those are of no length.
                gan.optimizer[player].learning_rate = (
                    rates[mover] if player == mover else 0.0
                )
            before = {p: values_of(gan.variables_of(p)) for p in players}
            self.train(gan)
            for player in players:
                same = equal(
                    before[player], values_of(gan.variables_of(player))
                )
                assert same == (player != mover), (mover, player)

    def test_the_seed_decides(self, trained):
        same, other = (
            self.train(self.compiled(seed=seed, **EAGERLY)) for seed in (0, 2)
        )
        assert same == trained.first
        assert other != trained.first

    def test_saved_and_loaded_it_goes_on_exactly(self, trained, tmp_path):
        gan = trained.gan
        gan.save(tmp_path / "gan.keras")
        loaded = keras.saving.load_model(tmp_path / "gan.keras")
        bare = keras.saving.load_model(tmp_path / "gan.keras", compile=False)
        assert equal(all_state(gan), all_state(loaded))
        for other in (loaded, bare):
            np.testing.assert_array_equal(
                self.outputs_of(gan), self.outputs_of(other)
            )
        assert self.train(gan) == self.train(loaded)
        assert equal(all_state(gan), all_state(loaded))

    def test_saved_before_it_is_compiled(self, fresh, tmp_path):
        fresh.save(tmp_path / "gan.keras")
        loaded = keras.saving.load_model(tmp_path / "gan.keras")
        assert not loaded.compiled
        np.testing.assert_array_equal(
            self.outputs_of(fresh), self.outputs_of(loaded)
        )

    def test_eager_and_compiled_step_agree(self, trained):
        compiled = self.train(self.compiled(jit_compile=False))
        for name, value in compiled.items():
            np.testing.assert_allclose(trained.first[name], value, rtol=1e-3)

    def test_bfloat16_trains(self):
        keras.utils.set_random_seed(0)
        gan = self.gan(dtype="mixed_bfloat16")
        gan.compile(**self.compile_arguments, **EAGERLY)
        history = self.train(gan)
        assert np.isfinite(list(history.values())).all()
        assert self.outputs_of(gan).dtype == np.float32
        policies = {
            layer.dtype_policy.name
            for network in gan.networks().values()
            for layer in network._flatten_layers()
            if layer.weights
        }
        assert "mixed_bfloat16" in policies

    def test_evaluation_leaves_the_training_alone(self, trained):
        gan = trained.gan
        state = all_state(gan)
        x, y = self.x_and_y(gan)
        first = gan.evaluate(x, y, verbose=0, return_dict=True)
        assert np.isfinite(list(first.values())).all()
        assert first == gan.evaluate(x, y, verbose=0, return_dict=True)
        assert equal(state, all_state(gan))

    def test_what_monitors_see_are_samples_and_logits(self, trained):
        gan = trained.gan
        state = all_state(gan)
        x, y = self.x_and_y(gan)
        with randomness.untraced(0, gan):
            pairs = gan.probe(x if y is None else (x, y))
        assert pairs, "losses() hands out no pairs"
        for real, fake, real_logits, fake_logits in pairs:
            assert tuple(real.shape) == tuple(fake.shape)
            assert tuple(real_logits.shape) == tuple(fake_logits.shape)
        assert equal(state, all_state(gan))

    @pytest.mark.skipif(
        keras.backend.backend() != "tensorflow", reason="tf.distribute"
    )
    def test_two_replicas_train_like_one_device(self, monkeypatch):
        feed_noise(monkeypatch)
        alone, logs = self.trained_three_steps(epochs=1)
        with two_replicas().scope():
            shared, shared_logs = self.trained_three_steps(epochs=1)
        for name, values in logs.items():
            np.testing.assert_allclose(
                shared_logs[name], values, rtol=1e-4, atol=1e-5, err_msg=name
            )
        for one, other in zip(alone.weights, shared.weights, strict=True):
            np.testing.assert_allclose(
                to_numpy(other), to_numpy(one), atol=1e-5, err_msg=one.path
            )

    def test_fit_before_compile_is_explained(self, fresh):
        with pytest.raises(ValueError, match=r"Expected compile\(\)"):
            self.train(fresh)

    @pytest.mark.parametrize("defect", ["shape", "range", "type", "nan"])
    def test_wrong_batches_are_explained(self, defect, trained):
        gan = trained.gan
        first, *rest = self.x_and_y(gan)
        wrong, message = {
            "shape": (first[:, 1:], "do not fit"),
            "range": (first * 127.5 + 127.5, "wrong range"),
            "type": (((first + 1) * 127).astype("uint8"), "wrong type"),
            "nan": (first * np.nan, "NaN"),
        }[defect]
        before = all_state(gan)
        with pytest.raises(ValueError, match=message) as error:
            gan.fit(wrong, *rest, verbose=0)
        assert "Expected" in str(error.value)
        assert "Received" in str(error.value)
        assert equal(before, all_state(gan))


def _as_config(value):
    """A value as it stands in a config: tuples are lists, objects dicts."""
    if isinstance(value, (list, tuple)) or hasattr(value, "members"):
        return [_as_config(item) for item in value]
    if hasattr(value, "get_config"):
        return keras.saving.serialize_keras_object(value)
    return value
