import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    GANChecks,
    StoredLosses,
    all_state,
    equal,
    num_trained,
    values_of,
)
from restoration_checks import LARGE, SMALL, losses, parts, small_perceptual

import keras_gan_zoo as kgz
from keras_gan_zoo import SRGAN
from keras_gan_zoo.models import srgan

CONFIG = {
    "image_shape": (8, 16, 3),
    "scale": 2,
    "filters": 4,
    "blocks": 1,
    "discriminator_filters": 2,
}


def make(seed=0, **kwargs):
    keras.utils.set_random_seed(seed)
    return SRGAN(**{**CONFIG, "perceptual": small_perceptual(), **kwargs})


class TestSRGAN(GANChecks):
    slow_checks = (
        "test_bfloat16_trains",
        "test_two_replicas_train_like_one_device",
    )
    cls = SRGAN
    config = {
        **CONFIG,
        "generator_normalization": "instance",
        "discriminator_normalization": "layer",
        "perceptual": small_perceptual(),
    }
    compile_arguments = {
        "pixel_weight": 0.3,
        "perceptual_weight": 0.7,
        "adversarial_weight": 0.02,
    }
    batch = (SMALL, LARGE)
    logs = {"d_loss", "g_loss", "pixel_loss", "perceptual_loss"}
    evaluations = {"generator": 1, "discriminator": 2, "perceptual": 2}

    def outputs(self, gan):
        return gan.restore(SMALL[:4])

    def output_shape(self):
        return (4, 8, 16, 3)


class TestPretrainingSRGAN(StoredLosses):
    """Two steps of pre-training, and one with the adversary."""

    cls = SRGAN
    config = {**CONFIG, "perceptual": small_perceptual()}
    compile_arguments = {"pretraining_steps": 2, "adversarial_weight": 0.1}
    batch = (SMALL, LARGE)


@pytest.mark.one_backend
def test_the_papers_networks():
    generator = srgan.build_generator()
    assert num_trained(generator) == 1_549_462
    assert num_trained(srgan.build_discriminator((96, 96, 3))) == 23_565_505
    sizes = [
        layer.kernel_size[0]
        for layer in generator.layers
        if isinstance(layer, keras.layers.Conv2D)
    ]
    assert sizes == [9, *[3] * 35, 9]


@pytest.mark.one_backend
@pytest.mark.parametrize("scale", [4, 8])
def test_any_size_becomes_larger_by_the_scale(scale):
    network = small_perceptual(1)
    gan = make(image_shape=(16, 16, 1), scale=scale, perceptual=network)
    gan.generator.run_eagerly = True
    images = np.zeros((2, 5, 3, 1))
    assert gan.restore(images).shape == (2, 5 * scale, 3 * scale, 1)


def test_the_losses_are_the_papers():
    gan = make()
    gan.compile(**EAGERLY)
    (fake, real), (logits, real_logits), maps = parts(gan)
    players, logs = losses(gan)
    feature = np.mean([((a - b) ** 2).mean() for a, b in zip(*maps)])
    g = np.logaddexp(0, -logits).mean()
    assert logs["pixel_loss"] == pytest.approx(((fake - real) ** 2).mean())
    assert logs["perceptual_loss"] == pytest.approx(feature, rel=1e-5)
    assert players["generator"] == pytest.approx(feature + 1e-3 * g, rel=1e-5)
    d = np.logaddexp(0, -real_logits).mean() + np.logaddexp(0, logits).mean()
    assert players["discriminator"] == pytest.approx(d, rel=1e-5)
    for optimizer in gan.optimizer.optimizers:
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)
    gan.compile(pixel_weight=2.0, perceptual_weight=0.0, **EAGERLY)
    players, logs = losses(gan)
    expected = 2 * logs["pixel_loss"] + 1e-3 * g
    assert players["generator"] == pytest.approx(expected, rel=1e-5)
    assert "perceptual_loss" not in logs


def history(gan, epochs=1, **kwargs):
    return gan.fit(
        SMALL, LARGE, batch_size=8, epochs=epochs, verbose=0, **kwargs
    ).history


def test_pretraining_alone_and_then_the_adversary():
    gan = make()
    discriminator = values_of(gan.discriminator.weights)
    gan.compile(pretraining_steps=None, **EAGERLY)
    found = history(gan, 3)
    assert set(found) == {"pixel_loss"}
    assert found["pixel_loss"][-1] < found["pixel_loss"][0]
    assert equal(discriminator, values_of(gan.discriminator.weights))
    assert set(gan.evaluate(SMALL, LARGE, verbose=0, return_dict=True)) == {
        "pixel_loss"
    }
    gan.compile(**EAGERLY)
    assert set(history(gan)) == TestSRGAN.logs
    assert not equal(discriminator, values_of(gan.discriminator.weights))


@pytest.mark.parametrize(
    "compiled", [pytest.param(True, marks=pytest.mark.slow), False]
)
def test_both_phases_in_one_fit_equal_two(compiled):
    def trained(*phases, **kwargs):
        gan = make()
        for settings, epochs in phases:
            rate = {"generator_optimizer": keras.optimizers.SGD(0.1)}
            gan.compile(**settings, **rate, **kwargs)
            last = history(gan, epochs)
        return gan, last

    how = {} if compiled else EAGERLY
    one, logs = trained(({"pretraining_steps": 2}, 3), **how)
    two, last = trained(({"pretraining_steps": None}, 2), ({}, 1), **EAGERLY)
    assert logs["d_loss"][:2] == [0, 0]
    assert logs["d_loss"][2] == pytest.approx(last["d_loss"][0], rel=1e-4)
    for a, b in zip(one.generator.weights, two.generator.weights):
        np.testing.assert_allclose(*values_of([a, b]), atol=1e-5)


def test_saved_in_pretraining_it_goes_on(tmp_path):
    gan = make()
    gan.compile(pretraining_steps=2, **EAGERLY)
    history(gan)
    gan.save(tmp_path / "gan.keras")
    loaded = kgz.load(tmp_path / "gan.keras")
    loaded.run_eagerly = gan.run_eagerly
    found, expected = history(loaded, 2), history(gan, 2)
    for name, logs in expected.items():
        np.testing.assert_allclose(found[name], logs, rtol=1e-5)
    for a, b in zip(all_state(gan), all_state(loaded), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pretraining_steps": -1}, "whole number of at least 0"),
        ({"pretraining_steps": 5, "steps_per_execution": 2}, "compiled sep"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(ValueError, match=message) as error:
        make().compile(**settings)
    assert "Expected" in str(error.value)
    assert "Received" in str(error.value)


def test_shapes_that_cannot_be():
    with pytest.raises(ValueError, match="one of 2, 4, 8"):
        SRGAN((96, 96, 3), scale=3)
    with pytest.raises(ValueError, match="multiples of it"):
        SRGAN((90, 96, 3), scale=4)
    gan = make()
    gan.compile()
    with pytest.raises(ValueError, match=r"inputs of 4x8 .*of 8x16"):
        gan.fit(LARGE, LARGE, verbose=0)
    with pytest.raises(ValueError, match=r"targets do not fit.*\(8, 8, 3\)"):
        gan.fit(SMALL[:, :, :4], LARGE[:, :, :8], verbose=0)


def test_tiles_leave_no_seam():
    gan = make()
    rng = np.random.default_rng(0)
    image = rng.uniform(-1, 1, (1, 180, 170, 3)).astype("float32")
    whole = gan.restore(image, tile=None)
    assert whole.std() > 0.02
    # The network sees 10 pixels far, which is the margin of such tiles.
    tiles = gan.restore(image, tile=160)
    np.testing.assert_allclose(tiles, whole, atol=1e-4)
    # In smaller tiles it does not see enough, but no edge shows.
    tiles = gan.restore(image, tile=64)
    error = np.abs(tiles - whole)[0].mean(-1)
    assert error.max() < 4 * whole.std()
    steps = np.abs(np.diff(tiles[0], axis=0)).mean((1, 2))
    expected = np.abs(np.diff(whole[0], axis=0)).mean((1, 2))
    assert (steps < 1.1 * expected).all()
    with pytest.raises(ValueError, match="at least 16 pixels"):
        gan.restore(image, tile=8)


def test_interpolated_networks():
    first, second = make(0), make(1)
    for gan, amount in ((first, 0.0), (second, 1.0)):
        same = kgz.control.interpolate_networks(first, second, amount)
        weights = zip(same.generator.weights, gan.generator.weights)
        assert all(equal(*map(values_of, ([a], [b]))) for a, b in weights)
    second.compile(ema_decay=0.9)  # a copy for now
    second.ema_generator.set_weights(
        [w + 1 for w in second.generator.get_weights()]
    )
    between = kgz.control.interpolate_networks(first, second, 0.25)
    for found, a, b in zip(
        between.generator.get_weights(),
        first.generator.get_weights(),
        second.generator.get_weights(),
    ):
        np.testing.assert_allclose(found, 0.75 * a + 0.25 * (b + 1), rtol=1e-5)
    other = make(filters=8)
    with pytest.raises(ValueError, match="same layers"):
        kgz.control.interpolate_networks(first, other, 0.5)
