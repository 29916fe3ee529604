"""What every architecture shares: players, compile, fit, saving."""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import (
    distribute,
    keras_private,
    optimizers,
    randomness,
)
from keras_gan_zoo.families.observer import Observer
from keras_gan_zoo.families.stored import Stored, deserialized
from keras_gan_zoo.modalities import checks
from keras_gan_zoo.objectives import losses, penalties


class GAN(keras_private.NoSymbolicBuild, Stored):
    """Abstract base: two players, each with an optimizer and a loss.

    A subclass makes its networks in `__init__` with `keep_or_build`, ends it
    with `self.ready()`, and overrides `train_step` with its paper's update.

    Args:
        seed: int or None. Seeds the noise of training, whose state is saved
            with the model. None: from Python's `random`, which
            `keras.utils.set_random_seed` fixes.
        **kwargs: `name` and `dtype` (e.g. `"mixed_bfloat16"`).
    """

    #: Names of the means that the progress bar and the history show.
    log_names = ("d_loss", "g_loss")
    #: What `fit` needs batches of: `"images"`, `"labelled"` images, `"pairs"`
    #: of images, or images of two `"domains"`.
    batches = "images"

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.noise = randomness.ReplicaSeedGenerator(seed)
        self._injected = {}
        self._log_means = []

    # ------------------------------------------------------------ building

    def keep_or_build(self, name, network, build):
        """Returns the network that the user gave, or builds the default.

        Args:
            name: the attribute that the network will be.
            network: a functional or sequential `keras.Model`, or None.
            build: function without arguments that makes the default one.
        """
        self._injected[name] = network is not None
        if network is None:
            with engine.precision(self.dtype_policy):
                network = build()
        return network

    def ready(self):
        """Ends `__init__`: adds the step counter; all state exists now."""
        self.steps = self.add_weight(
            shape=(),
            dtype="int32",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
            name="steps",
        )
        self.built = True

    def players(self):
        """Dict of player name to the list of networks that it trains."""
        return {
            "discriminator": [self.discriminator],
            "generator": [self.generator],
        }

    def variables_of(self, player):
        """The trainable variables of a player, a list."""
        # Never kept on self: Keras would save the list a second time.
        networks = self.players()[player]
        return [v for network in networks for v in network.trainable_variables]

    # ---------------------------------------------------------- compiling

    def compile(
        self,
        loss,
        generator_optimizer,
        discriminator_optimizer,
        penalty=None,
        penalty_weight=None,
        discriminator_steps=1,
        jit_compile="auto",
        **kwargs,
    ):
        """Sets how the players train. Subclasses give their paper's values.

        Args:
            loss: name of a loss in `keras_gan_zoo.losses`, or an instance.
            generator_optimizer: Keras optimizer or its name.
            discriminator_optimizer: Keras optimizer or its name.
            penalty: name of a penalty in `keras_gan_zoo.penalties`, a
                function of that kind, or None.
            penalty_weight: float, None for the penalty's own; or a
                `LearningRateSchedule` over the steps taken, such as
                `keras_gan_zoo.schedules.ConstantThenLinear`.
            discriminator_steps: int, steps of the discriminator for each
                step of the generator. The batch that `fit` gets holds the
                images of all of them, in equal parts: multiply the batch
                size by this number.
            jit_compile: as in `keras.Model.compile`.
            **kwargs: further arguments of `keras.Model.compile`, such as
                `run_eagerly` and `steps_per_execution`.

        Raises:
            ValueError: if an argument is unknown or out of range.
        """
        if "optimizer" in kwargs:
            raise ValueError(
                f"{type(self).__name__} trains two players. Expected "
                "generator_optimizer=... and discriminator_optimizer=... "
                f"Received: optimizer={kwargs['optimizer']!r}"
            )
        if discriminator_steps < 1:
            raise ValueError(
                "Expected discriminator_steps of at least 1. "
                f"Received: discriminator_steps={discriminator_steps}"
            )
        distribute.check_steps_per_execution(self, kwargs)
        loss, penalty = losses.get(loss), penalties.get(penalty)
        group = self._optimizer_group(
            discriminator=keras.optimizers.get(discriminator_optimizer),
            generator=keras.optimizers.get(generator_optimizer),
        )
        super().compile(
            optimizer=group,
            auto_scale_loss=False,
            jit_compile=jit_compile,
            **kwargs,
        )
        group.build_members({n: self.variables_of(n) for n in group.names})
        # "auto" is kept: what it resolves to depends on the backend.
        self._jit_compile_argument = jit_compile
        self.loss, self.penalty = loss, penalty
        if penalty_weight is None:
            penalty_weight = penalties.DEFAULT_WEIGHTS.get(penalty, 1.0)
        if not callable(penalty_weight):
            penalty_weight = float(penalty_weight)
        self.penalty_weight = penalty_weight
        self.discriminator_steps = int(discriminator_steps)
        names = self.log_names + (("penalty",) if penalty else ())
        self._log_means = [keras.metrics.Mean(name=name) for name in names]

    def _optimizer_group(self, **members):
        if members["discriminator"] is members["generator"]:
            raise ValueError(
                "Expected two optimizers: each keeps the state of one "
                "player. Received one object for both players. Make a "
                "second one with the same arguments."
            )
        if self.dtype_policy.name == "mixed_float16":
            members = {
                name: optimizer
                if isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
                else optimizers.LossScaleOptimizer(optimizer)
                for name, optimizer in members.items()
            }
        return optimizers.OptimizerGroup(members)

    def get_compile_config(self):
        return self.compile_settings() if self.compiled else None

    def compile_settings(self):
        """The arguments of `compile` as a plain dict; subclasses add theirs."""
        members = {
            f"{n}_optimizer": optimizers.serialize_optimizer(self.optimizer[n])
            for n in self.optimizer.names
        }
        return {
            **members,
            "loss": keras.saving.serialize_keras_object(self.loss),
            "penalty": keras.saving.serialize_keras_object(self.penalty),
            "penalty_weight": keras.saving.serialize_keras_object(
                self.penalty_weight
            ),
            "discriminator_steps": self.discriminator_steps,
            "jit_compile": self._jit_compile_argument,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        }

    def compile_from_config(self, config):
        self.compile(**deserialized(config))

    # ------------------------------------------------------------ training

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        **kwargs,
    ):
        """As `keras.Model.fit`; the first batch is checked beforehand.

        Raises:
            ValueError: if `compile` was not called, or the batch has a
                shape, type or range that the networks cannot learn from.
        """
        if not self.compiled:
            raise ValueError(
                f"{type(self).__name__} does not know yet how to train. "
                "Expected compile() before fit(); without arguments it "
                "takes the settings of the paper. Received: a model that "
                "was not compiled."
            )
        first, x = checks.first_batch(x, y)
        self.check_batch(first)
        if hasattr(x, "dtype"):  # an array, of which Keras makes batches
            self.check_batch_size(min(batch_size or 32, len(x)))
        elif first is not None:
            self.check_batch_size(len(keras.tree.flatten(first)[0]))
        checks.equal_parts(
            x, first, batch_size, parts=distribute.num_parts(self)
        )
        callbacks = [c for c in keras.tree.flatten(callbacks) if c is not None]
        for callback in list(callbacks):
            if isinstance(callback, Observer):
                callbacks = callback.before_fit(
                    callbacks, x, first, self.steps_per_execution
                )
        if not hasattr(x, "shape"):
            # Keras warns that it does not shuffle datasets: no news.
            kwargs.setdefault("shuffle", False)
        with distribute.loss_of_a_worker_explained(self):
            return super().fit(
                x, y, batch_size, epochs, verbose, callbacks, **kwargs
            )

    def check_batch(self, batch):
        """Raises a `ValueError` if `fit` cannot learn from such batches.

        Args:
            batch: the first batch, `images` or a tuple, as numpy arrays.
        """
        raise NotImplementedError

    def check_batch_size(self, num):
        """Raises a `ValueError` if batches of `num` examples are too large."""

    def minimize(self, losses_fn, *players):
        """One optimizer step of each of these players, at the same time.

        Args:
            losses_fn: callable without arguments that returns `(losses,
                outputs)`: a dict of player to the scalar that it minimises,
                and any nest of tensors to hand out.
            *players: names of those that step.

        Returns:
            The outputs, see `engine.minimize`.
        """
        return engine.minimize(
            losses_fn,
            {
                p: (self.running_variables(p), self.optimizer[p])
                for p in players
            },
        )

    def running_variables(self, player):
        """The trainable variables of a player that a step may move, a list."""
        return self.variables_of(player)

    def minibatches(self, batch):
        """The batch cut into `discriminator_steps` parts, one for each."""
        parts = self.discriminator_steps
        return [
            keras.tree.map_structure(lambda t: t[part::parts], batch)
            for part in range(parts)
        ]

    def iterate(self, batch, play):
        """A step of each player, then the further ones of the discriminator.

        Args:
            batch: what `minibatches` cuts.
            play: function of a part of it that returns what
                `adversarial_losses` does.

        Returns:
            Dict of the terms for the logs, the generator's and those of the
            discriminator's last step.
        """
        first, *further = self.minibatches(batch)
        g_terms, d_terms = self.minimize(
            lambda: play(first), "generator", "discriminator"
        )
        for part in further:
            _, d_terms = self.minimize(lambda: play(part), "discriminator")
        return {**g_terms, **d_terms}

    def adversarial_losses(self, discriminator, real, fake, seed=None):
        """What both players minimise; both kinds of images are judged once.

        Args:
            discriminator: callable, images to logits.
            real: real images.
            fake: generated images, as many.
            seed: int, or None to draw from `self.noise`, for penalties.

        Returns:
            `(losses, (g_terms, d_terms))`: a dict of player to its loss, and
            two dicts of terms for the logs: `g_loss`; `d_loss`, which lacks
            the penalty, and the weighted `penalty`.
        """
        real_logits, fake_logits = discriminator(real), discriminator(fake)
        g_loss = self.loss.generator(fake_logits, real_logits)
        d_loss = self.loss.discriminator(real_logits, fake_logits)
        total, d_terms = self.with_penalty(
            d_loss, discriminator, real, fake, seed
        )
        losses = {"generator": g_loss, "discriminator": total}
        return losses, ({"g_loss": g_loss}, d_terms)

    def with_penalty(self, loss, discriminator, real, fake, seed=None):
        """Adds the penalty, if there is one, to the discriminator's loss.

        Args:
            loss: scalar, what the logits alone give.
            discriminator, real, fake, seed: as in `adversarial_losses`.

        Returns:
            The sum to be minimised, and a dict of its terms for the logs:
            `d_loss` without the penalty, and the weighted `penalty`.
        """
        if self.penalty is None:
            return loss, {"d_loss": loss}
        seed = self.noise if seed is None else seed
        # It is the discriminator's alone.
        fake = ops.stop_gradient(fake)
        penalty = self.penalty(discriminator, real, fake, seed)
        weight = self.penalty_weight
        if callable(weight):
            weight = weight(self.steps)
        penalty = weight * penalty
        return loss + penalty, {"d_loss": loss, "penalty": penalty}

    def probe(self, batch):
        """What the players make of a batch now, for those who watch them.

        Called within `randomness.untraced`, which undoes all it does to the
        model. Networks run as in training.

        Args:
            batch: as `fit` gets it.

        Returns:
            A list of `(real, fake, real_logits, fake_logits)`, one for each
            generator and the discriminator that it plays against; the logits
            may have any shape. Empty: there is no such view.
        """
        return []

    def end_step(self, num, **values):
        """Counts the step and returns the logs.

        Args:
            num: how many images the batch had: the weight of `values`.
            **values: one scalar per name that is logged.
        """
        self.steps.assign_add(1)
        return self.log(num, **values)

    def log(self, num, **values):
        """Adds `values` to the means of the epoch and returns those."""
        for mean in self._log_means:
            mean.update_state(values[mean.name], sample_weight=num)
        return self.get_metrics_result()

    @property
    def metrics(self):
        # Without Keras' tracker of a single loss, which there is not.
        return self._log_means

    # ------------------------------------------------------------- config

    def get_config(self):
        networks = {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            if injected
            else None
            for name, injected in self._injected.items()
        }
        return {**super().get_config(), "seed": self.seed, **networks}

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config))
