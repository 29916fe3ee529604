import keras
import numpy as np
import pytest
from checks import float64, scalar, to_numpy
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo import layers as own
from keras_gan_zoo.objectives import penalties


@pytest.fixture
def images(rng):
    return rng.normal(size=(8, 4, 4, 3)).astype("float32")


def test_equalized_dense_by_formula(rng):
    x = rng.normal(size=(5, 50)).astype("float32")
    layer = own.EqualizedDense((2, 3, 40), gain=1.5)
    layer.build(x.shape)
    kernel, bias = layer.get_weights()
    assert kernel.shape == (50, 240)
    assert abs(kernel.std() - 1) < 0.02
    assert bias.shape == (40,)
    assert not bias.any()
    bias = rng.normal(size=40).astype("float32")
    layer.set_weights([kernel, bias])
    expected = x @ (kernel * 1.5 / np.sqrt(50))
    expected = expected.reshape(5, 2, 3, 40) + bias
    np.testing.assert_allclose(to_numpy(layer(x)), expected, atol=1e-5)


def test_equalized_convolution_is_keras_own_with_scaled_weights(images, rng):
    layer = own.EqualizedConv2D(64, 3)
    layer.build(images.shape)
    kernel, bias = layer.get_weights()
    assert abs(kernel.std() - 1) < 0.03
    assert not bias.any()
    bias = rng.normal(size=64).astype("float32")
    layer.set_weights([kernel, bias])
    plain = layers.Conv2D(64, 3, padding="same")
    plain.build(images.shape)
    plain.set_weights([kernel * np.sqrt(2 / (3 * 3 * 3)), bias])
    np.testing.assert_allclose(
        to_numpy(layer(images)), to_numpy(plain(images)), atol=1e-5
    )


def test_he_scaling_keeps_the_deviation(rng):
    """It doubles the mean square, half of which a rectifier takes away."""
    x = rng.normal(size=(4096, 512)).astype("float32")
    layer = own.EqualizedDense(64)
    ratio = np.mean(to_numpy(layer(x)) ** 2) / (2 * np.mean(x**2))
    assert abs(ratio - 1) < 0.05


def test_pixel_normalization_by_formula(images):
    layer = own.PixelNormalization(epsilon=1e-3)
    mean_square = np.mean(images**2, axis=-1, keepdims=True)
    expected = images / np.sqrt(mean_square + 1e-3)
    np.testing.assert_allclose(to_numpy(layer(images)), expected, atol=1e-5)


def test_half_precision_keeps_the_statistics(images):
    # In float16 the squares of these overflow.
    layer = own.PixelNormalization(dtype="mixed_float16")
    outputs = to_numpy(layer((images * 1000).astype("float16")))
    assert outputs.dtype == np.float16
    mean_square = np.mean(outputs.astype("float32") ** 2, axis=-1)
    np.testing.assert_allclose(mean_square, 1, atol=1e-2)


def deviation(group):
    """Minibatch standard deviation of one group, in the paper's words."""
    variance = np.mean((group - group.mean(axis=0)) ** 2, axis=0)
    return np.mean(np.sqrt(variance + 1e-8))


@pytest.mark.parametrize("num", [8, 6, 4, 1])
def test_minibatch_stddev_by_formula(images, num):
    images = images[:num]
    outputs = to_numpy(own.MinibatchStdDev(group_size=4)(images))
    assert outputs.shape == (num, 4, 4, 4)
    np.testing.assert_array_equal(outputs[..., :3], images)
    for index in range(num):
        members = [(index // 4 * 4 + k) % num for k in range(4)]
        expected = deviation(images[members])
        np.testing.assert_allclose(outputs[index, ..., 3], expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (own.EqualizedDense((2, 2, 3), gain=1.0), (None, 3)),
        (own.EqualizedConv2D(5, 1, gain=1.0), (None, 4, 4, 3)),
        (own.PixelNormalization(1e-3), (None, 4, 4, 3)),
        (own.MinibatchStdDev(2, epsilon=1e-3), (None, 4, 4, 3)),
    ],
)
def test_config_and_symbolic_shape(layer, shape):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    inputs = keras.Input(shape[1:])
    assert again(inputs).shape == layer.compute_output_shape(shape)


def test_gradient_of_the_penalty_against_finite_differences(rng):
    with float64():
        network = keras.Sequential(
            [
                keras.Input((4, 4, 2)),
                own.EqualizedConv2D(3, 3),
                layers.Activation("softplus"),
                own.PixelNormalization(),
                layers.AveragePooling2D(2),
                own.MinibatchStdDev(2),
                layers.Flatten(),
                own.EqualizedDense(4),
                layers.Activation("softplus"),
                own.EqualizedDense(1),
            ]
        )
        images = ops.convert_to_tensor(rng.normal(size=(4, 4, 4, 2)), "float64")

        def value():
            return penalties.wgan_gp(network, images, images, seed=5)

        variables = network.trainable_variables
        before = [to_numpy(v) for v in variables]
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build(variables)
        engine.minimize(
            lambda: ({"one": value()}, None), {"one": (variables, optimizer)}
        )
        gradients = [b - to_numpy(v) for b, v in zip(before, variables)]
        for variable, start in zip(variables, before):
            variable.assign(start)
        checked = []
        for variable, start, gradient in zip(variables, before, gradients):
            index = np.unravel_index(np.argmax(np.abs(gradient)), start.shape)
            ends = []
            for step in (1e-3, -1e-3):
                moved = start.copy()
                moved[index] += step
                variable.assign(moved)
                ends.append(scalar(value()))
            variable.assign(start)
            numeric = (ends[0] - ends[1]) / 2e-3
            checked.append((gradient[index], numeric))
    found, expected = np.array(checked).T
    largest = np.abs(expected).max()
    assert largest > 1e-2
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3 * largest)
