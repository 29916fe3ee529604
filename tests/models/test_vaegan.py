"""VAE/GAN: networks, losses, who learns from what, and the balance."""

import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    GANChecks,
    num_trained,
    scalar,
    to_numpy,
)
from keras import ops

import keras_gan_zoo as kgz
from keras_gan_zoo import engine
from keras_gan_zoo.models.vaegan import networks
from keras_gan_zoo.objectives import variational

SHAPE = (9, 8, 1)
PLAYERS = ("encoder", "generator", "discriminator")


class TestVAEGAN(GANChecks):
    slow_checks = (
        *GANChecks.slow_checks,
        "test_eager_and_compiled_step_agree",
        "test_saved_before_it_is_compiled",
        "test_bfloat16_trains",
        "test_the_seed_decides",
    )
    cls = kgz.VAEGAN
    config = {"image_shape": SHAPE, "latent_dim": 3, "filters": 2}
    # A margin that leaves out no step: every player moves.
    compile_arguments = {
        "gamma": 0.3,
        "margin": 5.0,
        "show_reconstructions": True,
        "ema_decay": 0.9,
    }
    logs = {
        *("kl_loss", "reconstruction_loss"),
        *("d_loss", "g_loss", "d_moved", "g_moved"),
    }
    # Reconstructions and samples; features and logits.
    evaluations = {"encoder": 1, "generator": 2, "discriminator": 2}


def small(**kwargs):
    keras.utils.set_random_seed(0)
    return kgz.VAEGAN(SHAPE, latent_dim=3, filters=2, seed=0, **kwargs)


def images_of(rng, num=6):
    return rng.uniform(-1, 1, (num, *SHAPE)).astype("float32")


def test_the_networks_are_the_authors():
    """At 64x64, counted by hand from the fact sheet's table."""
    encoder = (
        (25 * 3 * 64 + 2 * 64)
        + (25 * 64 * 128 + 2 * 128)
        + (25 * 128 * 256 + 2 * 256)
        + (8 * 8 * 256 * 1024 + 2 * 1024)
        + 2 * (1024 * 128 + 128)
    )
    decoder = (
        (128 * 8 * 8 * 256 + 2 * 8 * 8 * 256)
        + (25 * 256 * 256 + 2 * 256)
        + (25 * 256 * 128 + 2 * 128)
        + (25 * 128 * 32 + 2 * 32)
        + (25 * 32 * 3 + 3)
    )
    discriminator = (
        (25 * 3 * 32 + 32)
        + (25 * 32 * 128 + 2 * 128)
        + (25 * 128 * 256 + 2 * 256)
        + (25 * 256 * 256 + 2 * 256)
        + (8 * 8 * 256 * 512 + 2 * 512)
        + (512 + 1)
    )
    gan = kgz.VAEGAN()
    counts = [num_trained(getattr(gan, player)) for player in PLAYERS]
    assert counts == [encoder, decoder, discriminator]
    features = gan.discriminator.outputs[1]
    assert features.shape == (None, 8, 8, 256)
    gan.compile()
    for player in PLAYERS:
        optimizer = gan.optimizer[player]
        assert type(optimizer).__name__ == "RMSprop"
        rate = float(to_numpy(optimizer.learning_rate))
        assert rate == pytest.approx(0.025 / 64, rel=2e-3)
    assert gan.gamma == 1e-6 and gan.margin == 0.35


@pytest.mark.parametrize(
    "image_shape", [(8, 8, 1), (16, 16, 3), (28, 28, 1), (21, 40, 3)]
)
def test_sizes(image_shape):
    gan = kgz.VAEGAN(image_shape, latent_dim=3, filters=1)
    assert gan.generator.output_shape == (None, *image_shape)
    assert gan.encoder.output_shape == [(None, 3)] * 2
    assert gan.discriminator.output_shape[0] == (None, 1)


def test_features_are_those_before_the_last_normalization(rng):
    gan = small()
    images = images_of(rng)
    _, features = gan.discriminator(images, training=False)
    layer = gan.discriminator.get_layer("down_2")
    last = keras.Model(gan.discriminator.input, layer.output)
    expected = last(images, training=False)
    features, expected = (
        to_numpy(ops.stop_gradient(x)) for x in (features, expected)
    )
    np.testing.assert_array_equal(features, expected)
    assert features.min() < 0  # no ReLU


@pytest.mark.slow
def test_the_divergence_is_that_of_the_densities(rng):
    """The expectation of log q - log p, by many draws from q."""
    mean = rng.normal(size=(2, 3))
    log_variance = rng.normal(size=(2, 3))
    deviation = np.exp(log_variance / 2)
    draws = mean + deviation * rng.standard_normal((400_000, 2, 3))
    log_q = -(((draws - mean) / deviation) ** 2) / 2 - np.log(deviation)
    log_p = -(draws**2) / 2
    expected = (log_q - log_p).sum(axis=-1).mean()
    found = scalar(
        variational.divergence(
            ops.convert_to_tensor(mean), ops.convert_to_tensor(log_variance)
        )
    )
    assert found == pytest.approx(expected, rel=5e-3)


def numpy_losses(gan, images, shown):
    """All terms by numpy from the outputs of the networks."""

    def run(network, *parts):
        outputs = network(np.concatenate(parts), training=True)
        return keras.tree.map_structure(to_numpy, outputs)

    num = len(images)
    noise = to_numpy(gan.sample_latents(num, 3))
    mean, log_variance = run(gan.encoder, images)
    made = run(gan.generator, mean + np.exp(log_variance / 2) * noise)
    fake = run(gan.generator, noise)
    _, features = run(gan.discriminator, made, images)
    parts = (images, fake, made) if shown else (images, fake)
    logits, _ = run(gan.discriminator, *parts)
    real_p = 1 / (1 + np.exp(-logits[:num].astype("float64")))
    fake_p = 1 / (1 + np.exp(-logits[num:].astype("float64")))
    difference = (features[:num] - features[num:]).reshape(num, -1)
    kl = (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(1) / 2
    return {
        "kl": kl.mean(),
        "features": (difference**2).sum(1).mean() / 2,
        "pixels": ((made - images) ** 2).sum((1, 2, 3)).mean() / 2,
        "real": np.log(real_p + 1e-3).mean(),
        "fake": np.log(1 - fake_p + 1e-3).mean(),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reconstruction", "shown"), [("features", False), ("pixels", True)]
)
def test_the_losses_are_numpys(rng, reconstruction, shown):
    gan = small()
    gan.compile(
        gamma=0.3,
        margin=None,
        reconstruction=reconstruction,
        show_reconstructions=shown,
        **EAGERLY,
    )
    images = images_of(rng)
    with engine.no_gradient():
        terms = numpy_losses(gan, images, shown)
        found = gan.losses((ops.convert_to_tensor(images),), seed=3).players
    expected = {
        "encoder": terms["kl"] + terms[reconstruction],
        "generator": 0.3 * terms[reconstruction] + 0.7 * terms["fake"],
        "discriminator": -terms["real"] - terms["fake"],
    }
    assert {*found} == {*expected}
    for player, value in expected.items():
        assert scalar(found[player]) == pytest.approx(value, rel=1e-4), player


def moves(images, gamma=0.5, reconstruction="features", **broken):
    """How far SGD(1) moves the weights of each player: its gradients."""
    gan = small()
    gan.compile(
        gamma=gamma,
        margin=None,
        reconstruction=reconstruction,
        **{f"{p}_optimizer": keras.optimizers.SGD(1.0) for p in PLAYERS},
        **EAGERLY,
    )
    for name, replacement in broken.items():
        setattr(gan, name, replacement.__get__(gan))
    before = {p: [to_numpy(v) for v in gan.variables_of(p)] for p in PLAYERS}
    gan.fit(images, batch_size=len(images), verbose=0)
    return {
        p: np.concatenate(
            [
                (to_numpy(v) - old).ravel()
                for v, old in zip(gan.variables_of(p), before[p])
            ]
        )
        for p in PLAYERS
    }


def no_distance(gan, real, reconstructed, training):
    return ops.zeros(())


@pytest.mark.slow
def test_who_learns_from_what(rng):
    images = images_of(rng)
    both = moves(images, 0.5)
    reconstruct, adversary = moves(images, 1.0), moves(images, 0.0)
    # gamma weighs the decoder's terms, and nobody else's.
    mixed = (reconstruct["generator"] + adversary["generator"]) / 2
    np.testing.assert_allclose(both["generator"], mixed, rtol=2e-3, atol=1e-5)
    for other in (reconstruct, adversary):
        for player in ("encoder", "discriminator"):
            np.testing.assert_array_equal(both[player], other[player])
    # Without L_rec, the discriminator moves as before. The encoder does not,
    # and all that is left of the decoder's gradient is the adversarial part.
    without = moves(images, 0.0, reconstruction_loss=no_distance)
    for player in ("discriminator", "generator"):
        np.testing.assert_allclose(
            without[player], adversary[player], atol=1e-6, err_msg=player
        )
    assert not np.allclose(without["encoder"], both["encoder"], atol=1e-3)


@pytest.mark.slow
def test_the_decoders_gradient_is_that_of_finite_differences(rng):
    """Of gamma L_rec + (1 - gamma) log(1 - D), by numpy from outputs."""
    images = images_of(rng, 16)
    gan = small()
    gan.compile(gamma=0.3, margin=None, **EAGERLY)
    kernel = gan.generator.get_layer("image").kernel
    start = to_numpy(kernel)
    sgd = keras.optimizers.SGD(1.0)
    sgd.build([kernel])
    batch = (ops.convert_to_tensor(images),)
    engine.minimize(
        lambda: (gan.losses(batch, seed=3).players, ()),
        {"generator": ([kernel], sgd)},
    )
    gradient = start - to_numpy(kernel)
    length = np.linalg.norm(gradient)

    def objective(shift):
        kernel.assign(start + shift * gradient / length)
        terms = numpy_losses(gan, images, False)
        return 0.3 * terms["features"] + 0.7 * terms["fake"]

    with engine.no_gradient():
        step = 3e-3
        slope = (objective(step) - objective(-step)) / (2 * step)
    assert slope == pytest.approx(length, rel=3e-2)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ((0.68, 0.68), (1, 1)),
        ((0.32, 0.68), (0, 1)),  # the discriminator is too good at real
        ((0.68, 0.32), (0, 1)),  # or generated images
        ((1.04, 0.68), (1, 0)),  # it is too bad
        ((0.68, 1.04), (1, 0)),
        ((0.34, 1.02), (1, 1)),  # just within both margins
        ((0.2, 1.2), (1, 1)),  # both would be left out
    ],
)
def test_the_balance(costs, expected):
    gan = small()
    gan.compile()
    found = gan.balance(*map(ops.convert_to_tensor, costs))
    assert tuple(map(float, found)) == expected
    gan.compile(margin=None)
    found = gan.balance(*map(ops.convert_to_tensor, costs))
    assert tuple(map(float, found)) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("skipped", ["generator", "discriminator"])
def test_a_step_that_is_left_out_moves_no_weight(rng, skipped, monkeypatch):
    gan = small()
    gan.compile(**EAGERLY)
    costs = (5.0, 5.0) if skipped == "generator" else (0.1, 0.1)
    balance = gan.balance
    monkeypatch.setattr(
        gan,
        "balance",
        lambda *_: balance(*map(ops.convert_to_tensor, costs)),
    )
    before = {p: [to_numpy(v) for v in gan.variables_of(p)] for p in PLAYERS}
    logs = gan.fit(images_of(rng), verbose=0).history
    for player, values in before.items():
        same = [
            np.array_equal(to_numpy(v), old)
            for v, old in zip(gan.variables_of(player), values)
        ]
        assert all(same) if player == skipped else not any(same), player
    moved = {"generator": logs["g_moved"], "discriminator": logs["d_moved"]}
    for player, share in moved.items():
        assert share == [float(player != skipped)]


@pytest.mark.slow
def test_a_plain_autoencoder_has_no_adversary(rng):
    gan = small()
    gan.compile(
        reconstruction="pixels",
        gamma=1.0,
        generator_optimizer=keras.optimizers.Adam(0.01),
        encoder_optimizer=keras.optimizers.Adam(0.01),
    )
    variables = gan.variables_of("discriminator")
    before = [to_numpy(v) for v in variables]
    images = images_of(rng, 16)
    history = gan.fit(images, batch_size=16, epochs=20, verbose=0).history
    for old, new in zip(before, variables):
        np.testing.assert_array_equal(old, to_numpy(new))
    errors = history["reconstruction_loss"]
    assert errors[-1] < 0.9 * errors[0]
    assert history["d_loss"][-1] == 0


@pytest.mark.slow
def test_reconstructions_are_decoded_means(rng):
    gan = small()
    images = images_of(rng)
    mean, _ = gan.encoder.predict(images, verbose=0)
    np.testing.assert_array_equal(gan.encode(images), mean)
    np.testing.assert_allclose(
        gan.reconstruct(images), gan.generate(6, latents=mean), atol=1e-6
    )


def test_what_it_refuses():
    with pytest.raises(ValueError, match="at least 8 pixels for both"):
        networks.halvings((7, 28, 1))
    gan = small()
    with pytest.raises(ValueError, match="loss='hinge'"):
        gan.compile(loss="hinge")
    with pytest.raises(ValueError, match="Unknown reconstruction: 'pixel'"):
        gan.compile(reconstruction="pixel")
    with pytest.raises(ValueError, match="gamma=2"):
        gan.compile(gamma=2)
    with pytest.raises(ValueError, match="margin=0"):
        gan.compile(margin=0)
