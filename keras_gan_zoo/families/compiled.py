"""How the players train: what `compile` takes, keeps and saves."""

import keras

from keras_gan_zoo.engine import distribute, optimizers
from keras_gan_zoo.families.players import checked_optimizers
from keras_gan_zoo.families.stored import deserialized
from keras_gan_zoo.objectives import losses, penalties
from keras_gan_zoo.objectives.regularizers import Regularizer

#: How the steps of the players may follow each other.
UPDATES = ("alternating", "simultaneous")


class Compiled(keras.Model):
    """Abstract base: an optimizer for each player, a loss, regularizers."""

    def compile(
        self,
        loss=None,
        penalty=None,
        penalty_weight=None,
        penalty_every=1,
        regularizers=(),
        discriminator_steps=1,
        updates="alternating",
        ema_decay=None,
        jit_compile="auto",
        **kwargs,
    ):
        """Sets how the players train. Subclasses give their paper's values.

        Args:
            loss: name of a loss in `keras_gan_zoo.losses`, an instance, or
                None for an architecture that has another one.
            penalty: name of a penalty in `keras_gan_zoo.penalties`, a
                function of that kind, or None. It is the discriminator's.
            penalty_weight: float, None for the penalty's own; or a
                `LearningRateSchedule` over the steps taken, such as
                `keras_gan_zoo.schedules.ConstantThenLinear`.
            penalty_every: int. The penalty is computed at every n-th step
                only, with n times its weight.
            regularizers: list of `Regularizer`, further penalties of any
                player.
            discriminator_steps: int, steps of the discriminator for each
                step of the generator. The batch that `fit` gets holds the
                examples of all of them, in equal parts: multiply the batch
                size by this number.
            updates: `"alternating"` or `"simultaneous"`, the order of the
                steps. `"alternating"` evaluates the networks again for each
                player, so that the generator meets the discriminator that
                has just learned, as in Algorithm 1 of Goodfellow et al.
                (2014). `"simultaneous"` takes the last step of the
                discriminator and the step of the generator from one
                evaluation, which is faster. docs/updates.md compares them.
            ema_decay: float in (0, 1) or None. Keeps an exponential moving
                average of the networks that are used after training. Its
                decay starts at (1 + step) / (10 + step), so that the first
                weights are soon forgotten, and ends at this value.
            jit_compile: as in `keras.Model.compile`.
            **kwargs: `<player>_optimizer`, a Keras optimizer or its name for
                each player, e.g. `generator_optimizer`; and further
                arguments of `keras.Model.compile`, such as `run_eagerly` and
                `steps_per_execution`.

        Raises:
            ValueError: if an argument is unknown or out of range.
        """
        if discriminator_steps < 1 or discriminator_steps % 1:
            raise ValueError(
                "Expected discriminator_steps of at least 1, a whole number. "
                f"Received: discriminator_steps={discriminator_steps}"
            )
        for name in ("metrics", "weighted_metrics", "loss_weights"):
            if kwargs.get(name) is not None:
                raise ValueError(
                    "Keras' metrics compare outputs with targets, which a GAN "
                    f"does not have. Expected no {name}. Received: "
                    f"{name}={kwargs[name]!r}. Measure images with "
                    "keras_gan_zoo.callbacks.Evaluate or keras_gan_zoo."
                    "evaluate, and weigh losses by the arguments of compile."
                )
        if updates not in UPDATES:
            raise ValueError(
                "The players take their steps in one of two orders. Expected "
                f"updates={' or '.join(map(repr, UPDATES))}. Received: "
                f"updates={updates!r}"
            )
        distribute.check_steps_per_execution(self, kwargs)
        loss = None if loss is None else losses.get(loss)
        penalty = penalties.get(penalty)
        own = []
        if penalty is not None:
            own = [
                Regularizer(
                    "discriminator",
                    penalty,
                    penalty_weight,
                    penalty_every,
                    "penalty",
                )
            ]
        given = [*own, *regularizers]
        self.check_regularizers(given, kwargs.get("steps_per_execution", 1))
        self.check_ema_decay(ema_decay)
        group = optimizers.OptimizerGroup(checked_optimizers(self, kwargs))
        super().compile(
            optimizer=group,
            auto_scale_loss=False,
            jit_compile=jit_compile,
            **kwargs,
        )
        group.build_members({n: self.variables_of(n) for n in group.names})
        # "auto" is kept: what it resolves to depends on the backend.
        self._jit_compile_argument = jit_compile
        self.loss = loss
        self.penalty = penalty
        self.penalty_weight = own[0].weight if own else 1.0
        self.penalty_every = int(penalty_every)
        self.regularizers = given
        self.due = given
        self.discriminator_steps = int(discriminator_steps)
        self.updates = updates
        names = (*self.log_names, *(r.name for r in given))
        self._log_means = [keras.metrics.Mean(name=name) for name in names]
        self.average(ema_decay)

    def get_compile_config(self):
        return self.compile_settings() if self.compiled else None

    def compile_settings(self):
        """The arguments of `compile` as a plain dict; subclasses add theirs."""
        serialize = keras.saving.serialize_keras_object
        further = self.regularizers[self.penalty is not None :]
        members = {
            f"{n}_optimizer": optimizers.serialize_optimizer(self.optimizer[n])
            for n in self.optimizer.names
        }
        return {
            **members,
            "loss": serialize(self.loss),
            "penalty": serialize(self.penalty),
            "penalty_weight": serialize(self.penalty_weight),
            "penalty_every": self.penalty_every,
            "regularizers": [serialize(r) for r in further],
            "discriminator_steps": self.discriminator_steps,
            "updates": self.updates,
            "ema_decay": self.ema_decay,
            "jit_compile": self._jit_compile_argument,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        }

    def compile_from_config(self, config):
        self.compile(**deserialized(config))
