"""Learning rates and weights that change over the steps of a training."""

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
