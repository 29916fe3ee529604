"""Steps of optimizers that can be differentiated, for unrolled training.

Keras' optimizers write into their variables, and on TensorFlow and PyTorch no
gradient passes through that. The steps here compute the same with operations
that have gradients. They assign to the same variables, so call them in a
`keras_private.ChildScope`, where the new values are no more than tensors.
"""

import keras
from keras import ops

from keras_gan_zoo.engine import keras_private

#: Settings of optimizers that the steps here do not have.
WITHOUT = (
    "amsgrad",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "gradient_accumulation_steps",
    "loss_scale_factor",
    "use_ema",
    "weight_decay",
)


def take_step(optimizer, gradients, variables):
    """Takes one step of an optimizer, inside a `ChildScope`.

    Args:
        optimizer: Keras optimizer that `check` accepts, built on these
            variables or more.
        gradients: list of tensors.
        variables: list of Keras variables, one for each gradient.
    """
    step = _step_of(optimizer)
    for gradient, variable in zip(gradients, variables):
        rate = ops.cast(optimizer.learning_rate, variable.dtype)
        new = variable + step(optimizer, gradient, variable, rate)
        if variable.constraint is not None:
            new = variable.constraint(new)
        variable.assign(new)
    optimizer.iterations.assign_add(1)


def check(optimizer):
    """Checks that `take_step` can take the steps of an optimizer.

    Args:
        optimizer: Keras optimizer.

    Raises:
        ValueError: if its steps differ from those of Adam and SGD.
    """
    used = [name for name in WITHOUT if getattr(optimizer, name, None)]
    if _step_of(optimizer) is None or used:
        settings = f" with {', '.join(used)}" if used else ""
        raise ValueError(
            "Unrolled steps of an optimizer are differentiated, which Keras' "
            "own steps cannot be. Expected keras.optimizers.Adam or SGD, "
            f"without {', '.join(WITHOUT)}, and not dtype='mixed_float16', "
            f"which scales losses. Received: {type(optimizer).__name__}"
            f"{settings}."
        )


def _step_of(optimizer):
    """Returns the function for the steps of an optimizer, or None."""
    for known, step in (
        (keras.optimizers.Adam, _adam),
        (keras.optimizers.SGD, _sgd),
    ):
        # Subclasses may change what Keras does in a step.
        own = getattr(type(optimizer), "update_step", None)
        if isinstance(optimizer, known) and own is known.update_step:
            return step
    return None


def _adam(optimizer, gradient, variable, rate):
    """Returns the change of a variable by Adam, and moves its moments."""
    momentum, velocity = keras_private.adam_slots(optimizer, variable)
    beta_1, beta_2 = optimizer.beta_1, optimizer.beta_2
    step = ops.cast(optimizer.iterations + 1, variable.dtype)
    momentum.assign(momentum + (1 - beta_1) * (gradient - momentum))
    velocity.assign(velocity + (1 - beta_2) * (gradient**2 - velocity))
    correction_1, correction_2 = (
        1 - ops.power(ops.cast(beta, variable.dtype), step)
        for beta in (beta_1, beta_2)
    )
    rate = rate * ops.sqrt(correction_2) / correction_1
    # The root has no finite slope at 0, e.g. of a unit that never fires.
    root = ops.sqrt(velocity + 1e-30)
    return -rate * momentum / (root + optimizer.epsilon)


def _sgd(optimizer, gradient, variable, rate):
    """Returns the change of a variable by SGD, and moves its momentum."""
    change = -rate * gradient
    if not optimizer.momentum:
        return change
    momentum = keras_private.sgd_slot(optimizer, variable)
    momentum.assign(optimizer.momentum * momentum + change)
    if optimizer.nesterov:
        return optimizer.momentum * momentum + change
    return ops.convert_to_tensor(momentum)
