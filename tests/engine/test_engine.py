import importlib.util
import runpy
import subprocess
import sys

import keras
import numpy as np
import pytest
from checks import scalar, to_numpy, two_replicas
from keras import ops

from keras_gan_zoo import DCGAN, engine
from keras_gan_zoo.engine import optimizers, randomness

BACKEND = keras.backend.backend()
on_tensorflow = pytest.mark.skipif(
    BACKEND != "tensorflow", reason="tf.distribute needs TensorFlow"
)


def variable(value):
    return keras.Variable(np.array(value, "float32"))


def test_minimize_takes_the_step_of_the_optimizer():
    w = variable([3.0, -2.0])
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([w])

    def losses():
        value = ops.sum(w**2)
        return {"one": value}, (value, {"twice": 2 * w})

    value, outputs = engine.minimize(losses, {"one": ([w], optimizer)})
    assert scalar(value) == pytest.approx(13)
    np.testing.assert_allclose(to_numpy(outputs["twice"]), [6, -4])
    np.testing.assert_allclose(to_numpy(w), [2.4, -1.6], rtol=1e-6)


def test_minimize_leaves_other_variables_alone_and_keeps_state():
    w, other, counter = variable(2.0), variable(5.0), variable(0.0)
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.build([w])

    def losses():
        counter.assign_add(1.0)
        return {"one": w * other}, None

    engine.minimize(losses, {"one": ([w], optimizer)})
    assert scalar(w) == pytest.approx(2 - 0.5 * 5)
    assert scalar(other) == 5
    assert scalar(counter) == 1


def test_a_compiled_step_keeps_state_and_is_traced_once():
    w, frozen, traces = variable([3.0, -2.0]), variable(2.0), []
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([w])

    def step(target):
        traces.append(1)

        def losses():
            value = ops.sum(frozen * (w - target) ** 2)
            return {"one": value}, value

        return engine.minimize(losses, {"one": ([w], optimizer)})

    run = engine.compiled(step, [w, *optimizer.variables], [frozen])
    target = ops.convert_to_tensor(np.ones(2, "float32"))
    assert scalar(run(target)) == pytest.approx(2 * (4 + 9))
    np.testing.assert_allclose(to_numpy(w), [2.2, -0.8], rtol=1e-6)
    frozen.assign(1.0)
    optimizer.learning_rate = 0.5
    assert scalar(run(target)) == pytest.approx(1.2**2 + 1.8**2)
    np.testing.assert_allclose(to_numpy(w), [1, 1], rtol=1e-6)
    assert len(traces) == (2 if BACKEND == "torch" else 1)


def test_players_step_at_once_each_on_its_own_loss():
    """The game x y: one player minimises it, the other its negative."""
    x, y, counter = variable(2.0), variable(3.0), variable(0.0)
    players = {}
    for name, v, rate in (("first", x, 0.5), ("second", y, 0.25)):
        players[name] = ([v], keras.optimizers.SGD(rate))
        players[name][1].build([v])

    def losses():
        counter.assign_add(1.0)
        shared = x * y
        return {"second": -shared, "first": shared, "third": x + y}, None

    engine.minimize(losses, players)
    # Neither sees the other's step: 2 - 0.5 y and 3 + 0.25 x.
    assert scalar(x) == pytest.approx(2 - 0.5 * 3)
    assert scalar(y) == pytest.approx(3 + 0.25 * 2)
    assert scalar(counter) == 1


def test_input_gradient_and_its_gradient():
    w = variable(3.0)
    x = ops.convert_to_tensor(np.array([1.0, 2.0], "float32"))
    np.testing.assert_allclose(
        to_numpy(engine.input_gradient(lambda t: w * t**3, x)),
        [9, 36],  # 3 w x^2
        rtol=1e-6,
    )
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([w])
    # d/dw sum (3 w x^2)^2 = 18 w sum x^4 = 18 * 3 * 17
    engine.minimize(
        lambda: (
            {"one": ops.sum(engine.input_gradient(lambda t: w * t**3, x) ** 2)},
            None,
        ),
        {"one": ([w], optimizer)},
    )
    assert scalar(w) == pytest.approx(3 - 918, rel=1e-5)


def small_gan(**kwargs):
    return DCGAN((8, 8, 1), latent_dim=4, filters=4, seed=1, **kwargs)


IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1))
IMAGES = IMAGES.astype("float32")


def test_float16_scales_the_loss_and_skips_an_overflow():
    gan = small_gan(dtype="mixed_float16")
    huge = keras.optimizers.Adam(1e-3)
    gan.compile(
        discriminator_optimizer=optimizers.LossScaleOptimizer(
            huge, initial_scale=2.0**40
        )
    )
    before = [to_numpy(v) for v in gan.variables_of("discriminator")]
    gan.fit(IMAGES, batch_size=8, verbose=0)
    discriminator = gan.optimizer["discriminator"]
    # Two overflows: the scale was halved twice, no step was taken.
    assert scalar(discriminator.dynamic_scale) == 2.0**38
    assert int(discriminator.inner_optimizer.iterations) == 0
    for old, new in zip(before, gan.variables_of("discriminator")):
        np.testing.assert_array_equal(old, to_numpy(new))
    # The generator's own scale fits, so that its steps were taken.
    generator = gan.optimizer["generator"]
    assert int(generator.inner_optimizer.iterations) == 2
    assert scalar(generator.dynamic_scale) == 2.0**15


def test_the_scaled_loss_gives_the_same_step():
    # float32 weights, so that scaling must cancel to rounding.
    def after(optimizer):
        w = variable([3.0, -2.0])
        optimizer.build([w])
        engine.minimize(
            lambda: ({"one": ops.sum(w**2)}, None), {"one": ([w], optimizer)}
        )
        return to_numpy(w)

    plain = after(keras.optimizers.SGD(0.1))
    scaled = after(
        optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(0.1), initial_scale=1024.0
        )
    )
    np.testing.assert_allclose(plain, scaled, rtol=1e-6)


@pytest.mark.parametrize("arguments", [{}, {"clipnorm": 0.5}])
def test_adam_is_the_papers(arguments, rng):
    """Kingma & Ba (2015), the form of the paragraph before section 2.1."""
    first, second, epsilon = 0.5, 0.9, 1e-3
    schedule = keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 1.0)
    adam = keras.optimizers.Adam(schedule, first, second, epsilon, **arguments)
    w = variable(rng.normal(size=(3, 2)))
    optimizers.OptimizerGroup({"a": adam}).build_members({"a": [w]})

    expected = to_numpy(w).astype("float64")
    m = v = np.zeros_like(expected)
    for step in range(1, 4):
        slope = rng.normal(size=(3, 2)).astype("float32")
        engine.minimize(
            lambda: ({"a": ops.sum(w * slope)}, None), {"a": ([w], adam)}
        )
        gradient = slope.astype("float64")
        if arguments:
            gradient *= 0.5 / np.linalg.norm(gradient)
        m = first * m + (1 - first) * gradient
        v = second * v + (1 - second) * gradient**2
        rate = 0.1 / step * np.sqrt(1 - second**step) / (1 - first**step)
        expected = expected - rate * m / (np.sqrt(v) + epsilon)
        np.testing.assert_allclose(to_numpy(w), expected, rtol=1e-5)


def test_the_group_applies_nothing_itself():
    group = optimizers.OptimizerGroup({"a": keras.optimizers.Adam()})
    with pytest.raises(RuntimeError, match="minimize"):
        group.apply([], [])
    with pytest.raises(RuntimeError, match="compile"):
        group.build([])


def test_optimizers_are_written_for_every_backend():
    config = optimizers.serialize_optimizer(
        keras.optimizers.Adam(
            keras.optimizers.schedules.ExponentialDecay(1, 2, 3)
        )
    )
    assert config["module"] == "keras.optimizers"
    again = keras.saving.deserialize_keras_object(config)
    assert isinstance(again, keras.optimizers.Adam)


def test_learning_rate_callbacks_reach_both_players():
    gan = small_gan()
    gan.compile()
    gan.fit(
        IMAGES,
        verbose=0,
        callbacks=[keras.callbacks.LearningRateScheduler(lambda e, lr: 0.5)],
    )
    assert [float(o.learning_rate) for o in gan.optimizer.optimizers] == [
        0.5
    ] * 2


def test_other_backends_are_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    with pytest.raises(ImportError, match=r"tensorflow, jax and torch.*numpy"):
        runpy.run_path(engine.__file__)


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None,
    reason="Keras' numpy backend needs JAX",
)
def test_other_backends_are_refused_in_their_process():
    run = subprocess.run(
        [sys.executable, "-c", "import keras_gan_zoo; keras_gan_zoo.DCGAN"],
        env={"KERAS_BACKEND": "numpy", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "tensorflow, jax and torch" in run.stderr


@on_tensorflow
def test_replicas_draw_different_noise():
    import tensorflow as tf

    strategy = two_replicas()
    with strategy.scope():
        seeds = randomness.ReplicaSeedGenerator(7)

    @tf.function
    def draw():
        return strategy.run(lambda: keras.random.normal((10_000,), seed=seeds))

    first, second = (to_numpy(v) for v in draw().values)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05
    alone = keras.random.normal((10_000,), seed=keras.random.SeedGenerator(7))
    np.testing.assert_array_equal(first, to_numpy(alone))


@on_tensorflow
def test_replicas_agree_on_what_is_finite():
    import tensorflow as tf

    strategy = two_replicas()
    with strategy.scope():
        w = variable([1.0])
        optimizer = optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(0.1), initial_scale=4.0
        )
        optimizer.build([w])

    @tf.function
    def step():
        def one():
            replica = tf.distribute.get_replica_context()
            bad = tf.cast(replica.replica_id_in_sync_group, "float32") / 0.0
            gradient = tf.where(tf.math.is_nan(bad), 1.0, bad)
            optimizer.apply([tf.reshape(gradient, (1,))], [w])

        strategy.run(one)

    step()
    np.testing.assert_array_equal(to_numpy(w), [1.0])
    assert to_numpy(optimizer.dynamic_scale) == 2.0


@on_tensorflow
def test_batch_statistics_are_of_the_global_batch(rng):
    import tensorflow as tf

    from keras_gan_zoo.layers import BatchNormalization

    images = rng.normal(size=(8, 3)).astype("float32")
    strategy = two_replicas()
    with strategy.scope():
        layer = BatchNormalization()
        layer.build((None, 3))

    @tf.function
    def run(batch):
        return strategy.run(lambda x: layer(x, training=True), args=(batch,))

    halves = strategy.experimental_distribute_values_from_function(
        lambda c: tf.constant(images[4 * c.replica_id_in_sync_group :][:4])
    )
    outputs = np.concatenate([to_numpy(v) for v in run(halves).values])
    expected = (images - images.mean(0)) / np.sqrt(images.var(0) + 1e-5)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
