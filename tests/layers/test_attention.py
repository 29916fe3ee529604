"""Self-attention against numpy, on every backend."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo import engine, layers


@pytest.fixture
def features(rng):
    return rng.normal(size=(3, 4, 6, 16)).astype("float32")


def built(spectral, gamma=0.7, **kwargs):
    layer = layers.SelfAttention(spectral_normalization=spectral, **kwargs)
    layer.build((None, 4, 6, 16))
    layer.gamma.assign(gamma)
    return layer


def in_numpy(x, query, key, value, output, gamma):
    """The formula, position by position; kernels are matrices."""
    result = x.copy()
    for image, y in zip(x, result):
        keys, values = (
            np.stack(
                [
                    (image[i : i + 2, j : j + 2] @ kernel).max(axis=(0, 1))
                    for i in range(0, image.shape[0], 2)
                    for j in range(0, image.shape[1], 2)
                ]
            )
            for kernel in (key, value)
        )
        for place in np.ndindex(image.shape[:2]):
            scores = keys @ (image[place] @ query)
            weights = np.exp(scores - scores.max())
            y[place] += gamma * (weights / weights.sum()) @ values @ output
    return result


def matrices(layer, spectral):
    found = []
    for member in (layer.query, layer.key, layer.value, layer.output_layer):
        inner = member.layer if spectral else member
        matrix = to_numpy(inner.kernel)[0, 0]
        if spectral:
            matrix = matrix / np.linalg.svd(matrix, compute_uv=False)[0]
        found.append(matrix)
    return found


@pytest.mark.parametrize("spectral", [True, False])
def test_it_is_numpys(spectral, features):
    layer = built(spectral)
    for _ in range(200 if spectral else 0):  # finds the singular values
        layer(features, training=True)
    kernels = matrices(layer, spectral)
    assert [k.shape for k in kernels] == [(16, 2), (16, 2), (16, 8), (8, 16)]
    expected = in_numpy(features, *kernels, 0.7)
    assert np.abs(expected - features).max() > 0.1
    found = to_numpy(layer(features))
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-4)
    assert not np.array_equal(*kernels[:2])


def test_it_starts_as_the_identity(features):
    layer = built(True, gamma=0.0)
    np.testing.assert_array_equal(to_numpy(layer(features)), features)


@pytest.mark.parametrize(
    ("channels", "count"), [(64, 5120), (128, 20480), (256, 81920)]
)
def test_the_number_of_weights_is_the_papers(channels, count):
    layer = layers.SelfAttention(spectral_normalization=False)
    layer.build((None, 4, 4, channels))
    assert layer.count_params() == count + 1


def test_gamma_leaves_zero_in_training(features):
    inputs = keras.Input((4, 6, 16))
    network = keras.Model(inputs, layers.SelfAttention()(inputs))
    variables = network.trainable_variables
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(variables)
    kernels = [to_numpy(v) for v in variables if v.name == "kernel"]
    wanted = ops.convert_to_tensor(np.roll(features, 1, axis=1))

    def loss():
        outputs = network(ops.convert_to_tensor(features), training=True)
        return {"one": ops.mean(ops.square(outputs - wanted))}, None

    for _ in range(5):
        engine.minimize(loss, {"one": (variables, optimizer)})
    (gamma,) = (v for v in variables if v.name == "gamma")
    assert abs(float(to_numpy(gamma))) > 1e-4
    for old, new in zip(
        kernels, (v for v in variables if v.name == "kernel"), strict=True
    ):
        assert not np.array_equal(old, to_numpy(new))


def test_half_precision(features):
    full = built(False)
    half = built(False, dtype="mixed_bfloat16")
    half.set_weights(full.get_weights())
    found = half(ops.cast(features, "bfloat16"))
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    found = to_numpy(ops.cast(found, "float32"))
    np.testing.assert_allclose(
        found, to_numpy(full(features)), rtol=0.02, atol=0.05
    )


def test_it_is_saved(features, tmp_path):
    inputs = keras.Input((4, 6, 16))
    layer = layers.SelfAttention(kernel_initializer="orthogonal")
    network = keras.Model(inputs, layer(inputs))
    layer.gamma.assign(-0.5)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        to_numpy(loaded(features)), to_numpy(network(features))
    )
    config = loaded.layers[-1].get_config()
    assert config == layer.get_config()


@pytest.mark.parametrize("shape", [(4, 4, 4), (5, 4, 8), (4, 3, 8)])
def test_a_map_that_cannot_be_divided_is_explained(shape):
    with pytest.raises(ValueError, match="Expected at least 8 channels"):
        layers.SelfAttention()(np.ones((1, *shape), "float32"))
