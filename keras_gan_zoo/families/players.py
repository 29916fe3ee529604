"""The players of a model: their optimizers, networks and added losses."""

import copy

import keras

from keras_gan_zoo.engine import keras_private, optimizers


def checked_optimizers(model, arguments):
    """Takes the optimizers of all players out of the arguments of `compile`.

    Args:
        model: `GAN`.
        arguments: dict with `<player>_optimizer` for each player. The
            optimizers are removed from the dict.

    Returns:
        Dict from player to Keras optimizer.

    Raises:
        ValueError: if an optimizer is missing, belongs to no player, or is
            shared by several players.
    """
    players = list(model.players())
    wanted = [f"{player}_optimizer" for player in players]
    unknown = [
        name
        for name in arguments
        if name.endswith("optimizer") and name not in wanted
    ]
    missing = [name for name in wanted if arguments.get(name) is None]
    if unknown or missing:
        received = unknown or [f"no {name}" for name in missing]
        raise ValueError(
            f"{type(model).__name__} trains {len(players)} players, each "
            f"with its own optimizer. Expected {', '.join(wanted)}. "
            f"Received: {', '.join(received)}."
        )
    members = {
        player: keras.optimizers.get(_own_config(arguments.pop(name)))
        for player, name in zip(players, wanted)
    }
    if len({id(member) for member in members.values()}) < len(members):
        raise ValueError(
            "An optimizer keeps the state of one player. Expected "
            f"{len(members)} optimizers. Received: one object for several "
            "players. Make another one with the same arguments for each."
        )
    if model.dtype_policy.name != "mixed_float16":
        return members
    return {
        player: member
        if isinstance(member, keras.optimizers.LossScaleOptimizer)
        else optimizers.LossScaleOptimizer(member)
        for player, member in members.items()
    }


def _own_config(optimizer):
    """Returns a copy of a config: Keras writes into it. Others as they are."""
    return (
        copy.deepcopy(optimizer) if isinstance(optimizer, dict) else optimizer
    )


def check_network(name, network):
    """Checks a network that a user gave.

    Args:
        name: string, the argument with which it was given.
        network: the value that should be a `keras.Model`.

    Raises:
        ValueError: if the network is not a model, was not built, or ends in
            a sigmoid although logits are expected.
    """
    if not isinstance(network, keras.Model):
        raise ValueError(
            f"Expected a keras.Model as {name}, e.g. "
            "keras.saving.load_model(path). "
            f"Received: {name}={network!r}."
        )
    if not network.built:
        raise ValueError(
            f"The {name} does not know the shape of its inputs, so it has "
            "no weights yet. Expected a functional model, or a "
            "Sequential that begins with keras.Input(shape). "
            f"Received: {network.name}, which was not built."
        )
    last = network.layers[-1] if network.layers else None
    activation = getattr(getattr(last, "activation", None), "__name__", None)
    if name.startswith("discriminator") and activation == "sigmoid":
        raise ValueError(
            "The losses take logits and compute the sigmoid themselves. "
            f"Expected a {name} whose last layer has no activation. "
            f"Received: {last.name} with activation='sigmoid'."
        )


def weight_penalties(model, player):
    """Returns the values of Keras' own regularizers of a player's weights.

    Args:
        model: `GAN`.
        player: string, name of the player.

    Returns:
        List of scalars, the values of `kernel_regularizer` and similar
        arguments of layers.

    Raises:
        ValueError: if a network has losses that depend on its outputs,
            `add_loss` or `activity_regularizer`.
    """
    penalties = [
        variable.regularizer(variable)
        for variable in model.variables_of(player)
        if getattr(variable, "regularizer", None) is not None
    ]
    for network in model.players()[player]:
        if keras_private.has_losses_of_outputs(network):
            raise ValueError(
                f"{network.name} adds losses by add_loss or "
                "activity_regularizer. They would be lost, because a step "
                "runs it several times. Expected losses given to compile, "
                "e.g. regularizers=[Regularizer(...)]. "
                f"Received: a {player} with add_loss."
            )
    return penalties


def regularized(model, found, players, due, seed=None):
    """Adds regularizers to the losses of players.

    Args:
        model: `GAN`.
        found: `Losses`.
        players: names of the players whose losses are wanted.
        due: list of the `Regularizer` to add. Each is multiplied by its
            `every`, so that its mean over all steps has its weight.
        seed: int, or None to draw from the noise of the model.

    Returns:
        `(totals, logs)`: dict from player to the scalar to minimize, and dict
        of the logs of all these players, including the weighted penalties.

    Raises:
        ValueError: if the player of a regularizer has no `Losses.views`.
    """
    totals = {player: found.players[player] for player in players}
    logs = {}
    for player in players:
        logs.update(found.logs.get(player, {}))
        for penalty in weight_penalties(model, player):
            # Not `+=`, which PyTorch does in place.
            totals[player] = totals[player] + penalty
    training = seed is None
    seed = model.noise if training else seed
    for regularizer in due:
        player = regularizer.player
        if player not in totals:
            continue
        if regularizer.of_weights:
            views = model.players()[player]
        elif regularizer.of_logits:
            views = [_logits(model, found.pairs, training)]
        else:
            views = found.views.get(player)
        if not views:
            raise ValueError(
                f"{type(model).__name__} shows no network of its {player} to "
                f"regularizers. Expected a regularizer of one of "
                f"{', '.join(found.views)}. Received: player={player!r}."
            )
        penalty = regularizer(views, model.steps, seed)
        logs[regularizer.name] = penalty
        if regularizer.every > 1:
            penalty = regularizer.every * penalty
        totals[player] = totals[player] + penalty
    return totals, logs


def _logits(model, pairs, training):
    """Logits of real and generated samples, and their moving averages."""
    if len(pairs) != 1:
        raise ValueError(
            "A penalty of logits has one average for real and one for "
            "generated samples. Expected a model with one generator. "
            f"Received: {type(model).__name__} with {len(pairs)}."
        )
    ((_, _, *logits),) = pairs
    averages = model.logit_averages
    if training:
        return *logits, averages.moved(*logits)
    return *logits, (averages.real, averages.fake)
