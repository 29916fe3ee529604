"""BiGAN and ALI: networks, losses, gradients, and what they learn."""

import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    GANChecks,
    StoredLosses,
    equal,
    num_trained,
    scalar,
    set_weights,
    to_numpy,
    values_of,
)
from keras import ops

import keras_gan_zoo as kgz
from keras_gan_zoo import engine
from keras_gan_zoo.control import search
from keras_gan_zoo.families import priors
from keras_gan_zoo.families.players import weight_penalties
from keras_gan_zoo.models.bigan import joined, networks
from keras_gan_zoo.objectives import losses

SHAPE = (6, 5, 1)


class TestBiGAN(GANChecks):
    cls = kgz.BiGAN
    config = {
        "image_shape": SHAPE,
        "latent_dim": 4,
        "generator_units": (8, 7),
        "encoder_units": (9, 6),
        "discriminator_units": (10, 8),
        "discriminator_normalization": "layer",
        "weight_decay": 1e-3,
        "augmentation": "color",
    }
    compile_arguments = {"updates": "alternating"}
    logs = {"d_loss", "g_loss", "e_loss"}
    evaluations = {"generator": 1, "discriminator": 2, "encoder": 1}

    def compiled(self, seed=0, **kwargs):
        gan = super().compiled(seed, **kwargs)
        # The logits begin at 0, and give no gradient at first.
        kernel = gan.discriminator.get_layer("logits").kernel
        values = np.random.default_rng(seed).normal(0, 0.3, kernel.shape)
        kernel.assign(values.astype("float32"))
        return gan


class TestALI(StoredLosses):
    cls = kgz.BiGAN
    config = {**TestBiGAN.config, "stochastic": True, "augmentation": None}
    logs = TestBiGAN.logs


def test_the_networks_are_the_codes():
    gan = kgz.BiGAN()
    # Matrices alone: no biases, and no scales in batch normalization.
    assert num_trained(gan.generator) == (
        50 * 1024 + 1024 * 1024 + 50 * 1024 + 1024 * 784
    )
    assert num_trained(gan.encoder) == 784 * 1024 + 1024 * 1024 + 1024 * 50
    assert num_trained(gan.discriminator) == (
        784 * 1024 + 1024 * 1024 + 50 * 1024 + 1024
    )
    for network, count in (("generator", 2), ("encoder", 1)):
        normalized = [
            layer
            for layer in getattr(gan, network).layers
            if isinstance(layer, kgz.layers.BatchNormalization)
        ]
        assert len(normalized) == count
    assert gan.prior == priors.UNIFORM
    gan.compile()
    assert gan.updates == "simultaneous"
    for player in ("generator", "discriminator", "encoder"):
        adam = gan.optimizer[player]
        assert float(adam.learning_rate) == pytest.approx(2e-4)
        assert adam.beta_1 == 0.5
    images = gan.sample.example(2)
    assert not judged(gan, images, np.ones((2, 50), "float32")).any()


def small(**kwargs):
    keras.utils.set_random_seed(0)
    arguments = {
        "latent_dim": 4,
        "generator_units": (8, 7),
        "encoder_units": (9, 6),
        "discriminator_units": (10, 8),
        "weight_decay": 0.0,
        **kwargs,
    }
    gan = kgz.BiGAN(SHAPE, seed=0, **arguments)
    for networks_ in gan.players().values():
        for network in networks_:
            set_weights(network, 0.5)
    return gan


def judged(gan, images, codes, training=False):
    """The logits of pairs."""
    pairs = [ops.convert_to_tensor(x) for x in (images, codes)]
    logits = gan.discriminator(pairs, training=training)
    return to_numpy(ops.stop_gradient(logits))


def softplus(x):
    return np.log1p(np.exp(x.astype("float64")))


@pytest.mark.parametrize("stochastic", [False, True])
def test_the_losses_are_numpys(stochastic):
    gan = small(stochastic=stochastic)
    gan.compile(**EAGERLY)
    images = gan.sample.example(6)
    found = gan.losses((ops.array(images),), training=False, seed=3)
    latents = to_numpy(gan.sample_latents(6, 3))
    fake = to_numpy(gan.generator(latents))
    codes = gan.encoder(images)
    if stochastic:
        means, log_deviations = map(to_numpy, codes)
        noise = to_numpy(keras.random.normal((6, 4), seed=4))
        codes = means + np.exp(log_deviations) * noise
        np.testing.assert_array_equal(gan.encode(images), means)
    s_e = judged(gan, images, codes)
    s_d = judged(gan, fake, latents)
    assert np.std(s_e) > 0.01 and np.std(s_d) > 0.01
    wanted = {
        "discriminator": softplus(-s_e).mean() + softplus(s_d).mean(),
        "generator": softplus(s_e).mean() + softplus(-s_d).mean(),
    }
    wanted["encoder"] = wanted["generator"]
    for player, value in wanted.items():
        assert scalar(found.players[player]) == pytest.approx(value, rel=1e-5)
    log = scalar(found.logs["encoder"]["e_loss"])
    assert log == pytest.approx(softplus(s_e).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("loss", "generator", "encoder"),
    [
        ("least_squares", lambda d: (d - 1) ** 2 / 2, lambda e: e**2 / 2),
        ("hinge", lambda d: -d, lambda e: e),
        ("minimax", lambda d: -softplus(d), lambda e: -softplus(-e)),
    ],
)
def test_other_losses_exchange_real_and_generated(loss, generator, encoder):
    gan = small()
    gan.compile(loss, **EAGERLY)
    images = ops.array(gan.sample.example(6))
    found = gan.losses((images,), training=False, seed=3)
    ((_, _, s_e, s_d),) = found.pairs
    s_e, s_d = (to_numpy(ops.stop_gradient(x)) for x in (s_e, s_d))
    value = generator(s_d).mean() + encoder(s_e).mean()
    assert scalar(found.players["encoder"]) == pytest.approx(value, rel=1e-4)


class OneTerm(losses.NonSaturating):
    """The generator's loss of generated pairs, or of real ones, alone."""

    def __init__(self, kept):
        super().__init__()
        self.kept, self.calls = kept, 0

    def generator(self, fake_logits, real_logits=None):
        self.calls += 1
        wanted = self.kept == ("generator", "encoder")[(self.calls - 1) % 2]
        return wanted * super().generator(fake_logits, real_logits)


@pytest.mark.parametrize("kept", ["generator", "encoder"])
def test_each_term_trains_its_player(kept):
    """The encoder learns from real pairs, the generator from drawn ones."""
    gan = small()
    rates = {
        f"{player}_optimizer": keras.optimizers.SGD(1.0)
        for player in gan.players()
    }
    gan.compile(OneTerm(kept), **rates, **EAGERLY)
    before = {p: values_of(gan.variables_of(p)) for p in gan.players()}
    gan.fit(gan.sample.example(6), batch_size=6, verbose=0)
    for player in ("generator", "encoder"):
        moved = not equal(before[player], values_of(gan.variables_of(player)))
        assert moved == (player == kept)


def test_the_encoder_climbs_the_slope_of_the_discriminator():
    """Its step is the derivative of softplus(s_e), by finite differences."""
    gan = small()
    rates = {
        f"{player}_optimizer": keras.optimizers.SGD(float(player == "encoder"))
        for player in gan.players()
    }
    gan.compile(**rates, **EAGERLY)
    images = gan.sample.example(6)
    kernel = gan.encoder.get_layer("codes").kernel

    def term(change):
        # In training mode, where batches are normalized.
        start = to_numpy(kernel)
        moved = start.copy()
        moved[2, 1] += change
        kernel.assign(moved)
        codes = gan.encoder(images, training=True)
        logits = judged(gan, images, codes, training=True)
        kernel.assign(start)
        return softplus(logits).mean()

    slope = (term(1e-2) - term(-1e-2)) / 2e-2
    assert abs(slope) > 1e-3
    before = to_numpy(kernel)
    gan.fit(images, batch_size=6, verbose=0)
    step = (before - to_numpy(kernel))[2, 1]
    assert step == pytest.approx(slope, rel=2e-2)


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
def test_generator_and_encoder_step_together(updates, monkeypatch):
    taken = []
    original = engine.minimize

    def seen(losses_fn, players):
        taken.append(tuple(players))
        return original(losses_fn, players)

    monkeypatch.setattr(engine, "minimize", seen)
    gan = small()
    gan.compile(updates=updates, discriminator_steps=2, **EAGERLY)
    gan.fit(gan.sample.example(8), batch_size=8, verbose=0)
    last = {
        "alternating": [("discriminator",), ("generator", "encoder")],
        "simultaneous": [("discriminator", "generator", "encoder")],
    }
    assert taken == [("discriminator",), *last[updates]]


def test_a_penalty_sees_images_and_latents():
    gan = small(discriminator_normalization=None)
    gan.compile(penalty="r1", penalty_weight=2.0, **EAGERLY)
    images = ops.array(gan.sample.example(6))
    found = gan.losses((images,), training=False, seed=3)
    ((discriminate, real, fake),) = found.views["discriminator"]
    np.testing.assert_array_equal(
        to_numpy(real), to_numpy(joined(images, gan.encoder(images)))
    )
    slopes = to_numpy(
        ops.stop_gradient(engine.input_gradient(discriminate, real))
    )
    assert slopes.shape == (6, 30 + 4)
    assert slopes[:, :30].any() and slopes[:, 30:].any()
    assert to_numpy(fake).shape == (6, 34)
    history = gan.fit(images, batch_size=6, verbose=0).history
    assert np.isfinite(history["penalty"]).all()


def test_weights_decay():
    gan = small(weight_decay=0.1)
    gan.compile(**EAGERLY)
    totals = {
        player: sum(
            0.1 * np.square(v).sum()
            for v in values_of(gan.variables_of(player))
        )
        for player in gan.players()
    }
    images = gan.sample.example(6)

    for player, total in totals.items():
        found = sum(map(scalar, weight_penalties(gan, player)))
        assert found == pytest.approx(total, rel=1e-5)
    assert np.isfinite(gan.fit(images, verbose=0).history["d_loss"]).all()


def test_inpainting_asks_about_an_image_and_its_code():
    gan = small()
    images = gan.sample.example(3)
    logits = judged(gan, images, gan.encode(images))
    found = to_numpy(search.doubts(gan, ops.array(images), []))
    np.testing.assert_allclose(found, softplus(-logits[:, 0]), rtol=1e-4)


def test_alis_discriminator_of_toy_data():
    network = networks.build_maxout_discriminator((1, 1, 2), 2, (200, 200), 5)
    assert num_trained(network) == (
        4 * 1000 + 1000 + 200 * 1000 + 1000 + 200 + 1
    )
    gan = kgz.BiGAN((1, 1, 2), 2, stochastic=True, discriminator=network)
    assert gan.prior == priors.NORMAL
    assert gan.encode(np.zeros((3, 1, 1, 2), "float32")).shape == (3, 2)


@pytest.mark.slow
def test_codes_of_real_digits_are_features():
    """Neighbors among the codes are of one class; 12 seconds of a processor."""
    every = kgz.data.digits(batch_size=1797, labels=True)
    images, labels = map(ops.convert_to_numpy, next(iter(every)))
    keras.utils.set_random_seed(0)
    gan = kgz.BiGAN(
        (8, 8, 1),
        latent_dim=20,
        generator_units=(256, 256),
        encoder_units=(256, 256),
        discriminator_units=(256, 256),
        seed=0,
    )
    gan.compile(
        **{
            f"{player}_optimizer": keras.optimizers.Adam(1e-3, beta_1=0.5)
            for player in gan.players()
        },
        steps_per_execution=14,
    )

    def correct():
        codes = gan.encode(images)
        known, asked = codes[:1400], codes[1400:]
        distances = np.square(asked[:, None] - known[None]).sum(axis=2)
        nearest = labels[:1400][distances.argmin(axis=1)]
        return np.mean(nearest == labels[1400:])

    def error():
        return np.abs(gan.reconstruct(images) - images).mean()

    first = error()
    data = kgz.data.arrays(images[:1400], batch_size=100, seed=0)
    gan.fit(data, epochs=60, verbose=0)
    assert correct() > 0.85
    assert error() < 0.6 * first
