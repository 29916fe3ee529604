import pytest
from checks import OF_VARIANTS_SLOW, GANChecks, num_trained

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


@pytest.fixture
def zeros(monkeypatch):
    """Large kernels start at 0, which is fast."""
    import keras

    monkeypatch.setitem(
        kgz.models.biggan.networks.INITIALIZERS,
        "orthogonal",
        keras.initializers.Zeros,
    )


def test_parameters_are_the_papers(zeros):
    gan = BigGAN()
    assert num_trained(gan.generator) == 70_433_988
    assert num_trained(gan.discriminator) == 87_982_370
