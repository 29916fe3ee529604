"""The conformance harness: what every architecture must do.

    class TestDCGAN(GANChecks):
        def make(self, **kwargs): return DCGAN(image_shape=(8, 8, 1), ...)
        config = {...}      # constructor arguments with non-default values
        batch = ...         # one batch as `fit` takes it, numpy arrays

A test class that inherits from `GANChecks` runs all of them on the backend
that the suite runs under.
"""

import contextlib
import json
import math
import pathlib

import keras
import numpy as np
import pytest

from keras_gan_zoo import engine
from keras_gan_zoo.engine import distribute

# A few steps are done long before TensorFlow has traced one: for checks that
# are not about the compiled step.
EAGERLY = {"run_eagerly": keras.backend.backend() == "tensorflow"}
STORED_LOSSES = pathlib.Path(__file__).parent / "models" / "losses"


def to_numpy(tensor):
    """A copy of a variable's or tensor's value."""
    return np.array(keras.ops.convert_to_numpy(tensor))


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
        elif variable.name == "u":
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

    monkeypatch.setattr(keras.random, "normal", draw("normal"))
    monkeypatch.setattr(keras.random, "uniform", draw("uniform"))
    monkeypatch.setattr(keras.layers.Dropout, "call", _fed_dropout)


def _fed_dropout(layer, inputs, training=False):
    if not training or not layer.rate:
        return inputs
    kept = keras.random.uniform(keras.ops.shape(inputs)) >= layer.rate
    return inputs * keras.ops.cast(kept, inputs.dtype) / (1 - layer.rate)


@contextlib.contextmanager
def float64():
    with contextlib.ExitStack() as stack:
        if keras.backend.backend() == "jax":
            import jax

            stack.enter_context(jax.enable_x64(True))
        stack.callback(keras.config.set_floatx, keras.config.floatx())
        keras.config.set_floatx("float64")
        stack.enter_context(engine.precision("float64"))
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
    """How often each network runs in a step on this batch, a dict."""
    counts = {
        network.name: 0
        for networks in gan.players().values()
        for network in networks
    }
    original = keras.Model.__call__

    def counted(network, *args, **kwargs):
        if network.name in counts:
            counts[network.name] += 1
        return original(network, *args, **kwargs)

    monkeypatch.setattr(keras.Model, "__call__", counted, raising=False)
    x, y = batch if isinstance(batch, tuple) else (batch, None)
    gan.fit(x, y, batch_size=len(x), verbose=0)
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
    batch = None  # numpy arrays: images, or a tuple
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

    def train(self, gan, epochs=1):
        x, y = (
            self.batch if isinstance(self.batch, tuple) else (self.batch, None)
        )
        return gan.fit(
            x,
            y,
            batch_size=len(x) // 2,
            epochs=epochs,
            shuffle=False,
            verbose=0,
        ).history

    def outputs(self, gan):
        return gan.generate(4, seed=0)

    def output_shape(self):
        return (4, *self.config["image_shape"])

    def three_steps(self):
        """Logs of each of three steps from fixed weights; noise is fed."""
        return self.trained_three_steps()[1]

    def trained_three_steps(self, **kwargs):
        gan = self.compiled(**kwargs)
        for networks in gan.players().values():
            for network in networks:
                set_weights(network, self.weight_scale)
        x, y = (
            self.batch if isinstance(self.batch, tuple) else (self.batch, None)
        )
        history = gan.fit(
            x, y, batch_size=len(x), epochs=3, shuffle=False, verbose=0
        ).history
        logs = {name: list(map(float, v)) for name, v in history.items()}
        return gan, logs

    def test_losses_agree_between_backends(self, monkeypatch):
        feed_noise(monkeypatch)
        check_stored(type(self).__name__, self.three_steps())


class GANChecks(StoredLosses):
    """Base of the test classes of the architectures."""

    #: How often each network runs in a step: for one purpose, once.
    evaluations = {"generator": 1, "discriminator": 2}

    # --------------------------------------------------------------- checks

    def test_config_round_trip(self):
        gan = self.gan()
        config = gan.get_config()
        for name, value in self.config.items():
            assert getattr(gan, name) == value or isinstance(value, list)
            assert name in config
        again = self.cls.from_config(json.loads(json.dumps(config)))
        assert again.get_config() == config
        defaults = self.cls().get_config()
        for name in self.config:
            assert config[name] != defaults[name], f"{name} is the default"

    def test_outputs_have_the_shape_and_range(self):
        outputs = self.outputs(self.gan())
        assert outputs.dtype == np.float32
        assert outputs.shape == self.output_shape()
        assert np.abs(outputs).max() <= 1
        assert np.std(outputs) > 0

    def test_logs_are_finite_and_documented(self):
        history = self.train(self.compiled(**EAGERLY))
        assert set(history) == self.logs
        assert np.isfinite(list(history.values())).all()
        for name in self.logs:
            assert f"`{name}" in self.cls.__doc__, f"{name} is not documented"

    def test_no_network_runs_more_often_than_needed(self, monkeypatch):
        gan = self.gan()
        gan.compile(**EAGERLY)
        assert evaluations(gan, self.batch, monkeypatch) == self.evaluations

    def test_every_trainable_variable_moves(self):
        gan = self.compiled(**EAGERLY)
        before = {
            player: values_of(gan.variables_of(player))
            for player in gan.players()
        }
        self.train(gan, epochs=2)
        for player, old in before.items():
            for variable, value in zip(gan.variables_of(player), old):
                assert not np.array_equal(to_numpy(variable), value), (
                    f"{player}: {variable.path} did not move"
                )

    def test_a_player_moves_nobody_else(self):
        for mover in self.gan().players():
            gan = self.compiled(**EAGERLY)
            others = [p for p in gan.players() if p != mover]
            for player in others:
                # Its own step is taken, but is of no length.
                gan.optimizer[player].learning_rate = 0.0
            before = {p: values_of(gan.variables_of(p)) for p in gan.players()}
            self.train(gan)
            for player in others:
                assert equal(
                    before[player], values_of(gan.variables_of(player))
                )
            assert not equal(before[mover], values_of(gan.variables_of(mover)))

    def test_the_seed_decides(self):
        first, same, other = (
            self.train(self.compiled(seed=seed, **EAGERLY))
            for seed in (1, 1, 2)
        )
        assert first == same
        assert first != other

    def test_saved_and_loaded_it_goes_on_exactly(self, tmp_path):
        gan = self.compiled(**EAGERLY)
        self.train(gan)
        gan.save(tmp_path / "gan.keras")
        loaded = keras.saving.load_model(tmp_path / "gan.keras")
        bare = keras.saving.load_model(tmp_path / "gan.keras", compile=False)
        assert equal(all_state(gan), all_state(loaded))
        for other in (loaded, bare):
            np.testing.assert_array_equal(
                self.outputs(gan), self.outputs(other)
            )
        assert self.train(gan) == self.train(loaded)
        assert equal(all_state(gan), all_state(loaded))

    def test_saved_before_it_is_compiled(self, tmp_path):
        gan = self.gan()
        gan.save(tmp_path / "gan.keras")
        loaded = keras.saving.load_model(tmp_path / "gan.keras")
        assert not loaded.compiled
        np.testing.assert_array_equal(self.outputs(gan), self.outputs(loaded))

    def test_eager_and_compiled_step_agree(self):
        compiled = self.train(self.compiled(jit_compile=False))
        eager = self.train(self.compiled(run_eagerly=True))
        for name in compiled:
            np.testing.assert_allclose(eager[name], compiled[name], rtol=1e-3)

    def test_bfloat16_trains(self):
        keras.utils.set_random_seed(0)
        gan = self.gan(dtype="mixed_bfloat16")
        gan.compile(**self.compile_arguments, **EAGERLY)
        history = self.train(gan)
        assert np.isfinite(list(history.values())).all()
        assert self.outputs(gan).dtype == np.float32
        policies = {
            layer.dtype_policy.name
            for networks in gan.players().values()
            for network in networks
            for layer in network._flatten_layers()
            if layer.weights
        }
        assert "mixed_bfloat16" in policies

    def test_evaluation_leaves_the_training_alone(self):
        gan = self.compiled(**EAGERLY)
        self.train(gan)
        state = all_state(gan)
        x, y = (
            self.batch if isinstance(self.batch, tuple) else (self.batch, None)
        )
        first = gan.evaluate(x, y, verbose=0, return_dict=True)
        assert np.isfinite(list(first.values())).all()
        assert first == gan.evaluate(x, y, verbose=0, return_dict=True)
        assert equal(state, all_state(gan))

    @pytest.mark.skipif(
        keras.backend.backend() != "tensorflow", reason="tf.distribute"
    )
    def test_two_replicas_train_like_one_device(self, monkeypatch):
        feed_noise(monkeypatch)
        alone, logs = self.trained_three_steps(**EAGERLY)
        with two_replicas().scope():
            shared, shared_logs = self.trained_three_steps(**EAGERLY)
        for name, values in logs.items():
            np.testing.assert_allclose(
                shared_logs[name], values, rtol=1e-4, atol=1e-5, err_msg=name
            )
        for one, other in zip(alone.weights, shared.weights, strict=True):
            np.testing.assert_allclose(
                to_numpy(other), to_numpy(one), atol=1e-5, err_msg=one.path
            )

    def test_fit_before_compile_is_explained(self):
        with pytest.raises(ValueError, match=r"Expected compile\(\)"):
            self.train(self.gan())

    @pytest.mark.parametrize("defect", ["shape", "range", "type", "nan"])
    def test_wrong_batches_are_explained(self, defect):
        gan = self.compiled()
        images, *rest = (
            self.batch if isinstance(self.batch, tuple) else (self.batch,)
        )
        wrong, message = {
            "shape": (images[:, 1:], "do not fit"),
            "range": (images * 127.5 + 127.5, "wrong range"),
            "type": (((images + 1) * 127).astype("uint8"), "wrong type"),
            "nan": (images * np.nan, "NaN"),
        }[defect]
        before = all_state(gan)
        with pytest.raises(ValueError, match=message) as error:
            gan.fit(wrong, *rest, verbose=0)
        assert "Expected" in str(error.value)
        assert "Received" in str(error.value)
        assert equal(before, all_state(gan))
