"""Any number of players; networks that nobody trains; averages of any."""

import copy

import keras
import numpy as np
import pytest
from checks import EAGERLY, all_state, equal, to_numpy, values_of
from families.toys import SHAPE, Perceptual, ThreePlayers

import keras_gan_zoo as kgz
from keras_gan_zoo import engine

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, *SHAPE)).astype("float32")


class Loud(keras.layers.Layer):
    """Adds the mean of its inputs to the loss."""

    def call(self, inputs):
        self.add_loss(keras.ops.mean(inputs))
        return inputs


def sgd(rate=0.1):
    return keras.optimizers.SGD(rate)


def three(seed=0, **kwargs):
    keras.utils.set_random_seed(0)
    gan = ThreePlayers(seed=seed)
    rates = {"generator": 0.1, "discriminator": 0.2, "encoder": 0.3}
    given = {f"{player}_optimizer": sgd(rate) for player, rate in rates.items()}
    gan.compile("non_saturating", **{**EAGERLY, **given, **kwargs})
    return gan


def test_each_player_steps_on_its_own_loss_with_its_own_optimizer():
    gan = three()
    rates = {n: float(gan.optimizer[n].learning_rate) for n in gan.players()}
    assert rates == pytest.approx(
        {"generator": 0.1, "discriminator": 0.2, "encoder": 0.3}
    )
    for mover in gan.players():
        gan = three()
        for player in gan.players():
            if player != mover:
                gan.optimizer[player].learning_rate = 0.0
        before = {p: values_of(gan.variables_of(p)) for p in gan.players()}
        history = gan.fit(IMAGES, batch_size=8, verbose=0).history
        assert set(history) == {"d_loss", "g_loss", "e_loss"}
        for player, values in before.items():
            moved = not equal(values, values_of(gan.variables_of(player)))
            assert moved == (player == mover), (mover, player)


def test_the_encoders_step_is_gradient_descent():
    """Its loss is a parabola of its weights, whose slope numpy knows."""
    gan = three()
    weights, biases = values_of(gan.encoder.trainable_variables)
    latents = to_numpy(keras.random.normal((8, 2), seed=0))
    found = gan.losses((keras.ops.array(IMAGES),), training=True, seed=0)
    fake = to_numpy(keras.ops.stop_gradient(found.pairs[0][1])).reshape(8, 16)
    error = fake @ weights + biases - latents
    gan.minimize(
        lambda: gan.losses((keras.ops.array(IMAGES),), seed=0), "encoder"
    )
    moved, shifted = values_of(gan.encoder.trainable_variables)
    slope = 2 * fake.T @ error / error.size
    np.testing.assert_allclose(moved, weights - 0.3 * slope, atol=1e-6)
    slope = 2 * error.sum(axis=0) / error.size
    np.testing.assert_allclose(shifted, biases - 0.3 * slope, atol=1e-6)


def test_saved_and_loaded_all_three_go_on_exactly(tmp_path):
    gan = three(ema_decay=0.5)
    gan.fit(IMAGES, batch_size=4, shuffle=False, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = kgz.load(tmp_path / "gan.keras")
    for model in (gan, loaded):
        model.fit(IMAGES, batch_size=4, shuffle=False, verbose=0)
    assert equal(all_state(gan), all_state(loaded))
    names = [f"{player}_optimizer" for player in gan.players()]
    assert set(names) < set(loaded.get_compile_config())


def test_the_average_of_any_network_follows_it():
    gan = three(ema_decay=0.5)
    start = values_of(gan.encoder.weights)
    gan.fit(IMAGES, batch_size=8, verbose=0)
    decay = min(0.5, (1 + 1) / (10 + 1))  # after step 1
    for old, new, average in zip(
        start,
        values_of(gan.encoder.weights),
        values_of(gan.ema_encoder.weights),
    ):
        expected = decay * old + (1 - decay) * new
        np.testing.assert_allclose(average, expected, atol=1e-6)
    assert gan.best("encoder") is gan.ema_encoder
    assert gan.best("generator") is gan.generator


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"encoder_optimizer": None}, "Received: no encoder_optimizer"),
        ({"critic_optimizer": "adam"}, "Received: critic_optimizer"),
        ({"optimizer": "adam"}, "Expected discriminator_optimizer"),
    ],
)
def test_wrong_optimizers_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        three(**arguments)


def test_a_shared_optimizer_is_refused():
    one = sgd()
    with pytest.raises(ValueError, match="Expected 3 optimizers"):
        three(generator_optimizer=one, encoder_optimizer=one)


# ------------------------------------------------------------- frozen networks


def features():
    inputs = keras.Input(SHAPE)
    x = keras.layers.Flatten()(inputs)
    x = keras.layers.Dense(3, activation="tanh")(x)
    return keras.Model(inputs, x, name="features")


def perceptual():
    keras.utils.set_random_seed(0)
    gan = Perceptual(features(), seed=0)
    gan.compile(
        "hinge",
        generator_optimizer=sgd(),
        discriminator_optimizer=sgd(),
        **EAGERLY,
    )
    return gan


def test_a_frozen_network_is_never_trained():
    gan = perceptual()
    before = values_of(gan.features.weights)
    history = gan.fit(IMAGES, batch_size=4, epochs=2, verbose=0).history
    assert history["feature_loss"][-1] > 0
    assert equal(before, values_of(gan.features.weights))
    for player in gan.players():
        ours = {id(v) for v in gan.variables_of(player)}
        assert not ours & {id(v) for v in gan.features.weights}


def test_a_frozen_network_survives_files_and_presets(tmp_path):
    gan = perceptual()
    gan.fit(IMAGES, batch_size=4, verbose=0)
    gan.save(tmp_path / "gan.keras")
    gan.save_to_preset(tmp_path / "preset")
    loaded = kgz.load(tmp_path / "gan.keras")
    preset = kgz.from_preset(tmp_path / "preset")
    kept = values_of(gan.features.weights)
    assert equal(kept, values_of(loaded.features.weights))
    for mine, theirs in zip(kept, values_of(preset.features.weights)):
        np.testing.assert_allclose(mine, theirs, atol=1e-3)  # in float16
    for other in (loaded, preset):
        assert not other.features.trainable_variables
    loaded.fit(IMAGES, batch_size=4, verbose=0)
    assert equal(kept, values_of(loaded.features.weights))


# --------------------------------------------------------- networks of users


def discriminator(*last):
    return keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), *last]
    )


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("critic.keras", r"load_model\(path\)"),
        (
            keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)]),
            r"keras.Input\(shape\)",
        ),
        (
            discriminator(keras.layers.Dense(1, activation="sigmoid")),
            "activation='sigmoid'",
        ),
    ],
    ids=["name", "not built", "sigmoid"],
)
def test_networks_that_cannot_train_are_explained(network, message):
    with pytest.raises(ValueError, match=message):
        ThreePlayers(discriminator=network)


def test_regularizers_of_weights_count():
    """Their gradient is added: 2 * 0.5 * w of l2(0.5)."""
    moved = {}
    for weight in (0.0, 0.5):
        l2 = keras.regularizers.L2(weight)
        keras.utils.set_random_seed(0)
        gan = ThreePlayers(
            discriminator=discriminator(
                keras.layers.Dense(1, kernel_regularizer=l2)
            ),
            seed=0,
        )
        gan.compile(
            "non_saturating",
            generator_optimizer=sgd(0.0),
            discriminator_optimizer=sgd(1.0),
            encoder_optimizer=sgd(0.0),
            **EAGERLY,
        )
        (before,) = values_of(gan.variables_of("discriminator"))[:1]
        gan.fit(IMAGES[:8], batch_size=8, verbose=0)
        (moved[weight],) = values_of(gan.variables_of("discriminator"))[:1]
    np.testing.assert_allclose(moved[0.5], moved[0.0] - before, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.Dense(1, activity_regularizer="l2"),
        keras.layers.ActivityRegularization(l2=1.0),
        Loud(),
    ],
    ids=["argument", "layer", "add_loss"],
)
def test_losses_of_outputs_are_refused(layer):
    gan = ThreePlayers(discriminator=discriminator(layer))
    gan.compile(
        "non_saturating",
        **{f"{p}_optimizer": sgd(0.1) for p in gan.players()},
        **EAGERLY,
    )
    with pytest.raises(ValueError, match="activity_regularizer"):
        gan.fit(IMAGES[:8], batch_size=8, verbose=0)


@pytest.mark.parametrize(
    "arguments",
    [
        {"metrics": ["mae"]},
        {"weighted_metrics": ["mae"]},
        {"loss_weights": [1.0, 2.0]},
        {"discriminator_steps": 2.5},
    ],
    ids=str,
)
def test_what_has_no_effect_is_refused(arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"Received: {name}"):
        three(**arguments)


def test_the_rate_of_all_players_can_be_set():
    gan = three()
    gan.optimizer.learning_rate = 0.0
    before = {p: values_of(gan.variables_of(p)) for p in gan.players()}
    gan.fit(IMAGES, batch_size=8, verbose=0)
    for player, values in before.items():
        assert equal(values, values_of(gan.variables_of(player)))


def test_the_seed_decides_the_noise_of_its_networks():
    """Dropout, U-Net and augmentation, without any global seed."""

    def noise(seed):
        gan = kgz.Pix2Pix((16, 16, 1), filters=2, patch=16, seed=seed)
        gan.discriminator.set_weights(
            [np.ones_like(w) for w in gan.discriminator.get_weights()]
        )
        gan.generator.set_weights(
            [np.full_like(w, 0.01) for w in gan.generator.get_weights()]
        )
        images = np.ones((1, 16, 16, 1), "float32")
        with engine.noise_scope():
            return [
                to_numpy(gan.generator(images, training=True)) for _ in range(2)
            ]

    first, other = noise(1), noise(2)
    assert not equal(first[:1], first[1:])
    assert equal(first, noise(1))
    assert not equal(first, other)


def test_a_config_of_an_optimizer_is_not_changed():
    """The command line keeps it, to compare it when a training goes on."""
    config = {"class_name": "Adam", "config": {"learning_rate": 0.5}}
    given = copy.deepcopy(config)
    gan = three(generator_optimizer=given)
    assert float(gan.optimizer["generator"].learning_rate) == 0.5
    assert given == config
