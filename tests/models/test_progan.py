import contextlib

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
    scalar,
    to_numpy,
    two_replicas,
    values_of,
)
from keras import ops
from PIL import Image

from keras_gan_zoo import ProGAN, callbacks, data
from keras_gan_zoo.blocks import progressive
from keras_gan_zoo.layers import EqualizedConv2D

IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 3))
IMAGES = IMAGES.astype("float32")


class TestProGAN(GANChecks):
    cls = ProGAN
    config = {
        "image_shape": (8, 8, 3),
        "latent_dim": 5,
        "fmap_base": 16,
        "fmap_max": 4,
        "group_size": 2,
        # No zeros: backends differ in the slope of a leaky rectifier at 0.
        "augmentation": "color",
    }
    batch = IMAGES
    # Of steps on 8 images two are at 4x4, then at 8x8 with alpha 0.25, 0.75.
    compile_arguments = {"phase_images": [12, 16]}
    weight_scale = 1.0
    logs = {"d_loss", "g_loss", "penalty", "resolution", "alpha", "images"}
    evaluations = {"generator": 1, "discriminator": 3}  # one for the penalty

    def output_shape(self):
        return (4, 4, 4, 3)  # nothing has been trained


class TestAlternativeProGAN(StoredLosses):
    cls = ProGAN
    config = {**TestProGAN.config, "augmentation": None}
    batch = IMAGES
    # Steps on 16 images: at 4x4, then at 8x8 with alpha 0.1 and 0.5.
    compile_arguments = {
        "phase_images": [12, 40],
        "batch_parts": [2, 1],
        "loss": "non_saturating",
        "penalty": "r1",
        "discriminator_steps": 2,
        "ema_decay": None,
        "reset_optimizers": False,
    }
    weight_scale = 1.0


# ------------------------------------------------------------------ networks


def small_networks(side=16):
    shape = (side, side, 3)
    return (
        progressive.ProgressiveGenerator(shape, 5, 16, 4),
        progressive.ProgressiveDiscriminator(shape, 5, 16, 4, group_size=2),
    )


def number(value):
    return ops.convert_to_tensor(np.float32(value))


def test_table_2(monkeypatch):
    # 23 million random numbers take long.
    zeros = keras.initializers.Zeros()
    monkeypatch.setattr(
        keras.initializers, "RandomNormal", lambda stddev: zeros
    )
    shape = (1024, 1024, 3)
    generator = progressive.ProgressiveGenerator(shape)
    discriminator = progressive.ProgressiveDiscriminator(shape)
    # What the authors' code prints.
    assert generator.count_params() == 23_079_115
    assert discriminator.count_params() == 23_087_249
    widths = [512, 512, 512, 512, 256, 128, 64, 32, 16]
    assert [generator.features(stage) for stage in range(9)] == widths
    for network in (generator, discriminator):
        scaled = [
            layer
            for layer in network._flatten_layers()
            if hasattr(layer, "scaled_kernel")
        ]
        assert len(scaled) == 2 + 2 * 8 + 9 + (network is discriminator)
        for layer in scaled:
            fan_in = np.prod(layer.kernel.shape[:-1])
            gain = layer.scale * np.sqrt(fan_in)
            if "to_rgb" in layer.kernel.path or layer.kernel.shape[-1] == 1:
                assert gain == pytest.approx(1)  # no rectifier behind it
            elif layer.kernel.shape == (512, 8192) and network is generator:
                assert gain == pytest.approx(np.sqrt(2) / 4)
            else:
                assert gain == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize("side", [8, 16, 1024])
def test_sizes(side):
    assert progressive.num_stages((side, side, 1)) == np.log2(side) - 1


@pytest.mark.parametrize("shape", [(28, 28, 1), (4, 4, 3), (16, 32, 3)])
def test_sizes_that_cannot_be_reached(shape):
    with pytest.raises(ValueError, match="to be equal: 8, 16"):
        ProGAN(shape)


def test_a_new_stage_begins_as_the_smaller_network(rng):
    generator, discriminator = small_networks()
    latents = rng.normal(size=(4, 5)).astype("float32")
    for stage in (1, 2):
        images = generator([latents, number(0)], stage=stage)
        smaller = generator([latents, number(1)], stage=stage - 1)
        np.testing.assert_array_equal(
            to_numpy(images), to_numpy(progressive.upscale(smaller))
        )
        images = rng.normal(size=images.shape).astype("float32")
        logits = discriminator([images, number(0)], stage=stage)
        smaller = progressive.downscale(images)
        expected = discriminator([smaller, number(1)], stage=stage - 1)
        np.testing.assert_array_equal(to_numpy(logits), to_numpy(expected))


def test_a_stage_ends_as_the_larger_network(rng):
    generator, discriminator = small_networks()
    latents = rng.normal(size=(4, 5)).astype("float32")
    x = latents
    for block in generator.blocks:
        x = block(x)
    images = generator([latents, number(1)], stage=2)
    np.testing.assert_array_equal(
        to_numpy(images), to_numpy(generator.to_rgb[2](x))
    )
    x = discriminator.from_rgb[2](images)
    for block in discriminator.blocks[::-1]:
        x = block(x)
    logits = discriminator([images, number(1)], stage=2)
    np.testing.assert_array_equal(to_numpy(logits), to_numpy(x))


def test_halfway_it_is_the_mean(rng):
    generator, _ = small_networks()
    latents = rng.normal(size=(4, 5)).astype("float32")
    zero, half, one = (
        to_numpy(generator([latents, number(alpha)], stage=2))
        for alpha in (0, 0.5, 1)
    )
    np.testing.assert_allclose(half, (zero + one) / 2, atol=1e-6)


def test_the_output_is_that_of_the_latents_direction(rng):
    generator, _ = small_networks()
    latents = rng.normal(size=(4, 5)).astype("float32")
    some, others = (
        to_numpy(generator([scale * latents, number(1)], stage=1))
        for scale in (1.0, 7.0)
    )
    np.testing.assert_allclose(some, others, atol=1e-5)


def test_real_images_are_blended_too(rng):
    images = rng.uniform(-1, 1, (2, 16, 16, 3)).astype("float32")

    def boxes(images, factor):
        side = images.shape[1] // factor
        parts = images.reshape(2, side, factor, side, factor, 3)
        return parts.mean(axis=(2, 4))

    larger, smaller = boxes(images, 2), boxes(images, 4).repeat(2, 1)
    smaller = smaller.repeat(2, 2)
    for alpha in (0.0, 0.25, 1.0):
        found = progressive.real_images(images, stage=1, alpha=number(alpha))
        expected = alpha * larger + (1 - alpha) * smaller
        np.testing.assert_allclose(to_numpy(found), expected, atol=1e-6)
    found = progressive.real_images(images, stage=0, alpha=number(1))
    np.testing.assert_allclose(to_numpy(found), boxes(images, 4), atol=1e-6)


# ------------------------------------------------------------------- growing


def small_gan(seed=0, phase_images=(8, 8), side=8, **kwargs):
    keras.utils.set_random_seed(seed)
    gan = ProGAN((side, side, 1), 3, fmap_base=8, fmap_max=2, seed=seed)
    # Without second derivatives the steps are traced in half the time.
    arguments = {"penalty": None, "loss": "least_squares", **kwargs}
    gan.compile(phase_images=list(phase_images), **arguments)
    return gan


def few_images(num=32, side=8):
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (num, side, side, 1)).astype("float32")


def test_one_fit_grows_through_all_stages():
    gan = small_gan(side=16, phase_images=(8, 16, 8), **EAGERLY)
    assert gan.growth.total == 8 + 2 * 16 + 2 * 8
    history = gan.fit(
        few_images(8, 16), batch_size=8, epochs=7, verbose=0
    ).history
    assert history["images"] == [8, 16, 24, 32, 40, 48, 56]
    assert history["resolution"] == [4, 8, 8, 8, 8, 16, 16]
    assert history["alpha"] == [1, 0, 0.5, 1, 1, 0, 1]
    assert gan.resolution == 16
    for resolution in (4, 8, 16):
        images = gan.generate(2, seed=0, resolution=resolution)
        assert images.shape == (2, resolution, resolution, 1)
    np.testing.assert_array_equal(images, gan.generate(2, seed=0))


def test_partial_batches_are_counted_exactly():
    """The stage is right although batches are smaller than the first."""
    gan = small_gan(phase_images=(21, 4), **EAGERLY)
    stages = []
    look = gan.look

    def spy():
        calls = look()
        stages.append((int(gan.images_seen), gan.running_stage))
        return calls

    gan.look = spy
    # Batches of 4, 4 and 2.
    gan.fit(few_images(10), batch_size=4, epochs=3, shuffle=False, verbose=0)
    # 21 images are at most six batches away; they are reached after seven.
    assert stages == [(0, 0), (20, 0), (24, 1)]


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() == "torch",
    reason="PyTorch has no steps_per_execution",
)
def test_several_steps_per_execution():
    gan = small_gan(phase_images=(16, 16), steps_per_execution=2)
    history = gan.fit(few_images(), batch_size=8, epochs=2, verbose=0).history
    assert history["images"] == [32, 64]
    assert history["alpha"] == [0.5, 1]


def test_only_the_stage_runs_and_moves(monkeypatch):
    gan = small_gan(phase_images=(8, 32), **EAGERLY)
    sides = set()
    call = EqualizedConv2D.call

    def spy(layer, inputs):
        sides.add(inputs.shape[1])
        return call(layer, inputs)

    monkeypatch.setattr(EqualizedConv2D, "call", spy)
    for stage, expected in enumerate([{4}, {4, 8}]):
        sides.clear()
        before = values_of(gan.trainable_variables)
        averages = values_of(gan.ema_generator.weights)
        gan.fit(few_images(16), batch_size=16, verbose=0)
        assert sides == expected
        running = {
            id(w)
            for network in (gan.generator, gan.discriminator)
            for w in network.stage_weights(stage)
        }
        for variable, value in zip(gan.trainable_variables, before):
            if id(variable) not in running:
                np.testing.assert_array_equal(to_numpy(variable), value)
        moved = sum(
            not np.array_equal(to_numpy(v), value)
            for v, value in zip(gan.trainable_variables, before)
        )
        assert moved == len(running)
        moved = sum(
            not np.array_equal(to_numpy(v), value)
            for v, value in zip(gan.ema_generator.weights, averages)
        )
        assert moved == len(gan.generator.stage_weights(stage))


@pytest.mark.parametrize(("reset", "iterations"), [(True, 4), (False, 6)])
def test_optimizers_are_reset_with_each_stage(reset, iterations):
    gan = small_gan(
        phase_images=(16, 64),
        reset_optimizers=reset,
        batch_parts=[1, 2],
        generator_optimizer=keras.optimizers.Adam(3e-4),
        **EAGERLY,
    )
    # Two steps at 4x4, two at 8x8 with two updates each.
    gan.fit(few_images(32), batch_size=8, verbose=0)
    for optimizer in gan.optimizer.optimizers:
        assert int(optimizer.iterations) == iterations
    rate = float(gan.optimizer["generator"].learning_rate)
    assert rate == pytest.approx(3e-4)


@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="its steps are traced"
)
def test_the_average_counts_updates():
    """Two updates of a batch move it twice, as numpy says."""
    gan = small_gan(
        phase_images=(100, 100), batch_parts=[2, 1], ema_decay=0.5, **EAGERLY
    )
    kernel, average = (
        network.stage_weights(0)[0]
        for network in (gan.generator, gan.ema_generator)
    )
    expected, weights = to_numpy(average), []
    update = gan.update_averages

    def spy(step):
        weights.append((int(step), to_numpy(kernel)))
        update(step)

    gan.update_averages = spy
    gan.fit(few_images(16), batch_size=8, shuffle=False, verbose=0)
    assert [step for step, _ in weights] == [1, 1, 2, 2]
    for step, value in weights:
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
    np.testing.assert_allclose(to_numpy(average), expected, atol=1e-6)


def test_no_growth_at_all():
    gan = small_gan(phase_images=(0, 0), **EAGERLY)
    history = gan.fit(few_images(8), batch_size=8, verbose=0).history
    assert (history["resolution"], history["alpha"]) == ([8], [1])


@pytest.mark.slow
def test_resumed_across_a_stage_it_ends_the_same(tmp_path):
    """From between the stages, and from the midst of the fading."""

    def fit(folder, seed, *more):
        gan = small_gan(seed, phase_images=(16, 16), **EAGERLY)
        backup = callbacks.Backup(tmp_path / folder, every_steps=1)
        # Three passes of two batches: the third is the first at 8x8.
        batches = data.arrays(few_images(16), batch_size=8)
        gan.fit(batches, epochs=3, verbose=0, callbacks=[*more, backup])
        return gan

    expected = fit("undisturbed", 0)
    for seed, step in ((0, 3), (1, 1)):
        with pytest.raises(KeyboardInterrupt):
            fit("killed", seed, AfterSteps(step, kill))
    assert equal(all_state(fit("killed", 2)), all_state(expected))


def test_sample_grids_keep_their_size(tmp_path):
    gan = small_gan(phase_images=(8, 8), **EAGERLY)
    grid = callbacks.SampleGrid(tmp_path, rows=2)
    gan.fit(few_images(8), batch_size=8, epochs=2, verbose=0, callbacks=[grid])
    sizes = set()
    for file in tmp_path.glob("epoch-*.png"):
        with Image.open(file) as picture:
            sizes.add(picture.size)
    assert len(sizes) == 1


def test_resolutions_that_are_not_trained_are_explained():
    gan = small_gan()
    with pytest.raises(ValueError, match="been trained: 4"):
        gan.generate(1, resolution=8)


def test_batches_too_small_for_their_parts_are_explained():
    gan = small_gan(batch_parts=[1, 4], discriminator_steps=2)
    with pytest.raises(ValueError, match="Received: a batch of 7"):
        gan.fit(few_images(7), batch_size=7, verbose=0)


def test_compile_takes_the_papers_settings():
    gan = ProGAN((8, 8, 3), 4, fmap_base=8, fmap_max=2)
    gan.compile()
    for optimizer in gan.optimizer.optimizers:
        assert float(optimizer.learning_rate) == pytest.approx(1e-3)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.99)
        assert optimizer.epsilon == 1e-8
    assert gan.penalty.__name__ == "wgan_gp"
    assert gan.penalty_weight == 10
    assert gan.drift_weight == 1e-3
    assert gan.ema_decay == 0.999
    assert gan.growth.phases == (800_000, 800_000)
    gan.compile(loss="non_saturating", penalty="r1")
    assert gan.drift_weight == 0


def test_drift_is_the_mean_square_of_real_logits():
    gan = ProGAN((8, 8, 3), 4, fmap_base=8, fmap_max=2)
    gan.compile(penalty=None, drift_weight=0.5)
    found = gan.losses((number(IMAGES),), training=False, seed=0)
    ((_, _, real, fake),) = found.pairs
    real, fake = (to_numpy(ops.stop_gradient(x)) for x in (real, fake))
    d_loss = fake.mean() - real.mean()
    terms, total = found.logs["discriminator"], found.players["discriminator"]
    assert scalar(terms["d_loss"]) == pytest.approx(d_loss, rel=1e-5)
    drift = 0.5 * np.mean(real**2)
    assert scalar(total) == pytest.approx(d_loss + drift, rel=1e-5)
    assert abs(drift) > 1e-6


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.distribute"
)
def test_devices_count_together_and_agree():
    import tensorflow as tf

    logs, states = [], []
    for scope in (contextlib.nullcontext(), two_replicas().scope()):
        with scope:
            gan = small_gan(phase_images=(16, 24))
        batches = tf.data.Dataset.from_tensor_slices(few_images())
        batches = batches.batch(8, drop_remainder=True)
        logs.append(gan.fit(batches, epochs=2, verbose=0).history)
        counters = (gan.stage, gan.alpha, gan.images_seen)
        states.append([to_numpy(v).item() for v in counters])
    assert states[0] == states[1] == [1, 1.0, 64]
    for name in ("resolution", "alpha", "images"):
        assert logs[0][name] == logs[1][name]
