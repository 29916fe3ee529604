import pytest
from checks import OF_VARIANTS_SLOW, GANChecks, num_trained

from keras_gan_zoo import SNGAN

SMALL = {"image_shape": (8, 8, 1), "latent_dim": 5, "filters": 2}


class TestSNGAN(GANChecks):
    cls = SNGAN
    config = {**SMALL, "num_classes": 3, "augmentation": "translation,color"}
    compile_arguments = {
        "loss": "non_saturating",  # a hinge is flat for the bias at first
        "discriminator_steps": 2,
        "ema_decay": 0.9,
    }
    # By default the discriminator takes five steps.
    evaluations = {"generator": 5, "discriminator": 10}


class TestSNGANWithoutClasses(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = SNGAN
    config = SMALL
    compile_arguments = {"loss": "non_saturating", "discriminator_steps": 1}
    evaluations = {"generator": 5, "discriminator": 10}


@pytest.mark.parametrize(
    ("num_classes", "generator", "discriminator"),
    [(None, 4_276_739, 1_053_824), (10, 4_304_387, 1_055_104)],
)
def test_parameters_are_the_papers(num_classes, generator, discriminator):
    gan = SNGAN(num_classes=num_classes)
    assert num_trained(gan.generator) == generator
    # The official file for CIFAR-10 has no bias in the last layer.
    assert num_trained(gan.discriminator) == discriminator + 1
