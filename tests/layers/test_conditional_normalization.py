"""Conditional batch normalization against numpy, on every backend."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo import layers

LABELS = np.array([2, 0, 1, 2])


@pytest.fixture
def features(rng):
    return rng.normal(2, 3, size=(4, 5, 6, 3)).astype("float32")


@pytest.fixture
def labels():
    return np.eye(3, dtype="float32")[LABELS]


@pytest.fixture
def tables(rng):
    return rng.normal(size=(2, 3, 3)).astype("float32")


def built(tables, **kwargs):
    layer = layers.ConditionalBatchNormalization(epsilon=1e-3, **kwargs)
    layer.build([(None, 5, 6, 3), (None, 3)])
    for variable, table in zip((layer.gamma, layer.beta), tables):
        variable.assign(table)
    return layer


def in_numpy(x, labels, mean, variance, tables):
    gamma, beta = (labels @ table for table in tables)
    normalized = (x - mean) / np.sqrt(variance + 1e-3)
    return normalized * gamma[:, None, None] + beta[:, None, None]


def test_in_training_it_is_numpys(features, labels, tables):
    layer = built(tables)
    axes = (0, 1, 2)
    mean, variance = features.mean(axes), features.var(axes)
    found = to_numpy(layer([features, labels], training=True))
    expected = in_numpy(features, labels, mean, variance, tables)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_allclose(
        to_numpy(layer.moving_mean), 0.1 * mean, rtol=1e-4
    )
    np.testing.assert_allclose(
        to_numpy(layer.moving_variance), 0.9 + 0.1 * variance, rtol=1e-4
    )


def test_otherwise_the_moving_statistics_count(features, labels, tables):
    layer = built(tables)
    layer([features, labels], training=True)
    mean, variance = map(to_numpy, (layer.moving_mean, layer.moving_variance))
    expected = in_numpy(features, labels, mean, variance, tables)
    found = to_numpy(layer([features, labels]))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_labels_between_classes_mix_them(features, tables):
    labels = np.full((4, 3), [0.5, 0.0, 0.5], "float32")
    layer = built(tables)
    expected = in_numpy(features, labels, 0.0, 1.0, tables)
    found = to_numpy(layer([features, labels]))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_it_starts_as_batch_normalization(features, labels):
    plain = layers.BatchNormalization(epsilon=1e-3)
    layer = built([])
    np.testing.assert_allclose(
        to_numpy(layer([features, labels], training=True)),
        to_numpy(plain(features, training=True)),
        atol=1e-6,
    )


def test_features_without_positions(rng, labels):
    layer = layers.ConditionalBatchNormalization()
    x = rng.normal(size=(4, 7)).astype("float32")
    found = to_numpy(layer([x, labels], training=True))
    expected = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_half_precision_keeps_the_statistics(rng, labels):
    x = (rng.normal(size=(4, 16, 16, 1)) * 100 + 1000).astype("float32")
    layer = layers.ConditionalBatchNormalization(dtype="mixed_bfloat16")
    x = ops.cast(x, "bfloat16")
    found = layer([x, labels], training=True)
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    found = to_numpy(ops.cast(found, "float32"))
    assert abs(found.mean()) < 1e-2
    assert abs(found.std() - 1) < 1e-2


def test_it_is_saved(features, labels, tables, tmp_path):
    inputs = [keras.Input((5, 6, 3)), keras.Input((3,))]
    layer = layers.ConditionalBatchNormalization(momentum=0.8)
    network = keras.Model(inputs, layer(inputs))
    for variable, table in zip((layer.gamma, layer.beta), tables):
        variable.assign(table)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        to_numpy(loaded([features, labels])),
        to_numpy(network([features, labels])),
    )
    assert loaded.layers[-1].momentum == 0.8
