"""What an architecture says about one batch: losses, logs, pairs."""

import typing


class Losses(typing.NamedTuple):
    """What the `losses` of an architecture returns.

    Attributes:
        players: dict of player to the scalar that it minimizes. Regularizers
            are added by `GAN.minimize`.
        logs: dict of player to a dict of log names to scalars. They are
            logged when this player has taken a step.
        pairs: list of `(real, fake, real_logits, fake_logits)`, one for each
            generator and the discriminator that it trains against. Monitors
            look at them.
        views: dict of player to a list of `(network, inputs, outputs)`, one
            for each network of the player that a regularizer may look at.
        outputs: any nest of tensors that the algorithm needs after the step.
    """

    players: dict
    logs: dict
    pairs: list
    views: dict
    outputs: tuple = ()
