"""Steps that are differentiated, against those of Keras' optimizers."""

import keras
import numpy as np
import pytest
from checks import to_numpy
from keras import ops

from keras_gan_zoo.engine import differentiable, keras_private, optimizers
from keras_gan_zoo.objectives import schedules

SHAPES = ((3, 2), (4,))
OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.01, beta_1=0.5),
    "adam of a schedule": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    ),
    "scheduled adam": lambda: schedules.ScheduledAdam(
        0.01, beta_2=schedules.Cosine(0.9, 0.99, steps=5)
    ),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
}


def built(make, **arguments):
    """Variables, and an optimizer that has taken two steps on them."""
    rng = np.random.default_rng(0)
    variables = [
        keras.Variable(rng.normal(size=shape).astype("float32"))
        for shape in SHAPES
    ]
    optimizer = make(**arguments)
    optimizer.build(variables)
    for seed in range(2):
        optimizer.apply(gradients(seed), variables)
    return optimizer, variables


def gradients(seed):
    rng = np.random.default_rng(seed)
    return [ops.array(rng.normal(size=s).astype("float32")) for s in SHAPES]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_three_steps_are_those_of_keras(name):
    optimizer, variables = built(OPTIMIZERS[name])
    differentiable.check(optimizer)
    state = [*variables, *optimizer.variables]
    before = [to_numpy(v) for v in state]
    with keras_private.ChildScope() as scope:
        for seed in range(2, 5):
            differentiable.take_step(optimizer, gradients(seed), variables)
        _, values = scope.updates()
        found = [to_numpy(ops.convert_to_tensor(v)) for v in state]
    assert len(values) > len(variables)
    for old, variable in zip(before, state):
        np.testing.assert_array_equal(to_numpy(variable), old)
    for seed in range(2, 5):
        optimizer.apply(gradients(seed), variables)
    for new, variable in zip(found, state):
        np.testing.assert_allclose(
            new, to_numpy(variable), rtol=1e-6, atol=1e-7
        )


def test_a_constraint_holds():
    variable = keras.Variable(np.array([0.5, -3.0], "float32"))
    variable.constraint = keras.constraints.NonNeg()
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([variable])
    with keras_private.ChildScope():
        differentiable.take_step(
            optimizer, [ops.array([0.25, 1.0])], [variable]
        )
        found = to_numpy(ops.convert_to_tensor(variable))
    np.testing.assert_allclose(found, [0.25, 0.0])


@pytest.mark.parametrize(
    "optimizer, name",
    [
        (keras.optimizers.RMSprop(), "RMSprop"),
        (keras.optimizers.Adam(amsgrad=True), "Adam with amsgrad"),
        (keras.optimizers.Adam(clipnorm=1.0), "Adam with clipnorm"),
        (keras.optimizers.AdamW(), "AdamW with weight_decay"),
        (
            optimizers.LossScaleOptimizer(keras.optimizers.Adam()),
            "LossScaleOptimizer",
        ),
    ],
)
def test_others_are_refused(optimizer, name):
    with pytest.raises(ValueError, match=f"Adam or SGD.*Received: {name}"):
        differentiable.check(optimizer)
