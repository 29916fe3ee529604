"""Weight normalization against numpy."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import layers

from keras_gan_zoo.layers import WeightNormalization, initialize_by_data


@pytest.mark.parametrize(
    "layer, shape, unit_axis",
    [
        (layers.Dense(3), (5,), -1),
        (layers.Conv2D(3, 3, strides=2, padding="same"), (4, 4, 2), -1),
        (layers.Conv2DTranspose(3, 3, strides=2), (4, 4, 2), -2),
    ],
    ids=["dense", "convolution", "transposed"],
)
def test_it_is_the_layer_with_units_of_the_scales_length(
    layer, shape, unit_axis, rng
):
    wrapped = WeightNormalization(layer)
    inputs = rng.normal(size=(6, *shape)).astype("float32")
    wrapped(inputs)
    scale = rng.uniform(0.5, 2, 3).astype("float32")
    bias = rng.normal(size=3).astype("float32")
    wrapped.scale.assign(scale)
    layer.bias.assign(bias)
    found = to_numpy(wrapped(inputs))
    kernel = to_numpy(layer.kernel)
    units = np.moveaxis(kernel, unit_axis, 0)
    lengths = np.sqrt((units.reshape(3, -1) ** 2).sum(axis=1))
    factors = (scale / lengths).reshape(
        [-1 if axis == len(kernel.shape) + unit_axis else 1
         for axis in range(len(kernel.shape))]
    )  # fmt: skip
    layer.kernel.assign(kernel * factors)
    np.testing.assert_allclose(found, to_numpy(layer(inputs)), atol=1e-5)


@pytest.mark.parametrize("train", [True, False])
def test_the_scale_is_trained_if_wanted(train):
    layer = WeightNormalization(layers.Dense(2), train_scale=train)
    layer.build((None, 3))
    names = {variable.name for variable in layer.trainable_variables}
    assert names == {"kernel", "bias"} | ({"scale"} if train else set())


def test_data_give_each_unit_mean_0_and_the_deviation(rng):
    inputs = keras.Input((7,))
    first = WeightNormalization(layers.Dense(5))(inputs)
    x = layers.Activation("relu")(first)
    second = WeightNormalization(layers.Dense(4), deviation=0.1)(x)
    network = keras.Model(inputs, second)
    batch = rng.normal(3, 2, (300, 7)).astype("float32")
    kernels = [to_numpy(v) for v in network.weights if v.name == "kernel"]
    initialize_by_data(network, batch)
    seen = keras.Model(inputs, [first, second])(batch)
    for values, deviation in zip(map(to_numpy, seen), (1.0, 0.1)):
        np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-3)
        np.testing.assert_allclose(values.std(axis=0), deviation, rtol=1e-3)
    after = [to_numpy(v) for v in network.weights if v.name == "kernel"]
    for a, b in zip(kernels, after):
        np.testing.assert_array_equal(a, b)
    # The next batch is not used again.
    other = to_numpy(network(10 * batch))
    np.testing.assert_array_equal(other, to_numpy(network(10 * batch)))
    assert abs(other.std() - 0.1) > 0.1


def test_it_is_saved_with_its_layer(tmp_path, rng):
    network = keras.Sequential(
        [keras.Input((3,)), WeightNormalization(layers.Dense(2), True, 0.5)]
    )
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    batch = rng.normal(size=(4, 3)).astype("float32")
    np.testing.assert_array_equal(
        to_numpy(network(batch)), to_numpy(again(batch))
    )
    layer = again.layers[0]
    assert (layer.train_scale, layer.deviation) == (True, 0.5)


@pytest.mark.parametrize(
    "layer, received",
    [
        (layers.Flatten(), "Flatten"),
        (layers.Dense(2, activation="relu"), "Dense with activation='relu'"),
    ],
)
def test_layers_that_it_cannot_normalize(layer, received):
    with pytest.raises(ValueError, match=f"Received: {received}"):
        WeightNormalization(layer).build((None, 3))
