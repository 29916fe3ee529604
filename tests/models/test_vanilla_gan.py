import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    GANChecks,
    check_stored,
    feed_noise,
    set_weights,
    to_numpy,
)

from keras_gan_zoo import VanillaGAN
from keras_gan_zoo.models import vanilla_gan
from keras_gan_zoo.objectives import losses, penalties, schedules

IMAGES = np.random.default_rng(0).uniform(-1, 1, (32, 6, 5, 1))
IMAGES = IMAGES.astype("float32")


class TestVanillaGAN(GANChecks):
    slow_checks = ("test_two_replicas_train_like_one_device",)
    cls = VanillaGAN
    config = {
        "image_shape": (6, 5, 1),
        "latent_dim": 3,
        "generator_units": (16, 12),
        "discriminator_units": (8, 8),
        "input_dropout": 0.1,
        "dropout": 0.3,
        "spectral_normalization": True,
        "packing": 2,
        "augmentation": "color",
    }
    batch = IMAGES
    compile_arguments = {"penalty": "r1", "ema_decay": 0.9}
    logs = {"d_loss", "g_loss", "penalty"}

    def three_steps(self):
        # Dropout masks differ between backends: a discriminator without.
        discriminator = vanilla_gan.build_discriminator(
            (6, 5, 1), (8,), input_dropout=0.0, dropout=0.0
        )
        still = type(self)()
        still.config = {**self.config, "discriminator": discriminator}
        return super(TestVanillaGAN, still).three_steps()


def small_gan():
    """VanillaGAN without random layers and with fixed weights."""
    gan = VanillaGAN(
        (6, 5, 1),
        latent_dim=3,
        generator_units=(8,),
        discriminator=vanilla_gan.build_discriminator(
            (6, 5, 1), (8,), input_dropout=0.0, dropout=0.0
        ),
    )
    set_weights(gan.generator, 0.3)
    set_weights(gan.discriminator, 0.3)
    return gan


@pytest.mark.parametrize("penalty", [None, *penalties.PENALTIES])
@pytest.mark.parametrize("loss", losses.LOSSES)
def test_every_loss_and_penalty_agrees_between_backends(
    loss, penalty, monkeypatch
):
    feed_noise(monkeypatch)
    check_stored("pairs", pair_losses(loss, penalty), f"{loss}, {penalty}")


def pair_losses(loss, penalty):
    gan = small_gan()
    gan.compile(loss=loss, penalty=penalty, **EAGERLY)
    history = gan.fit(IMAGES, batch_size=32, epochs=3, shuffle=False, verbose=0)
    return {k: list(map(float, v)) for k, v in history.history.items()}


def test_the_networks_are_the_papers():
    generator = vanilla_gan.build_generator((28, 28, 1))
    discriminator = vanilla_gan.build_discriminator((28, 28, 1))
    # Dense layers by hand: inputs * units + units.
    assert generator.count_params() == (101 * 1200 + 1201 * 1200 + 1201 * 784)
    assert discriminator.count_params() == 785 * 1200 + 241 * 1200 + 241
    rates = [
        layer.rate
        for layer in discriminator.layers
        if isinstance(layer, keras.layers.Dropout)
    ]
    assert rates == [0.2, 0.5, 0.5]


def test_discriminator_steps_see_all_images_once():
    gan = small_gan()
    gan.compile(discriminator_steps=3, **EAGERLY)
    parts = gan.minibatches(np.arange(8))
    seen = np.concatenate([to_numpy(images) for (images,) in parts])
    np.testing.assert_array_equal(np.sort(seen), np.arange(8))
    assert [len(images) for (images,) in parts] == [3, 3, 2]
    gan.fit(IMAGES, batch_size=32, verbose=0)
    assert int(gan.optimizer["discriminator"].iterations) == 3
    assert int(gan.optimizer["generator"].iterations) == 1


def test_average_generator_follows_the_formula():
    gan = small_gan()
    gan.compile(ema_decay=0.5, **EAGERLY)
    average = gan.generator.get_weights()
    for step in range(1, 4):
        gan.fit(IMAGES, batch_size=32, verbose=0)
        decay = min(0.5, (1 + step) / (10 + step))
        average = [
            decay * a + (1 - decay) * w
            for a, w in zip(average, gan.generator.get_weights())
        ]
    for expected, weight in zip(average, gan.ema_generator.get_weights()):
        np.testing.assert_allclose(weight, expected, atol=1e-6)
    latents = np.ones((2, 3), "float32")
    np.testing.assert_allclose(
        gan.generate(2, latents=latents),
        gan.ema_generator.predict(latents, verbose=0),
        atol=1e-6,
    )
    with pytest.warns(UserWarning, match="drops"):
        gan.compile()
    assert gan.best("generator") is gan.generator


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "hing"}, "Did you mean 'hinge'"),
        ({"penalty": "r3"}, "Unknown penalty"),
        ({"optimizer": "adam"}, "Received: optimizer."),
        ({"discriminator_steps": 0}, "at least 1"),
        ({"ema_decay": 1.0}, "between 0 and 1"),
    ],
)
def test_wrong_compile_arguments_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        small_gan().compile(**arguments)


def test_one_optimizer_for_both_players_is_refused():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="Expected 2 optimizers"):
        small_gan().compile(
            generator_optimizer=adam, discriminator_optimizer=adam
        )


def test_wrong_latents_are_explained():
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        small_gan().generate(2, latents=np.zeros((2, 4)))


def test_generate_draws_anew_without_a_seed():
    gan = small_gan()
    assert not np.array_equal(gan.generate(2), gan.generate(2))
    np.testing.assert_array_equal(
        gan.generate(2, seed=3), gan.generate(2, seed=3)
    )


@keras.saving.register_keras_serializable("tests")
def one(discriminator, real, fake, seed):
    return keras.ops.ones(())


def test_the_weight_of_a_penalty_can_follow_a_schedule(tmp_path):
    gan = small_gan()
    weight = schedules.ConstantThenLinear(4.0, constant_steps=1, decay_steps=2)
    gan.compile(penalty=one, penalty_weight=weight)
    gan.fit(IMAGES, batch_size=32, verbose=0)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    for model in (gan, again):
        logs = model.fit(IMAGES, batch_size=32, epochs=3, verbose=0)
        assert logs.history["penalty"] == [4.0, 2.0, 0.0]


@pytest.mark.parametrize("packing", [0, 1.5])
def test_packs_of_no_whole_number(packing):
    with pytest.raises(ValueError, match=f"Received: packing={packing}"):
        VanillaGAN(packing=packing)
