"""Real pictures in the latents of a model with an encoder."""

import keras
import numpy as np
import pytest
from checks import set_weights

import keras_gan_zoo as kgz
from keras_gan_zoo import control

SHAPE = (8, 8, 1)


@pytest.fixture(scope="module")
def gan():
    """Untrained, with weights of some size."""
    keras.utils.set_random_seed(0)
    found = kgz.BiGAN(
        SHAPE,
        5,
        generator_units=(16,),
        encoder_units=(16,),
        discriminator_units=(8,),
    )
    for network in found.networks().values():
        set_weights(network, 0.3)
    return found


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(1)
    return rng.uniform(-1, 1, (6, *SHAPE)).astype("float32")


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_projection_without_a_search(gan, pictures, tmp_path):
    found = control.encode(gan, pictures, batch_size=4)
    close(found.latents, gan.encode(pictures))
    close(found.images, gan.reconstruct(pictures))
    close(found.mae, np.abs(found.images - pictures).mean(axis=(1, 2, 3)))
    assert found.start_losses.shape == (6, 1)
    close(control.generate_from(gan, found), found.images)
    move = np.linspace(-1, 1, 5)
    moved = control.generate_from(gan, found, move)
    close(moved, gan.generate(6, latents=found.latents + move))
    assert control.edit(gan, pictures, found, move).shape == (6, *SHAPE)
    again = control.Projection.load(found.save(tmp_path / "found.npz"))
    np.testing.assert_array_equal(again.latents, found.latents)


@pytest.mark.parametrize("mode", ["linear", "spherical"])
def test_rows_begin_and_end_at_the_pictures(gan, pictures, mode):
    first, second = pictures[:3], pictures[3:]
    rows = control.interpolate_pictures(gan, first, second, 3, mode)
    assert rows.shape == (3, 3, *SHAPE)
    close(rows[:, 0], gan.reconstruct(first))
    close(rows[:, 2], gan.reconstruct(second))
    way = getattr(control, mode)
    middle = way(gan.encode(first), gan.encode(second), 0.5)
    close(rows[:, 1], gan.generate(3, latents=middle))


def test_an_attribute_is_the_difference_of_means(gan, pictures):
    having, others = pictures[:2], pictures[2:]
    found = control.attribute(gan, having, others)
    latents = gan.encode(pictures)
    close(found, latents[:2].mean(axis=0) - latents[2:].mean(axis=0))


def test_models_without_an_encoder_are_told(pictures):
    plain = kgz.VanillaGAN(SHAPE, 5, generator_units=(4,))
    with pytest.raises(ValueError, match="Received: VanillaGAN"):
        control.encode(plain, pictures)
    with pytest.raises(ValueError, match="shape"):
        control.encode(plain, pictures[:, :4])
