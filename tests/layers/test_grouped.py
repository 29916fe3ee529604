"""Grouped convolutions are Keras' own, in values and both derivatives."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.layers import GroupedConv2D
from keras_gan_zoo.objectives import penalties


def step(cls, images, kernel, **arguments):
    """A layer, its outputs, and what it moved against R1 and its outputs."""
    layer = cls(kernel.shape[-1], kernel.shape[0], **arguments)
    layer.build(images.shape)
    layer.kernel.assign(kernel)

    def loss():
        def logits(images):
            return ops.mean(ops.softplus(layer(images)), axis=(1, 2, 3))

        r1 = penalties.r1(logits, images, None, None)
        return {"one": ops.mean(logits(images)) + 100 * r1}, layer(images)

    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(layer.trainable_variables)
    outputs = engine.minimize(
        loss, {"one": (layer.trainable_variables, optimizer)}
    )
    return layer, to_numpy(outputs), to_numpy(layer.kernel) - kernel


@pytest.mark.parametrize(
    "arguments",
    [
        {"groups": 3, "padding": "same", "use_bias": False},
        {"groups": 3, "strides": 2, "padding": "valid"},
        {"groups": 1, "padding": "same"},
    ],
)
def test_it_is_the_convolution_of_keras(arguments, rng):
    images = rng.normal(size=(2, 6, 5, 6)).astype("float32")
    kernel = rng.normal(size=(3, 3, 6 // arguments["groups"], 12))
    given = ops.convert_to_tensor(images), kernel.astype("float32")
    layer, outputs, moved = step(GroupedConv2D, *given, **arguments)
    _, expected, should = step(keras.layers.Conv2D, *given, **arguments)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    assert np.abs(should).max() > 1e-2
    np.testing.assert_allclose(
        moved, should, rtol=0, atol=1e-5 * np.abs(should).max()
    )
    assert layer.compute_output_shape(images.shape) == outputs.shape
    config = layer.get_config()
    assert GroupedConv2D.from_config(config).get_config() == config


def test_tensorflow_on_a_processor_takes_the_groups_one_by_one():
    assert engine.groups_one_by_one() == (engine.BACKEND == "tensorflow")
