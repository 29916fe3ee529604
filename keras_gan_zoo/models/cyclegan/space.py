"""The settings that are worth tuning in CycleGAN."""

from keras_gan_zoo.families import search_space as space


def search_space(ask, adam):
    """Asks for the settings that are worth tuning.

    * `generator_rate`, `discriminator_rate` and `beta_1` of Adam.
      The rates stay constant;
    * `penalty`, and `penalty_weight` if there is a penalty;
    * `loss`, or `penalized_loss` if there is a penalty;
    * `cycle_weight`, and `identity_weight` if both domains have the same
      number of channels;
    * `filters`, `patch` and `pool_size`.

    Args:
        ask: `keras_gan_zoo.families.asker.Asker`.
        adam: the default optimizer of both players.

    Returns:
        Two dicts: arguments of the class, and arguments of `compile`.
    """
    settings = {
        **space.optimizers(ask, generator=adam, discriminator=adam),
        **space.adversarial_loss(ask),
        "cycle_weight": ask.log("cycle_weight", 1.0, 30.0),
    }
    channels = ask.fixed["image_shape"][-1]
    if ask.fixed.get("channels_b", "none") in ("none", channels):
        settings["identity_weight"] = ask.choice(
            "identity_weight", [0.0, 0.1, 0.5, 1.0], 0.5
        )
    arguments = {
        "filters": ask.choice("filters", space.FILTERS),
        "patch": ask.choice("patch", [16, 34, 70]),
        "pool_size": ask.choice("pool_size", [0, 50]),
    }
    return arguments, settings
