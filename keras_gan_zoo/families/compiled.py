"""The settings of training: what `compile` takes, keeps and saves."""

import keras

from keras_gan_zoo.engine import distribute, optimizers
from keras_gan_zoo.families import adaptive, frozen, unrolled
from keras_gan_zoo.families.players import checked_optimizers
from keras_gan_zoo.families.stored import deserialized
from keras_gan_zoo.objectives import losses, penalties
from keras_gan_zoo.objectives.lecam import LogitAverages
from keras_gan_zoo.objectives.regularizers import Regularizer

#: The possible orders of the players' steps.
UPDATES = ("alternating", "simultaneous")


class Compiled(keras.Model):
    """Keeps an optimizer for each player, a loss, regularizers. Abstract."""

    def compile(
        self,
        loss=None,
        penalty=None,
        penalty_weight=None,
        penalty_every=1,
        regularizers=(),
        discriminator_steps=1,
        updates="alternating",
        unrolled_steps=0,
        ema_decay=None,
        ema_start=0,
        freeze_discriminator=None,
        jit_compile="auto",
        **kwargs,
    ):
        """Sets how the players train. Subclasses have their paper's defaults.

        Args:
            loss: name of a loss in `keras_gan_zoo.losses`, an instance of a
                loss, or None for an architecture with a loss of its own.
            penalty: name of a penalty in `keras_gan_zoo.penalties`, a
                function with the same arguments, or None. It is added to the
                loss of the discriminator.
            penalty_weight: float, or a `LearningRateSchedule` over the steps
                taken, such as `keras_gan_zoo.schedules.ConstantThenLinear`.
                None for the penalty's default weight.
            penalty_every: int. The penalty is computed only at every n-th
                step, with n times its weight.
            regularizers: list of `Regularizer`, further penalties of any
                player.
            discriminator_steps: int, steps of the discriminator for each
                step of the generator. The batch that `fit` gets is divided
                equally among these steps: multiply the batch size by this
                number.
            updates: `"alternating"` or `"simultaneous"`, the order of the
                last step of the discriminator and the step of the generator.
                `"alternating"` takes the step of the discriminator first and
                evaluates the networks again for the generator, as in
                Algorithm 1 of Goodfellow et al. (2014). `"simultaneous"`
                takes both from one evaluation of the networks, which is
                faster. docs/updates.md compares them.
            unrolled_steps: int. The generator minimizes its loss against the
                discriminator after this number of further steps, which are
                computed on the same batch, differentiated and thrown away
                (Metz et al., 2017, https://arxiv.org/abs/1611.02163). It is
                meant against lost modes. With five, training takes about
                eight times as long. For models of latents with one generator
                and one discriminator, whose optimizer is Adam or SGD.
                `loss="saddle"` is the paper's loss. The log `g_loss` is the
                loss after the unrolled steps, and in evaluation the plain
                one.
            ema_decay: float in (0, 1) or None. Keeps an exponential moving
                average of the networks that are used after training. The
                decay starts at (1 + step) / (10 + step), so that the first
                weights are soon forgotten, and ends at this value. Or a
                `LearningRateSchedule` over the steps taken, which gives the
                decay of each step.
            ema_start: int, number of steps before the average begins. Until
                then the average is a copy of the weights. If it is not 0,
                the decay is `ema_decay` from the beginning.
            freeze_discriminator: int or None. For a trained model and few
                new images: the first n layers of the discriminator keep their
                weights (FreezeD, Mo et al., 2020,
                https://arxiv.org/abs/2002.10964), and its other layers are
                trained. Layers with weights count, in the order in which the
                image passes: each convolution or dense layer with its
                normalization, or each block. 0 trains all layers. None leaves
                the flags `trainable` as they are, also those that an earlier
                `compile` or a file has set. Frozen layers run as before:
                batch normalization takes the statistics of the batch, and
                spectral normalization improves its estimate.
            jit_compile: bool or `"auto"`, as in `keras.Model.compile`.
            **kwargs: `<player>_optimizer` for each player, e.g.
                `generator_optimizer`: a Keras optimizer or its name. Also
                further arguments of `keras.Model.compile`, such as
                `run_eagerly` and `steps_per_execution`.

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
        self.check_average(ema_decay, ema_start)
        group = optimizers.OptimizerGroup(checked_optimizers(self, kwargs))
        unrolled.check(self, unrolled_steps, group, given)
        if freeze_discriminator is not None:
            frozen.freeze_discriminators(self, freeze_discriminator)
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
        self.unrolled_steps = int(unrolled_steps)
        self.freeze_discriminator = freeze_discriminator
        # Eager steps would look through all layers each time.
        self.is_adaptive = bool(adaptive.adaptive_layers(self))
        names = (
            *self.log_names,
            *(r.name for r in given),
            *adaptive.log_names(self),
        )
        self._log_means = [keras.metrics.Mean(name=name) for name in names]
        self.average(ema_decay, ema_start)
        wanted = any(regularizer.of_logits for regularizer in given)
        if wanted and not hasattr(self, "logit_averages"):
            self.logit_averages = LogitAverages()
        # After the averages, as in a model that is loaded from a file.
        for regularizer in given:
            if regularizer.of_weights:
                networks = self.players()[regularizer.player]
                regularizer.penalty.begin(networks)
        self._keep_states(given)

    def _keep_states(self, regularizers):
        """Makes the state of penalties that have one a part of the model."""
        if hasattr(self, "penalty_states"):
            del self.penalty_states  # of an earlier compile()
        states = [
            r.penalty
            for r in regularizers
            if isinstance(r.penalty, keras.layers.Layer)
        ]
        if states:
            self.penalty_states = states

    def get_compile_config(self):
        return self.compile_settings() if self.compiled else None

    def compile_settings(self):
        """Returns the arguments of `compile`, a dict. Subclasses add theirs."""
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
            "unrolled_steps": self.unrolled_steps,
            "ema_decay": serialize(self.ema_decay),
            "ema_start": self.ema_start,
            "freeze_discriminator": self.freeze_discriminator,
            "jit_compile": self._jit_compile_argument,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        }

    def compile_from_config(self, config):
        self.compile(**deserialized(config))
