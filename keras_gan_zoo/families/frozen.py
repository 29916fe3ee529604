"""Layers that are not trained: their flags in files, and since `compile`."""

from keras_gan_zoo.engine import keras_private


def frozen_layers(model):
    """Finds the layers of the players that were frozen.

    Args:
        model: `GAN`.

    Returns:
        Dict of names of networks to the numbers of their frozen layers, in
        the order of all layers in them, for the config of the model. A
        network without frozen layers is left out.
    """
    found = {}
    for name, layers in _layers(model).items():
        frozen = [at for at, each in enumerate(layers) if not each.trainable]
        if frozen:
            found[name] = frozen
    return found


def freeze(model, frozen):
    """Freezes the layers that a config names, and thaws the others.

    Args:
        model: `GAN`.
        frozen: dict, as `frozen_layers` returns it.
    """
    for name, layers in _layers(model).items():
        for number, layer in enumerate(layers):
            trainable = number not in frozen.get(name, ())
            if layer.trainable != trainable:
                layer.trainable = trainable  # and of all layers in it


def check_unchanged(model):
    """Checks that no layer was frozen or thawed since `compile`.

    Args:
        model: `GAN`, compiled.

    Raises:
        ValueError: if the optimizers know other weights than those that are
            trained now.
    """
    for player in model.players():
        optimizer = model.optimizer[player]
        known = keras_private.trained_variables(optimizer)
        trained = model.variables_of(player)
        if {id(v) for v in known} != {id(v) for v in trained}:
            raise ValueError(
                "Layers were frozen or thawed after compile(), which made "
                "the optimizers. Expected the flags `trainable` as they were "
                f"in compile(). Received: a {player} with {len(trained)} "
                f"weights to train, whose optimizer knows {len(known)}. Call "
                "compile() again; the optimizers begin anew."
            )


def _layers(model):
    """The layers of each network that a player trains, a dict of lists."""
    networks = {id(n) for each in model.players().values() for n in each}
    return {
        name: keras_private.layers_of(network)
        for name, network in model.networks().items()
        if id(network) in networks
    }
