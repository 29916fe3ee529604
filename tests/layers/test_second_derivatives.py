"""Penalties differentiate layers twice: against finite differences."""

import keras
import numpy as np
import pytest
from checks import float64, set_weights, to_numpy
from keras import ops

from keras_gan_zoo import engine, layers
from keras_gan_zoo.objectives import penalties


def attention(x):
    return layers.SelfAttention()(x)


def conditional(x):
    classes = keras.layers.Dense(3, activation="softmax", name="classes")
    labels = classes(keras.layers.GlobalAveragePooling2D()(x))
    return layers.ConditionalBatchNormalization()([x, labels])


def conditioned(x):
    vectors = keras.layers.Dense(3, activation="tanh", name="vectors")(
        keras.layers.GlobalAveragePooling2D()(x)
    )
    layer = layers.ConditionedBatchNormalization(spectral_normalization=False)
    return layer([x, vectors])


def grouped(x):
    return layers.GroupedConv2D(16, 3, padding="same", groups=4)(x)


# Statistics round to float32 even in float64 on JAX and PyTorch: the step must
# be large, but short where maxima have kinks. The differences are of fourth
# order.
@pytest.mark.parametrize(
    ("part", "h", "error"),
    [
        (attention, 2e-4, 1e-3),
        (conditional, 1e-2, 1e-4),
        (conditioned, 1e-2, 1e-4),
        (grouped, 1e-2, 1e-4),
    ],
)
def test_the_gradient_of_a_penalty_against_differences(part, h, error, rng):
    # The estimates of singular values must stand still meanwhile.
    training = part is not attention
    with float64():
        inputs = keras.Input((4, 4, 16))
        x = part(inputs)
        x = keras.layers.Activation("softplus")(x)
        x = keras.layers.Dense(1)(keras.layers.Flatten()(x))
        network = keras.Model(inputs, x)
        images = ops.convert_to_tensor(
            rng.normal(size=(3, 4, 4, 16)), "float64"
        )
        variables = network.trainable_variables
        set_weights(network, 0.3)  # the same maxima on every backend
        for v in variables:
            v.assign(to_numpy(v) + 0.1 * rng.normal(size=v.shape))

        def discriminator(images):
            return network(images, training=training)

        def value():
            return penalties.r1(discriminator, images, None, None)

        def reference():
            squared = penalties.squared_gradient_norm(discriminator, images)
            return to_numpy(ops.stop_gradient(squared)).mean() / 2

        before = [to_numpy(v) for v in variables]
        # A step of SGD of length 1 is the gradient, subtracted.
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build(variables)
        engine.minimize(
            lambda: ({"one": value()}, None), {"one": (variables, optimizer)}
        )
        slopes = [b - to_numpy(v) for b, v in zip(before, variables)]
        for v, b in zip(variables, before):
            v.assign(b)
        found, numeric = [], []
        for variable, start, slope in zip(variables, before, slopes):
            # Along a line in which all entries move.
            way = rng.normal(size=start.shape)
            way /= np.linalg.norm(way)
            found.append(np.sum(slope * way))
            total = 0.0
            for steps, weight in ((2, -1), (1, 8), (-1, -8), (-2, 1)):
                variable.assign(start + steps * h * way)
                total += weight * reference()
            numeric.append(total / (12 * h))
            variable.assign(start)
    largest = np.abs(numeric).max()
    assert largest > 1e-3
    np.testing.assert_allclose(found, numeric, rtol=0, atol=error * largest)
