"""One adversarial update for the TensorFlow, JAX and PyTorch backends.

The only module that names a backend. An update is "for each player, one
optimizer step on one loss": `minimize` takes these steps, `input_gradient`
serves the gradient penalties, and `adversarial_step` lets one imperative
`train_step(self, data)` run under `model.fit` on every backend.

The one rule for the closures given to `minimize` and `input_gradient`:
tensors leave them through the return value, never through side effects.
State (batch statistics, seeds, counters) lives in Keras variables, which are
carried through on every backend.
"""

import contextlib
import functools
import warnings

import keras
from keras import ops

BACKEND = keras.backend.backend()
if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "jax":
    import jax
elif BACKEND == "torch":
    import torch
else:
    raise ImportError(
        "keras_gan_zoo trains on the Keras backends tensorflow, jax and "
        f"torch. Received: KERAS_BACKEND={BACKEND!r}. Set the environment "
        "variable KERAS_BACKEND to one of the three before importing Keras."
    )


# --------------------------------------------------------------- the update


def minimize(losses_fn, players):
    """Takes a step of each player's optimizer, downhill on its own loss.

    All losses come from one evaluation, so that the players share what both
    need of it, and no weight moves before all gradients are known.

    Args:
        losses_fn: callable without arguments that returns `(losses,
            outputs)`: a dict of player to its scalar loss, which may name
            more than those that step now, and any nest of tensors to hand
            out. Of a loss only the operations on the way from the player's
            own variables are differentiated.
        players: dict of player to `(variables, optimizer)`: a list of the
            trainable variables of that player alone, and a Keras optimizer
            that was built on them, or on more, which it then leaves as they
            are.

    Returns:
        The outputs of `losses_fn`, detached from the gradient.
    """
    outputs, gradients = _outputs_and_gradients(losses_fn, players)
    for player, (variables, optimizer) in players.items():
        _apply(optimizer, gradients[player], variables)
    return outputs


def _scaled(losses, players):
    """Those losses that are to be differentiated, as the optimizers wish."""
    return {
        player: optimizer.scale_loss(losses[player])
        for player, (_, optimizer) in players.items()
    }


def _values(players):
    return {
        player: [v.value for v in variables]
        for player, (variables, _) in players.items()
    }


if BACKEND == "tensorflow":

    def _outputs_and_gradients(losses_fn, players):
        values = _values(players)
        # Watching nothing but the weights of those that step keeps the
        # gradients of others out of the graph.
        with tf.GradientTape(
            persistent=len(players) > 1, watch_accessed_variables=False
        ) as tape:
            tape.watch(values)
            losses, outputs = losses_fn()
            # `optimizer.apply` sums gradients over the replicas.
            scaled = {
                player: loss / num_replicas()
                for player, loss in _scaled(losses, players).items()
            }
        # A weight that the loss does not reach has gradient 0, as on JAX.
        zero = tf.UnconnectedGradients.ZERO
        return outputs, {
            player: tape.gradient(
                scaled[player], values[player], unconnected_gradients=zero
            )
            for player in players
        }

    def _apply(optimizer, gradients, variables):
        optimizer.apply(gradients, variables)

    def _adam_step(optimizer, gradient, variable, learning_rate):
        """What `keras.optimizers.Adam.update_step` does, in one operation."""
        index = optimizer._get_variable_index(variable)
        cast = functools.partial(tf.cast, dtype=variable.dtype)
        beta_1, beta_2 = cast(optimizer.beta_1), cast(optimizer.beta_2)
        step = cast(optimizer.iterations + 1)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=optimizer._momentums[index].value.handle,
            v=optimizer._velocities[index].value.handle,
            beta1_power=beta_1**step,
            beta2_power=beta_2**step,
            lr=cast(learning_rate),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=cast(optimizer.epsilon),
            grad=tf.convert_to_tensor(cast(gradient)),
        )

    def input_gradient(fn, inputs):
        """Returns d sum(fn(inputs)) / d inputs, differentiable once more."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(inputs)
            total = ops.sum(fn(inputs))
        return tape.gradient(total, inputs)

elif BACKEND == "torch":

    def _outputs_and_gradients(losses_fn, players):
        losses, outputs = losses_fn()
        values, scaled = _values(players), _scaled(losses, players)
        gradients = {
            player: torch.autograd.grad(
                scaled[player],
                values[player],
                retain_graph=player != list(players)[-1],
                allow_unused=True,
                materialize_grads=True,
            )
            for player in players
        }
        outputs = keras.tree.map_structure(
            lambda t: t.detach() if torch.is_tensor(t) else t, outputs
        )
        return outputs, gradients

    def _apply(optimizer, gradients, variables):
        with torch.no_grad():
            optimizer.apply(gradients, variables)

    def input_gradient(fn, inputs):
        """Returns d sum(fn(inputs)) / d inputs, differentiable once more."""
        with torch.enable_grad():
            if not inputs.requires_grad:
                inputs = inputs.detach().requires_grad_(True)
            total = ops.sum(fn(inputs))
            return torch.autograd.grad(total, inputs, create_graph=True)[0]

else:

    class _ChildScope(keras.StatelessScope):
        """A scope inside the trainer's: reads fall through, writes stay.

        JAX differentiates pure functions only, so what is written to Keras
        variables while a loss is computed must be returned and written
        again outside: `updates()` lists it.
        """

        def __init__(self, bindings=()):
            super().__init__(state_mapping=list(bindings))
            self._written = {}

        def get_current_value(self, variable):
            value = super().get_current_value(variable)
            if value is None and self.original_scope is not None:
                return self.original_scope.get_current_value(variable)
            return value

        def add_update(self, update):
            super().add_update(update)
            self._written[id(update[0])] = update[0]

        def updates(self):
            written = list(self._written.values())
            return written, [self.get_current_value(v) for v in written]

    def _pulled_back(fn, argument, bind=()):
        """`jax.vjp` of `fn(argument) -> (result, outputs)`, with state.

        `bind` lists variables that take their values from the leaves of
        `argument`.

        Returns:
            The result, the function from cotangents of it to the gradient by
            `argument`, and the outputs.
        """
        written = []

        def pure(argument):
            leaves = jax.tree.leaves(argument) if bind else ()
            with _ChildScope(zip(bind, leaves)) as scope:
                result, outputs = fn(argument)
            written[:], values = scope.updates()
            return result, (outputs, values)

        result, pull_back, (outputs, values) = jax.vjp(
            pure, argument, has_aux=True
        )
        for variable, value in zip(written, values):
            variable.assign(value)
        return result, lambda cotangent: pull_back(cotangent)[0], outputs

    def _outputs_and_gradients(losses_fn, players):
        def fn(_):
            losses, outputs = losses_fn()
            return _scaled(losses, players), outputs

        values = _values(players)
        bind = jax.tree.leaves({p: players[p][0] for p in players})
        scaled, pull_back, outputs = _pulled_back(fn, values, bind)
        # What the gradient of one player does not need, XLA takes out.
        return outputs, {
            player: pull_back(
                {p: ops.full_like(scaled[p], p == player) for p in players}
            )[player]
            for player in players
        }

    def _apply(optimizer, gradients, variables):
        # `apply` itself branches on traced values under loss scaling. Its
        # stateless form wants all variables that the optimizer knows, and
        # warns of those without a gradient.
        given = {id(v): g for v, g in zip(variables, gradients)}
        known = optimizer._trainable_variables
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Gradients do not exist")
            values, states = optimizer.stateless_apply(
                [v.value for v in optimizer.variables],
                [given.get(id(v)) for v in known],
                [v.value for v in known],
            )
        for variable, value in zip(known, values):
            if id(variable) in given:
                variable.assign(value)
        for variable, value in zip(optimizer.variables, states):
            variable.assign(value)

    def input_gradient(fn, inputs):
        """Returns d sum(fn(inputs)) / d inputs, differentiable once more."""
        total, pull_back, _ = _pulled_back(
            lambda x: (ops.sum(fn(x)), None), inputs
        )
        return pull_back(ops.ones_like(total))


def fuse(optimizer):
    """Makes Adam pass once over each variable on TensorFlow, not ten times.

    XLA and PyTorch's own optimizer do so without us.
    """
    plain = type(optimizer) is keras.optimizers.Adam and not optimizer.amsgrad
    if BACKEND == "tensorflow" and plain:
        optimizer.update_step = functools.partial(_adam_step, optimizer)


def adversarial_step(step):
    """Decorates `train_step(self, data)` and `test_step(self, data)`.

    The TensorFlow and PyTorch trainers call a step just so. The JAX trainer
    calls `step(self, state, data)` and expects `(logs, state)`: there the
    step runs inside a stateless scope that holds the trainer's state and from
    which the new state is read.
    """
    if BACKEND == "tensorflow":
        return _with_logs_of_all_workers(step)
    if BACKEND == "torch":
        return step

    @functools.wraps(step)
    def stateless(self, *args):
        if len(args) == 1:  # called by another step: the scope is open
            return step(self, args[0])
        state, data = args
        groups = _carried(self, training=len(state) == 4)
        mapping = [
            pair
            for variables, values in zip(groups, state)
            for pair in zip(variables, values)
        ]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            logs = step(self, data)
        new_state = tuple(
            [scope.get_current_value(v) for v in variables]
            for variables in groups
        )
        return logs, new_state

    return stateless


def _with_logs_of_all_workers(step):
    """Gives logs an axis where Keras averages them over machines along it."""

    @functools.wraps(step)
    def with_axis(self, data):
        logs, context = step(self, data), replica_context()
        workers = tf.distribute.MultiWorkerMirroredStrategy
        if context is None or not isinstance(context.strategy, workers):
            return logs
        return {name: ops.reshape(log, (1,)) for name, log in logs.items()}

    return with_axis


def _carried(model, training):
    """The variables whose values the JAX trainer carries, in its groups."""
    groups = [model.trainable_variables, model.non_trainable_variables]
    if training:  # evaluation has no optimizer state
        groups.append(model.optimizer.variables)
    return [*groups, model.metrics_variables]


def between_steps(model, act, arguments):
    """Calls `act()` between two steps of `fit`, which may set variables.

    Args:
        model: the model that is being trained.
        act: callable without arguments.
        arguments: those that the train function was called with.

    Returns:
        The arguments with which to go on.
    """
    if BACKEND != "jax":
        act()
        return arguments
    # The trainer hands the values from step to step, past the variables.
    state, *rest = arguments
    groups = _carried(model, training=True)
    for variables, values in zip(groups, state):
        for variable, value in zip(variables, values):
            variable.assign(value)
    act()
    return tuple([v.value for v in group] for group in groups), *rest


def retraced(model, name, make):
    """Calls `make()` so that it compiles the step `name` as if new.

    JAX takes the bound methods of one object for one function and goes on
    with the trace it has, whatever attributes have changed since.
    """
    if BACKEND != "jax":
        return make()
    step = functools.partial(getattr(type(model), name), model)
    setattr(model, name, step)
    try:
        make()
    finally:
        delattr(model, name)


# ------------------------------------------------------------- replicas


def replica_context():
    """The tf.distribute replica context if there are several replicas."""
    if BACKEND != "tensorflow":
        return None
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return None
    return context


def num_replicas():
    """On how many devices tf.distribute runs each step, each a part."""
    if BACKEND != "tensorflow":
        return 1
    return tf.distribute.get_strategy().num_replicas_in_sync


def replica_mean(tensor):
    """Mean of a per-replica tensor over all replicas, differentiable.

    The identity on one device. On JAX a distributed tensor is global, so
    that its statistics are too.
    """
    context = replica_context()
    return tensor if context is None else context.all_reduce("MEAN", tensor)


def replica_moments(mean, variance):
    """Moments of the global batch from those of equal parts of it.

    One message between the replicas, and one on the way back, however many
    there are: between machines each takes milliseconds.

    Args:
        mean, variance: tensors `(channels,)`, of this replica's part.

    Returns:
        Both of the whole, differentiable. What was given, on one device.
    """
    context = replica_context()
    if context is None:
        return mean, variance
    replica, num = (
        context.replica_id_in_sync_group,
        context.num_replicas_in_sync,
    )
    own = tf.one_hot(replica, num, dtype=mean.dtype)[:, None, None]
    parts = context.all_reduce("SUM", own * tf.stack([mean, variance]))
    means, variances = parts[:, 0], parts[:, 1]
    mean = ops.mean(means, axis=0)
    return mean, ops.mean(variances + ops.square(means - mean), axis=0)


def from_all_replicas(tensor):
    """The global batch of which each replica has a part, on every replica."""
    context = replica_context()
    return tensor if context is None else context.all_gather(tensor, axis=0)


def own_part(tensor, num):
    """This replica's `num` rows of what `from_all_replicas` put together."""
    context = replica_context()
    if context is None:
        return tensor
    first = context.replica_id_in_sync_group * num
    return tensor[first : first + num]


def from_first_replica(tensor):
    """The first replica's tensor on every replica, such as a draw of all."""
    context = replica_context()
    if context is None:
        return tensor
    first = context.replica_id_in_sync_group == 0
    return context.all_reduce("SUM", tensor * ops.cast(first, tensor.dtype))


# --------------------------------------------------------------- scopes


def no_gradient():
    """Scope in which PyTorch, the one that would, records no gradients."""
    return torch.no_grad() if BACKEND == "torch" else contextlib.nullcontext()


@contextlib.contextmanager
def precision(dtype_policy):
    """Scope in which new layers have this dtype policy by default."""
    outer = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype_policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(outer)
