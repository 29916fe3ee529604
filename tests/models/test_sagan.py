import itertools

import keras
import numpy as np
import pytest
from checks import EAGERLY, OF_VARIANTS_SLOW, GANChecks, num_trained, to_numpy

from keras_gan_zoo import SAGAN
from keras_gan_zoo.layers import SelfAttention, SpectralNormalization
from keras_gan_zoo.objectives import losses

SMALL = {"image_shape": (8, 8, 1), "latent_dim": 5, "filters": 4}


class TestSAGAN(GANChecks):
    slow_checks = (
        "test_eager_and_compiled_step_agree",
        "test_saved_and_loaded_it_goes_on_exactly",
        "test_two_replicas_train_like_one_device",
    )
    cls = SAGAN
    config = {
        **SMALL,
        "num_classes": 3,
        "attention_size": 4,
        "augmentation": "translation,color",
    }
    compile_arguments = {
        "loss": "non_saturating",  # a hinge is flat for the bias at first
        "ema_decay": 0.9,
    }


class TestSAGANWithoutClasses(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = SAGAN
    config = {**SMALL, "num_classes": None, "attention_size": None}
    compile_arguments = {"loss": "non_saturating", "discriminator_steps": 2}


def small(**kwargs):
    keras.utils.set_random_seed(0)
    return SAGAN(**{**SMALL, "num_classes": 3, "seed": 0, **kwargs})


def networks(gan):
    return gan.generator, gan.discriminator


def kernels(network):
    """Sorted shapes of the kernels, without those of attention."""
    return sorted(
        tuple(v.shape)
        for v in network.trainable_variables
        if v.name == "kernel" and "attention" not in v.path
    )


def block(before, after):
    return [
        (3, 3, before, after),
        (3, 3, after, after),
        (1, 1, before, after),
    ]


def test_widths_at_128_pixels_are_the_papers():
    gan = SAGAN(filters=8)  # the paper's widths, divided by 8
    sides = [
        tuple(network.get_layer("attention").input.shape[1:])
        for network in networks(gan)
    ]
    assert sides == [(32, 32, 32), (32, 32, 16)]
    widths = [128, 128, 64, 32, 16, 8]
    expected = [(128, 4 * 4 * 128), (3, 3, 8, 3)]
    for pair in itertools.pairwise(widths):
        expected += block(*pair)
    assert kernels(gan.generator) == sorted(expected)
    # Both convolutions of a block are wide, unlike SNGAN's. The last block
    # has no convolution in its shortcut.
    expected = [(3, 3, 128, 128)] * 2 + [(128, 1), (1000, 128)]
    for pair in itertools.pairwise([3, *widths[:0:-1]]):
        expected += block(*pair)
    assert kernels(gan.discriminator) == sorted(expected)


@pytest.mark.slow
def test_without_arguments_it_is_the_papers():
    gan = SAGAN()
    assert gan.image_shape == (128, 128, 3)
    assert gan.num_classes == 1000
    assert (gan.filters, gan.latent_dim) == (64, 128)
    layer = gan.discriminator.get_layer("attention")
    assert num_trained(layer) == 20_481  # of 128 channels, and gamma
    layer = gan.generator.get_layer("attention")
    assert num_trained(layer) == 81_921


@pytest.mark.parametrize(
    ("image_shape", "attention_size", "side"),
    [
        ((8, 8, 1), 32, 4),
        ((16, 16, 1), 32, 8),
        ((28, 28, 1), 32, 14),
        ((32, 32, 3), 32, 16),
        ((32, 32, 3), 8, 8),
        ((48, 48, 3), 32, 24),
        ((64, 64, 3), 32, 32),
        ((64, 64, 3), 16, 16),
        ((64, 32, 3), 32, 32),
        ((128, 128, 3), 32, 32),
    ],
)
def test_attention_is_where_the_documentation_says(
    image_shape, attention_size, side
):
    gan = SAGAN(
        image_shape, num_classes=None, filters=8, attention_size=attention_size
    )
    for network in networks(gan):
        (layer,) = [x for x in network.layers if isinstance(x, SelfAttention)]
        assert max(layer.input.shape[1:3]) == side


@pytest.mark.parametrize("attention_size", [1, 2, 4])
def test_no_map_for_attention_is_explained(attention_size):
    with pytest.raises(ValueError, match="Expected a larger attention_size"):
        SAGAN(
            (32, 32, 3),
            num_classes=None,
            filters=4,
            attention_size=attention_size,
        )


@pytest.mark.parametrize(
    ("channels", "expected"), [(64, 5_120), (128, 20_480), (256, 81_920)]
)
def test_parameters_of_attention(channels, expected):
    layer = SelfAttention()
    layer.build((None, 4, 4, channels))
    assert num_trained(layer) == expected + 1  # gamma


def test_every_kernel_is_spectrally_normalized():
    """Of both networks, and of attention: four kernels each."""
    for network in networks(small()):
        normalized = {
            id(layer.layer.kernel)
            for layer in network._flatten_layers()
            if isinstance(layer, SpectralNormalization)
        }
        found = [v for v in network.trainable_variables if v.name == "kernel"]
        assert len([v for v in found if "attention" in v.path]) == 4
        assert {id(v) for v in found} == normalized


def test_attention_gets_weight_in_training():
    gan = small()
    gan.compile(**EAGERLY)
    gammas = [network.get_layer("attention").gamma for network in networks(gan)]
    assert [float(to_numpy(gamma)) for gamma in gammas] == [0, 0]
    images = np.random.RandomState(0).uniform(-1, 1, (16, 8, 8, 1))
    labels = np.arange(16) % 3
    gan.fit(images.astype("float32"), labels, batch_size=8, verbose=0)
    for gamma in gammas:
        assert abs(float(to_numpy(gamma))) > 1e-5


def test_attention_changes_what_the_networks_make():
    gan = small()
    before = gan.generate(3, seed=0)
    gan.generator.get_layer("attention").gamma.assign(5.0)
    assert np.abs(gan.generate(3, seed=0) - before).max() > 1e-3


def test_the_default_training_is_the_papers():
    gan = small()
    gan.compile()
    assert isinstance(gan.loss, losses.Hinge)
    assert gan.discriminator_steps == 1
    for player, rate in {"generator": 1e-4, "discriminator": 4e-4}.items():
        adam = gan.optimizer[player]
        assert float(to_numpy(adam.learning_rate)) == pytest.approx(rate)
        assert (adam.beta_1, adam.beta_2) == (0.0, 0.9)
