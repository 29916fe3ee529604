import keras
import numpy as np
import pytest
from checks import OF_VARIANTS_SLOW, GANChecks, to_numpy

from keras_gan_zoo import DCGAN
from keras_gan_zoo.layers import BatchNormalization
from keras_gan_zoo.models import dcgan

IMAGES = np.random.default_rng(0).uniform(-1, 1, (12, 8, 12, 3))
IMAGES = IMAGES.astype("float32")


class TestDCGAN(GANChecks):
    slow_checks = ()  # all are quick: two replicas are seen here
    cls = DCGAN
    config = {
        "image_shape": (8, 12, 3),
        "latent_dim": 5,
        "filters": 4,
        "discriminator_normalization": "layer",
        "spectral_normalization": True,
        "packing": 3,
        "augmentation": "color,translation,cutout",
    }
    batch = IMAGES


class TestPenalizedDCGAN(TestDCGAN):
    slow_checks = OF_VARIANTS_SLOW
    config = {
        "image_shape": (16, 16, 3),
        "latent_dim": 5,
        "filters": 4,
        "discriminator_normalization": "instance",
        "kernel_size": 4,
    }
    batch = (
        np.random.default_rng(0)
        .uniform(-1, 1, (16, 16, 16, 3))
        .astype("float32")
    )
    compile_arguments = {
        "loss": "least_squares",
        "penalty": "wgan_gp",
        "discriminator_steps": 2,
        "updates": "simultaneous",
        "ema_decay": 0.9,
    }
    logs = {"d_loss", "g_loss", "penalty"}


@pytest.mark.parametrize(
    ("image_shape", "smallest"),
    [
        ((8, 8, 1), (4, 4)),
        ((28, 28, 1), (4, 4)),  # 28, 14, 7, 4
        ((29, 45, 1), (4, 6)),  # 29, 15, 8, 4 and 45, 23, 12, 6
        ((32, 32, 3), (4, 4)),
        ((64, 64, 3), (4, 4)),
        ((112, 96, 1), (4, 3)),
    ],
)
def test_sizes(image_shape, smallest):
    gan = DCGAN(image_shape, filters=2)
    assert gan.generate(2, seed=0).shape == (2, *image_shape)
    assert gan.discriminator.output_shape == (None, 1)
    assert gan.generator.get_layer("reshape").output.shape[1:3] == smallest
    assert gan.discriminator.get_layer("flat").input.shape[1:3] == smallest


def test_the_discriminator_sees_the_whole_image():
    # Two halvings of 28x28 left neurons that saw 13 pixels, and digits that
    # are right in each part and wrong as a whole.
    gan = DCGAN((28, 28, 1), filters=2, discriminator_normalization=None)
    last = gan.discriminator.get_layer("flat")
    network = keras.Model(gan.discriminator.input, last.output)
    rng = np.random.default_rng(0)
    image = rng.uniform(-1, 1, (1, 28, 28, 1)).astype("float32")
    changed = image.copy()
    changed[:, :, :7] *= -1  # the left quarter
    before, after = (
        to_numpy(network(x)).reshape(4, 4, -1) for x in (image, changed)
    )
    assert (before != after).any(axis=-1)[:, :3].any(axis=0).all()


def test_images_that_are_too_small():
    with pytest.raises(ValueError, match="at least 8 pixels for both"):
        DCGAN((7, 28, 1))


def test_a_shape_that_is_none_is_explained():
    with pytest.raises(ValueError, match="three positive"):
        DCGAN((28, 28))


def test_the_guidelines_of_section_3():
    generator = dcgan.build_generator((64, 64, 3), filters=128)
    discriminator = dcgan.build_discriminator((64, 64, 3), filters=128)
    ups = [
        layer
        for layer in generator.layers
        if isinstance(layer, keras.layers.Conv2DTranspose)
    ]
    # Figure 1: 4x4x1024, then 512, 256, 128 and 3 channels.
    assert [layer.filters for layer in ups] == [512, 256, 128, 3]
    assert generator.get_layer("reshape").output.shape == (None, 4, 4, 1024)
    downs = [
        layer
        for layer in discriminator.layers
        if isinstance(layer, keras.layers.Conv2D)
    ]
    assert [layer.filters for layer in downs] == [128, 256, 512, 1024]
    assert {layer.strides for layer in ups + downs} == {(2, 2)}
    normalized = [
        sum(isinstance(layer, BatchNormalization) for layer in network.layers)
        for network in (generator, discriminator)
    ]
    assert normalized == [4, 3]  # not the last, not the first
    slopes = {
        layer.negative_slope
        for layer in discriminator.layers
        if isinstance(layer, keras.layers.LeakyReLU)
    }
    assert slopes == {0.2}
    for layer in ups + downs:
        kernel = to_numpy(layer.kernel)
        assert abs(kernel.std() - 0.02) < 1e-3
        assert abs(kernel.mean()) < 1e-3


def test_compile_takes_the_papers_optimizer():
    gan = DCGAN((8, 8, 1), filters=2)
    gan.compile()
    for optimizer in gan.optimizer.optimizers:
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        assert optimizer.beta_1 == 0.5
    assert type(gan.loss).__name__ == "NonSaturating"


def test_latents_are_uniform():
    gan = DCGAN((8, 8, 1), filters=2)
    for latents in (
        gan.draw_latents(1000, np.random.default_rng(0)),
        to_numpy(gan.sample_latents(1000)),
    ):
        assert latents.min() < -0.99
        assert latents.max() > 0.99
        assert np.abs(latents).max() <= 1
        assert abs(latents.std() - 1 / np.sqrt(3)) < 0.01


def test_augmentation_keeps_the_precision_of_images():
    gan = DCGAN(
        (8, 8, 1), filters=2, augmentation="color", dtype="mixed_bfloat16"
    )
    assert gan.discriminator.layers[1].compute_dtype == "float32"
    assert gan.discriminator.get_layer("downsample_0").compute_dtype == (
        "bfloat16"
    )
