"""Batch normalization conditioned on a vector against numpy; its parts."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo import layers
from keras_gan_zoo.objectives.weights import Orthogonal


@pytest.fixture
def features(rng):
    return rng.normal(2, 3, size=(4, 5, 6, 3)).astype("float32")


@pytest.fixture
def vectors(rng):
    return rng.normal(size=(4, 2)).astype("float32")


def built(rng, **kwargs):
    """The layer and its two kernels."""
    layer = layers.ConditionedBatchNormalization(epsilon=1e-3, **kwargs)
    layer.build([(None, 5, 6, 3), (None, 2)])
    kernels = rng.normal(size=(2, 2, 3)).astype("float32")
    for dense, kernel in zip((layer.scale, layer.shift), kernels):
        getattr(dense, "layer", dense).kernel.assign(kernel)
    return layer, kernels


def in_numpy(x, vectors, mean, variance, kernels):
    scale, shift = (vectors @ kernel for kernel in kernels)
    normalized = (x - mean) / np.sqrt(variance + 1e-3)
    return normalized * (1 + scale[:, None, None]) + shift[:, None, None]


def test_in_training_it_is_numpys(features, vectors, rng):
    layer, kernels = built(rng, spectral_normalization=False)
    axes = (0, 1, 2)
    mean, variance = features.mean(axes), features.var(axes)
    found = to_numpy(layer([features, vectors], training=True))
    expected = in_numpy(features, vectors, mean, variance, kernels)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_allclose(
        to_numpy(layer.moving_mean), 0.1 * mean, rtol=1e-4
    )
    np.testing.assert_allclose(
        to_numpy(layer.moving_variance), 0.9 + 0.1 * variance, rtol=1e-4
    )


def test_its_kernels_are_divided_by_their_singular_values(
    features, vectors, rng
):
    layer, kernels = built(rng)
    for _ in range(50):  # the power iterations
        layer([features, vectors], training=True)
    kernels = [k / np.linalg.svd(k)[1][0] for k in kernels]
    mean, variance = map(to_numpy, (layer.moving_mean, layer.moving_variance))
    expected = in_numpy(features, vectors, mean, variance, kernels)
    found = to_numpy(layer([features, vectors]))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_features_without_positions(rng, vectors):
    layer = layers.ConditionedBatchNormalization(False, "zeros")
    x = rng.normal(size=(4, 7)).astype("float32")
    found = to_numpy(layer([x, vectors], training=True))
    expected = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_half_precision_keeps_the_statistics(rng):
    x = (rng.normal(size=(4, 16, 16, 1)) * 100 + 1000).astype("float32")
    layer = layers.ConditionedBatchNormalization(
        False, "zeros", dtype="mixed_bfloat16"
    )
    x, vectors = ops.cast(x, "bfloat16"), ops.ones((4, 2), "bfloat16")
    found = layer([x, vectors], training=True)
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    found = to_numpy(ops.cast(found, "float32"))
    assert abs(found.mean()) < 1e-2
    assert abs(found.std() - 1) < 1e-2


def test_it_is_saved(features, vectors, tmp_path):
    inputs = [keras.Input((5, 6, 3)), keras.Input((2,))]
    layer = layers.ConditionedBatchNormalization(
        False, "random_normal", momentum=0.8
    )
    network = keras.Model(inputs, layer(inputs))
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        to_numpy(loaded([features, vectors])),
        to_numpy(network([features, vectors])),
    )
    assert loaded.layers[-1].momentum == 0.8
    assert not loaded.layers[-1].spectral_normalization


def test_class_vectors_are_rows_and_mix(rng):
    layer = layers.LabelEmbedding(4)
    labels = np.array([[0, 1, 0], [0.5, 0, 0.5]], "float32")
    found = to_numpy(layer(labels))
    rows = to_numpy(layer.embeddings)
    np.testing.assert_allclose(found[0], rows[1], atol=1e-6)
    np.testing.assert_allclose(found[1], (rows[0] + rows[2]) / 2, atol=1e-6)


def test_class_vectors_are_no_kernels():
    inputs = keras.Input((3,))
    network = keras.Model(inputs, layers.LabelEmbedding(2, "ones")(inputs))
    assert float(to_numpy(Orthogonal()(network))) == 0


def test_a_part_is_a_slice(features):
    found = to_numpy(layers.Part(1, 3)(features))
    np.testing.assert_array_equal(found, features[..., 1:3])
