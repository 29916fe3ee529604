import keras
import numpy as np
import pytest
from checks import OF_VARIANTS_SLOW, GANChecks, num_trained, to_numpy

import keras_gan_zoo as kgz
from keras_gan_zoo import BigGAN
from keras_gan_zoo.objectives.regularizers import Regularizer

SMALL = {"image_shape": (8, 8, 1), "latent_dim": 6, "filters": 2}
COMPILE = {
    "loss": "non_saturating",  # a hinge is flat for the bias at first
    "ema_decay": 0.9,
    "ema_start": 1,
}


class TestBigGAN(GANChecks):
    slow_checks = (
        "test_eager_and_compiled_step_agree",
        "test_saved_and_loaded_it_goes_on_exactly",
        "test_two_replicas_train_like_one_device",
    )
    cls = BigGAN
    config = {
        **SMALL,
        "num_classes": 3,
        "shared_dim": 4,
        "attention_size": 4,
        "kernel_initializer": "normal",
        "augmentation": "translation,color",
    }
    compile_arguments = {
        **COMPILE,
        "regularizers": [Regularizer("generator", "orthogonal", 0.01)],
    }
    logs = {"d_loss", "g_loss", "generator_penalty"}


class TestBigGANForCIFAR(GANChecks):
    """The form of the authors' code for CIFAR-10."""

    slow_checks = OF_VARIANTS_SLOW
    cls = BigGAN
    config = {
        **SMALL,
        "num_classes": 3,
        "shared_dim": None,
        "hierarchical": False,
        "attention_size": None,
    }
    compile_arguments = {**COMPILE, "regularizers": ()}


class TestBigGANWithoutClasses(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = BigGAN
    config = {**SMALL, "num_classes": None}
    compile_arguments = COMPILE
    logs = {"d_loss", "g_loss", "generator_penalty"}


class TestBigGANDeep(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = BigGAN
    config = {
        "image_shape": (8, 8, 1),
        "latent_dim": 5,
        "filters": 1,
        "num_classes": 3,
        "shared_dim": 4,
        "attention_size": None,
        "deep": True,
    }
    compile_arguments = COMPILE
    logs = {"d_loss", "g_loss", "generator_penalty"}


@pytest.fixture
def zeros(monkeypatch):
    """Large kernels start at 0, which is fast."""
    monkeypatch.setitem(
        kgz.models.biggan.networks.INITIALIZERS,
        "orthogonal",
        keras.initializers.Zeros,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deep", "generator", "discriminator"),
    [(False, 70_433_988, 87_982_370), (True, 50_244_484, 34_590_210)],
)
def test_parameters_are_the_papers(deep, generator, discriminator, zeros):
    gan = BigGAN(deep=deep)
    assert num_trained(gan.generator) == generator
    assert num_trained(gan.discriminator) == discriminator


def small(**kwargs):
    return BigGAN(**{**SMALL, "num_classes": 3, "seed": 0, **kwargs})


def test_standing_statistics_reach_its_normalizations():
    gan = small()
    before = [np.array(v) for v in gan.generator.get_weights()]
    gan.set_standing_statistics(num_batches=2, batch_size=4, truncation=0.5)
    changed = [
        variable.path
        for variable, old in zip(gan.generator.weights, before, strict=True)
        if not np.array_equal(old, to_numpy(variable))
    ]
    # Two in the only block, and the last.
    assert len(changed) == 6
    assert all("moving" in path for path in changed)


@pytest.mark.parametrize("latent_dim", [1, 7])
def test_latents_that_cannot_be_divided_are_explained(latent_dim):
    with pytest.raises(ValueError, match="Expected latent_dim divisible by 2"):
        small(latent_dim=latent_dim)
    assert small(latent_dim=latent_dim, hierarchical=False)


def test_each_block_gets_its_part_of_the_latents():
    gan = small()
    dense = gan.generator.get_layer("project_sn").layer
    assert dense.kernel.shape[0] == 3
    (normalization,) = (
        layer
        for layer in gan.generator.layers
        if layer.name == "block_0_normalize_1"
    )
    assert normalization.scale.layer.kernel.shape[0] == 128 + 3


def test_attention_is_after_the_first_map_of_its_size():
    def attentive(network):
        return [layer.name for layer in network.layers].count("attention")

    gan = small(attention_size=4)
    assert attentive(gan.discriminator) == 1  # also the next blocks have 2x2
    assert not attentive(gan.generator)  # its only block has the whole image
    assert not attentive(small(attention_size=8).discriminator)
    gan = small(image_shape=(16, 16, 1), attention_size=8)
    assert attentive(gan.generator) == attentive(gan.discriminator) == 1


def test_an_unknown_initializer_is_explained():
    with pytest.raises(ValueError, match="Did you mean 'normal'"):
        small(kernel_initializer="norml")
