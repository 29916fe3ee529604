"""The gradient step on JAX. `engine` documents each function."""

import contextlib
import functools
import warnings

import jax
import keras
from keras import ops

from keras_gan_zoo.engine import keras_private


def _pulled_back(fn, argument, bind=()):
    """Differentiates `fn(argument) -> (result, outputs)`, with state.

    JAX differentiates only pure functions. Therefore the new values of Keras
    variables in `fn` are returned from inside and written again outside.

    Args:
        fn: function of one nest of tensors.
        argument: nest of tensors.
        bind: list of variables that take their values from the leaves of
            `argument`.

    Returns:
        Three values: the result, a function from cotangents of the result to
        the gradient with respect to `argument`, and the outputs.
    """
    written = []

    def pure(argument):
        leaves = jax.tree.leaves(argument) if bind else ()
        with keras_private.ChildScope(zip(bind, leaves)) as scope:
            result, outputs = fn(argument)
        written[:], values = scope.updates()
        return result, (outputs, values)

    result, pull_back, (outputs, values) = jax.vjp(pure, argument, has_aux=True)
    for variable, value in zip(written, values):
        variable.assign(value)
    return result, lambda cotangent: pull_back(cotangent)[0], outputs


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

    def fn(_):
        losses, outputs = losses_fn()
        return {player: losses[player] for player in variables}, outputs

    values = {p: [v.value for v in own] for p, own in variables.items()}
    losses, pull_back, outputs = _pulled_back(
        fn, values, bind=jax.tree.leaves(variables)
    )
    # XLA removes what the gradient of a player does not need.
    return outputs, {
        player: pull_back(
            {p: ops.full_like(losses[p], p == player) for p in losses}
        )[player]
        for player in variables
    }


def apply(optimizer, gradients, variables):
    """Takes one step of an optimizer.

    `optimizer.apply` itself branches on traced values under loss scaling.
    Its stateless form needs all variables of the optimizer, and warns about
    variables without a gradient.

    Args:
        optimizer: Keras optimizer that was built on these variables or more.
        gradients: list of tensors.
        variables: list of Keras variables, one for each gradient.
    """
    given = {id(v): g for v, g in zip(variables, gradients)}
    known = keras_private.trained_variables(optimizer)
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


def gradient(loss_fn, variables):
    """Returns d loss_fn() / d variables, a list, differentiable once more.

    Args:
        loss_fn: callable without arguments that returns a scalar.
        variables: list of Keras variables.
    """
    loss, pull_back, _ = _pulled_back(
        lambda _: (loss_fn(), None),
        [v.value for v in variables],
        bind=variables,
    )
    return pull_back(ops.ones_like(loss))


def input_gradient(fn, inputs):
    """Returns d sum(fn(inputs)) / d inputs, differentiable once more.

    Args:
        fn: function of one tensor.
        inputs: tensor.
    """
    total, pull_back, _ = _pulled_back(lambda x: (ops.sum(fn(x)), None), inputs)
    return pull_back(ops.ones_like(total))


def fuse(optimizer):
    """Does not change an optimizer: XLA fuses its operations.

    Args:
        optimizer: Keras optimizer.
    """


# XLA fuses what the layer computes.
fused_batch_normalization = None


def groups_one_by_one():
    """Says whether a convolution of each group beats a grouped convolution."""
    return False


def trainer_step(step):
    """Decorates a step so that it gets and returns state, as Keras expects.

    The JAX trainer calls `step(self, state, data)` and expects `(logs,
    state)`. The step runs inside a stateless scope that holds the trainer's
    state, and the new state is read from this scope.

    Args:
        step: function `(self, data)` that returns a dict of scalars.
    """

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


def _carried(model, training):
    """Returns the variables that the JAX trainer carries, in its groups."""
    groups = [model.trainable_variables, model.non_trainable_variables]
    if training:  # evaluation has no optimizer state
        groups.append(model.optimizer.variables)
    return [*groups, model.metrics_variables]


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
    state, frozen = list(state), list(frozen)

    @jax.jit
    def pure(values, fixed, args):
        mapping = [*zip(state, values), *zip(frozen, fixed)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            found = step(*args)
        return found, [scope.get_current_value(v) for v in state]

    def run(*args):
        values, fixed = ([v.value for v in own] for own in (state, frozen))
        found, values = pure(values, fixed, args)
        for variable, value in zip(state, values):
            variable.assign(value)
        return found

    return run


def between_steps(model, act, arguments):
    """Calls `act()` between two steps of `fit`.

    The trainer passes values from step to step without the variables. They
    are written to the variables before `act()` and read again after `act()`.

    Args:
        model: the model that is being trained.
        act: callable without arguments, which may set variables.
        arguments: tuple of the arguments of the train function.

    Returns:
        The arguments with which to continue.
    """
    state, *rest = arguments
    groups = _carried(model, training=True)
    for variables, values in zip(groups, state):
        for variable, value in zip(variables, values):
            variable.assign(value)
    act()
    return tuple([v.value for v in group] for group in groups), *rest


def retraced(model, name, make):
    """Calls `make()` so that it traces a step of Keras' trainer again.

    JAX treats the bound method of an object as the same function and uses the
    old trace, even if attributes of the object have changed.

    Args:
        model: the model that has the step.
        name: str, `"train_step"` or `"test_step"`.
        make: callable without arguments.
    """
    step = functools.partial(getattr(type(model), name), model)
    setattr(model, name, step)
    try:
        make()
    finally:
        delattr(model, name)


def noise_scope():
    """Returns a scope that does nothing: Keras draws from saved seeds here."""
    return contextlib.nullcontext()


def no_gradient():
    """Returns a scope that does nothing: gradients need a function here."""
    return contextlib.nullcontext()
