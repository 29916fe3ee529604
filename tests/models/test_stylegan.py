import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    AfterSteps,
    GANChecks,
    StoredLosses,
    all_state,
    equal,
    kill,
    num_trained,
    to_numpy,
)
from keras import ops

from keras_gan_zoo import StyleGAN, callbacks, control, data
from keras_gan_zoo.blocks import progressive
from keras_gan_zoo.models.stylegan import networks, space

SMALL = {
    "image_shape": (8, 8, 1),
    "latent_dim": 4,
    "style_dim": 5,
    "mapping_layers": 2,
    "channel_base": 32,
    "channel_max": 4,
}


class TestStyleGAN(GANChecks):
    slow_checks = (
        "test_eager_and_compiled_step_agree",
        "test_two_replicas_train_like_one_device",
        "test_a_player_moves_nobody_else",
        "test_bfloat16_trains",
        "test_no_network_runs_more_often_than_needed",
        "test_saved_and_loaded_it_goes_on_exactly",
        "test_the_seed_decides",
    )
    cls = StyleGAN
    config = {
        **SMALL,
        "num_classes": 3,
        "first_resolution": 4,
        "group_size": 2,
        "augmentation": "color",
    }
    # Of steps on 8 images one is at 4x4, then at 8x8 with alpha 1/6 and 5/6.
    compile_arguments = {
        "phase_images": [6, 12],
        "rate_factors": [1.0, 2.0],
        "style_mixing": 0.5,
        "penalty_weight": 0.5,
        "ema_decay": 0.9,
    }
    logs = {"d_loss", "g_loss", "penalty", "resolution", "alpha", "images"}
    # R1 looks once more. The synthesis network runs alone.
    evaluations = {"generator": 0, "discriminator": 3}
    weight_scale = 1.0

    def output_shape(self):
        return (4, 4, 4, 1)  # nothing has been trained

    def outputs(self, gan):
        return super().outputs(eager_outside_training(gan))


class TestStyleGANFrom8Pixels(StoredLosses):
    cls = StyleGAN
    config = SMALL
    compile_arguments = {
        "loss": "hinge",
        "penalty": None,
        "style_mixing": 0.0,
        "ema_decay": None,
    }
    weight_scale = 1.0


def eager_outside_training(gan):
    """Spares the compilation of the networks that run in `generate`."""
    for name in ("generator", "ema_generator"):
        network = getattr(gan, name, None)
        if network is not None and EAGERLY["run_eagerly"]:
            network.mapping.run_eagerly = True
            network.synthesis.run_eagerly = True
    return gan


def small(seed=0, **kwargs):
    keras.utils.set_random_seed(seed)
    gan = StyleGAN(**{**SMALL, **kwargs}, seed=seed)
    return eager_outside_training(gan)


def number(value):
    return ops.convert_to_tensor(np.float32(value))


def randomized(network, rng):
    """Random biases, strengths of the noise and so on, which start at 0."""
    for variable in network.weights:
        variable.assign(rng.normal(size=variable.shape))


def images_of(gan, *styles_and_alpha, stage):
    return to_numpy(
        ops.stop_gradient(
            gan.generator.synthesis(list(styles_and_alpha), stage=stage)
        )
    )


# ----------------------------------------------------------------- networks


def test_parameters_are_those_of_the_authors():
    shape = (1024, 1024, 3)
    with keras.StatelessScope():  # without making the weights
        generator = networks.StyleGANGenerator(
            shape, channel_base=16384, name="generator"
        )
        discriminator = networks.StyleGANDiscriminator(shape)
    assert num_trained(generator) == 26_219_627
    # As ProGAN's: the filters have no weights.
    assert num_trained(discriminator) == 23_087_249
    assert generator.num_styles == 18
    widths = [512, 512, 512, 512, 256, 128, 64, 32, 16]
    assert [generator.synthesis.features(n) for n in range(9)] == widths


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((48, 48, 3), "32x32 or 64x64. Received: 48x48"),
        ((28, 28, 1), "16x16 or 32x32"),
        ((4, 4, 1), "8x8. Received: 4x4"),
        ((2048, 2048, 1), "1024x1024. Received"),
        ((64, 80, 3), "64x64. Received: 64x80"),
    ],
)
def test_other_sizes_are_refused_with_the_nearest(shape, message):
    with pytest.raises(ValueError, match=message):
        StyleGAN(shape)


def test_other_first_resolutions_are_explained():
    with pytest.raises(ValueError, match="Received: first_resolution=16"):
        StyleGAN((32, 32, 1), first_resolution=16)


class Numpy:
    """The layers of the paper for one image `(height, width, channels)`.

    Args:
        weights: list of the weights of a block, which are taken in turn.
    """

    def __init__(self, weights):
        self.weights = [np.asarray(w, "float64") for w in weights]

    def take(self):
        return self.weights.pop(0)

    def convolve(self, x, gain=2**0.5):
        kernel = self.take()
        side, _, channels, _ = kernel.shape
        around = side // 2
        height, width, _ = x.shape
        x = np.pad(x, ((around, around), (around, around), (0, 0)))
        kernel = gain * kernel / np.sqrt(side * side * channels)
        return sum(
            x[i : i + height, j : j + width] @ kernel[i, j]
            for i in range(side)
            for j in range(side)
        )

    @staticmethod
    def blurred(x):
        height, width, _ = x.shape
        x = np.pad(x, ((1, 1), (1, 1), (0, 0)))
        taps = np.outer([1, 2, 1], [1, 2, 1]) / 16
        return sum(
            taps[i, j] * x[i : i + height, j : j + width]
            for i in range(3)
            for j in range(3)
        )

    @staticmethod
    def rectified(x):
        return np.where(x > 0, x, 0.2 * x)

    def styled(self, x, w):
        x = x + self.take() * self.take()  # strength and noise
        x = self.rectified(x + self.take())
        x = x - x.mean(axis=(0, 1))
        x = x / np.sqrt((x**2).mean(axis=(0, 1)) + 1e-8)
        style = w @ self.take() / np.sqrt(len(w)) + self.take()
        scale, shift = np.split(style, 2)
        return (scale + 1) * x + shift

    @staticmethod
    def doubled(x):
        return x.repeat(2, axis=0).repeat(2, axis=1)


def weights_in_order(block):
    """Strength, noise, bias, style; and first what the layer starts with."""
    values = []
    for layer in block.layers:
        values += [to_numpy(w) for w in layer.weights]
    return values


def test_the_synthesis_network_of_numpy(rng):
    generator = small().generator
    randomized(generator, rng)
    synthesis = generator.synthesis
    w = rng.normal(size=(1, 4, 5)).astype("float32")
    first = Numpy(weights_in_order(synthesis.blocks[0]))
    x4 = first.styled(first.take(), w[0, 0])
    x4 = first.styled(first.convolve(x4), w[0, 1])
    second = Numpy(weights_in_order(synthesis.blocks[1]))
    x8 = second.blurred(second.convolve(second.doubled(x4)))
    x8 = second.styled(x8, w[0, 2])
    x8 = second.styled(second.convolve(x8), w[0, 3])
    assert not first.weights and not second.weights
    colors = []
    for stage, x in enumerate((x4, x8)):
        layer = Numpy(weights_in_order(synthesis.to_rgb[stage]))
        colors.append(layer.convolve(x, gain=1) + layer.take())
    expected = 0.7 * Numpy.doubled(colors[0]) + 0.3 * colors[1]
    for stage, alpha, image in ((0, 1.0, colors[0]), (1, 0.3, expected)):
        found = to_numpy(synthesis([w, number(alpha)], stage=stage))
        np.testing.assert_allclose(found[0], image, atol=1e-3)


def test_the_constant_starts_with_ones_and_noise_with_none():
    block = small().generator.synthesis.blocks[0]
    constant, strength, _, bias, _, style = weights_in_order(block)[:6]
    assert (constant == 1).all()
    assert not (strength.any() or bias.any() or style.any())
    assert strength.shape == (4,)


def test_a_block_of_the_discriminator_of_numpy(rng):
    gan = small()
    block = gan.discriminator.blocks[1]
    randomized(block, rng)
    x = rng.normal(size=(1, 8, 8, 4)).astype("float32")
    layers = Numpy(weights_in_order(block))
    expected = layers.convolve(x[0])
    expected = layers.rectified(expected + layers.take())
    expected = layers.convolve(layers.blurred(expected))
    expected = expected.reshape(4, 2, 4, 2, 4).mean(axis=(1, 3))
    expected = layers.rectified(expected + layers.take())
    np.testing.assert_allclose(to_numpy(block(x))[0], expected, atol=1e-4)


def test_the_logit_of_the_class_counts(rng):
    gan = small(num_classes=3)
    images = rng.normal(size=(3, 8, 8, 1)).astype("float32")
    network = gan.discriminator
    logits = to_numpy(
        progressive.ProgressiveDiscriminator.call(network, [images, number(1)])
    )
    labels = np.eye(3, dtype="float32")[[2, 0, 1]]
    found = network([images, labels, number(1)])
    expected = logits[range(3), [2, 0, 1]]
    np.testing.assert_allclose(to_numpy(found)[:, 0], expected, atol=1e-6)


def test_a_stage_begins_as_the_smaller_and_ends_as_the_larger_network(rng):
    gan = small()
    randomized(gan.generator.synthesis, rng)
    w = ops.convert_to_tensor(rng.normal(size=(4, 4, 5)).astype("float32"))
    smaller = images_of(gan, w, number(1), stage=0)
    found = images_of(gan, w, number(0), stage=1)
    doubled = to_numpy(progressive.upscale(smaller))
    np.testing.assert_array_equal(found, doubled)
    synthesis = gan.generator.synthesis
    x = synthesis.blocks[1]([synthesis.blocks[0](w[:, :2]), w[:, 2:]])
    larger = to_numpy(synthesis.to_rgb[1](x))
    found = images_of(gan, w, number(1), stage=1)
    np.testing.assert_array_equal(found, larger)
    network = gan.discriminator
    found = network([larger, number(0)], stage=1)
    smaller = progressive.downscale(larger)
    expected = network([smaller, number(1)], stage=0)
    np.testing.assert_array_equal(to_numpy(found), to_numpy(expected))
    x = network.blocks[0](network.blocks[1](network.from_rgb[1](larger)))
    found = network([larger, number(1)], stage=1)
    np.testing.assert_array_equal(to_numpy(found), to_numpy(x))


# --------------------------------------------------------- styles in training


def test_the_second_style_starts_within_the_layers_that_run():
    gan = small()
    gan.compile(style_mixing=1.0, **EAGERLY)

    def mixed(stage):
        gan.running_stage = stage
        w = to_numpy(ops.stop_gradient(gan.training_styles(64, [])))
        assert (w[:, 0] != w[:, -1]).any(axis=1).all()
        # The first layer whose style is not the first layer's.
        return (w != w[:, :1]).any(axis=2).argmax(axis=1)

    assert set(mixed(0)) == {1}  # of two layers
    assert set(mixed(1)) == {1, 2, 3}
    gan.compile(style_mixing=0.0, **EAGERLY)
    w = to_numpy(ops.stop_gradient(gan.training_styles(8, [])))
    assert np.array_equal(w[:, 0], w[:, -1])


def test_the_mean_style_follows_training():
    gan = small()
    gan.compile(style_mixing=0.0, **EAGERLY)
    mean = np.zeros(5)
    for _ in range(3):
        w = to_numpy(ops.stop_gradient(gan.training_styles(8, [])))[:, 0]
        mean = 0.995 * mean + 0.005 * w.mean(axis=0)
    np.testing.assert_allclose(to_numpy(gan.generator.mean_style), mean, 1e-4)
    assert any(
        w is gan.generator.mean_style for w in gan.generator.stage_weights(0)
    )  # so that the average has it


# ------------------------------------------------------------------- growing


def few_images(num=32, side=16):
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (num, side, side, 1)).astype("float32")


def growing(seed=0, **kwargs):
    """From 8x8 to 16x16 pixels, whose rates are twice as large."""
    gan = small(seed, image_shape=(16, 16, 1))
    arguments = {"penalty": None, "phase_images": [8, 16], **EAGERLY}
    gan.compile(**{**arguments, "rate_factors": [1, 2], **kwargs})
    return gan


def test_it_grows_from_8_pixels_on_with_the_rates_of_each_size():
    gan = growing()
    assert gan.resolutions == [8]
    found = []
    for images in (0, 7, 8, 16, 24):
        gan.images_seen.assign(images)
        gan.look()
        rates = {float(o.learning_rate) for o in gan.optimizer.optimizers}
        alpha = float(to_numpy(gan.fade_in()))
        found.append([gan.resolution, alpha, 1000 * max(rates)])
        assert len(rates) == 1
    expected = [[8, 1, 1], [8, 1, 1], [16, 0, 2], [16, 0.5, 2], [16, 1, 2]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert gan.resolutions == [8, 16]
    images = gan.generate(2, seed=0, resolution=8)
    assert images.shape == (2, 8, 8, 1)
    with pytest.raises(ValueError, match="been trained: 8, 16"):
        gan.generate(1, resolution=4)


def test_rates_of_the_paper():
    sides = [8, 16, 32, 64, 128, 256, 512, 1024]
    rates = [0.001] * 4 + [0.0015, 0.002, 0.003, 0.003]
    found = [0.001 * f for f in space.rate_factors(None, sides)]
    np.testing.assert_allclose(found, rates)


def test_rates_that_cannot_be_multiplied_are_explained():
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.9)
    adam = keras.optimizers.Adam(schedule)
    gan = small()
    with pytest.raises(ValueError, match="ExponentialDecay with rate_factors"):
        gan.compile(generator_optimizer=adam, rate_factors=2)
    space.check_rates((1.0, 1.0), [adam, None])
    with pytest.raises(ValueError, match="1 resolutions from 8x8 on"):
        gan.compile(rate_factors=[1, 2, 3])


@pytest.mark.slow
def test_resumed_across_a_stage_it_ends_the_same(tmp_path):
    """From between the stages, and from the midst of the fading."""

    def fit(folder, seed, *more):
        gan = growing(seed, phase_images=[16, 16])
        backup = callbacks.Backup(tmp_path / folder, every_steps=1)
        batches = data.arrays(few_images(16), batch_size=8)
        gan.fit(batches, epochs=3, verbose=0, callbacks=[*more, backup])
        return gan

    expected = fit("undisturbed", 0)
    for seed, step in ((0, 3), (1, 1)):
        with pytest.raises(KeyboardInterrupt):
            fit("killed", seed, AfterSteps(step, kill))
    gan = fit("killed", 2)
    assert equal(all_state(gan), all_state(expected))
    assert float(gan.rate_factor) == 2


def test_compile_takes_the_papers_settings():
    gan = small()
    gan.compile()
    for optimizer in gan.optimizer.optimizers:
        assert float(optimizer.learning_rate) == pytest.approx(1e-3)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.99)
        assert optimizer.epsilon == 1e-8
    assert gan.penalty.__name__ == "r1"
    assert (gan.penalty_weight, gan.penalty_every) == (10, 1)
    assert gan.style_mixing == 0.9
    assert gan.growth.phases == (600_000,)
    assert gan.ema_decay == pytest.approx(0.5 ** (32 / 10_000))
    assert gan.generator.mean_decay == 0.995


# ------------------------------------------------------------- what users do


def test_truncation_psi_changes_the_first_8_layers_only():
    gan = small(image_shape=(64, 64, 1), channel_max=2)
    gan.generator.mean_style.assign(np.arange(5))
    styles = gan.styles(3, seed=0)
    assert styles.shape == (3, 10, 5)
    half = gan.styles(3, seed=0, truncation_psi=0.5)
    drawn = (styles + np.arange(5)) / 2
    np.testing.assert_allclose(half[:, :8], drawn[:, :8], atol=1e-5)
    np.testing.assert_array_equal(half[:, 8:], styles[:, 8:])


def test_users_mix_styles_of_classes():
    gan = small(num_classes=3)
    names = [control.name for control in gan.controls]
    assert names == ["labels", "resolution", "truncation_psi"]
    plain = gan.generate(3, labels=[2, 0, 1], seed=0)
    styles = gan.styles(3, labels=[2, 0, 1], seed=0)
    np.testing.assert_allclose(
        gan.generate_from_styles(styles), plain, atol=1e-5
    )
    labels = np.eye(3, dtype="float32")[[2, 0, 1]]
    latents = gan.given_or_drawn(3, None, 0)
    served = gan.servable("generator")([latents, labels])
    np.testing.assert_allclose(to_numpy(served), plain, atol=1e-5)
    found = gan.run_generator([latents, labels], 3)
    np.testing.assert_allclose(found, plain, atol=1e-5)
    grid = control.style_grid(gan, layers=[2, 3], rows=2, columns=1, labels=1)
    assert grid.shape == (3, 2, 8, 8, 1)
    sources = gan.styles(3, labels=1, seed=0)
    mixed = np.concatenate([sources[0, :2], sources[2, 2:]])[None]
    np.testing.assert_allclose(
        grid[1, 1], gan.generate_from_styles(mixed)[0], atol=1e-5
    )
