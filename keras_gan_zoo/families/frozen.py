"""Frozen layers: their flags in files, and a check of changes."""

from keras_gan_zoo.engine import keras_private


def frozen_layers(model):
    """Returns the frozen layers of the players.

    Args:
        model: `GAN`.

    Returns:
        Dict from the name of a network to the indices of its frozen layers
        among all layers in it, for the config of the model. Networks without
        frozen layers are left out.
    """
    found = {}
    for name, layers in _layers(model).items():
        frozen = [at for at, each in enumerate(layers) if not each.trainable]
        if frozen:
            found[name] = frozen
    return found


def freeze(model, frozen):
    """Freezes the layers that a config names, and unfreezes all others.

    Args:
        model: `GAN`.
        frozen: dict, a result of `frozen_layers`.
    """
    for name, layers in _layers(model).items():
        for number, layer in enumerate(layers):
            trainable = number not in frozen.get(name, ())
            if layer.trainable != trainable:
                layer.trainable = trainable  # sets all layers in it, too


def check_unchanged(model):
    """Checks that no layer was frozen or unfrozen after `compile`.

    Args:
        model: `GAN`, compiled.

    Raises:
        ValueError: if the weights to train are not the weights that the
            optimizers were built for.
    """
    for player in model.players():
        optimizer = model.optimizer[player]
        known = keras_private.trained_variables(optimizer)
        trained = model.variables_of(player)
        if {id(v) for v in known} != {id(v) for v in trained}:
            raise ValueError(
                "Layers were frozen or unfrozen after compile(), which made "
                "the optimizers. Expected the flags `trainable` as they were "
                f"in compile(). Received: a {player} with {len(trained)} "
                f"weights to train, whose optimizer knows {len(known)}. Call "
                "compile() again, which resets the optimizers."
            )


def _layers(model):
    """Returns a dict from trained networks to lists of their layers."""
    networks = {id(n) for each in model.players().values() for n in each}
    return {
        name: keras_private.layers_of(network)
        for name, network in model.networks().items()
        if id(network) in networks
    }
