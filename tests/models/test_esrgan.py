import numpy as np
import pytest
from checks import (
    EAGERLY,
    OF_VARIANTS_SLOW,
    GANChecks,
    num_trained,
    values_of,
)
from restoration_checks import LARGE, SMALL, losses, parts, small_perceptual

from keras_gan_zoo import ESRGAN
from keras_gan_zoo.models import esrgan


class TestESRGAN(GANChecks):
    slow_checks = (
        *OF_VARIANTS_SLOW,
        "test_a_frozen_network_stays",
        "test_every_trainable_variable_moves",
        "test_logs_are_finite_and_documented",
    )
    cls = ESRGAN
    config = {
        "image_shape": (8, 16, 3),
        "scale": 2,
        "filters": 4,
        "blocks": 1,
        "growth": 2,
        "discriminator_filters": 2,
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


@pytest.mark.one_backend
@pytest.mark.slow
def test_the_papers_networks():
    assert num_trained(esrgan.build_generator()) == 16_697_987
    # As many as the authors' code has.
    assert num_trained(esrgan.build_discriminator((128, 128, 3))) == 14_499_401


@pytest.mark.one_backend
def test_each_block_of_the_papers_generator_has_its_weights():
    """16,697,987 is this, plus 22 times what one block adds."""
    one, two = (num_trained(esrgan.build_generator(blocks=n)) for n in (1, 2))
    assert one + 22 * (two - one) == 16_697_987
    dense = [9 * (64 + 32 * n) * 32 + 32 for n in range(4)]
    assert two - one == 3 * (sum(dense) + 9 * 192 * 64 + 64)


def test_the_losses_are_the_papers():
    gan = TestESRGAN().gan()
    gan.compile(**EAGERLY)
    (fake, real), (logits, real_logits), maps = parts(gan)
    players, logs = losses(gan)
    above, below = real_logits - logits.mean(), logits - real_logits.mean()
    d = (np.logaddexp(0, -above).mean() + np.logaddexp(0, below).mean()) / 2
    g = (np.logaddexp(0, above).mean() + np.logaddexp(0, -below).mean()) / 2
    pixel = np.abs(fake - real).mean()
    feature = np.mean([np.abs(a - b).mean() for a, b in zip(*maps)])
    total = feature + 5e-3 * g + 5e-3 * pixel
    assert players["generator"] == pytest.approx(total, rel=1e-5)
    assert players["discriminator"] == pytest.approx(d, rel=1e-5)
    assert logs == {
        "d_loss": pytest.approx(d, rel=1e-5),
        "g_loss": pytest.approx(g, rel=1e-5),
        "pixel_loss": pytest.approx(pixel, rel=1e-5),
        "perceptual_loss": pytest.approx(feature, rel=1e-5),
    }
    for optimizer in gan.optimizer.optimizers:
        assert (optimizer.beta_1, optimizer.beta_2) == (0.9, 0.99)


def test_residuals_are_scaled():
    """With kernels of zero, what a block adds is a fifth of its biases."""
    network = esrgan.build_generator(3, 2, filters=4, blocks=1, growth=2)
    for layer in network.layers:
        if layer.name.startswith("block_0_") and layer.weights:
            kernel, bias = layer.get_weights()
            last = layer.name.endswith("_4")
            layer.set_weights([0 * kernel, 0 * bias + (1.0 if last else 0.0)])
    x = np.zeros((1, 4, 4, 3), "float32")
    before, after = (
        values_of([esrgan.keras.Model(network.input, output)(x)])[0]
        for output in (
            network.get_layer("first").output,
            network.get_layer("block_0_sum").output,
        )
    )
    # Three dense blocks add 0.2 each, and 0.2 of their sum is added.
    np.testing.assert_allclose(after - before * 1.2, 0.12, atol=1e-6)
