"""FreezeD: `compile(freeze_discriminator=...)`."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, all_state, equal, to_numpy, values_of
from keras import layers

import keras_gan_zoo as kgz
from keras_gan_zoo.callbacks import Backup
from keras_gan_zoo.families.frozen import passed_layers

SHAPE = (16, 16, 1)
IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, *SHAPE)).astype("float32")
TRAINING = {"batch_size": 4, "shuffle": False, "verbose": 0}


def dcgan():
    """The image passes two convolutions and the logits."""
    return kgz.DCGAN(SHAPE, latent_dim=4, filters=2)


def weights_of(gan):
    """The trained weights of the layers that the image passes, by position."""
    return [
        values_of(w for layer in group for w in kernels_of(layer))
        for group in passed_layers(gan.discriminator)
    ]


def kernels_of(layer):
    """All weights that an optimizer could train."""
    state = "moving_mean", "moving_variance", "u"
    return [w for w in layer.weights if w.name not in state]


@pytest.mark.parametrize("num", [0, 1, 2])
def test_only_the_other_layers_move(num):
    gan = dcgan()
    gan.compile(freeze_discriminator=num, **EAGERLY)
    before = weights_of(gan)
    gan.fit(IMAGES, **TRAINING)
    after = weights_of(gan)
    stays = [equal(a, b) for a, b in zip(before, after)]
    assert stays == [True] * num + [False] * (3 - num)
    assert len(gan.optimizer["discriminator"].variables) == 2 + 2 * len(
        gan.discriminator.trainable_variables
    )


@pytest.mark.parametrize(
    ("gan", "counted"),
    [
        (
            kgz.DCGAN(SHAPE, filters=2),
            [["downsample_0"], ["downsample_1", "normalize_1"], ["logits"]],
        ),
        (
            kgz.SNGAN((8, 8, 1), 3, filters=2),
            [
                [
                    "block_0_convolve_0_sn",
                    "block_0_convolve_1_sn",
                    "block_0_shortcut_sn",
                ],
                [
                    "block_1_convolve_0_sn",
                    "block_1_convolve_1_sn",
                    "block_1_shortcut_sn",
                ],
                ["block_2_convolve_0_sn", "block_2_convolve_1_sn"],
                ["block_3_convolve_0_sn", "block_3_convolve_1_sn"],
                ["logits_sn"],
            ],
        ),
        (  # without the layers of the class alone
            kgz.ConditionalGAN((8, 8, 1), conditioning="embedding", filters=2),
            [["downsample_0"], ["logits"]],
        ),
        (
            kgz.ConditionalGAN((8, 8, 1), network="mlp"),
            [["hidden_images"], ["hidden_joint"], ["logits"]],
        ),
        (
            kgz.ProGAN((8, 8, 1), 4, fmap_base=32, fmap_max=4),
            [["from_rgb_4", "from_rgb_8"], ["block_8"], ["block_4"]],
        ),
        (
            kgz.VanillaGAN(
                (4, 4, 1),
                discriminator=keras.Sequential(
                    [
                        keras.Input((4, 4, 1)),
                        layers.Flatten(name="flat"),
                        layers.Dense(3, name="hidden"),
                        layers.PReLU(name="rectifier"),
                        layers.Dropout(0.1),
                        layers.Dense(1, name="logits"),
                    ]
                ),
            ),
            [["hidden", "rectifier"], ["logits"]],
        ),
    ],
)
def test_layers_count_in_the_order_of_the_image(gan, counted):
    found = passed_layers(gan.discriminator)
    assert [[layer.name for layer in group] for group in found] == counted
    gan.compile(freeze_discriminator=1)
    flags = [{layer.trainable for layer in group} for group in found]
    assert flags == [{False}, *[{True}] * (len(counted) - 1)]


def test_both_discriminators_of_two_domains():
    gan = kgz.CycleGAN((8, 8, 1), filters=2, patch=16)
    gan.compile(freeze_discriminator=2)
    for network in (gan.discriminator_a, gan.discriminator_b):
        first, second, third, *_ = passed_layers(network)
        assert not first[0].trainable and not second[0].trainable
        assert third[0].trainable


def test_a_layer_that_is_used_twice_counts_once():
    x = inputs = keras.Input((4, 4, 1))
    layer = layers.Conv2D(1, 3, padding="same", name="twice")
    x = layers.Flatten()(layer(layer(x)))
    network = keras.Model(inputs, layers.Dense(1, name="logits")(x))
    found = passed_layers(network)
    assert [[layer.name for layer in one] for one in found] == [
        ["twice"],
        ["logits"],
    ]


def test_another_number_and_none():
    gan = dcgan()

    def trained(**arguments):
        gan.compile(**arguments)
        groups = passed_layers(gan.discriminator)
        return [group[0].trainable for group in groups]

    assert trained(freeze_discriminator=2) == [False, False, True]
    assert trained(freeze_discriminator=1) == [False, True, True]
    assert trained() == [False, True, True]
    assert trained(freeze_discriminator=0) == [True, True, True]


def test_wrong_numbers_are_explained():
    gan = dcgan()
    for wrong in (3, -1, 0.5):
        with pytest.raises(ValueError, match="an int from 0 to 2"):
            gan.compile(freeze_discriminator=wrong)
    assert all(layer.trainable for layer in gan.discriminator.layers)


def test_a_saved_training_goes_on(tmp_path):
    gan = dcgan()
    gan.compile(freeze_discriminator=2, ema_decay=0.9, **EAGERLY)
    gan.fit(IMAGES, **TRAINING)
    gan.save(tmp_path / "gan.keras")
    again = kgz.load(tmp_path / "gan.keras")
    assert again.freeze_discriminator == 2
    for each in (gan, again):
        each.fit(IMAGES, **TRAINING)
    assert equal(all_state(gan), all_state(again))


def test_a_backup_resumes(tmp_path):
    def trained(epochs, *callbacks):
        keras.utils.set_random_seed(0)
        gan = dcgan()
        gan.compile(freeze_discriminator=1, **EAGERLY)
        data = kgz.data.arrays(IMAGES, batch_size=4, seed=0)
        gan.fit(data, epochs=epochs, callbacks=callbacks, verbose=0)
        return gan

    whole = trained(2)
    trained(1, Backup(tmp_path))
    again = trained(2, Backup(tmp_path))
    assert int(again.steps) == 4
    assert equal(all_state(whole), all_state(again))


@pytest.mark.slow
def test_spectral_normalization_of_frozen_layers():
    gan = kgz.VanillaGAN(
        (4, 4, 1),
        discriminator_units=(6, 6),
        spectral_normalization=True,
        dropout=0.0,
        input_dropout=0.0,
    )
    first = gan.discriminator.get_layer("hidden_0_sn")
    images = IMAGES[:, :4, :4]
    logits = to_numpy(gan.discriminator(images))
    gan.compile(freeze_discriminator=1, **EAGERLY)
    np.testing.assert_allclose(
        to_numpy(gan.discriminator(images)), logits, rtol=1e-5, atol=1e-6
    )
    before, u = values_of(kernels_of(first)), to_numpy(first.u)
    gan.fit(images, epochs=20, **TRAINING)
    assert equal(values_of(kernels_of(first)), before)
    # The estimate improves for the weights, which do not move.
    assert not np.array_equal(to_numpy(first.u), u)
    kernel = to_numpy(first.layer.kernel)
    v = to_numpy(first.u) @ kernel.T
    largest = np.linalg.svd(kernel, compute_uv=False)[0]
    length = np.linalg.norm(v) / np.linalg.norm(to_numpy(first.u))
    assert 0.95 * largest < length <= 1.0001 * largest


def test_batch_statistics_of_frozen_layers_follow():
    gan = dcgan()
    gan.compile(freeze_discriminator=2, **EAGERLY)
    layer = gan.discriminator.get_layer("normalize_1")
    before = values_of([layer.moving_mean])
    gan.fit(IMAGES, **TRAINING)
    assert not equal(before, values_of([layer.moving_mean]))
