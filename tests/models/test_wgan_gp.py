import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    OF_VARIANTS_SLOW,
    GANChecks,
    kernels,
    num_trained,
    scalar,
    to_numpy,
)
from keras import layers, ops

from keras_gan_zoo import WGANGP
from keras_gan_zoo.models.wgan_gp import dequantized

SMALL = {"image_shape": (8, 8, 1), "latent_dim": 5, "filters": 2}


class TestWGANGP(GANChecks):
    slow_checks = (
        "test_eager_and_compiled_step_agree",
        "test_two_replicas_train_like_one_device",
    )
    cls = WGANGP
    batch_size = 12  # more than one image for each of five steps
    config = {**SMALL, "augmentation": "translation,color"}
    compile_arguments = {
        # Least squares also move the last bias, which Wasserstein does not.
        "loss": "least_squares",
        "penalty_weight": 3.0,
        "discriminator_steps": 2,
        "dequantization": False,
        "ema_decay": 0.9,
    }
    logs = {"d_loss", "g_loss", "penalty"}
    # By default the critic takes five steps. The penalty runs it once more.
    evaluations = {"generator": 5, "discriminator": 15}


class TestWGANGPWithClasses(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = WGANGP
    batch_size = 12  # more than one image for each of five steps
    config = {**SMALL, "num_classes": 3}
    compile_arguments = {
        "loss": "least_squares",
        "discriminator_steps": 1,
        "discriminator_class_weight": 0.5,
        "generator_class_weight": 0.3,
    }
    logs = {"d_loss", "g_loss", "penalty", "d_class_loss", "g_class_loss"}
    evaluations = {"generator": 5, "discriminator": 15}


# ------------------------------------------------------------- networks


@pytest.mark.parametrize(
    ("num_classes", "generator", "critic"),
    [
        (None, 1_204_483, 1_053_825),
        # Six normalizations with ten scales and shifts, not one; the head.
        (10, 1_204_483 + 6 * 9 * 256, 1_053_825 + 129 * 10),
    ],
)
def test_parameters_are_the_papers(num_classes, generator, critic):
    gan = WGANGP(num_classes=num_classes)
    assert num_trained(gan.generator) == generator
    assert num_trained(gan.discriminator) == critic


def test_the_networks_are_those_of_the_authors_code():
    gan = WGANGP()
    wide, short = (3, 3, 128, 128), (1, 1, 128, 128)
    assert sorted(kernels(gan.generator)) == sorted(
        [(128, 4 * 4 * 128), *3 * [wide, wide, short], (3, 3, 128, 3)]
    )
    assert sorted(kernels(gan.discriminator)) == sorted(
        [
            *[(3, 3, 3, 128), wide, (1, 1, 3, 128)],
            *[wide, wide, short],
            *2 * [wide, wide],
            (128, 1),
        ]
    )
    assert gan.discriminator.get_layer("block_1").output.shape[1:3] == (8, 8)
    assert gan.discriminator.get_layer("block_3").output.shape[1:3] == (8, 8)


@pytest.mark.parametrize("num_classes", [None, 3])
def test_only_the_generator_has_batch_normalization(num_classes):
    gan = WGANGP(**SMALL, num_classes=num_classes)
    kinds = [
        [type(layer).__name__ for layer in network.layers]
        for network in (gan.generator, gan.discriminator)
    ]
    assert any("BatchNormalization" in kind for kind in kinds[0])
    assert not any("Normalization" in kind for kind in kinds[1])


def test_the_critic_takes_the_mean_over_all_positions():
    critic = WGANGP(**SMALL, seed=0).discriminator
    features = keras.Model(
        critic.input, critic.get_layer("features_relu").output
    )
    images = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 1))
    maps = to_numpy(features(images.astype("float32")))
    kernel, bias = map(to_numpy, critic.get_layer("logits").weights)
    np.testing.assert_allclose(
        to_numpy(critic(images.astype("float32"))),
        maps.mean(axis=(1, 2)) @ kernel + bias,
        rtol=1e-4,
        atol=1e-6,
    )


@pytest.mark.parametrize("side", [48, 64])
def test_larger_images_have_more_blocks(side):
    gan = WGANGP((side, side, 3), filters=2)
    assert gan.generator.output.shape == (None, side, side, 3)
    assert gan.discriminator.output.shape == (None, 1)


def test_your_own_networks_may_have_any_size():
    gan = WGANGP(
        (1, 1, 2),
        latent_dim=4,
        generator=keras.Sequential(
            [keras.Input((4,)), layers.Dense(2), layers.Reshape((1, 1, 2))]
        ),
        discriminator=keras.Sequential(
            [keras.Input((1, 1, 2)), layers.Flatten(), layers.Dense(1)]
        ),
    )
    gan.compile(dequantization=False, penalty_weight=0.1, **EAGERLY)
    points = np.zeros((10, 1, 1, 2), "float32")
    logs = gan.fit(points, batch_size=10, verbose=0).history
    assert np.isfinite(list(logs.values())).all()


# -------------------------------------------------------------- settings


def test_compile_takes_the_papers_settings():
    gan = WGANGP(**SMALL)
    gan.compile()
    assert type(gan.loss).__name__ == "Wasserstein"
    assert gan.penalty.__name__ == "wgan_gp"
    assert gan.penalty_weight == 10.0
    assert gan.discriminator_steps == 5
    assert gan.dequantization
    weights = gan.discriminator_class_weight, gan.generator_class_weight
    assert weights == (1.0, 0.1)
    for player in ("generator", "discriminator"):
        adam = gan.optimizer[player].get_config()
        assert adam["learning_rate"] == pytest.approx(2e-4)
        assert (adam["beta_1"], adam["beta_2"]) == (0.0, 0.9)


@pytest.mark.slow
def test_the_rates_fall_to_zero_over_the_training():
    gan = WGANGP(**SMALL)
    gan.compile(**WGANGP.compile_arguments_from(4), **EAGERLY)
    images = TestWGANGP().x_and_y(gan)[0][:10]
    for epochs, rate in ((1, 1.5e-4), (2, 0.5e-4), (1, 0.0)):
        gan.fit(images, batch_size=10, epochs=epochs, verbose=0)
        for player in ("generator", "discriminator"):
            found = float(gan.optimizer[player].learning_rate)
            assert found == pytest.approx(rate, abs=1e-9)


# -------------------------------------------------------------- formulas


def test_every_gray_level_gets_its_share_of_the_range():
    """As the authors' code scales whole numbers from 0 to 255."""
    levels = np.arange(256).repeat(400).reshape(-1, 1, 1, 1)
    images = (levels / 127.5 - 1).astype("float32")
    found = to_numpy(dequantized(ops.convert_to_tensor(images), seed=0))
    noise = found - 2 * (levels / 256 - 0.5)
    assert -1e-6 < noise.min() < 1e-4
    assert 1 / 128 - 1e-4 < noise.max() < 1 / 128 + 1e-6
    assert noise.mean() == pytest.approx(1 / 256, rel=0.01)
    assert noise.std() == pytest.approx(1 / 128 / np.sqrt(12), rel=0.01)
    assert found.min() >= -1
    assert found.max() <= 1


def values(tensor):
    return to_numpy(ops.stop_gradient(tensor))


def real_images(gan, **kwargs):
    images = ops.zeros((4, 8, 8, 1))
    (pair,) = gan.losses((images,), **kwargs).pairs
    return to_numpy(pair[0])


def test_real_images_are_dequantized():
    gan = WGANGP(**SMALL, seed=0)
    gan.compile(dequantization=False)
    assert not real_images(gan).any()
    gan.compile()
    first = real_images(gan)
    assert len(np.unique(first)) > 100
    assert not np.array_equal(first, real_images(gan))  # new in each step
    fixed = {"training": False, "seed": 0}  # as in evaluation
    np.testing.assert_array_equal(
        real_images(gan, **fixed), real_images(gan, **fixed)
    )


def test_the_classification_losses_are_ac_gans():
    """Of real images for the critic, of generated ones for the generator."""
    gan = WGANGP(**SMALL, num_classes=3, seed=0)
    gan.compile(dequantization=False)
    images = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1))
    images = ops.convert_to_tensor(images.astype("float32"))
    numbers = np.array([2, 0, 1, 1])
    labels = np.eye(3, dtype="float32")[numbers]
    batch = images, ops.convert_to_tensor(labels)
    found = gan.losses(batch, training=False, seed=0)
    ((real, fake, *_),) = found.pairs

    def critic(images):
        logits, classes = map(values, gan.discriminator(values(images)))
        chances = np.exp(classes) / np.exp(classes).sum(axis=1, keepdims=True)
        return logits.mean(), -np.log(chances[np.arange(4), numbers]).mean()

    real_mean, real_class_loss = critic(real)
    fake_mean, fake_class_loss = critic(fake)
    expected = {
        "d_loss": fake_mean - real_mean,
        "g_loss": -fake_mean,
        "d_class_loss": real_class_loss,
        "g_class_loss": fake_class_loss,
    }
    logs = {**found.logs["discriminator"], **found.logs["generator"]}
    assert {name: scalar(v) for name, v in logs.items()} == pytest.approx(
        expected, rel=1e-4, abs=1e-6
    )
    assert scalar(found.players["discriminator"]) == pytest.approx(
        expected["d_loss"] + 1.0 * real_class_loss, rel=1e-4
    )
    assert scalar(found.players["generator"]) == pytest.approx(
        expected["g_loss"] + 0.1 * fake_class_loss, rel=1e-4
    )
