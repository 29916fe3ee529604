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
    float64,
    kill,
    num_trained,
    scalar,
    to_numpy,
    values_of,
)
from keras import ops

from keras_gan_zoo import StyleGAN2, callbacks, data, engine
from keras_gan_zoo.blocks import style_based
from keras_gan_zoo.models.stylegan2 import lazy_adam, networks, styles
from keras_gan_zoo.objectives import penalties
from keras_gan_zoo.objectives.path_length import PathLength, path_lengths

SMALL = {
    "image_shape": (8, 8, 1),
    "latent_dim": 4,
    "style_dim": 5,
    "mapping_layers": 2,
    "channel_base": 32,
    "channel_max": 4,
}
#: Both penalties are computed at every second or third step.
LAZY = {"penalty_every": 3, "path_length_every": 2}


class TestStyleGAN2(GANChecks):
    cls = StyleGAN2
    config = {**SMALL, "num_classes": 3, "group_size": 2}
    compile_arguments = {
        **LAZY,
        "ema_decay": 0.9,
        "path_length_weight": 0.5,
        "style_mixing": 0.5,
    }
    logs = {"d_loss", "g_loss", "penalty", "path_length"}
    slow_checks = (
        "test_eager_and_compiled_step_agree",
        "test_two_replicas_train_like_one_device",
    )
    # R1 looks once more. The synthesis network runs alone, see below.
    evaluations = {"generator": 0, "discriminator": 3}
    weight_scale = 1.0


class TestStyleGAN2OfCIFAR(GANChecks):
    slow_checks = (
        *OF_VARIANTS_SLOW,
        "test_saved_and_loaded_it_goes_on_exactly",
    )
    cls = StyleGAN2
    config = {
        **SMALL,
        "image_shape": (8, 10, 3),
        "residual": False,
        "augmentation": "translation,color",
    }
    compile_arguments = {
        "path_length_weight": 0.0,
        "style_mixing": 0.0,
        "penalty_weight": 0.01,
        "penalty_every": 2,
    }
    logs = {"d_loss", "g_loss", "penalty"}
    evaluations = {"generator": 0, "discriminator": 3}
    weight_scale = 1.0


def small(seed=0, **kwargs):
    keras.utils.set_random_seed(seed)
    return StyleGAN2(**{**SMALL, **kwargs}, seed=seed)


# ----------------------------------------------------------------- networks


def counts(side, **arguments):
    """Numbers of weights of both networks, without making the weights."""
    residual = arguments.pop("residual", True)
    with keras.StatelessScope():
        generator = networks.StyleGAN2Generator((side, side, 3), **arguments)
        discriminator = networks.build_discriminator(
            (side, side, 3), residual=residual
        )
    return num_trained(generator), num_trained(discriminator)


def test_parameters_of_the_form_for_cifar_10_are_the_papers():
    found = counts(32, mapping_layers=2, residual=False)
    assert found == (19_947_539, 20_720_641)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "generator", "discriminator"),
    [(256, 30_034_338, 28_864_129), (1024, 30_370_060, 29_012_513)],
)
def test_parameters_of_configuration_f_are_the_papers(
    side, generator, discriminator
):
    assert counts(side) == (generator, discriminator)
    assert style_based.num_styles((side, side, 3)) == 2 * np.log2(side) - 2


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((48, 48, 3), "32x32 or 64x64"),
        ((28, 28, 1), "16x16 or 32x32"),
        ((4, 4, 1), "8x8. Received: 4x4"),
        ((2048, 2048, 1), "1024x1024. Received"),
        ((64, 70, 3), "64x64. Received|64x80. Received"),
        ((100, 60, 3), "56x32 or 112x64"),
    ],
)
def test_other_sizes_are_refused_with_the_nearest(shape, message):
    with pytest.raises(ValueError, match=message):
        StyleGAN2(shape)


def test_sizes_that_the_error_names_are_possible():
    for height in range(4, 140, 7):
        for width in range(4, 140, 11):
            for sizes in style_based.nearest(height, width):
                assert style_based.num_doublings((*sizes, 3)) > 0


def test_styles_reach_the_layers_of_the_paper(rng):
    """The colors of a resolution share a style with the next convolution."""
    gan = small(image_shape=(16, 16, 1))
    assert gan.generator.num_styles == 6
    w = rng.normal(size=(1, 6, 5)).astype("float32")
    outputs = {
        layer: keras.Model(
            gan.generator.synthesis.input,
            gan.generator.synthesis.get_layer(layer).output,
        )
        for layer in ("conv_0", "to_rgb_0", "up_1", "conv_1", "up_2", "conv_2")
    }

    def depends(layer):
        before = to_numpy(outputs[layer](w))
        found = []
        for place in range(6):
            other = w.copy()
            other[:, place] += 1
            if not np.array_equal(to_numpy(outputs[layer](other)), before):
                found.append(place)
        return found

    assert depends("conv_0") == [0]
    assert depends("to_rgb_0") == [0, 1]
    assert depends("up_1") == [0, 1]
    assert depends("conv_1") == [0, 1, 2]
    assert depends("up_2") == [0, 1, 2, 3]
    assert depends("conv_2") == [0, 1, 2, 3, 4]


def test_features_keep_unit_variance_at_first():
    """Of every layer of both networks: no resolution vanishes or explodes."""
    gan = small(
        image_shape=(32, 32, 3), latent_dim=64, style_dim=64, channel_max=64,
        channel_base=64 * 32,
    )  # fmt: skip
    latents = ops.convert_to_tensor(
        np.random.RandomState(0).normal(size=(8, 64)).astype("float32")
    )
    network = gan.generator.synthesis
    names = [
        layer.name for layer in network.layers if layer.name.endswith("_act")
    ]
    watched = keras.Model(
        network.input, [network.get_layer(name).output for name in names]
    )
    w = gan.generator.for_all_layers(gan.generator.mapping(latents))
    assert np.mean(to_numpy(w) ** 2) == pytest.approx(1, abs=0.3)
    for name, found in zip(names, watched(w)):
        mean_square = np.mean(to_numpy(found) ** 2)
        # Filters make neighbors alike, so doubling layers lose a little.
        assert 0.25 < mean_square < 1.6, (name, mean_square)
    images = np.random.RandomState(1).normal(size=(4, 32, 32, 3))
    network = gan.discriminator
    names = [f"conv_{level}_act" for level in (3, 2, 1, 0)]
    watched = keras.Model(
        network.input, [network.get_layer(name).output for name in names]
    )
    for name, found in zip(names, watched(images.astype("float32"))):
        mean_square = np.mean(to_numpy(found) ** 2)
        assert 0.15 < mean_square < 2, (name, mean_square)


# --------------------------------------------------------- styles in training


def test_style_mixing_takes_one_crossover_for_each_image():
    first = to_numpy(styles.crossovers(4000, 6, 0.9, seed=1)).ravel()
    assert set(first) == {1, 2, 3, 4, 5, 6}
    assert np.mean(first < 6) == pytest.approx(0.9, abs=0.02)
    for layer in range(1, 6):
        assert np.mean(first == layer) == pytest.approx(0.18, abs=0.03)
    some, others = np.zeros((3, 6, 2)), np.ones((3, 6, 2))
    crossed = styles.crossed(
        ops.convert_to_tensor(some, "float32"),
        ops.convert_to_tensor(others, "float32"),
        ops.reshape(ops.array([1.0, 4.0, 6.0]), (3, 1, 1)),
    )
    assert to_numpy(crossed).sum(1)[:, 0].tolist() == [5, 2, 0]


def test_training_mixes_styles_and_nothing_else_does():
    gan = small()
    gan.compile(style_mixing=1.0, **EAGERLY)
    w = to_numpy(ops.stop_gradient(gan.training_styles(8, [])))
    assert (w[:, 0] != w[:, -1]).any(axis=1).all()
    w = to_numpy(ops.stop_gradient(gan.training_styles(8, [], training=False)))
    assert np.array_equal(w[:, 0], w[:, -1])


def test_the_mean_style_follows_training_and_is_saved(tmp_path):
    gan = small()
    gan.compile(style_mixing=0.0, **EAGERLY)
    mean = np.zeros(5)
    for _ in range(3):
        w = to_numpy(ops.stop_gradient(gan.training_styles(8, [])))[:, 0]
        mean = 0.995 * mean + 0.005 * w.mean(axis=0)
    np.testing.assert_allclose(to_numpy(gan.generator.mean_style), mean, 1e-4)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_allclose(
        to_numpy(loaded.generator.mean_style), mean, 1e-4
    )


def test_noise_is_new_in_training_and_constant_otherwise():
    gan = small()
    for variable in gan.generator.weights:
        if variable.name == "strength":
            variable.assign(1.0)
    w = ops.ones((2, 4, 5))

    def draw(training):
        images = gan.generator.synthesis(w, training=training)
        return to_numpy(ops.stop_gradient(images))

    assert np.array_equal(draw(False), draw(False))
    assert np.array_equal(draw(False)[0], draw(False)[1])
    images = draw(True)
    assert not np.array_equal(images[0], images[1])
    assert not np.array_equal(images, draw(True))


# ------------------------------------------------------------- what users do


def test_truncation_psi_draws_styles_to_their_mean():
    gan = small()
    gan.generator.mean_style.assign(np.arange(5))
    plain = gan.generate(3, seed=0)
    styles = gan.styles(3, seed=0)
    np.testing.assert_allclose(
        gan.generate_from_styles(styles), plain, atol=1e-5
    )
    np.testing.assert_allclose(
        gan.generate(3, seed=0, truncation_psi=1.0), plain, atol=1e-5
    )
    half = gan.styles(3, seed=0, truncation_psi=0.5)
    np.testing.assert_allclose(half, (styles + np.arange(5)) / 2, atol=1e-5)
    mean = gan.generate(3, seed=0, truncation_psi=0.0)
    np.testing.assert_allclose(mean[0], mean[1], atol=1e-6)
    names = [control.name for control in gan.controls]
    assert names == ["truncation_psi"]  # no bound of latents
    with pytest.raises(TypeError, match="truncation"):
        gan.generate(3, truncation=0.5)


def test_mixed_styles_cross_every_row_with_every_column():
    gan = small(num_classes=2)
    coarse = gan.styles(2, labels=[0, 1], seed=0)
    fine = gan.styles(3, labels=[1, 1, 0], seed=1)
    mixed = gan.mix_styles(coarse, fine, layers=[2, 3])
    assert mixed.shape == (2, 3, 8, 8, 1)
    expected = np.concatenate([coarse[1, :2], fine[2, 2:]])
    np.testing.assert_allclose(
        mixed[1, 2], gan.generate_from_styles(expected[None])[0], atol=1e-5
    )
    with pytest.raises(ValueError, match="Expected styles of shape"):
        gan.generate_from_styles(coarse[:, :3])


# -------------------------------------------------------------- regularizers


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
