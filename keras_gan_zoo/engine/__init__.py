"""One adversarial update for the TensorFlow, JAX and PyTorch backends.

An update is "for each player, one optimizer step on one loss". `minimize`
takes these steps, `input_gradient` computes the gradients for penalties and
`gradient` those for unrolled steps. `adversarial_step` lets one imperative
`train_step(self, data)` run under `model.fit` on every backend. The differences
between backends are in `tensorflow.py`, `jax.py` and `torch.py`, which define
the same functions.

There is one rule for the closures given to these functions: they return
tensors as values, never through side effects. State (batch statistics, seeds,
counters) is kept in Keras variables, which work on every backend.
"""

import contextlib
import functools

import keras
from keras import ops

from keras_gan_zoo.engine.replicas import (
    from_all_replicas,
    from_first_replica,
    num_replicas,
    own_part,
    replica_context,
    replica_mean,
    replica_moments,
)

BACKEND = keras.backend.backend()
if BACKEND == "tensorflow":
    from keras_gan_zoo.engine import tensorflow as _backend
elif BACKEND == "jax":
    from keras_gan_zoo.engine import jax as _backend
elif BACKEND == "torch":
    from keras_gan_zoo.engine import torch as _backend
else:
    raise ImportError(
        "keras_gan_zoo trains on the Keras backends tensorflow, jax and "
        f"torch. Received: KERAS_BACKEND={BACKEND!r}. Set the environment "
        "variable KERAS_BACKEND to one of the three before importing Keras."
    )

gradient = _backend.gradient
input_gradient = _backend.input_gradient
compiled = _backend.compiled
fuse = _backend.fuse
groups_one_by_one = _backend.groups_one_by_one
#: Or None, where the operations of the layer do it as well.
fused_batch_normalization = _backend.fused_batch_normalization
between_steps = _backend.between_steps
retraced = _backend.retraced
no_gradient = _backend.no_gradient
noise_scope = _backend.noise_scope

__all__ = [
    "BACKEND",
    "adversarial_step",
    "between_steps",
    "compiled",
    "from_all_replicas",
    "from_first_replica",
    "fuse",
    "fused_batch_normalization",
    "gradient",
    "groups_one_by_one",
    "input_gradient",
    "minimize",
    "no_gradient",
    "noise_scope",
    "num_replicas",
    "own_part",
    "precision",
    "replica_context",
    "replica_mean",
    "replica_moments",
    "require_rows",
    "retraced",
]


def minimize(losses_fn, players):
    """Takes one step of each player's optimizer to lower its loss.

    All losses come from one evaluation, so that the players share common
    computations. No weight moves before all gradients are known.

    Args:
        losses_fn: callable without arguments that returns `(losses,
            outputs)`. `losses` is a dict from player to scalar loss and may
            have further players, which do not step. Each loss is
            differentiated with respect to the variables of its player only.
            `outputs` is any nest of tensors to return.
        players: dict from player to `(variables, optimizer)`. `variables` is
            the list of trainable variables of this player. `optimizer` is a
            Keras optimizer that was built on these variables or more; it
            does not change the others.

    Returns:
        The outputs of `losses_fn`, detached from the gradient.
    """

    def scaled_losses():
        losses, outputs = losses_fn()
        return {
            player: optimizer.scale_loss(losses[player])
            for player, (_, optimizer) in players.items()
        }, outputs

    outputs, gradients = _backend.outputs_and_gradients(
        scaled_losses,
        {player: variables for player, (variables, _) in players.items()},
    )
    for player, (variables, optimizer) in players.items():
        _backend.apply(optimizer, gradients[player], variables)
    return outputs


def require_rows(batch, least):
    """Stops the step of a batch that is too small for its minibatches.

    The mean over an empty minibatch is NaN, and so are all weights after it.

    Args:
        batch: tensor, a member of a batch.
        least: int, the smallest number of examples allowed.

    Raises:
        ValueError: if there are fewer examples. TensorFlow learns the size
            of a batch only when the step runs, and raises
            `InvalidArgumentError` instead.
    """
    num = batch.shape[0]
    message = (
        f"A step cuts its batch into {least} minibatches. Expected at least "
        f"{least} examples in each batch, also in the last one, e.g. from a "
        "dataset of keras_gan_zoo.data or batch(..., drop_remainder=True). "
        "Received: a smaller batch."
    )
    if num is None:
        _backend.require(ops.shape(batch)[0] >= least, message)
    elif num < least:
        raise ValueError(message)


def adversarial_step(step):
    """Decorates `train_step(self, data)` and `test_step(self, data)`.

    The Keras trainers of the three backends call a step in different ways.
    Inside the step, networks draw their noise from saved seeds, which differ
    on each replica.

    Args:
        step: function `(self, data)` that returns a dict of scalars, the
            logs.
    """

    @functools.wraps(step)
    def with_noise(self, data):
        with noise_scope():
            return step(self, data)

    return _backend.trainer_step(with_noise)


@contextlib.contextmanager
def precision(dtype_policy):
    """Opens a scope in which new layers have this dtype policy by default.

    Args:
        dtype_policy: `keras.DTypePolicy` or its name.
    """
    outer = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype_policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(outer)
