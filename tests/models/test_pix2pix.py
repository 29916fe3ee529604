import itertools

import keras
import numpy as np
import pytest
from checks import (
    GANChecks,
    StoredLosses,
    all_state,
    equal,
    kernels,
    num_trained,
    to_numpy,
)

from keras_gan_zoo import Pix2Pix
from keras_gan_zoo.blocks import patch as patchgan
from keras_gan_zoo.blocks import unet

RNG = np.random.default_rng(0)
INPUTS = RNG.uniform(-1, 1, (8, 16, 24, 1)).astype("float32")
TARGETS = RNG.uniform(-1, 1, (8, 16, 24, 3)).astype("float32")


class TestPix2Pix(GANChecks):
    slow_checks = ("test_two_replicas_train_like_one_device",)
    cls = Pix2Pix
    config = {
        "image_shape": (16, 24, 1),
        "output_channels": 2,
        "filters": 4,
        "patch": 16,
        "generator_normalization": "batch",
        "discriminator_normalization": "layer",
        "spectral_normalization": True,
        "upsampling": "resize",
        "dropout_rate": 0.25,
    }
    batch = (INPUTS, TARGETS[..., :2])
    logs = {"d_loss", "g_loss", "l1_loss"}

    def outputs(self, gan):
        return gan.translate(INPUTS[:4], noise=False)

    def three_steps(self):
        # Dropout draws other masks on each backend.
        still = type(self)()
        still.config = {**self.config, "dropout_rate": 0.0}
        return super(TestPix2Pix, still).three_steps()

    def output_shape(self):
        return (4, 16, 24, self.config["output_channels"])


class TestPenalizedPix2Pix(StoredLosses):
    cls = Pix2Pix
    batch = TestPix2Pix.batch
    config = {
        "image_shape": (16, 24, 1),
        "output_channels": 2,
        "filters": 4,
        "patch": 1,
        # Dropout draws other masks on each backend.
        "dropout_rate": 0.0,
    }
    compile_arguments = {
        "loss": "least_squares",
        "penalty": "r1",
        "discriminator_steps": 2,
        "l1_weight": 10.0,
        "adversarial_weight": 0.5,
    }


def test_the_papers_generator_at_256():
    network = unet.build_generator((256, 256, 3))
    # Appendix 6.1.1: the decoder sees its own map and the encoder's.
    encoder = [3, 64, 128, 256, 512, 512, 512, 512, 512]
    expected = [(4, 4, a, b) for a, b in itertools.pairwise(encoder)]
    decoder = [512, 512, 512, 512, 256, 128, 64, 3]
    inputs = [512] + [2 * width for width in decoder[:-1]]
    expected += [(4, 4, a, b) for a, b in zip(inputs, decoder)]
    assert kernels(network) == expected
    assert round(num_trained(network) / 1e6, 1) == 54.4
    dropped = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Dropout)
    ]
    assert [layer.rate for layer in dropped] == [0.5] * 3
    down, up = (
        {
            layer.name
            for layer in network.layers
            if layer.name.startswith(f"normalize_{way}")
        }
        for way in ("down", "up")
    )
    assert down == {f"normalize_down_{i}" for i in range(1, 7)}
    assert up == {f"normalize_up_{i}" for i in range(1, 8)}


def test_the_papers_discriminator_at_256():
    network = patchgan.build_patch_discriminator((256, 256, 3), 3)
    assert kernels(network) == [
        (4, 4, 6, 64),
        (4, 4, 64, 128),
        (4, 4, 128, 256),
        (4, 4, 256, 512),
        (4, 4, 512, 1),
    ]
    # The reference network with batch normalisation has 2,768,705.
    assert num_trained(network) == 2_768_705
    assert network.output_shape == (None, 30, 30, 1)


@pytest.mark.parametrize("patch", [1, 16, 34, 70])
def test_a_logit_sees_its_patch_and_no_more(patch):
    network = patchgan.build_patch_discriminator(
        (96, 96, 1), patch=patch, filters=4, discriminator_normalization=None
    )
    keras.utils.set_random_seed(0)
    for variable in network.trainable_variables:
        variable.assign(np.abs(RNG.normal(size=variable.shape)) * 0.1)
    # An image for each row and each column: that alone is bright.
    images = np.zeros((2, 96, 96, 96, 1), "float32")
    for place in range(96):
        images[0, place, place] = images[1, place, :, place] = 1
    flat = network.predict(np.zeros((1, 96, 96, 1)), verbose=0)
    row, column = (side // 2 for side in flat.shape[1:3])
    seen = [
        np.flatnonzero(
            network.predict(lines, verbose=0)[:, row, column, 0]
            != flat[0, row, column, 0]
        )
        for lines in images
    ]
    for places in seen:
        assert len(places) == patch
        assert max(places) - min(places) == patch - 1


def test_patches_that_cannot_be():
    with pytest.raises(ValueError, match="1, 16, 34, 70, 142, its") as error:
        Pix2Pix((64, 64, 3), filters=2, patch=286)
    assert "patch=286" in str(error.value)
    gan = Pix2Pix((64, 64, 3), filters=2, patch="image")
    assert gan.discriminator.output_shape == (None, 6, 6, 1)


@pytest.mark.parametrize("image_shape", [(64, 64, 3), (32, 48, 1), (20, 12, 1)])
def test_sizes(image_shape):
    gan = Pix2Pix(image_shape, filters=2, patch=1)
    images = np.zeros((2, *image_shape), "float32")
    assert gan.translate(images).shape == (2, *image_shape[:2], 3)


def test_a_size_that_cannot_be_halved():
    with pytest.raises(ValueError, match="multiples of 4") as error:
        Pix2Pix((30, 31, 3))
    assert "32x32" in str(error.value)


def values(tensor):
    return to_numpy(keras.ops.stop_gradient(tensor)).astype(float)


@pytest.mark.parametrize("loss", ["non_saturating", "least_squares"])
def test_the_losses_are_the_papers(loss):
    """Equation 4 on known logits and images, in numpy."""
    gan = TestPix2Pix().gan(dropout_rate=0.0)
    gan.compile(loss=loss)
    inputs, targets = map(keras.ops.convert_to_tensor, TestPix2Pix.batch)
    fake = gan.generator(inputs, training=False)
    real_logits, logits = (
        values(gan.discriminator([inputs, x], training=False))
        for x in (targets, fake)
    )
    found = gan.losses((inputs, targets), training=False)
    g_terms, d_terms = found.logs["generator"], found.logs["discriminator"]
    total, d_total = found.players["generator"], found.players["discriminator"]
    l1 = np.abs(values(fake) - values(targets)).mean()
    if loss == "non_saturating":
        g = np.logaddexp(0, -logits).mean()
        d = np.logaddexp(0, -real_logits).mean()
        d = (d + np.logaddexp(0, logits).mean()) / 2
    else:
        g = ((logits - 1) ** 2).mean() / 2
        d = (((real_logits - 1) ** 2).mean() + (logits**2).mean()) / 4
    assert values(total) == pytest.approx(g + 100 * l1, rel=1e-5)
    assert values(g_terms["l1_loss"]) == pytest.approx(l1, rel=1e-5)
    assert values(g_terms["g_loss"]) == pytest.approx(g, rel=1e-5)
    assert values(d_total) == values(d_terms["d_loss"])
    assert values(d_total) == pytest.approx(d, rel=1e-5)


def test_compile_takes_the_papers_optimizer():
    gan = TestPix2Pix().gan()
    gan.compile()
    for optimizer in gan.optimizer.optimizers:
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        assert optimizer.beta_1 == 0.5
    assert gan.l1_weight == 100
    for network in (gan.generator, gan.discriminator):
        values = [
            to_numpy(v).ravel()
            for v in network.trainable_variables
            if v.name == "kernel"
        ]
        values = np.concatenate(values)
        error = 0.02 / np.sqrt(2 * len(values))  # of a normal sample
        assert abs(values.std() - 0.02) < 4 * error


def test_noise_is_there_and_can_be_switched_off():
    gan = TestPix2Pix().compiled()
    state = all_state(gan)
    first, again, other = (
        gan.translate(INPUTS, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4
    still = gan.translate(INPUTS, noise=False)
    np.testing.assert_array_equal(still, gan.translate(INPUTS, noise=False))
    # Translating leaves seeds and moving statistics of the training alone.
    assert equal(state, all_state(gan))


def test_translation_takes_any_size():
    gan = Pix2Pix((16, 16, 1), filters=2, patch=1)
    for size in ((16, 16), (21, 9), (3, 40)):
        images = RNG.uniform(-1, 1, (2, *size, 1))
        assert gan.translate(images).shape == (2, *size, 3)
    with pytest.raises(ValueError, match="tile to be a multiple of 16"):
        gan.translate(INPUTS, tile=20)
    for wrong in (INPUTS[0], TARGETS, INPUTS * 9):
        with pytest.raises(ValueError, match="Expected"):
            gan.translate(wrong)


def test_batches_that_are_no_pairs():
    gan = TestPix2Pix().compiled()
    with pytest.raises(ValueError, match="batches of 2 members"):
        gan.fit(INPUTS, verbose=0)
    with pytest.raises(ValueError, match="targets do not fit"):
        gan.fit(INPUTS, TARGETS, verbose=0)
