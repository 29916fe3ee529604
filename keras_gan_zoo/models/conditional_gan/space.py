"""The settings that are worth tuning in the conditional GAN."""

import keras

from keras_gan_zoo.families import search_space as space


def search_space(ask, conditionings):
    """Asks for the settings that are worth tuning.

    * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
    * `penalty`, and `penalty_weight` if there is a penalty;
    * `loss`, or `penalized_loss` if there is a penalty;
    * `ema_decay`, 0 for no average;
    * `discriminator_steps`;
    * `conditioning`, and `class_loss_weight` for `"auxiliary"`;
    * `latent_dim`, and `filters` of convolutional networks.

    Args:
        ask: `keras_gan_zoo.families.asker.Asker`.
        conditionings: names of all kinds of conditioning.

    Returns:
        Two dicts: arguments of the class, and arguments of `compile`.
    """
    adam = keras.optimizers.Adam(2e-4, beta_1=0.5)  # as in compile()
    settings = {
        **space.optimizers(ask, generator=adam, discriminator=adam),
        **space.adversarial_loss(ask, "non_saturating", "non_saturating"),
        **space.average(ask),
        **space.discriminator_steps(ask),
    }
    conditioning = ask.choice("conditioning", conditionings)
    weight = ask.log(
        "class_loss_weight",
        0.1,
        10.0,
        when=("conditioning", ["auxiliary"]),
    )
    if weight is not None:
        settings["class_loss_weight"] = weight
    # A penalty rules out "batch"; projection has no normalization anyway.
    penalized = settings["penalty"] is not None
    layers = penalized and conditioning != "projection"
    arguments = {
        "conditioning": conditioning,
        "discriminator_normalization": "layer" if layers else "auto",
        "latent_dim": ask.choice("latent_dim", space.LATENT_DIMS),
    }
    if ask.fixed.get("network") != "mlp":
        arguments["filters"] = ask.choice("filters", space.FILTERS)
    return arguments, settings
