"""The settings that are worth tuning in StyleGAN2, and its optimizer."""

import keras

from keras_gan_zoo.families import search_space as space

RATE = 0.002
#: Steps from one lazy regularization to the next.
PENALTY_EVERY, PATH_LENGTH_EVERY = 16, 4


def lazy_adam(every, learning_rate=RATE):
    """Makes Adam(0.002, 0, 0.99), corrected for a lazy regularizer.

    A step with the regularizer counts as one further step (appendix B): with
    c = k / (k + 1), the rate is multiplied by c, and the decays are raised to
    the power c.

    Args:
        every: int, k. The regularizer is due at every k-th step. 1 for no
            correction.
        learning_rate: float, the rate before the correction.

    Example:

    >>> adam = lazy_adam(every=4)
    >>> round(float(adam.learning_rate), 6), round(adam.beta_2, 6)
    (0.0016, 0.991992)
    """
    c = every / (every + 1) if every > 1 else 1.0
    return keras.optimizers.Adam(
        c * learning_rate, beta_1=0.0, beta_2=0.99**c, epsilon=1e-8
    )


def search_space(ask):
    """Asks for the settings that are worth tuning.

    * `generator_rate` and `discriminator_rate` of Adam, before the correction
      for lazy regularizers;
    * `penalty_weight`, gamma of R1;
    * `ema_decay`;
    * `channel_max` and `mapping_layers`.

    Args:
        ask: `keras_gan_zoo.families.asker.Asker`.

    Returns:
        Two dicts: arguments of the class, and arguments of `compile`.
    """
    lazy = {
        "generator": ask.defaults["path_length_every"],
        "discriminator": ask.defaults["penalty_every"],
    }
    settings = {
        f"{player}_optimizer": {
            "class_name": "Adam",
            "config": lazy_adam(
                every, ask.log(f"{player}_rate", *space.RATES, RATE)
            ).get_config(),
        }
        for player, every in lazy.items()
        if f"{player}_optimizer" not in ask.fixed
    }
    settings |= {
        **space.average(ask, [0.99, 0.998, 0.999]),
        "penalty_weight": ask.choice("penalty_weight", [0.01, 0.1, 1.0, 10.0]),
    }
    arguments = {
        "channel_max": ask.choice("channel_max", [64, 128, 256, 512]),
        "mapping_layers": ask.choice("mapping_layers", [2, 4, 8]),
    }
    return arguments, settings
