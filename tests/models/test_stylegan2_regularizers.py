"""StyleGAN2's regularizers: lazy, resumed, and their gradients."""

import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    AfterSteps,
    all_state,
    equal,
    float64,
    kill,
    scalar,
    to_numpy,
    values_of,
)
from keras import ops
from models.test_stylegan2 import LAZY, small

from keras_gan_zoo import callbacks, data, engine
from keras_gan_zoo.models.stylegan2 import lazy_adam
from keras_gan_zoo.objectives import penalties
from keras_gan_zoo.objectives.path_length import PathLength, path_lengths


def test_adam_is_corrected_for_lazy_regularizers():
    gan = small()
    gan.compile()
    for player, every in (("generator", 4), ("discriminator", 16)):
        adam, c = gan.optimizer[player], every / (every + 1)
        assert scalar(adam.learning_rate) == pytest.approx(0.002 * c)
        assert (adam.beta_1, adam.beta_2) == (0.0, 0.99**c)
        assert adam.epsilon == 1e-8
    gan.compile(penalty=None, path_length_weight=0)
    assert gan.optimizer["generator"].beta_2 == 0.99
    assert gan.optimizer["discriminator"].beta_2 == 0.99
    assert gan.regularizers == []
    assert lazy_adam(1).beta_2 == 0.99


@pytest.mark.parametrize("mixing", [-0.1, 1.5])
def test_style_mixing_is_a_probability(mixing):
    with pytest.raises(ValueError, match="Expected style_mixing from 0 to 1"):
        small().compile(style_mixing=mixing)


H = 3e-3
STENCIL = {
    2 * H: -1 / (12 * H),
    H: 8 / (12 * H),
    -H: -8 / (12 * H),
    -2 * H: 1 / (12 * H),
}


def r1_of(gan, rng):
    """R1 as the code has it, and its formula in numpy."""
    network = gan.discriminator
    images = ops.convert_to_tensor(rng.normal(size=(2, 8, 8, 1)), "float64")

    def reference():
        squared = penalties.squared_gradient_norm(network, images)
        return to_numpy(ops.stop_gradient(squared)).mean() / 2

    return network, lambda: penalties.r1(network, images, None, None), reference


def path_length_of(gan, rng):
    """The path length penalty as the code has it, and in numpy."""
    network = gan.generator
    latents = ops.convert_to_tensor(rng.normal(size=(2, 3)), "float64")
    term = PathLength(part=1)
    term.mean.assign(0.1)
    # Images are float32 under every policy.
    noise = keras.random.normal((2, 8, 8, 1), dtype="float32", seed=3) / 8

    def value():
        w = network.for_all_layers(network.mapping(latents))
        return term(network.synthesis, w, network.synthesis(w), 3)

    def lengths():
        w = network.for_all_layers(network.mapping(latents))
        found = path_lengths(network.synthesis, w, noise)
        return to_numpy(ops.stop_gradient(found))

    # The moving average is not differentiated.
    fixed = []

    def reference():
        found = lengths()
        fixed[:] = fixed or [0.99 * 0.1 + 0.01 * found.mean()]
        return np.mean((found - fixed[0]) ** 2)

    return network, value, reference


@pytest.mark.parametrize("of", [r1_of, path_length_of])
def test_gradients_of_penalties_against_differences(of, rng, monkeypatch):
    """By the weights of all layers, along a random line for each weight."""
    # Means round to float32 even in float64 on JAX and PyTorch: the step must
    # not be small, so there may be no kinks.
    monkeypatch.setattr(ops, "leaky_relu", lambda x, slope: ops.softplus(x))
    with float64():
        gan = small(channel_max=3, style_dim=3, latent_dim=3)
        network, value, reference = of(gan, rng)
        variables = network.trainable_variables
        for v in variables:
            # The same weights on every backend.
            scale = 1.0 if v.name in ("kernel", "constant") else 0.1
            start = scale * rng.normal(size=v.shape)
            if "mapping" in v.path:
                start = 100 * start
            if "style" in v.path and v.name == "bias":
                start = start + 1
            v.assign(start)
        before = [to_numpy(v) for v in variables]
        assert scalar(value()) == pytest.approx(reference(), rel=1e-5)
        # A step of SGD of length 1 is the gradient, subtracted.
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build(variables)
        engine.minimize(
            lambda: ({"one": value()}, None), {"one": (variables, optimizer)}
        )
        slopes = [b - to_numpy(v) for b, v in zip(before, variables)]
        for variable, start in zip(variables, before):
            variable.assign(start)
        found, numeric = [], []
        for variable, start, slope in zip(variables, before, slopes):
            # Along a line in which all entries move.
            way = rng.normal(size=start.shape)
            way /= np.linalg.norm(way)
            found.append(np.sum(slope * way))
            total = 0
            for step, weight in STENCIL.items():
                variable.assign(start + step * way)
                total += weight * reference()
            numeric.append(total)
            variable.assign(start)
    largest = np.abs(numeric).max()
    assert largest > 1e-5
    np.testing.assert_allclose(found, numeric, rtol=0, atol=1e-3 * largest)


@pytest.mark.slow
def test_the_mean_path_length_meets_the_lengths():
    """The penalty draws lengths to their mean, which follows them."""
    gan = small()
    gan.compile(
        penalty=None,
        path_length_every=1,
        path_length_weight=20.0,
        discriminator_optimizer=keras.optimizers.SGD(0.0),
        generator_optimizer=keras.optimizers.Adam(0.01, 0.0, 0.99),
        ema_decay=None,
        **EAGERLY,
    )
    (term,) = gan.penalty_states
    term.decay = 0.9
    images = np.zeros((16, 8, 8, 1), "float32")
    history = gan.fit(
        images, batch_size=16, epochs=30, shuffle=False, verbose=0
    ).history["path_length"]
    mean = scalar(term.mean)
    deviation = np.sqrt(np.mean(history[-5:]) / 20)
    assert mean > 0
    assert deviation < 0.5 * mean


def train(settings, folder, *more):
    gan = small()
    gan.compile(**LAZY, **settings)
    images = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1))
    batches = data.arrays(images.astype("float32"), batch_size=4)
    backup = callbacks.Backup(folder, every_steps=1)
    gan.fit(batches, epochs=2, verbose=0, callbacks=[*more, backup])
    assert int(gan.steps) == 8
    return all_state(gan)


@pytest.mark.slow
def test_resumed_between_lazy_regularizers_it_ends_the_same(tmp_path):
    undisturbed = train(EAGERLY, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(EAGERLY, tmp_path / "parts", AfterSteps(5, kill))
    assert equal(undisturbed, train(EAGERLY, tmp_path / "parts"))


def test_a_lazy_path_length_weighs_as_much_when_it_is_due():
    """One step of SGD is the plain one's plus `every` times the penalty's."""

    def moved(**kwargs):
        gan = small()
        gan.compile(
            penalty=None,
            generator_optimizer=keras.optimizers.SGD(0.1),
            discriminator_optimizer=keras.optimizers.SGD(0.0),
            style_mixing=0.0,
            **EAGERLY,
            **kwargs,
        )
        before = values_of(gan.generator.synthesis.trainable_variables)
        images = np.zeros((8, 8, 8, 1), "float32")
        gan.fit(images, batch_size=8, verbose=0)
        after = values_of(gan.generator.synthesis.trainable_variables)
        return [b - a for a, b in zip(before, after)]

    plain = moved(path_length_weight=0)
    once = moved(path_length_weight=0.1, path_length_every=1)
    four = moved(path_length_weight=0.1, path_length_every=4)
    for a, b, c in zip(plain, once, four):
        np.testing.assert_allclose(c - a, 4 * (b - a), atol=1e-6)
    assert max(np.abs(b - a).max() for a, b in zip(plain, once)) > 1e-6


def test_the_synthesis_network_runs_once_for_both_players(monkeypatch):
    gan = small()
    gan.compile(
        updates="simultaneous", penalty=None, path_length_weight=0, **EAGERLY
    )
    calls, original = [], keras.Model.__call__

    def counted(network, *args, **kwargs):
        calls.append(network.name)
        return original(network, *args, **kwargs)

    monkeypatch.setattr(keras.Model, "__call__", counted, raising=False)
    gan.fit(np.zeros((4, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    assert calls.count("synthesis") == 1
    assert calls.count("mapping") == 2  # the second for style mixing
    assert calls.count("discriminator") == 2
