import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    OF_VARIANTS_SLOW,
    AfterSteps,
    GANChecks,
    all_state,
    equal,
    kill,
    num_trained,
    to_numpy,
    two_replicas,
    values_of,
)

from keras_gan_zoo import WGAN, callbacks, data
from keras_gan_zoo.families.warmup import Warmup
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models import wgan

IMAGES = Image((8, 8, 1)).example(32)
CLIP = 0.02
NO_WARMUP = {"warmup_steps": 0, "warmup_every": None}


# With the default epsilon, the rounding error of a gradient of 0 moves a weight
# as far as a gradient does.
RMSPROP = {
    "class_name": "RMSprop",
    "config": {"learning_rate": 1e-3, "epsilon": 1e-7},
}


class TestWGAN(GANChecks):
    cls = WGAN
    config = {
        "image_shape": (8, 12, 3),
        "latent_dim": 5,
        "filters": 4,
        "discriminator_normalization": "layer",
        "augmentation": "color,translation,cutout",
    }
    batch = Image((8, 12, 3)).example(16)
    compile_arguments = {
        "discriminator_steps": 2,
        "clip": CLIP,
        "warmup_steps": 1,
        "warmup_every": 2,
        "warmup_length": 4,
        "ema_decay": 0.9,
        "generator_optimizer": RMSPROP,
        "discriminator_optimizer": RMSPROP,
    }
    # The paper's five critic steps.
    evaluations = {"generator": 5, "discriminator": 10}


class TestWGANWithoutWarmup(TestWGAN):
    slow_checks = tuple(
        name
        for name in OF_VARIANTS_SLOW
        if name != "test_two_replicas_train_like_one_device"
    )
    config = {"image_shape": (16, 16, 3), "latent_dim": 5, "filters": 4}
    batch = Image((16, 16, 3)).example(16)
    compile_arguments = {
        **NO_WARMUP,
        "discriminator_steps": 2,
        "clip": CLIP,
        "warmup_length": 50,
        "generator_optimizer": RMSPROP,
        "discriminator_optimizer": RMSPROP,
    }


def small(seed=0, **kwargs):
    keras.utils.set_random_seed(seed)
    gan = WGAN((8, 8, 1), latent_dim=3, filters=2, seed=seed)
    gan.compile(**kwargs)
    return gan


# --------------------------------------------------------------- networks


def test_the_networks_are_the_authors():
    generator = wgan.build_generator((64, 64, 3))
    # Each line is a layer: kernels without biases, then gains and shifts.
    assert num_trained(generator) == (
        100 * 4 * 4 * 512
        + 2 * 512
        + 4 * 4 * 512 * 256
        + 2 * 256
        + 4 * 4 * 256 * 128
        + 2 * 128
        + 4 * 4 * 128 * 64
        + 2 * 64
        + 4 * 4 * 64 * 3
    )
    assert num_trained(generator) == 3_576_704
    critic = wgan.build_discriminator((64, 64, 3))
    assert num_trained(critic) == (
        4 * 4 * 3 * 64
        + 4 * 4 * 64 * 128
        + 2 * 128
        + 4 * 4 * 128 * 256
        + 2 * 256
        + 4 * 4 * 256 * 512
        + 2 * 512
        + 4 * 4 * 512
    )
    assert num_trained(critic) == 2_765_568
    for network in (generator, critic):
        for variable in network.trainable_variables:
            value = to_numpy(variable)
            mean, std = {
                "kernel": (0, 0.02),
                "gamma": (1, 0.02),
                "beta": (0, 0),
            }[variable.name]
            assert abs(value.mean() - mean) < 6e-3, variable.path
            assert abs(value.std() - std) < 6e-3, variable.path


@pytest.mark.parametrize(
    ("image_shape", "smallest"),
    [((8, 8, 1), (4, 4)), ((28, 28, 1), (4, 4)), ((29, 45, 1), (4, 6))],
)
def test_sizes(image_shape, smallest):
    gan = WGAN(image_shape, filters=2)
    assert gan.generate(2, seed=0).shape == (2, *image_shape)
    assert gan.discriminator.output_shape == (None, 1)
    assert gan.discriminator.get_layer("whole_map").kernel_size == smallest


def test_images_that_are_too_small():
    with pytest.raises(ValueError, match="at least 8 pixels for both"):
        WGAN((7, 28, 1))


def test_own_networks_take_any_size():
    gan = WGAN(
        (1, 1, 2),
        latent_dim=3,
        generator=keras.Sequential(
            [
                keras.Input((3,)),
                keras.layers.Dense(2, activation="tanh"),
                keras.layers.Reshape((1, 1, 2)),
            ]
        ),
        discriminator=keras.Sequential(
            [
                keras.Input((1, 1, 2)),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ]
        ),
    )
    gan.compile(**NO_WARMUP, **EAGERLY)
    points = Image((1, 1, 2)).example(20)
    history = gan.fit(points, batch_size=20, verbose=0).history
    assert np.isfinite(list(history.values())).all()


# --------------------------------------------------------------- training


def test_compile_takes_the_authors_settings():
    gan = small()
    for optimizer in gan.optimizer.optimizers:
        assert type(optimizer).__name__ == "RMSprop"
        assert float(optimizer.learning_rate) == pytest.approx(5e-5)
        assert (optimizer.rho, optimizer.momentum) == (0.99, 0)
        assert not optimizer.centered
    assert gan.discriminator_steps == 5
    assert gan.clip == 0.01
    assert type(gan.loss).__name__ == "Wasserstein"
    assert gan.penalty is None


def test_rmsprop_is_pytorchs_formula():
    """Also for the tiny gradients of a clipped critic."""
    rng = np.random.default_rng(0)
    gradients = 10.0 ** np.linspace(-3, 0, 10) * rng.normal(size=(3, 10))
    variable = keras.Variable(np.zeros(10, "float32"))
    optimizer = small().optimizer["generator"]
    optimizer = type(optimizer).from_config(optimizer.get_config())
    weight, square = np.zeros(10), np.zeros(10)
    for gradient in gradients:
        square = 0.99 * square + 0.01 * gradient**2
        weight -= 5e-5 * gradient / (np.sqrt(square) + 1e-8)
        gradient = keras.ops.convert_to_tensor(gradient.astype("float32"))
        optimizer.apply([gradient], [variable])
    np.testing.assert_allclose(to_numpy(variable), weight, rtol=0.01)


def test_the_loss_is_the_difference_of_means():
    gan = small(**NO_WARMUP, **EAGERLY)
    found = gan.losses((IMAGES,), training=False, seed=1)
    ((real, fake, *_),) = found.pairs
    real, fake = (
        to_numpy(keras.ops.stop_gradient(gan.discriminator(images)))
        for images in (real, fake)
    )
    for player, expected in (
        ("discriminator", fake.mean() - real.mean()),
        ("generator", -fake.mean()),
    ):
        loss = to_numpy(keras.ops.stop_gradient(found.players[player]))
        np.testing.assert_allclose(loss, expected, atol=1e-6)


class Bounds(keras.callbacks.Callback):
    """The largest weight of the critic after each step."""

    def on_train_begin(self, logs=None):
        self.largest = []

    def on_train_batch_end(self, batch, logs=None):
        if keras.backend.backend() == "jax":
            self.model.jax_state_sync()
        critic = self.model.discriminator.trainable_variables
        self.largest.append(max(np.abs(v).max() for v in values_of(critic)))


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
@pytest.mark.parametrize("settings", [{}, EAGERLY], ids=["compiled", "eager"])
def test_the_critic_stays_within_the_bounds(updates, settings):
    # Weights start at up to 0.05.
    gan, bounds = small(updates=updates, **settings), Bounds()
    gan.fit(IMAGES, batch_size=16, verbose=0, callbacks=[bounds])
    np.testing.assert_allclose(bounds.largest, [0.01] * 2, rtol=1e-6)
    generator = values_of(gan.generator.trainable_variables)
    assert max(np.abs(value).max() for value in generator) > 0.5


def test_each_step_of_the_critic_is_clipped(monkeypatch):
    gan = small(discriminator_steps=3, **NO_WARMUP, run_eagerly=True)
    seen, original = [], WGAN.minimize

    def recorded(self, losses_fn, *players):
        found = original(self, losses_fn, *players)
        critic = values_of(self.discriminator.trainable_variables)
        seen.append((players[0], max(np.abs(v).max() for v in critic)))
        return found

    monkeypatch.setattr(WGAN, "minimize", recorded)
    gan.fit(IMAGES, batch_size=32, verbose=0)
    # The last minibatch is one call for both players, then one for each.
    assert [player[0] for player, _ in seen] == ["d", "d", "d", "g", "d"]
    largest = [largest for _, largest in seen]
    np.testing.assert_allclose(largest, [0.01] * 5, rtol=1e-6)


def test_without_clipping_the_weights_are_free():
    gan, bounds = small(clip=None, **EAGERLY), Bounds()
    gan.fit(IMAGES, batch_size=16, verbose=0, callbacks=[bounds])
    assert min(bounds.largest) > 0.03


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.distribute"
)
def test_two_replicas_clip():
    with two_replicas().scope():
        gan = small(discriminator_steps=2, **NO_WARMUP)
    gan.fit(IMAGES, batch_size=32, verbose=0)
    for variable in gan.discriminator.trainable_variables:
        for copy in variable.value.values:
            assert np.abs(copy.numpy()).max() <= 0.01 + 1e-9


def test_the_clip_is_saved_and_loaded(tmp_path):
    gan = small(clip=0.003, **NO_WARMUP, **EAGERLY)
    gan.save(tmp_path / "gan.keras")
    loaded, bounds = keras.saving.load_model(tmp_path / "gan.keras"), Bounds()
    loaded.fit(IMAGES, batch_size=16, verbose=0, callbacks=[bounds])
    np.testing.assert_allclose(bounds.largest, [0.003] * 2, rtol=1e-6)


# ---------------------------------------------------------------- warm-up


def authors_rule(num, first=25, every=500, length=100, usual=5):
    """Critic steps before each step of the generator, as in main.py."""
    for iteration in range(num):
        warm = iteration < first or (every and iteration % every == 0)
        yield length if warm else usual


@pytest.mark.parametrize(
    ("first", "every", "length", "usual"),
    [
        (25, 500, 100, 5),
        (0, 500, 100, 5),
        (0, 7, 6, 2),
        (7, 7, 6, 2),
        (8, 7, 6, 2),
        (20, 7, 6, 1),
        (3, None, 6, 1),
        (3, 1, 6, 3),
        (0, None, 100, 3),
        (25, 500, 5, 5),
    ],
)
def test_the_generator_steps_when_it_does_for_the_authors(
    first, every, length, usual
):
    warmup = Warmup(usual, first, every, length)
    call = 0
    for critic_steps in authors_rule(1_100, first, every, length, usual):
        for _ in range(critic_steps // usual - 1):
            assert not warmup.generator_is_due(call)
            call += 1
        assert warmup.generator_is_due(call)
        call += 1


class Moved(keras.callbacks.Callback):
    """Steps of both players after each step of `fit`."""

    def on_train_begin(self, logs=None):
        self.counts = []

    def on_train_batch_end(self, batch, logs=None):
        if keras.backend.backend() == "jax":
            self.model.jax_state_sync()
        optimizer = self.model.optimizer
        self.counts.append(
            [
                int(optimizer[player].iterations)
                for player in ("discriminator", "generator")
            ]
        )


WARM = {
    "discriminator_steps": 2,
    "warmup_steps": 2,
    "warmup_every": 3,
    "warmup_length": 6,
}


@pytest.mark.parametrize("settings", [{}, EAGERLY], ids=["compiled", "eager"])
def test_fit_follows_the_rule(settings):
    gan, moved = small(**WARM, **settings), Moved()
    for _ in range(3):
        gan.fit(IMAGES, batch_size=8, verbose=0, callbacks=[moved])
    # Steps 0 and 1 of the generator take three calls, 2 takes one, 3 three.
    due = [0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1]
    assert moved.counts == [
        [2 * (call + 1), sum(due[: call + 1])] for call in range(8, 12)
    ]


def test_a_generator_that_rests_has_no_new_loss():
    gan = small(**WARM, **EAGERLY)
    history = gan.fit(IMAGES[:16], batch_size=8, verbose=0).history
    assert history["g_loss"] == [0]
    assert history["d_loss"] != [0]
    history = gan.fit(IMAGES[:8], batch_size=8, verbose=0).history
    assert history["g_loss"] != [0]


def train(settings, folder, *more):
    gan = small(**WARM, **settings)
    backup = callbacks.Backup(folder, every_steps=1)
    batches = data.arrays(IMAGES, batch_size=8)
    gan.fit(batches, epochs=2, verbose=0, callbacks=[*more, backup])
    assert int(gan.steps) == 8
    return all_state(gan)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [pytest.param({}, marks=pytest.mark.slow), EAGERLY],
    ids=["compiled", "eager"],
)
def test_resumed_in_a_warmup_it_ends_the_same(settings, tmp_path):
    undisturbed = train(settings, tmp_path / "whole")
    for stop in (1, 2, 6):
        folder = tmp_path / str(stop)
        with pytest.raises(KeyboardInterrupt):
            train(settings, folder, AfterSteps(stop, kill))
        assert equal(undisturbed, train(settings, folder)), stop


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clip": 0}, "clip > 0"),
        ({"clip": -0.1}, "clip > 0"),
        ({"discriminator_steps": 3}, "e.g. 99"),
        ({"discriminator_steps": 200}, "e.g. 200"),
        ({"warmup_steps": -1}, "warmup_steps=-1"),
        ({"warmup_every": 0}, "warmup_every=0"),
        ({"warmup_length": 2.5}, "warmup_length=2.5"),
        ({"steps_per_execution": 2}, "Expected steps_per_execution=1"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        small(**arguments)
    assert "Received" in str(error.value)


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="one step an execution"
)
def test_without_a_warmup_steps_share_an_execution():
    gan = small(steps_per_execution=2, discriminator_steps=3, **NO_WARMUP)
    gan.fit(IMAGES, batch_size=8, verbose=0)
    assert int(gan.optimizer["generator"].iterations) == 4


def test_compiled_again_without_a_warmup():
    gan = small(**EAGERLY)
    gan.fit(IMAGES, batch_size=32, verbose=0)
    gan.compile(**NO_WARMUP, **EAGERLY)
    gan.fit(IMAGES, batch_size=32, verbose=0)
    assert int(gan.optimizer["generator"].iterations) == 1
