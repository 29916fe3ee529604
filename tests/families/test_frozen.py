"""Frozen layers stay frozen, in files too."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, all_state, equal, to_numpy

import keras_gan_zoo as kgz
from keras_gan_zoo.files import presets

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 1)).astype("float32")


def gan_with_frozen_layers(**networks):
    gan = kgz.DCGAN((8, 8, 1), latent_dim=4, filters=2, **networks)
    gan.generator.layers[1].trainable = False
    gan.discriminator.layers[1].trainable = False
    return gan


def train(gan):
    gan.compile(ema_decay=0.9, **EAGERLY)
    gan.fit(IMAGES, batch_size=4, shuffle=False, verbose=0)
    return gan


def flags(gan):
    return [
        layer.trainable
        for network in (gan.generator, gan.discriminator)
        for layer in network.layers
    ]


def test_a_trained_model_with_frozen_layers_is_loaded(tmp_path):
    gan = gan_with_frozen_layers()
    before = to_numpy(gan.generator.layers[1].weights[0])
    train(gan)
    after = to_numpy(gan.generator.layers[1].weights[0])
    assert np.array_equal(before, after)
    gan.save(tmp_path / "gan.keras")
    again = kgz.load(tmp_path / "gan.keras")
    assert equal(all_state(gan), all_state(again))
    assert flags(again) == flags(gan)
    for each in (gan, again):
        each.fit(IMAGES, batch_size=4, shuffle=False, verbose=0)
    assert equal(all_state(gan), all_state(again))
    assert np.array_equal(
        to_numpy(again.generator.layers[1].weights[0]), before
    )


def test_they_stay_frozen_without_compiling(tmp_path):
    gan = train(gan_with_frozen_layers())
    gan.save(tmp_path / "gan.keras")
    again = kgz.load(tmp_path / "gan.keras", compile=False)
    assert flags(again) == flags(gan)
    assert not again.ema_generator.trainable
    again.compile(ema_decay=0.9)
    assert len(again.variables_of("generator")) == len(
        gan.variables_of("generator")
    )


def test_a_preset_keeps_them(tmp_path):
    gan = train(gan_with_frozen_layers())
    gan.save_to_preset(tmp_path / "mine")
    assert flags(presets.from_preset(tmp_path / "mine")) == flags(gan)


def test_networks_of_the_user_and_whole_ones(tmp_path):
    x = inputs = keras.Input((4,))
    x = keras.Sequential([keras.Input((4,)), keras.layers.Dense(64)])(x)
    x = keras.layers.BatchNormalization()(x)
    generator = keras.Model(inputs, keras.layers.Reshape((8, 8, 1))(x))
    gan = gan_with_frozen_layers(generator=generator)
    gan.discriminator.trainable = False
    train(gan)
    gan.save(tmp_path / "gan.keras")
    again = kgz.load(tmp_path / "gan.keras")
    assert flags(again) == flags(gan)
    assert not again.discriminator.trainable
    assert not again.generator.layers[1].layers[0].trainable
    assert equal(all_state(gan), all_state(again))


def test_a_model_without_frozen_layers_says_nothing_of_them():
    gan = kgz.DCGAN((8, 8, 1), filters=2)
    assert "frozen" not in gan.get_config()


def test_flags_that_change_after_compile_are_explained(tmp_path):
    gan = train(kgz.DCGAN((8, 8, 1), latent_dim=4, filters=2))
    gan.generator.layers[1].trainable = False
    for use in (
        lambda: gan.fit(IMAGES, verbose=0),
        lambda: gan.save(tmp_path / "gan.keras"),
    ):
        with pytest.raises(ValueError, match="Layers were frozen or unfrozen"):
            use()
    train(gan)
