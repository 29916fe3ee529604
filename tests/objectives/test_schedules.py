"""Schedules against their formulas, and an Adam whose beta_2 has one."""

import keras
import numpy as np
import pytest
from checks import scalar, to_numpy

from keras_gan_zoo import engine
from keras_gan_zoo.engine import optimizers
from keras_gan_zoo.objectives.schedules import (
    ConstantThenLinear,
    Cosine,
    RisingHalfLife,
    ScheduledAdam,
)


def of_steps(schedule, steps):
    return [scalar(schedule(step)) for step in steps]


def test_half_a_cosine_wave():
    steps = np.array([0, 1, 7, 13, 20, 21, 1000])
    share = (1 - np.cos(np.pi * np.minimum(steps / 20, 1))) / 2
    for first, last in ((2e-4, 5e-5), (0.9, 0.99), (0.0, 1.0)):
        found = of_steps(Cosine(first, last, 20), steps)
        np.testing.assert_allclose(
            found, first + share * (last - first), rtol=1e-5, atol=1e-7
        )


def test_the_half_life_rises_along_half_a_cosine_wave():
    last, steps = 0.5 ** (256 / 500_000), np.array([1, 7, 13, 20, 1000])
    share = (1 - np.cos(np.pi * np.minimum(steps / 20, 1))) / 2
    half_lives = 500_000 * share
    found = of_steps(RisingHalfLife(last, 20), steps)
    np.testing.assert_allclose(found, 0.5 ** (256 / half_lives), rtol=1e-6)
    assert scalar(RisingHalfLife(last, 20)(0)) == 0


@pytest.mark.parametrize(
    "schedule",
    [
        ConstantThenLinear(0.1, 3, 4),
        Cosine(0.1, 0.2, 7),
        RisingHalfLife(0.9, 7),
    ],
)
def test_schedules_go_through_their_configs(schedule):
    config = keras.saving.serialize_keras_object(schedule)
    again = keras.saving.deserialize_keras_object(config)
    assert again.get_config() == schedule.get_config()
    assert of_steps(again, range(9)) == of_steps(schedule, range(9))


def test_a_schedule_needs_a_step():
    for make in (lambda: Cosine(1.0, 0.0, 0), lambda: RisingHalfLife(0.9, 0)):
        with pytest.raises(ValueError, match="Received: steps=0"):
            make()


def steps_of(adam, num, fused):
    """A variable after each of so many steps with known gradients."""
    variable = keras.Variable(np.array([1.0, -2.0], "float32"))
    adam.build([variable])
    if fused:
        engine.fuse(adam)
    found = []
    for step in range(num):
        slope = np.array([0.3 * step - 0.5, 1.0 / (1 + step)], "float32")
        adam.apply([keras.ops.convert_to_tensor(slope)], [variable])
        found.append(to_numpy(variable))
    return found


@pytest.mark.parametrize("fused", [False, True])
def test_adam_follows_the_schedules_of_its_rate_and_beta_2(fused):
    rate, beta_2 = Cosine(0.1, 0.02, 4), Cosine(0.5, 0.99, 4)
    adam = ScheduledAdam(rate, beta_1=0.25, beta_2=beta_2, epsilon=1e-8)
    x, m, v = np.array([1.0, -2.0]), 0, 0
    expected = []
    for step in range(6):
        slope = np.array([0.3 * step - 0.5, 1.0 / (1 + step)])
        share = (1 - np.cos(np.pi * min(step / 4, 1))) / 2
        b = 0.5 + share * 0.49
        m = 0.25 * m + 0.75 * slope
        v = b * v + (1 - b) * slope**2
        alpha = (0.1 - share * 0.08) * np.sqrt(1 - b ** (step + 1))
        alpha /= 1 - 0.25 ** (step + 1)
        x = x - alpha * m / (np.sqrt(v) + 1e-8)
        expected.append(x)
    np.testing.assert_allclose(steps_of(adam, 6, fused), expected, rtol=1e-4)
    assert scalar(adam.beta_2) == pytest.approx(0.99)


def test_without_a_schedule_it_is_adam():
    arguments = {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9}
    found = steps_of(ScheduledAdam(**arguments), 3, fused=True)
    expected = steps_of(keras.optimizers.Adam(**arguments), 3, fused=True)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("beta_2", [0.9, Cosine(0.5, 0.99, 4)])
def test_the_optimizer_goes_through_its_config(beta_2):
    adam = ScheduledAdam(Cosine(0.1, 0.02, 4), beta_2=beta_2)
    config = optimizers.serialize_optimizer(adam)
    again = keras.optimizers.get(config)
    assert type(again) is ScheduledAdam
    assert again.get_config() == adam.get_config()
    assert again.get_config()["beta_2"] == config["config"]["beta_2"]
