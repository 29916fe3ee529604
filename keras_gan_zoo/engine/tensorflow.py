"""The gradient step on TensorFlow. `engine` documents each function."""

import contextlib
import functools

import keras
import tensorflow as tf
from keras import ops

from keras_gan_zoo.engine import keras_private, replicas


def outputs_and_gradients(losses_fn, variables):
    """Evaluates all losses once and differentiates each of them.

    Args:
        losses_fn: callable without arguments that returns `(losses,
            outputs)`: a dict from player to scalar loss, and any nest of
            tensors.
        variables: dict from player to list of Keras variables. The loss of
            the player is differentiated with respect to these variables.

    Returns:
        The outputs, and a dict from player to list of gradients.
    """
    values = {p: [v.value for v in own] for p, own in variables.items()}
    # The tape watches only the weights of players that step. This keeps the
    # gradients of other players out of the graph.
    with tf.GradientTape(
        persistent=len(values) > 1, watch_accessed_variables=False
    ) as tape:
        tape.watch(values)
        losses, outputs = losses_fn()
        # `optimizer.apply` sums gradients over the replicas.
        num = replicas.num_replicas()
        losses = {player: losses[player] / num for player in values}
    # A weight that the loss does not depend on has gradient 0, as on JAX.
    zero = tf.UnconnectedGradients.ZERO
    return outputs, {
        player: tape.gradient(
            losses[player], values[player], unconnected_gradients=zero
        )
        for player in values
    }


def apply(optimizer, gradients, variables):
    """Takes one step of an optimizer.

    Args:
        optimizer: Keras optimizer that was built on these variables or more.
        gradients: list of tensors.
        variables: list of Keras variables, one for each gradient.
    """
    optimizer.apply(gradients, variables)


def gradient(loss_fn, variables):
    """Returns d loss_fn() / d variables, a list, differentiable once more.

    Args:
        loss_fn: callable without arguments that returns a scalar.
        variables: list of Keras variables.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        values = [v.value for v in variables]
        tape.watch(values)
        loss = loss_fn()
    zero = tf.UnconnectedGradients.ZERO
    gradients = tape.gradient(loss, values, unconnected_gradients=zero)
    # The gradient of an embedding comes as a list of rows.
    return [tf.convert_to_tensor(gradient) for gradient in gradients]


def input_gradient(fn, inputs):
    """Returns d sum(fn(inputs)) / d inputs, differentiable once more.

    Args:
        fn: function of one tensor.
        inputs: tensor.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        total = ops.sum(fn(inputs))
    return tape.gradient(total, inputs)


def fuse(optimizer):
    """Makes Adam pass over each variable once, not ten times.

    Args:
        optimizer: Keras optimizer. Only Adam, and classes with its step, are
            changed.
    """
    adam = keras.optimizers.Adam
    own = getattr(type(optimizer), "update_step", None)
    if own is adam.update_step and not optimizer.amsgrad:
        optimizer.update_step = functools.partial(_adam_step, optimizer)


def _adam_step(optimizer, gradient, variable, learning_rate):
    """Computes Keras' `update_step` of Adam in one operation."""
    momentum, velocity = keras_private.adam_slots(optimizer, variable)
    cast = functools.partial(tf.cast, dtype=variable.dtype)
    beta_1, beta_2 = cast(optimizer.beta_1), cast(optimizer.beta_2)
    step = cast(optimizer.iterations + 1)
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=momentum.value.handle,
        v=velocity.value.handle,
        beta1_power=beta_1**step,
        beta2_power=beta_2**step,
        lr=cast(learning_rate),
        beta1=beta_1,
        beta2=beta_2,
        epsilon=cast(optimizer.epsilon),
        grad=tf.convert_to_tensor(cast(gradient)),
    )


# TensorFlow's fused operation has wrong second derivatives.
fused_batch_normalization = None


def groups_one_by_one():
    """Says whether a convolution of each group beats a grouped convolution."""
    # Keras compiles grouped convolutions with XLA, which is slow on CPUs.
    return not tf.config.list_logical_devices("GPU")


def trainer_step(step):
    """Decorates a step: its logs get the form that Keras' trainer expects.

    Keras averages logs over machines along an axis, which is added here.

    Args:
        step: function `(self, data)` that returns a dict of scalars.
    """

    @functools.wraps(step)
    def with_axis(self, data):
        logs, context = step(self, data), replicas.replica_context()
        workers = tf.distribute.MultiWorkerMirroredStrategy
        if context is None or not isinstance(context.strategy, workers):
            return logs
        return {name: ops.reshape(log, (1,)) for name, log in logs.items()}

    return with_axis


def compiled(step, state, frozen=()):
    """Compiles a step that is called outside of Keras' trainer.

    It is compiled again only for arguments of other shapes or types.

    Args:
        step: function of tensors that returns a nest of tensors.
        state: list of all variables that the step changes.
        frozen: list of variables that the step reads. Variables in neither
            list may keep the values of the first call.

    Returns:
        Function of tensors, like `step`.
    """
    return tf.function(step)


def between_steps(model, act, arguments):
    """Calls `act()` between two steps of `fit`.

    Args:
        model: the model that is being trained.
        act: callable without arguments, which may set variables.
        arguments: tuple of the arguments of the train function.

    Returns:
        The arguments with which to continue.
    """
    act()
    return arguments


def retraced(model, name, make):
    """Calls `make()`, which compiles a step of Keras' trainer.

    Args:
        model: the model that has the step.
        name: str, `"train_step"` or `"test_step"`.
        make: callable without arguments.
    """
    make()


def _of_this_replica(seed):
    """Returns a seed for this replica from a seed that all replicas share."""
    context = replicas.replica_context()
    if context is None:
        return seed
    replica = ops.cast(context.replica_id_in_sync_group, seed.dtype)
    # A large odd stride keeps seeds of the same base different.
    return seed + ops.stack([replica * 1_000_003, replica * 0])


_SEPARATE_SEEDS = keras_private.changed_seeds(_of_this_replica)


def noise_scope():
    """Returns a scope in which each replica has its own random numbers."""
    return _SEPARATE_SEEDS


def require(condition, message):
    """Stops the step with this message if the condition is False.

    Only TensorFlow has conditions that are not known before a step runs.

    Args:
        condition: bool scalar.
        message: string.
    """
    tf.debugging.Assert(condition, [message])


def no_gradient():
    """Returns a scope that does nothing: gradients need a tape here."""
    return contextlib.nullcontext()
