import keras
import numpy as np
import pytest

from keras_gan_zoo import DCGAN, ConditionalGAN, InfoGAN, ProGAN
from keras_gan_zoo.control import directions


def linear(weights, bend=0.0):
    """A generator of images z A + bend |z|^2, A the weights."""
    latents = keras.Input((len(weights),))
    layer = keras.layers.Dense(weights.shape[1], use_bias=False)
    pixels = layer(latents)
    layer.set_weights([weights])
    length = keras.ops.sum(latents**2, axis=1, keepdims=True)
    images = keras.layers.Reshape((8, 8, 1))(pixels + bend * length)
    return keras.Model(latents, images)


@pytest.mark.parametrize("bend", [0.0, 0.5])
def test_of_a_linear_generator_they_are_singular_vectors(rng, bend):
    """What is the same at z and at -z, the bend, does not count."""
    weights = rng.normal(size=(6, 64)).astype("float32") / 8
    gan = DCGAN((8, 8, 1), 6, filters=2, generator=linear(weights, bend))
    found = directions.principal(gan, num=4, seed=3)
    expected = np.linalg.svd(weights)[0].T[:4]
    expected *= np.sign((expected @ weights).sum(axis=1, keepdims=True))
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    np.testing.assert_allclose(found / lengths, expected, atol=1e-3)
    deviation = gan.draw_latents(10_000, rng).std()
    np.testing.assert_allclose(lengths, deviation, rtol=0.05)


@pytest.mark.parametrize(
    "gan",
    [
        lambda: ConditionalGAN((8, 8, 1), 3, 5, filters=2),
        lambda: InfoGAN((8, 8, 1), latent_dim=5, filters=2, units=8),
        lambda: ProGAN((8, 8, 1), latent_dim=5, fmap_base=32, fmap_max=4),
    ],
)
def test_every_latent_model_has_them(gan):
    found = directions.principal(gan(), num=3)
    assert found.shape == (3, 5)
    products = found @ found.T
    np.testing.assert_allclose(products, products[0, 0] * np.eye(3), atol=1e-4)


def test_they_are_as_long_as_the_prior_is_wide():
    gan = InfoGAN((8, 8, 1), latent_dim=40, filters=2, units=8)
    found = directions.principal(gan, num=1)
    expected = 1 / np.sqrt(3)  # of the uniform distribution in [-1, 1]
    np.testing.assert_allclose(np.linalg.norm(found), expected, rtol=0.02)
