import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    OF_VARIANTS_SLOW,
    GANChecks,
    num_trained,
    to_numpy,
)
from keras import ops

from keras_gan_zoo import StyleGAN2
from keras_gan_zoo.blocks import style_based
from keras_gan_zoo.families import styles
from keras_gan_zoo.models.stylegan2 import networks

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
    slow_checks = (
        "test_eager_and_compiled_step_agree",
        "test_two_replicas_train_like_one_device",
    )
    cls = StyleGAN2
    config = {**SMALL, "num_classes": 3, "group_size": 2}
    compile_arguments = {
        **LAZY,
        "ema_decay": 0.9,
        "path_length_weight": 0.5,
        "style_mixing": 0.5,
    }
    logs = {"d_loss", "g_loss", "penalty", "path_length"}
    # R1 looks once more. The synthesis network runs alone, see below.
    evaluations = {"generator": 0, "discriminator": 3}
    weight_scale = 1.0


class TestStyleGAN2OfCIFAR(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
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
    keras.utils.set_random_seed(0)
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
        # A doubling layer has 0.39 for independent inputs: a quarter of the
        # pixels of a transposed convolution, times 1.5625 of its filter.
        assert 0.2 < mean_square < 1.6, (name, mean_square)
    images = np.random.RandomState(1).normal(size=(4, 32, 32, 3))
    network = gan.discriminator
    names = [f"conv_{level}_act" for level in (3, 2, 1, 0)]
    watched = keras.Model(
        network.input, [network.get_layer(name).output for name in names]
    )
    for name, found in zip(names, watched(images.astype("float32"))):
        mean_square = np.mean(to_numpy(found) ** 2)
        # A filter that halves leaves 0.098 of independent inputs, and more of
        # features whose neighbors are alike.
        assert 0.05 < mean_square < 2, (name, mean_square)


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


@pytest.mark.parametrize(
    ("side", "batch_size", "wanted"),
    [
        # Of the authors' table: width, gamma, rate, half-life of the average.
        (64, 32, (0.5, 0.0256, 0.0025, 10_000)),
        (256, None, (0.5, 0.8192, 0.0025, 5_000)),
        (512, 8, (1.0, 6.5536, 0.0025, 2_500)),
        (1024, None, (1.0, 52.4288, 0.002, 1_250)),
    ],
)
def test_settings_for_own_pictures_are_the_authors(side, batch_size, wanted):
    arguments, settings = StyleGAN2.settings_for((side, side, 3), batch_size)
    width, gamma, rate, half_life = wanted
    batch_size = batch_size or min(4096 // side, 32)
    assert arguments["channel_base"] == width * 32768
    assert arguments["group_size"] == 4
    assert settings["penalty_weight"] == pytest.approx(gamma)
    assert settings["ema_decay"] ** (half_life / batch_size) == pytest.approx(
        0.5
    )
    for player, every in (("generator", 4), ("discriminator", 16)):
        found = float(settings[f"{player}_optimizer"].learning_rate)
        assert found == pytest.approx(rate * every / (every + 1))
    with pytest.raises(ValueError, match="batch_size=0"):
        StyleGAN2.settings_for((side, side, 3), 0)


def test_settings_for_own_pictures_fit_the_class():
    arguments, settings = StyleGAN2.settings_for((8, 8, 1), 4)
    gan = StyleGAN2(**{**arguments, "channel_max": 4, "style_dim": 4})
    gan.compile(**settings)
    assert gan.path_length_every == 4
    assert gan.compile_settings()["penalty_every"] == 16
