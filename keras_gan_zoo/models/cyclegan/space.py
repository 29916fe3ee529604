"""What is worth tuning in CycleGAN."""

from keras_gan_zoo.families import search_space as space


def search_space(ask, adam):
    """Asks for what is worth tuning.

    * `generator_rate` and `discriminator_rate`, of Adam; their `beta_1`.
      The rates stay constant;
    * `penalty`, and with one `penalty_weight`;
    * `loss`, with a penalty `penalized_loss`;
    * `cycle_weight`, and `identity_weight` where both domains have the
      same number of channels;
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
