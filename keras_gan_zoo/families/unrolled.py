"""The generator's loss against the discriminator of some steps later.

Unrolled GANs (Metz et al., 2017, https://arxiv.org/abs/1611.02163): the
discriminator takes k further steps, and the generator minimizes its loss
against the result. The steps depend on the generator, and its gradient goes
through them. So it learns how the discriminator will answer, and does not
gather all samples where the discriminator of today is weak. Then the k steps
are thrown away.
"""

from keras_gan_zoo import engine
from keras_gan_zoo.engine import differentiable, distribute, keras_private
from keras_gan_zoo.families.players import regularized

#: The players of a model that can be unrolled.
PLAYERS = {"generator", "discriminator"}


def losses(model, losses_fn, players):
    """Returns what the generator minimizes after the discriminator's steps.

    All evaluations see the same noise. No state changes: moving statistics,
    seeds and the optimizer are thrown away with the steps.

    Args:
        model: `GAN`.
        losses_fn: callable without arguments that returns `Losses`.
        players: names of the players that step.

    Returns:
        `(totals, logs)` of the generator, as `regularized` returns them. Both
        are empty if nothing is unrolled or the generator does not step.
    """
    if not model.unrolled_steps or "generator" not in players:
        return {}, {}
    variables = model.running_variables("discriminator")
    optimizer = model.optimizer["discriminator"]
    seeds = [seed.state for seed in keras_private.seed_generators(model)]
    first = [seed.value for seed in seeds]

    def evaluated(player):
        for seed, value in zip(seeds, first):
            seed.assign(value)
        return regularized(model, losses_fn(), (player,), model.due)

    def discriminator_loss():
        totals, _ = evaluated("discriminator")
        return totals["discriminator"]

    with keras_private.ChildScope():  # nothing assigned in it stays
        for _ in range(model.unrolled_steps):
            gradients = engine.gradient(discriminator_loss, variables)
            differentiable.take_step(optimizer, gradients, variables)
        return evaluated("generator")


def check(model, steps, optimizers, regularizers):
    """Checks that a model that is being compiled can be unrolled.

    Args:
        model: `GAN`.
        steps: int, the argument `unrolled_steps`.
        optimizers: `OptimizerGroup`.
        regularizers: list of `Regularizer`.

    Raises:
        ValueError: if the number is out of range, or the model, its
            optimizer, a regularizer or the devices do not allow it.
    """
    if steps < 0 or steps % 1:
        raise ValueError(
            "Expected unrolled_steps as a whole number of at least 0. "
            f"Received: unrolled_steps={steps}"
        )
    if not steps:
        return
    players = model.players()
    if set(players) != PLAYERS or model.verb != "generate":
        raise ValueError(
            "Unrolled steps are those of the discriminator of one generator. "
            "Expected a model of latents with the players generator and "
            f"discriminator. Received: {type(model).__name__}, which has the "
            f"verb {model.verb!r} and the players {', '.join(players)}. "
            "Leave unrolled_steps at 0."
        )
    lazy = [
        regularizer.name
        for regularizer in regularizers
        if regularizer.player == "discriminator" and regularizer.every > 1
    ]
    if lazy:
        raise ValueError(
            "All unrolled steps of the discriminator have the same loss. "
            "Expected regularizers of the discriminator that are due at every "
            f"step. Received: unrolled_steps={steps} with a larger `every` of "
            f"{', '.join(lazy)}. Set it (penalty_every) to 1."
        )
    num = distribute.num_parts(model)
    if num > 1 and engine.BACKEND == "tensorflow":
        raise ValueError(
            "Unrolled steps do not sum their gradients over replicas. "
            f"Expected one device. Received: unrolled_steps={steps} with "
            f"{num} replicas."
        )
    differentiable.check(optimizers["discriminator"])
