"""The noise of networks: theirs, each replica's own, and repeatable."""

import keras
import numpy as np
import pytest
from checks import to_numpy, two_replicas
from keras import ops

from keras_gan_zoo import DCGAN, engine
from keras_gan_zoo.engine import randomness

BACKEND = keras.backend.backend()
IMAGES = np.zeros((8, 8, 8, 1), "float32")


def noisy_discriminator():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.GaussianNoise(0.1, seed=3),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),  # of no seed
            keras.layers.Dense(1),
        ]
    )


def generators_of(network):
    return [
        layer.seed_generator
        for layer in network.layers
        if hasattr(layer, "seed_generator")
    ]


def test_the_users_network_is_not_changed():
    network = noisy_discriminator()
    generators = generators_of(network)
    assert len(generators) == 2
    before = [(type(g), dict(vars(g))) for g in generators]
    layers = [dict(vars(layer)) for layer in network.layers]
    gan = DCGAN((8, 8, 1), latent_dim=4, filters=4, discriminator=network)
    assert gan.discriminator is network
    for layer, attributes in zip(network.layers, layers, strict=True):
        assert vars(layer).keys() == attributes.keys()
    gan.compile()
    gan.fit(IMAGES, batch_size=8, verbose=0)
    with randomness.untraced(0, gan):
        network(IMAGES, training=True)
    for generator, (kind, attributes) in zip(generators, before, strict=True):
        assert type(generator) is kind is keras.random.SeedGenerator
        assert vars(generator).keys() == attributes.keys()
        for name, value in attributes.items():
            assert getattr(generator, name) is value, name
    assert keras.random.SeedGenerator.next.__name__ == "next"


def test_a_step_draws_from_the_saved_state():
    """Also dropout of no seed on PyTorch, which Keras draws elsewhere."""
    layer = keras.layers.Dropout(0.5)
    x = ops.ones((4, 50))

    @engine.adversarial_step
    def step(layer, x):
        return {"kept": layer(x, training=True)}

    if BACKEND == "jax":  # whose steps are given their state
        step = step.__wrapped__

    def drawn():
        layer.seed_generator.state.assign([7, 0])
        kept = to_numpy(step(layer, x)["kept"])
        np.testing.assert_array_equal(
            to_numpy(layer.seed_generator.state), [7, 1]
        )
        return kept

    np.testing.assert_array_equal(drawn(), drawn())


@pytest.mark.skipif(BACKEND != "tensorflow", reason="tf.distribute")
def test_replicas_drop_out_differently_in_a_step():
    import tensorflow as tf

    strategy, x = two_replicas(), ops.ones((1, 2000))
    with strategy.scope():
        layer = keras.layers.Dropout(0.5, seed=7)

    @engine.adversarial_step
    def step(layer, x):
        # A message between the replicas: each waits for the other in it.
        mean = engine.replica_mean(ops.mean(x))
        return {"kept": layer(mean * x, training=True)}

    @tf.function
    def run():
        return strategy.run(step, (layer, x))["kept"]

    first, second = (to_numpy(v)[0] for v in run().values)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1
    alone = keras.layers.Dropout(0.5, seed=7)(x, training=True)
    np.testing.assert_array_equal(first, to_numpy(alone)[0])
    assert keras.random.SeedGenerator.next.__name__ == "next"


@pytest.mark.parametrize("scope", [randomness.drawn_with, randomness.untraced])
def test_the_same_seed_draws_the_same_and_leaves_no_trace(scope):
    network = noisy_discriminator()
    states = [to_numpy(g.state) for g in generators_of(network)]

    def drawn(seed):
        with scope(seed, network):
            return to_numpy(network(IMAGES + 1, training=True))

    first = drawn(1)
    np.testing.assert_array_equal(first, drawn(1))
    assert np.any(first != drawn(2))
    for generator, state in zip(generators_of(network), states, strict=True):
        np.testing.assert_array_equal(to_numpy(generator.state), state)
