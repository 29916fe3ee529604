"""What latent architectures with an encoder share."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, to_numpy
from keras import layers
from toys import SHAPE, images_of, logits_of

from keras_gan_zoo import EncodingGAN, engine
from keras_gan_zoo.modalities import Image


def encoder_of(latent_dim, stochastic):
    """Images to latents, or to means and standard deviations."""
    inputs = keras.Input(SHAPE)
    x = layers.Flatten()(inputs)
    outputs = layers.Dense(latent_dim, name="means")(x)
    if stochastic:
        outputs = [outputs, layers.Dense(latent_dim, name="stddevs")(x)]
    return keras.Model(inputs, outputs, name="encoder")


class Toy(EncodingGAN):
    """Its encoder finds the latents of what the generator makes."""

    log_names = ("d_loss", "g_loss", "e_loss")

    def __init__(self, stochastic=False):
        super().__init__(Image(SHAPE), 3, seed=0)
        self.generator = self.keep_or_build(
            "generator", None, lambda: images_of(3)
        )
        self.discriminator = self.keep_or_build(
            "discriminator", None, logits_of
        )
        self.encoder = self.keep_or_build(
            "encoder", None, lambda: encoder_of(3, stochastic)
        )
        self.ready()

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        latents = self.sample_latents(real.shape[0], seed)
        fake = self.generator(latents, training=training)
        found = self.adversarial_losses(
            lambda x: self.discriminator(x, training=training), real, fake
        )
        codes = self.code_of(self.encoder(fake, training=training))
        e_loss = keras.ops.mean(keras.ops.square(codes - latents))
        return found._replace(
            players={**found.players, "encoder": e_loss},
            logs={**found.logs, "encoder": {"e_loss": e_loss}},
        )

    @engine.adversarial_step
    def train_step(self, data):
        batch = self.members(data)
        logs, _ = self.minimize(lambda: self.losses(batch), *self.players())
        return self.end_step(data, logs)


@pytest.mark.parametrize("stochastic", [False, True])
def test_images_become_latents_and_images_again(stochastic):
    gan = Toy(stochastic)
    images = Image(SHAPE).example(5)
    dense = gan.encoder.get_layer("means")
    expected = images.reshape(5, -1) @ to_numpy(dense.kernel)
    found = gan.encode(images, batch_size=2)
    assert found.dtype == "float32"
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    again = gan.reconstruct(images, batch_size=2)
    np.testing.assert_allclose(
        again, gan.generate(5, latents=found), rtol=1e-4, atol=1e-5
    )


def test_the_averages_encode_and_reconstruct():
    gan = Toy()
    gan.compile(
        "non_saturating",
        **{f"{p}_optimizer": keras.optimizers.SGD(1.0) for p in gan.players()},
        ema_decay=0.9,
        **EAGERLY,
    )
    images = Image(SHAPE).example(8)
    gan.fit(images, batch_size=4, verbose=0)
    latents = to_numpy(gan.ema_encoder(images))
    np.testing.assert_allclose(gan.encode(images), latents, rtol=1e-4)
    assert not np.allclose(latents, to_numpy(gan.encoder(images)), atol=1e-3)
    expected = to_numpy(gan.ema_generator(latents))
    np.testing.assert_allclose(gan.reconstruct(images), expected, atol=1e-5)


@pytest.mark.parametrize("verb", ["encode", "reconstruct"])
def test_other_images_are_explained(verb):
    with pytest.raises(ValueError, match="do not fit"):
        getattr(Toy(), verb)(np.zeros((2, 4, 5, 1), "float32"))
    with pytest.raises(ValueError, match="wrong range"):
        getattr(Toy(), verb)(np.full((2, *SHAPE), 9.0, "float32"))
