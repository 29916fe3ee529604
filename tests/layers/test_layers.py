"""Layers against Keras' own and against numpy."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo import layers
from keras_gan_zoo.layers.normalization import NORMALIZATIONS


@pytest.fixture
def images(rng):
    return rng.normal(2, 3, size=(4, 5, 6, 3)).astype("float32")


def test_batch_normalization_equals_keras(images):
    ours = layers.BatchNormalization(momentum=0.8, epsilon=1e-3)
    keras_own = keras.layers.BatchNormalization(momentum=0.8, epsilon=1e-3)
    for _ in range(3):
        np.testing.assert_allclose(
            to_numpy(ours(images, training=True)),
            to_numpy(keras_own(images, training=True)),
            atol=1e-5,
        )
    for name in ("moving_mean", "moving_variance"):
        np.testing.assert_allclose(
            to_numpy(getattr(ours, name)),
            to_numpy(getattr(keras_own, name)),
            rtol=1e-5,
        )
    np.testing.assert_allclose(
        to_numpy(ours(images)), to_numpy(keras_own(images)), atol=1e-5
    )


@pytest.mark.parametrize("settings", [{}, {"center": False, "scale": False}])
def test_batch_normalization_in_half_precision(settings, rng):
    images = (rng.normal(size=(8, 16, 16, 2)) * 3 + [20, -40]).astype("f")
    images = ops.cast(images, "bfloat16")
    layer = layers.BatchNormalization(
        momentum=0.0, dtype="mixed_bfloat16", **settings
    )
    outputs = layer(images, training=True)
    assert keras.backend.standardize_dtype(outputs.dtype) == "bfloat16"
    exact = to_numpy(ops.cast(images, "float32"))
    mean, variance = exact.mean((0, 1, 2)), exact.var((0, 1, 2))
    found = to_numpy(ops.cast(outputs, "float32"))
    expected = (exact - mean) / np.sqrt(variance + 1e-5)
    np.testing.assert_allclose(found, expected, atol=0.03)
    # In bfloat16 the mean of 4,096 numbers near 40 would be off by 0.1.
    np.testing.assert_allclose(to_numpy(layer.moving_mean), mean, atol=1e-3)
    np.testing.assert_allclose(
        to_numpy(layer.moving_variance), variance, rtol=1e-3
    )


@pytest.mark.parametrize(
    ("name", "axes"), [("layer", (1, 2, 3)), ("instance", (1, 2))]
)
def test_normalization_by_formula(name, axes, images, rng):
    layer = layers.normalization(name, epsilon=1e-3)
    layer.build(images.shape)
    gamma, beta = rng.normal(size=(2, 3)).astype("float32")
    layer.set_weights([gamma, beta])
    mean = images.mean(axes, keepdims=True)
    variance = images.var(axes, keepdims=True)
    expected = (images - mean) / np.sqrt(variance + 1e-3) * gamma + beta
    np.testing.assert_allclose(to_numpy(layer(images)), expected, atol=1e-4)


def test_half_precision_keeps_the_statistics(rng):
    # In float16 the squares of these overflow and their mean is coarse.
    images = (rng.normal(size=(2, 32, 32, 1)) * 100 + 1000).astype("float16")
    layer = layers.InstanceNormalization(dtype="mixed_float16")
    outputs = to_numpy(layer(images))
    assert outputs.dtype == np.float16
    assert np.abs(outputs.mean((1, 2))).max() < 1e-2
    assert np.abs(outputs.std((1, 2)) - 1).max() < 1e-2


def test_maxout():
    features = np.array([[1.0, 5.0, 2.0, -3.0, -1.0, -2.0]], "float32")
    layer = layers.Maxout(pieces=3)
    np.testing.assert_array_equal(to_numpy(layer(features)), [[5.0, -1.0]])
    assert layer.compute_output_shape((None, 6)) == (None, 2)


def test_a_pack_has_the_channels_of_its_images():
    images = np.random.default_rng(0).normal(size=(6, 2, 3, 2)).astype("f")
    layer = layers.Pack(3)
    expected = np.stack(
        [np.concatenate(images[i : i + 3], axis=-1) for i in (0, 3)]
    )
    np.testing.assert_array_equal(to_numpy(layer(images)), expected)
    # Five images: the first fills the second pack up.
    some = to_numpy(layer(images[:5]))
    np.testing.assert_array_equal(some[0], expected[0])
    np.testing.assert_array_equal(some[1, ..., :4], expected[1, ..., :4])
    np.testing.assert_array_equal(some[1, ..., 4:], images[0])
    # One image alone fills its pack thrice.
    alone = to_numpy(layer(images[:1]))
    np.testing.assert_array_equal(alone, np.tile(images[:1], (1, 1, 1, 3)))
    assert layer.compute_output_shape((None, 2, 3, 2)) == (None, 2, 3, 6)
    assert layer.compute_output_shape((5, 2, 3, 2)) == (2, 2, 3, 6)


@pytest.mark.parametrize(
    "inner",
    [
        lambda: keras.layers.Dense(4),
        lambda: keras.layers.Conv2D(4, 3, strides=2, padding="same"),
    ],
)
def test_spectral_normalization_divides_by_the_largest_singular_value(
    inner, images
):
    inputs = (
        images if isinstance(inner(), keras.layers.Conv2D) else images[0, 0]
    )
    layer = layers.SpectralNormalization(inner())
    for _ in range(100):
        normalized = to_numpy(layer(inputs, training=True))
    kernel = to_numpy(layer.layer.kernel)
    sigma = np.linalg.svd(kernel.reshape(-1, 4), compute_uv=False)[0]
    plain = to_numpy(layer.layer(inputs))  # the bias is zero
    np.testing.assert_allclose(normalized, plain / sigma, rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(to_numpy(layer.layer.kernel), kernel)
    u = to_numpy(layer.u)
    layer(inputs)
    np.testing.assert_array_equal(to_numpy(layer.u), u)


def test_spectral_normalization_is_right_before_training():
    """One unit has one singular value, which any vector finds."""
    layer = layers.SpectralNormalization(keras.layers.Dense(1))
    inputs = np.ones((1, 4), "float32")
    outputs = to_numpy(layer(inputs))
    kernel = to_numpy(layer.layer.kernel)
    expected = inputs @ kernel / np.linalg.norm(kernel)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5)


def test_spectral_normalization_of_a_layer_without_kernel_is_explained():
    layer = layers.SpectralNormalization(keras.layers.ReLU())
    with pytest.raises(ValueError, match="Received: layer="):
        layer(np.ones((1, 2), "float32"))


def test_unknown_normalization_is_explained():
    with pytest.raises(ValueError, match="Did you mean 'instance'"):
        layers.normalization("instanse")


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_config_round_trip(name):
    layer = layers.normalization(name, epsilon=1e-4, gamma_initializer="zeros")
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.epsilon == 1e-4


def test_reflection_padding_is_numpys(rng):
    x = rng.normal(size=(2, 5, 6, 3)).astype("float32")
    layer = layers.ReflectionPadding2D(3)
    expected = np.pad(x, ((0, 0), (3, 3), (3, 3), (0, 0)), "reflect")
    np.testing.assert_array_equal(to_numpy(layer(x)), expected)
    assert layer.compute_output_shape((None, None, 6, 3)) == (None, None, 12, 3)


@pytest.mark.parametrize("identifier", ["transposed", "resize"])
def test_upsampling_doubles_the_sides(identifier, rng):
    layer = layers.upsampling(identifier, 5, 4, name="up")
    x = rng.normal(size=(2, 4, 6, 3)).astype("float32")
    assert tuple(layer(x).shape) == (2, 8, 12, 5)


def test_resizing_leaves_no_checkerboard():
    """A flat image stays flat inside; transposed convolutions break it."""
    x = np.ones((1, 6, 6, 1), "float32")
    spread = {}
    for identifier in ("transposed", "resize"):
        layer = layers.upsampling(identifier, 1, 3, name="up")
        spread[identifier] = to_numpy(layer(x))[0, 2:-2, 2:-2].std()
    assert spread["resize"] < 1e-6
    assert spread["transposed"] > 1e-2


def test_unknown_upsampling():
    with pytest.raises(ValueError, match="Did you mean 'resize'"):
        layers.upsampling("resise", 1, 3, name="up")
