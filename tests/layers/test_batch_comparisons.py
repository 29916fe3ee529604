"""Minibatch discrimination and virtual batch normalization against numpy."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import layers

from keras_gan_zoo.layers import (
    MinibatchDiscrimination,
    ReferenceBatch,
    VirtualBatchNormalization,
    WithoutReference,
)


def test_minibatch_discrimination_is_numpys(rng):
    layer = MinibatchDiscrimination(kernels=3, dims=2)
    features = rng.normal(size=(5, 4)).astype("float32")
    layer(features)
    log_scale = rng.normal(size=(3, 2)).astype("float32")
    layer.log_scale.assign(log_scale)
    kernel = to_numpy(layer.kernel).astype("float64")
    kernel = kernel / np.sqrt((kernel**2).sum(axis=0)) * np.exp(log_scale)
    found = to_numpy(layer(features))
    np.testing.assert_array_equal(found[:, :4], features)
    for i in range(5):
        for b in range(3):
            mine = features[i] @ kernel[:, b]
            near = sum(
                np.exp(-np.abs(mine - features[j] @ kernel[:, b]).sum())
                for j in range(5)
                if j != i
            )
            assert found[i, 4 + b] == pytest.approx(near - 1, abs=1e-4)


def test_an_example_alone_is_near_to_nobody():
    layer = MinibatchDiscrimination(kernels=2, dims=3)
    np.testing.assert_array_equal(
        to_numpy(layer(np.ones((1, 4), "float32")))[:, 4:], -1
    )


@pytest.mark.parametrize("shape", [(3,), (2, 4, 3)], ids=["dense", "images"])
def test_virtual_batch_normalization_follows_its_formula(shape, rng):
    layer = VirtualBatchNormalization(num=6, epsilon=1e-4)
    x = rng.normal(2, 3, (9, *shape)).astype("float32")
    layer(x)
    gamma, beta = rng.normal(size=(2, 3)).astype("float32")
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    found = to_numpy(layer(x))
    axes = tuple(range(len(shape)))

    def normalized(value, among):
        mean, variance = among.mean(axis=axes), among.var(axis=axes)
        return gamma * (value - mean) / np.sqrt(variance + 1e-4) + beta

    reference = x[:6].astype("float64")
    np.testing.assert_allclose(
        found[:6], normalized(reference, reference), atol=1e-4
    )
    for i in range(6, 9):
        own = np.concatenate([reference, x[i : i + 1]])
        np.testing.assert_allclose(found[i], normalized(x[i], own), atol=1e-4)


def test_a_network_with_a_reference_sees_each_example_alone(tmp_path, rng):
    inputs = keras.Input((4,))
    x = ReferenceBatch(5)(inputs)
    x = layers.Dense(3)(x)
    x = VirtualBatchNormalization(5)(x)
    network = keras.Model(inputs, WithoutReference(5)(x))
    batch = rng.normal(size=(7, 4)).astype("float32")
    whole = to_numpy(network(batch))
    assert whole.shape == (7, 3)
    one_by_one = [to_numpy(network(batch[i : i + 1]))[0] for i in range(7)]
    np.testing.assert_allclose(whole, one_by_one, atol=1e-5)
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(whole, to_numpy(again(batch)))
