"""The values of R3GAN that change over the burn-in, and what is tuned."""

import keras

from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.objectives.schedules import (
    Cosine,
    RisingHalfLife,
    ScheduledAdam,
)

#: The values of the first step and after the burn-in (table 9).
RATES = 2e-4, 5e-5
BETAS_2 = 0.9, 0.99
#: Of the last weight of the penalties in the first.
LAST_WEIGHT = 0.1


def moving(values, steps):
    """Returns a schedule from the first to the last of two values.

    Args:
        values: tuple of two floats.
        steps: int, steps of the burn-in. 0 for the last value alone.

    Example:

    >>> float(moving((4.0, 2.0), steps=100)(50)), moving((4.0, 2.0), steps=0)
    (3.0, 2.0)
    """
    return Cosine(*values, steps) if steps else values[1]


def scheduled_adam(steps, rate=RATES[0]):
    """Makes the optimizer of a player.

    Args:
        steps: int, steps of the burn-in.
        rate: float, the rate of the first step. It falls to a quarter.

    Example:

    >>> adam = scheduled_adam(steps=0)
    >>> round(float(adam.learning_rate), 6), adam.beta_2
    (5e-05, 0.99)
    """
    last = rate * RATES[1] / RATES[0]
    return ScheduledAdam(
        moving((rate, last), steps),
        beta_1=0.0,
        beta_2=moving(BETAS_2, steps),
        epsilon=1e-8,
    )


def falling_weight(weight, steps):
    """Returns the weight of the penalties, which falls to a tenth.

    Args:
        weight: float, or a schedule or None, which are returned.
        steps: int, steps of the burn-in. 0 keeps the weight constant.
    """
    if weight is None or callable(weight) or not steps:
        return weight
    return Cosine(weight, LAST_WEIGHT * weight, steps)


def rising_decay(decay, steps):
    """Returns the decay of the average, whose half-life rises from 0.

    Args:
        decay: float, the last decay, or a schedule or None, which are
            returned.
        steps: int, steps of the burn-in. 0 keeps the decay constant.
    """
    if decay is None or callable(decay) or not steps:
        return decay
    return RisingHalfLife(decay, steps)


def search_space(ask):
    """Asks for the settings that are worth tuning.

    * `generator_rate` and `discriminator_rate` of Adam at first. They fall to
      a quarter over `burn_in_steps`, which is worth fixing to a fifth of the
      steps of a trial;
    * `penalty_weight`, gamma of R1 and R2 at first;
    * `ema_decay`, 0 for no average;
    * `filters`.

    Args:
        ask: `keras_gan_zoo.families.asker.Asker`.

    Returns:
        Two dicts: arguments of the class, and arguments of `compile`.
    """
    steps = ask.fixed.get("burn_in_steps", ask.defaults["burn_in_steps"])
    settings = {
        f"{player}_optimizer": keras.saving.serialize_keras_object(
            scheduled_adam(
                steps, ask.log(f"{player}_rate", *space.RATES, RATES[0])
            )
        )
        for player in ("generator", "discriminator")
        if f"{player}_optimizer" not in ask.fixed
    }
    weights = [0.05, 0.5, 1.0, 2.0, 20.0, 150.0]
    settings |= {
        **space.average(ask),
        "penalty_weight": ask.choice("penalty_weight", weights),
    }
    return {"filters": ask.choice("filters", [96, 192, 384])}, settings
