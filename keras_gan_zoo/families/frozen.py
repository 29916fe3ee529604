"""Frozen layers: their flags in files, FreezeD, and a check of changes."""

import re

import keras

from keras_gan_zoo.engine import keras_private
from keras_gan_zoo.layers import AdaptiveAugment


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


def passed_layers(network):
    """Returns the layers with weights, in the order in which an image passes.

    Each convolution and each dense layer counts, together with what has only
    vectors for weights and follows it, such as a normalization. The layers of
    a block, whose names start with `block_0`, `block_1` and so on, count as
    one. Layers that see only the class do not count.

    Args:
        network: functional or sequential `keras.Model` whose first input is
            the image; or a network with a method `passed_layers`.

    Returns:
        List of lists of layers.

    Example:

    >>> network = keras.Sequential([
    ...     keras.Input((4,)),
    ...     keras.layers.Dense(3),
    ...     keras.layers.LayerNormalization(),
    ...     keras.layers.Dense(1, name="logits"),
    ... ])
    >>> [len(layers) for layers in passed_layers(network)]
    [2, 1]
    """
    if hasattr(network, "passed_layers"):
        return network.passed_layers()
    if isinstance(network, keras.Sequential):
        layers = network.layers
    else:
        layers = keras_private.layers_after_first_input(network)
    found, blocks = [], {}
    for layer in layers:
        if isinstance(layer, AdaptiveAugment):
            continue  # has variables, but nothing to train
        block = re.match(r"block_\d+", layer.name)
        if block and block[0] in blocks:
            blocks[block[0]].append(layer)
        elif found and all(len(w.shape) < 2 for w in layer.weights):
            found[-1].append(layer)
        elif layer.weights:
            found.append([layer])
            if block:
                blocks[block[0]] = found[-1]
    return [[each for each in one if each.weights] for one in found]


def freeze_discriminators(model, num):
    """Freezes the layers of each discriminator that are next to the image.

    All other layers that an image passes are trained.

    Args:
        model: `GAN`.
        num: int, how many layers are frozen, as `passed_layers` counts them.

    Raises:
        ValueError: if there is no discriminator, or it does not have so many
            layers. Then no flag has changed.
    """
    passed = {
        name: passed_layers(network)
        for name, network in model.networks().items()
        if name.startswith("discriminator")
    }
    if not passed:
        raise ValueError(
            f"{type(model).__name__} has no network whose name starts with "
            "'discriminator'. Expected freeze_discriminator=None. Received: "
            f"freeze_discriminator={num}"
        )
    most = min(map(len, passed.values())) - 1  # something is trained
    if not 0 <= num <= most or num % 1:
        raise ValueError(
            f"The image passes {most + 1} layers of the discriminator that "
            "have weights; a block counts as one. Expected an int from 0 to "
            f"{most}. Received: freeze_discriminator={num}"
        )
    for groups in passed.values():
        for place, group in enumerate(groups):
            for layer in group:
                layer.trainable = place >= num


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
