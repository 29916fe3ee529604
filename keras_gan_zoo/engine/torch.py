"""The gradient step on PyTorch. `engine` documents each function."""

import keras
import torch
from keras import ops

from keras_gan_zoo.engine import keras_private


def outputs_and_gradients(losses_fn, variables):
    """Evaluates all losses once and differentiates each of them.

    Args:
        losses_fn: callable without arguments that returns `(losses,
            outputs)`: a dict from player to scalar loss, and any nest of
            tensors.
        variables: dict from player to list of Keras variables. The loss of
            the player is differentiated with respect to these variables.

    Returns:
        The outputs, detached, and a dict from player to list of gradients.
    """
    losses, outputs = losses_fn()
    # A player whose layers are all frozen has no variables.
    trained = {player: own for player, own in variables.items() if own}
    left, gradients = len(trained), {player: () for player in variables}
    for player, own in trained.items():
        left -= 1
        gradients[player] = torch.autograd.grad(
            losses[player],
            [v.value for v in own],
            retain_graph=left > 0,
            allow_unused=True,
            materialize_grads=True,
        )
    outputs = keras.tree.map_structure(
        lambda t: t.detach() if torch.is_tensor(t) else t, outputs
    )
    return outputs, gradients


def apply(optimizer, gradients, variables):
    """Takes one step of an optimizer.

    Args:
        optimizer: Keras optimizer that was built on these variables or more.
        gradients: list of tensors.
        variables: list of Keras variables, one for each gradient.
    """
    with torch.no_grad():
        optimizer.apply(gradients, variables)


def gradient(loss_fn, variables):
    """Returns d loss_fn() / d variables, a list, differentiable once more.

    Args:
        loss_fn: callable without arguments that returns a scalar.
        variables: list of Keras variables.
    """
    return torch.autograd.grad(
        loss_fn(),
        [v.value for v in variables],
        create_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )


def input_gradient(fn, inputs):
    """Returns d sum(fn(inputs)) / d inputs, differentiable once more.

    Args:
        fn: function of one tensor.
        inputs: tensor.
    """
    with torch.enable_grad():
        if not inputs.requires_grad:
            inputs = inputs.detach().requires_grad_(True)
        total = ops.sum(fn(inputs))
        return torch.autograd.grad(total, inputs, create_graph=True)[0]


def fuse(optimizer):
    """Does not change an optimizer: PyTorch's optimizers are fused.

    Args:
        optimizer: Keras optimizer.
    """


def groups_one_by_one():
    """Says whether a convolution of each group beats a grouped convolution."""
    return False


def fused_batch_normalization(x, scale, shift, epsilon):
    """Normalizes each channel of a batch, by one operation.

    Its derivatives of every order are right.

    Args:
        x: tensor `(batch, ..., channels)`.
        scale: tensor `(channels,)` or None.
        shift: tensor `(channels,)` or None.
        epsilon: float, added to the variance.

    Returns:
        The outputs, a tensor like `x`, and the mean and the variance of each
        channel, without gradients, at least in float32.
    """
    # Scale and shift decide the type of the statistics.
    dtype = torch.promote_types(x.dtype, torch.float32)
    ones = torch.ones(x.shape[-1], dtype=dtype, device=x.device)
    scale = ones if scale is None else scale.to(dtype)
    shift = 0 * ones if shift is None else shift.to(dtype)
    outputs, mean, rate = torch.native_batch_norm(
        x.movedim(-1, 1), scale, shift, None, None, True, 0.0, epsilon
    )
    variance = torch.clamp(rate.detach() ** -2 - epsilon, min=0)
    return outputs.movedim(1, -1), mean.detach(), variance


def trainer_step(step):
    """Returns the step unchanged: the trainer calls it in this form.

    Args:
        step: function `(self, data)` that returns a dict of scalars.
    """
    return step


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
    return step  # PyTorch runs each operation at once


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


_SEEDED_DROPOUT = keras_private.seeded_dropout()


def noise_scope():
    """Returns a scope in which Dropout without a seed draws from its state.

    Keras would draw from PyTorch's global generator, whose state is in no
    file.
    """
    return _SEEDED_DROPOUT


def no_gradient():
    """Returns a scope in which PyTorch records no gradients."""
    return torch.no_grad()
