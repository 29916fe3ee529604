"""Rates, weights and decays that change over the steps of a training."""

import math

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ConstantThenLinear(keras.optimizers.schedules.LearningRateSchedule):
    """Keeps a rate constant, then lowers it linearly to zero.

    As in CycleGAN (Zhu et al., 2017), https://arxiv.org/abs/1703.10593,
    section 4: 2e-4 for 100 epochs, then down to zero over 100 more.

    Args:
        learning_rate: float, the initial learning rate (or weight).
        constant_steps: int, number of steps with the initial rate.
        decay_steps: int, number of steps in which the rate then falls to
            zero.

    Example:

    >>> schedule = ConstantThenLinear(2e-4, constant_steps=100, decay_steps=50)
    >>> [round(float(schedule(step)), 6) for step in (0, 100, 125, 150, 999)]
    [0.0002, 0.0002, 0.0001, 0.0, 0.0]
    """

    def __init__(self, learning_rate, constant_steps, decay_steps):
        if constant_steps < 0 or decay_steps < 1:
            raise ValueError(
                "Expected constant_steps of at least 0 and decay_steps of at "
                f"least 1. Received: constant_steps={constant_steps}, "
                f"decay_steps={decay_steps}"
            )
        self.learning_rate = learning_rate
        self.constant_steps = constant_steps
        self.decay_steps = decay_steps

    @classmethod
    def over(cls, learning_rate, total_steps):
        """Makes the paper's schedule: constant for the first half of training.

        Args:
            learning_rate: float, the initial learning rate (or weight).
            total_steps: int, number of steps of the whole training.
        """
        half = total_steps // 2
        return cls(learning_rate, half, max(1, total_steps - half))

    def __call__(self, step):
        decayed = ops.cast(step, "float32") - self.constant_steps
        share = 1 - ops.clip(decayed / self.decay_steps, 0.0, 1.0)
        return self.learning_rate * share

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "constant_steps": self.constant_steps,
            "decay_steps": self.decay_steps,
        }


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """Moves a value along half a cosine wave from `first` to `last`.

    Args:
        first: float, the value of the first step.
        last: float, the value after `steps` steps, and from then on.
        steps: int, number of steps between both.

    Example:

    >>> schedule = Cosine(0.9, 0.99, steps=100)
    >>> [round(float(schedule(step)), 3) for step in (0, 25, 50, 100, 999)]
    [0.9, 0.913, 0.945, 0.99, 0.99]
    """

    def __init__(self, first, last, steps):
        if steps < 1:
            raise ValueError(
                "Expected at least one step from the first value to the "
                f"last. Received: steps={steps}"
            )
        self.first = first
        self.last = last
        self.steps = steps

    def __call__(self, step):
        done = ops.clip(ops.cast(step, "float32") / self.steps, 0.0, 1.0)
        left = 0.5 * (1 + ops.cos(math.pi * done))
        return self.last + left * (self.first - self.last)

    def get_config(self):
        return {"first": self.first, "last": self.last, "steps": self.steps}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class RisingHalfLife(keras.optimizers.schedules.LearningRateSchedule):
    """Gives the decay of an average whose half-life rises from 0.

    For `compile(ema_decay=...)`. At first the average is a copy of the
    weights. Its half-life, in steps, rises along half a cosine wave.

    Args:
        decay: float in (0, 1), the decay after `steps` steps, and from then
            on.
        steps: int, number of steps in which the half-life rises.

    Example:

    >>> schedule = RisingHalfLife(0.99, steps=100)
    >>> [round(float(schedule(step)), 4) for step in (0, 25, 50, 100, 999)]
    [0.0, 0.9337, 0.9801, 0.99, 0.99]
    """

    def __init__(self, decay, steps):
        self.decay = decay
        self.steps = steps
        self._share = Cosine(0.0, 1.0, steps)

    def __call__(self, step):
        # 0.5^(1 / half-life), and the half-life of `decay` times the share.
        share = ops.maximum(self._share(step), 1e-6)
        return ops.exp(math.log(self.decay) / share)

    def get_config(self):
        return {"decay": self.decay, "steps": self.steps}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ScheduledAdam(keras.optimizers.Adam):
    """Computes steps of Adam whose `beta_2` may be a schedule.

    The schedule sees the number of steps that this optimizer has taken, as
    the schedule of its learning rate does.

    Args:
        learning_rate: float or `LearningRateSchedule`.
        beta_1: float, as in `keras.optimizers.Adam`.
        beta_2: float or `LearningRateSchedule`.
        **kwargs: further arguments of `keras.optimizers.Adam`.

    Example:

    >>> adam = ScheduledAdam(2e-4, beta_2=Cosine(0.9, 0.99, steps=100))
    >>> round(float(adam.beta_2), 3)
    0.9
    >>> _ = adam.iterations.assign(50)
    >>> round(float(adam.beta_2), 3)
    0.945
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, **kwargs):
        super().__init__(learning_rate, beta_1, beta_2, **kwargs)

    @property
    def beta_2(self):
        """Returns the value for the next step."""
        given = self._beta_2
        return given(self.iterations) if callable(given) else given

    @beta_2.setter
    def beta_2(self, beta_2):
        self._beta_2 = beta_2

    def get_config(self):
        beta_2 = keras.saving.serialize_keras_object(self._beta_2)
        return {**super().get_config(), "beta_2": beta_2}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        if isinstance(config["beta_2"], dict):
            config["beta_2"] = keras.saving.deserialize_keras_object(
                config["beta_2"], custom_objects=custom_objects
            )
        return super().from_config(config, custom_objects)
