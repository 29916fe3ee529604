"""The order in which the players step, against what numpy says of it."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_gan_zoo import VanillaGAN

RATE, D_START, G_START = 0.5, 0.3, 0.7
REAL = np.array([-0.5, 0.1, 0.4, 0.9], "float32").reshape(4, 1, 1, 1)


def linear(name, shape, output_shape):
    inputs = keras.Input(shape)
    weight = layers.Dense(1, use_bias=False)(layers.Flatten()(inputs))
    outputs = layers.Reshape(output_shape)(weight)
    return keras.Model(inputs, outputs, name=name)


def linear_gan(monkeypatch, **compile_arguments):
    """G(z) = g z and D(x) = d x, with z = 1: one weight for each player."""
    gan = VanillaGAN(
        (1, 1, 1),
        latent_dim=1,
        generator=linear("generator", (1,), (1, 1, 1)),
        discriminator=linear("discriminator", (1, 1, 1), (1,)),
    )
    gan.generator.set_weights([np.array([[G_START]])])
    gan.discriminator.set_weights([np.array([[D_START]])])
    monkeypatch.setattr(
        gan, "sample_latents", lambda num, seed=None: keras.ops.ones((num, 1))
    )
    gan.compile(
        "wasserstein",
        keras.optimizers.SGD(RATE),
        keras.optimizers.SGD(RATE),
        **compile_arguments,
    )
    return gan


def expected(real, updates):
    """One step of fit; `real` holds the means of the parts of the batch.

    The critic's loss is d g - d mean(x), the generator's is -d g.
    """
    d, g = D_START, G_START
    for mean in real:
        before = d
        d = d - RATE * (g - mean)
    g = g + RATE * (d if updates == "alternating" else before)
    return d, g


@pytest.mark.parametrize("updates", ["simultaneous", "alternating"])
@pytest.mark.parametrize("discriminator_steps", [1, 2])
def test_the_generator_meets(updates, discriminator_steps, monkeypatch):
    gan = linear_gan(
        monkeypatch, updates=updates, discriminator_steps=discriminator_steps
    )
    gan.fit(REAL, batch_size=4, shuffle=False, verbose=0)
    # Minibatches hold every n-th image.
    parts = REAL.reshape(-1, discriminator_steps).mean(axis=0)
    d, g = expected(parts, updates)
    np.testing.assert_allclose(
        [
            float(gan.discriminator.get_weights()[0][0, 0]),
            float(gan.generator.get_weights()[0][0, 0]),
        ],
        [d, g],
        rtol=1e-6,
    )


def test_another_order_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="'alternating' or 'simultaneous'"):
        linear_gan(monkeypatch, updates="in turns")
