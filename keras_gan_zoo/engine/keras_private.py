"""Every private name of Keras that the package uses.

Each function says which name it uses, why, and what breaks if Keras changes
the name. `tests/engine/test_keras_private.py` has one test for each name and
also runs with the newest pre-release of Keras. Private names may appear only
here and in this test.
"""

import threading

import keras
from keras.src import backend

# ------------------------------------------------------------- optimizers


def adam_slots(optimizer, variable):
    """Returns the two moments that Adam keeps for a variable.

    Uses `_trainable_variables`, `_get_variable_index`, `_momentums` and
    `_velocities` of `keras.optimizers.Adam`, which have the same order, for the
    fused step on TensorFlow and for steps that are differentiated. If Keras
    changes them, each training step with Adam on TensorFlow raises.

    Args:
        optimizer: `keras.optimizers.Adam`, built.
        variable: one of the variables that the optimizer was built on.
    """
    index = _place(optimizer, variable)
    return optimizer._momentums[index], optimizer._velocities[index]


def sgd_slot(optimizer, variable):
    """Returns the momentum that SGD keeps for a variable.

    Uses `_trainable_variables` of `keras.optimizers.SGD`, which has the order
    of the momentums, for steps that are differentiated. If Keras changes it,
    `compile(unrolled_steps=...)` with SGD raises in the first step.

    Args:
        optimizer: `keras.optimizers.SGD` with momentum, built.
        variable: one of the variables that the optimizer was built on.
    """
    return optimizer.momentums[_place(optimizer, variable)]


def _place(optimizer, variable):
    """Returns the index of a variable in the state of an optimizer.

    Keras' own function fails for a Keras variable in a stateless scope on
    TensorFlow. It also knows the `tf.Variable` of a Keras variable, and the
    part of it that belongs to one replica.
    """
    for index, other in enumerate(optimizer._trainable_variables):
        if other is variable:
            return index
    return optimizer._get_variable_index(variable)


def trained_variables(optimizer):
    """Returns the variables that an optimizer was built on, a list.

    Uses `_trainable_variables` of `keras.optimizers.Optimizer`, which has the
    same order as the state of the optimizer. Steps on JAX and the reset of an
    optimizer need it. If Keras changes it, both raise.

    Args:
        optimizer: Keras optimizer, built.
    """
    return optimizer._trainable_variables


def own_variables_of_optimizer(optimizer):
    """Returns the state of an optimizer, a new list.

    Uses `_variables` of `keras.optimizers.Optimizer`, because the group of
    all players' optimizers overrides `variables`. If Keras changes it,
    `compile` raises.

    Args:
        optimizer: Keras optimizer.
    """
    return list(optimizer._variables)


def is_of_one_backend(module):
    """Says whether a class exists on one backend only.

    Uses the name `keras.src.backend.`, under which Keras writes the
    optimizers of PyTorch to files. If Keras moves them, models that were
    saved on PyTorch cannot be trained further on other backends.

    Args:
        module: str, the `"module"` in the config of a Keras object.
    """
    return module.startswith("keras.src.backend.")


# ----------------------------------------------------------------- models


def own_variables(model):
    """Returns the variables of a model that belong to none of its layers.

    Uses `_trainable_variables` and `_non_trainable_variables` of
    `keras.Layer`, which hold the variables that `add_weight` made, such as
    the step counter. If Keras changes them, files cannot be loaded and
    presets cannot be written.

    Args:
        model: `keras.Model`.
    """
    return model._trainable_variables + model._non_trainable_variables


def layers_of(network):
    """Returns a list of a network and all layers in it, outer layers first.

    Uses `_flatten_layers` of `keras.Layer`, to save which layers are frozen.
    If Keras changes it, models cannot be saved.

    Args:
        network: `keras.Model`.
    """
    return list(network._flatten_layers())


def layers_after_first_input(network):
    """Returns the layers that depend on the first input, in their order.

    Uses `operations` and, of each of them, `_inbound_nodes`, the places in
    the graph of `keras.Function`. If Keras changes them,
    `compile(freeze_discriminator=...)` raises.

    Args:
        network: functional `keras.Model`.
    """
    reached, found = {id(network.inputs[0])}, []
    for operation in network.operations:
        for node in operation._inbound_nodes:
            if any(id(tensor) in reached for tensor in node.input_tensors):
                reached.update(id(tensor) for tensor in node.outputs)
                found.append(operation)
    # A shared layer has several places.
    return [e for e in dict.fromkeys(found) if isinstance(e, keras.Layer)]


def before_last_kernel(network):
    """Returns the tensor that enters the last layer with a kernel.

    Looks backwards from the first output, the nearest layers first. Uses
    `_keras_history` of symbolic tensors and `_inbound_nodes` of operations,
    the places in the graph of `keras.Function`. If Keras changes them,
    `control.anomaly_scores` raises.

    Args:
        network: functional `keras.Model`.

    Returns:
        Symbolic tensor, or None if no layer has a kernel.
    """
    left = [network.outputs[0]]
    while left:
        operation, place, _ = left.pop(0)._keras_history
        given = operation._inbound_nodes[place].input_tensors
        weights = getattr(operation, "weights", ())
        if any(weight.name.endswith("kernel") for weight in weights):
            return given[0]
        left += given
    return None


def seed_generators(network):
    """Returns the list of seed generators of all layers, in their order.

    Uses `_flatten_layers` and `_seed_generators` of `keras.Layer`, to draw
    the noise of a network from a given seed. If Keras changes them,
    `translate(seed=...)` of noisy models and `CollapseMonitor` raise.

    Args:
        network: `keras.Model`.
    """
    return [
        generator
        for layer in network._flatten_layers()
        for generator in layer._seed_generators
    ]


def has_losses_of_outputs(network):
    """Says whether the network adds losses that depend on its outputs.

    In a step on JAX the losses are in the stateless scope, and `ChildScope`
    collects them. Uses `_losses`, `_get_own_losses` and `_flatten_layers` of
    `keras.Layer`. If Keras changes them, there is no error for such losses
    anymore.

    Args:
        network: `keras.Model` that was called.
    """
    return any(
        layer._losses
        or layer._get_own_losses()
        or getattr(layer, "activity_regularizer", None)
        for layer in network._flatten_layers()
    )


def set_initial_epoch(model, epoch):
    """Makes `fit` start at a later epoch than its argument says.

    Uses `_initial_epoch` of `keras.Model`, as Keras' own `BackupAndRestore`
    does. `fit` reads it after `on_train_begin`. If Keras changes it,
    `Backup` repeats epochs that were done.

    Args:
        model: `keras.Model`.
        epoch: int, the first epoch. None takes the argument of `fit`.
    """
    model._initial_epoch = epoch


class NoSymbolicBuild:
    """Keeps the TensorFlow trainer from building a model a second time.

    Overrides `_maybe_symbolic_build` of `keras.Model` on TensorFlow. The
    models of this package are built in `__init__` and `compile`. Under
    tf.distribute, Keras' build would take a pass over the data, and would
    fail on tuples. If Keras changes the name, this happens again.
    """

    def _maybe_symbolic_build(self, *args, **kwargs):
        pass


# -------------------------------------------------------------- variables


def set_initializer(variable, initializer):
    """Sets the initializer of a variable that has no value yet.

    Uses `_initializer` of `keras.Variable`, which is read at the end of the
    stateless scope in which the variable was made. Files load faster if no
    weights are drawn that the file overwrites. If Keras changes the name,
    files load slowly, but correctly.

    Args:
        variable: `keras.Variable` that has no value yet.
        initializer: function `(shape, dtype)` that returns a tensor.
    """
    variable._initializer = initializer


class ChildScope(keras.StatelessScope):
    """Nests a stateless scope: reads see the outer scope, writes stay inside.

    Uses `original_scope` of `keras.StatelessScope`, the outer scope, and
    overrides `add_update`, which `Variable.assign` calls. A gradient on JAX is
    taken inside the scope of the trainer. If Keras changes them, steps on JAX
    raise or lose new values of variables.

    Args:
        bindings: iterable of pairs of a variable and its value.
    """

    def __init__(self, bindings=()):
        super().__init__(state_mapping=list(bindings), collect_losses=True)
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
        """Returns the variables that were written and their new values."""
        written = list(self._written.values())
        return written, [self.get_current_value(v) for v in written]


# ---------------------------------------------------------- random numbers


class _Replaced:
    """Opens a scope in which a function of Keras is replaced.

    Several threads may enter the scope. The first thread replaces the
    function, and the last thread that leaves restores it. Each replica of
    tf.distribute is traced in its own thread, and the threads wait for each
    other in the middle of a step.

    The function is replaced and not the seed generators that call it, because
    the networks may belong to the user. Their generators keep their class and
    their attributes. Outside the scope they draw as before.

    Args:
        owner: the class or module that holds the function.
        name: str, name of the function.
        make: function that takes the original function and returns the
            replacement.
    """

    def __init__(self, owner, name, make):
        self.owner, self.name, self.make = owner, name, make
        self.lock, self.depth = threading.Lock(), 0

    def __enter__(self):
        with self.lock:
            if self.depth == 0:
                self.original = getattr(self.owner, self.name)
                setattr(self.owner, self.name, self.make(self.original))
            self.depth += 1

    def __exit__(self, *error):
        with self.lock:
            self.depth -= 1
            if self.depth == 0:
                setattr(self.owner, self.name, self.original)


def changed_seeds(change):
    """Returns a scope in which each seed that is drawn is changed.

    Replaces `keras.random.SeedGenerator.next`, which all layers and random
    functions call. If they no longer call it, all replicas of tf.distribute
    have the same dropout.

    Args:
        change: function from a seed, a tensor `(2,)`, to another seed.
    """

    def make(original):
        def changed(*args, **kwargs):
            return change(original(*args, **kwargs))

        return changed

    return _Replaced(keras.random.SeedGenerator, "next", make)


def seeded_dropout():
    """Returns a scope in which dropout draws from its generator on PyTorch.

    Replaces `keras.src.backend.random.dropout`. If a seed generator was made
    without a seed, Keras draws from PyTorch's global generator unless it gets
    the shape of the noise. No file holds the state of the global generator.
    If Keras changes this, a resumed training has different dropout.
    """

    def make(original):
        def dropout(inputs, rate, noise_shape=None, seed=None):
            if noise_shape is None and seed is not None:
                noise_shape = tuple(inputs.shape)
            return original(inputs, rate, noise_shape, seed)

        return dropout

    return _Replaced(backend.random, "dropout", make)
