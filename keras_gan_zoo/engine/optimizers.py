"""The optimizers of all players as one object for all backends."""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import keras_private


@keras.saving.register_keras_serializable("keras_gan_zoo")
class OptimizerGroup(keras.optimizers.Optimizer):
    """Groups named optimizers in the single `model.optimizer` of Keras.

    Keras traces the state of all players' optimizers on JAX and saves it with
    the model. Keras' learning-rate callbacks find the optimizers in the
    attribute `optimizers`.

    Args:
        members: dict from player name to Keras optimizer.

    Example:

    >>> group = OptimizerGroup({"generator": keras.optimizers.Adam(2e-4)})
    >>> type(group["generator"]).__name__
    'Adam'
    """

    def __init__(self, members, name="optimizer_group"):
        super().__init__(learning_rate=0.0, name=name)
        self.names = sorted(members)
        self.optimizers = [members[name] for name in self.names]

    def __getitem__(self, name):
        return self.optimizers[self.names.index(name)]

    def build_members(self, variables):
        """Builds each member on the variables of its player.

        This happens in `compile`. Optimizers that are built inside the first
        step fail under tf.distribute, and `load_model` does not restore them.

        Args:
            variables: dict from player to list of variables.
        """
        for name in self.names:
            self[name].build(variables[name])
            engine.fuse(self[name])
        super().build([v for name in self.names for v in variables[name]])

    def build(self, variables):
        raise RuntimeError(
            "An OptimizerGroup is built by its model's compile(): only the "
            "model knows which variables belong to which player."
        )

    @property
    def variables(self):
        members = [v for o in self.optimizers for v in o.variables]
        return keras_private.own_variables_of_optimizer(self) + members

    @property
    def learning_rate(self):
        """Returns the rate of the first member. Setting it sets all rates."""
        return self.optimizers[0].learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        for optimizer in self.optimizers:
            optimizer.learning_rate = learning_rate

    @property
    def iterations(self):
        return self.optimizers[0].iterations

    def apply(self, grads, trainable_variables=None):
        raise RuntimeError(
            "An OptimizerGroup applies no gradients itself. Take the step "
            "of one player: minimize(loss_fn, player)."
        )

    def finalize_variable_values(self, var_list):
        """Does nothing: the model keeps the averages of weights."""

    # Keras finds and saves the members as children. Saving `variables` here,
    # too, would store every slot twice.
    def save_own_variables(self, store):
        pass

    def load_own_variables(self, store):
        pass

    def get_config(self):
        members = {n: serialize_optimizer(self[n]) for n in self.names}
        return {"name": self.name, "members": members}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        members = {
            name: keras.saving.deserialize_keras_object(
                member, custom_objects=custom_objects
            )
            for name, member in config["members"].items()
        }
        return cls(members, name=config["name"])


def serialize_optimizer(optimizer):
    """Returns the config of an optimizer in a form for every backend.

    Keras writes the private names of the PyTorch backend's own classes, which
    the other backends cannot train with.
    """
    config = keras.saving.serialize_keras_object(optimizer)
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        inner = serialize_optimizer(optimizer.inner_optimizer)
        config["config"]["inner_optimizer"] = inner
    elif keras_private.is_of_one_backend(config["module"]):
        config["module"], config["registered_name"] = "keras.optimizers", None
    return config


def reset_optimizer(optimizer):
    """Resets all state of an optimizer to the state of a new optimizer."""
    new = type(optimizer).from_config(optimizer.get_config())
    new.build(keras_private.trained_variables(optimizer))
    for variable, value in zip(optimizer.variables, new.variables):
        variable.assign(ops.convert_to_numpy(value))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LossScaleOptimizer(keras.optimizers.LossScaleOptimizer):
    """Scales losses dynamically, with the same decision on all replicas.

    Keras checks the gradients of the first replica only, before they are
    summed. An overflow on another replica would destroy the weights.
    """

    def check_finite(self, grads):
        finite = super().check_finite(grads)
        return engine.replica_mean(ops.cast(finite, "float32")) > 1 - 1e-6
