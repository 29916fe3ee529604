"""The optimizers of StyleGAN, and the settings that are worth tuning."""

import keras

from keras_gan_zoo.families import search_space as space

#: Learning rates of the paper, divided by the rate up to 64x64.
RATE_FACTORS = {128: 1.5, 256: 2.0, 512: 3.0, 1024: 3.0}


def adam():
    """Makes Adam(1e-3, beta_1=0, beta_2=0.99, epsilon=1e-8).

    Example:

    >>> adam().beta_2
    0.99
    """
    return keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8)


def rate_factors(factors, sides):
    """Returns by what the learning rates are multiplied at each resolution.

    Args:
        factors: float for all resolutions, a list of floats, or None for the
            factors of the paper.
        sides: list of ints, the resolutions in pixels.

    Returns:
        Tuple with a float for each resolution.

    Raises:
        ValueError: if there are too many or too few factors, or one is not
            above 0.

    Example:

    >>> rate_factors(None, [64, 128, 256])
    (1.0, 1.5, 2.0)
    """
    if factors is None:
        return tuple(RATE_FACTORS.get(pixels, 1.0) for pixels in sides)
    if isinstance(factors, (int, float)):
        factors = [factors] * len(sides)
    if len(factors) != len(sides) or min(factors) <= 0:
        raise ValueError(
            "Expected rate_factors as a float above 0, or a list with a "
            f"float for each of the {len(sides)} resolutions from "
            f"{sides[0]}x{sides[0]} on. Received: rate_factors={factors}"
        )
    return tuple(float(factor) for factor in factors)


def check_rates(factors, optimizers):
    """Checks that the learning rates can be multiplied by these factors.

    Args:
        factors: tuple of floats.
        optimizers: list of optimizers or None.

    Raises:
        ValueError: if an optimizer has a schedule.
    """
    if set(factors) == {1.0}:
        return
    for optimizer in optimizers:
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if optimizer is None:
            continue
        rate = optimizer.get_config()["learning_rate"]
        if isinstance(rate, dict):
            raise ValueError(
                "The learning rate of a schedule cannot be multiplied. "
                "Expected optimizers with a constant learning rate, or "
                f"rate_factors=1. Received: {rate['class_name']} with "
                f"rate_factors={list(factors)}."
            )


def search_space(ask):
    """Asks for the settings that are worth tuning.

    * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
    * `penalty_weight`, gamma of R1;
    * `ema_decay`;
    * `channel_max` and `mapping_layers`.

    Fix `phase_images`; otherwise short trials end with images of 8x8 pixels.

    Args:
        ask: `keras_gan_zoo.families.asker.Asker`.

    Returns:
        Two dicts: arguments of the class, and arguments of `compile`.
    """
    settings = {
        **space.optimizers(ask, generator=adam(), discriminator=adam()),
        **space.average(ask, [0.99, 0.998, 0.999]),
        "penalty_weight": ask.choice("penalty_weight", [0.01, 0.1, 1.0, 10.0]),
    }
    arguments = {
        "channel_max": ask.choice("channel_max", [64, 128, 256, 512]),
        "mapping_layers": ask.choice("mapping_layers", [2, 4, 8]),
    }
    return arguments, settings
