"""The result of an architecture on one batch: losses, logs, pairs."""

import typing


class Losses(typing.NamedTuple):
    """Holds what the `losses` of an architecture returns.

    Attributes:
        players: dict from player to the scalar that it minimizes.
            `GAN.minimize` adds the regularizers.
        logs: dict from player to a dict from log names to scalars. The
            scalars are logged after the player has taken a step.
        pairs: list of `(real, fake, real_logits, fake_logits)`, one for each
            generator and the discriminator that it trains against. Monitors
            read them.
        views: dict from player to a list of `(network, inputs, outputs)`, one
            for each network of the player that a regularizer may look at.
        outputs: any nest of tensors that the algorithm needs after the step.
    """

    players: dict
    logs: dict
    pairs: list
    views: dict
    outputs: tuple = ()
