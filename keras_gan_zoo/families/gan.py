"""What every architecture shares: players, compile, fit, logs, config."""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import distribute, optimizers, randomness
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.averages import Averages
from keras_gan_zoo.families.batches import equal_parts, first_batch
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.families.observer import Observer
from keras_gan_zoo.families.players import checked_optimizers, regularized
from keras_gan_zoo.families.stored import Stored, deserialized
from keras_gan_zoo.families.variants import Variants
from keras_gan_zoo.objectives import losses, penalties
from keras_gan_zoo.objectives.regularizers import Regularizer


class GAN(Averages, Variants, Stored):
    """Abstract base: players, each with networks, an optimizer and a loss.

    A subclass makes its networks in `__init__` with `keep_or_build` and
    `keep_frozen` and ends it with `self.ready()`. It says in `losses` what
    each player minimizes and overrides `train_step` with its paper's
    algorithm.

    Args:
        seed: int or None. Seeds the noise of training, whose state is saved
            with the model. None: from Python's `random`, which
            `keras.utils.set_random_seed` fixes.
        **kwargs: `name` and `dtype` (e.g. `"mixed_bfloat16"`).
    """

    #: Names of the means that the progress bar and the history show.
    log_names = ("d_loss", "g_loss")
    #: What `fit` reads: the members of a batch and the modality of each.
    reads = {}
    #: Whether the members of a batch belong together, example by example.
    aligned = True
    #: The method that uses a trained model, e.g. `"generate"`.
    verb = None

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
        randomness.separate_replica_noise(network)
        return network

    def keep_frozen(self, name, network):
        """Returns a network that is saved and exported and never trained.

        Args:
            name: the attribute that the network will be.
            network: a functional or sequential `keras.Model`. Its weights
                are saved with the model, and its layers in its config, so
                that loading needs no other file.
        """
        self._injected[name] = True
        network.trainable = False
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

    def networks(self):
        """Dict of attribute names to all networks, frozen ones too."""
        return {name: getattr(self, name) for name in self._injected}

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
        loss=None,
        penalty=None,
        penalty_weight=None,
        penalty_every=1,
        regularizers=(),
        discriminator_steps=1,
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
        if discriminator_steps < 1:
            raise ValueError(
                "Expected discriminator_steps of at least 1. "
                f"Received: discriminator_steps={discriminator_steps}"
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
            "ema_decay": self.ema_decay,
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
        first, x = first_batch(x, y)
        self.check_batch(first)
        if hasattr(x, "dtype"):  # an array, of which Keras makes batches
            self.check_batch_size(min(batch_size or 32, len(x)))
        elif first is not None:
            self.check_batch_size(len(keras.tree.flatten(first)[0]))
        equal_parts(x, first, batch_size, parts=distribute.num_parts(self))
        callbacks = [c for c in keras.tree.flatten(callbacks) if c is not None]
        for callback in list(callbacks):
            if isinstance(callback, Observer):
                callbacks = callback.before_fit(
                    callbacks, x, first, self.steps_per_execution
                )
        if not hasattr(x, "shape"):
            # Keras warns that it does not shuffle datasets: no news.
            kwargs.setdefault("shuffle", False)
        with self.stepping(), distribute.loss_of_a_worker_explained(self):
            return super().fit(
                x, y, batch_size, epochs, verbose, callbacks, **kwargs
            )

    def _maybe_symbolic_build(self, *args, **kwargs):
        # All is built in `__init__` and `compile`. Under tf.distribute Keras
        # would spend a pass over the data on it, and fail on tuples.
        pass

    @property
    def modalities(self):
        """Dict of the members of a batch to their modalities, in order."""
        raise NotImplementedError

    @classmethod
    def arguments_from(cls, shapes):
        """Says which arguments of the class the data decide.

        Args:
            shapes: dict of the names in `reads` to the shape of one example,
                a tuple, or `()` of an int.

        Returns:
            Dict of arguments of the constructor.
        """
        return {
            modality.argument: tuple(shapes[name])
            for name, modality in cls.reads.items()
            if shapes[name]
        }

    @classmethod
    def compile_arguments_from(cls, total_steps):
        """Says which arguments of `compile` the length of training decides.

        Args:
            total_steps: int, steps of the whole training.

        Returns:
            Dict of arguments of `compile`.
        """
        return {}

    def check_batch(self, batch):
        """Raises a `ValueError` if `fit` cannot learn from such batches.

        Args:
            batch: the first batch, an array or a tuple of arrays, or None
                for data that cannot be looked at.
        """
        if batch is None:
            return
        members = batch if isinstance(batch, tuple) else (batch,)
        wanted = self.modalities
        there = [member for member in members if member is not None]
        if len(there) < len(wanted):
            received = ", ".join(f"an array of shape {m.shape}" for m in there)
            raise ValueError(
                f"{type(self).__name__} reads batches of {len(wanted)} "
                f"members. Expected ({', '.join(wanted)}), e.g. from "
                f"keras_gan_zoo.data. Received: {received} alone."
            )
        for (name, modality), member in zip(wanted.items(), members):
            modality.check(member, name)
        lengths = {n: len(m) for n, m in zip(wanted, members)}
        if self.aligned and len(set(lengths.values())) > 1:
            raise ValueError(
                "The members of a batch belong together, one by one. "
                "Expected equal numbers of "
                f"{' and '.join(lengths)}. Received: "
                f"{', '.join(f'{n} {name}' for name, n in lengths.items())}."
            )

    def check_batch_size(self, num):
        """Raises a `ValueError` if batches of `num` examples do not fit."""

    def members(self, data):
        """The tensors of a batch that the model reads, a tuple.

        Args:
            data: a batch as a step gets it. What it holds beyond `reads`
                (labels of a model without classes) is left out.
        """
        there = keras.utils.unpack_x_y_sample_weight(data)[: len(self.reads)]
        # Eagerly JAX is given numpy arrays.
        return tuple(ops.convert_to_tensor(member) for member in there)

    def minibatches(self, data):
        """Cuts a batch into one part for each discriminator step.

        Args:
            data: a batch as a step gets it.

        Returns:
            List of `discriminator_steps` tuples of tensors.
        """
        parts = self.discriminator_steps
        return [
            tuple(member[part::parts] for member in self.members(data))
            for part in range(parts)
        ]

    def losses(self, batch, training=True, seed=None):
        """Says what each player minimizes on one batch.

        Args:
            batch: tuple of tensors, the members named in `reads`.
            training: bool, whether the networks run as in training.
            seed: int for the same noise each time, or None to draw from
                `self.noise`.

        Returns:
            `Losses`.
        """
        raise NotImplementedError

    def adversarial_losses(self, discriminator, real, fake):
        """The losses of a generator and a discriminator, each kind once.

        Args:
            discriminator: function, samples to logits.
            real: real samples.
            fake: generated samples, as many.

        Returns:
            `Losses` with the logs `g_loss` and `d_loss`.
        """
        real_logits, fake_logits = discriminator(real), discriminator(fake)
        g_loss = self.loss.generator(fake_logits, real_logits)
        d_loss = self.loss.discriminator(real_logits, fake_logits)
        return Losses(
            players={"generator": g_loss, "discriminator": d_loss},
            logs={
                "generator": {"g_loss": g_loss},
                "discriminator": {"d_loss": d_loss},
            },
            pairs=[(real, fake, real_logits, fake_logits)],
            views={
                "discriminator": [
                    (discriminator, real, ops.stop_gradient(fake))
                ]
            },
        )

    def minimize(self, losses_fn, *players):
        """Takes one optimizer step of each of these players, at once.

        The regularizers that are due are added to their losses.

        Args:
            losses_fn: callable without arguments that returns `Losses`. It
                may hold players that do not step now.
            *players: names of those that step.

        Returns:
            `(logs, outputs)`: dict of the logs of these players, and the
            outputs of the losses, without gradients.
        """

        def with_regularizers():
            found = losses_fn()
            totals, logs = regularized(self, found, players, self.due)
            return totals, (logs, found.outputs)

        return engine.minimize(
            with_regularizers,
            {
                player: (self.running_variables(player), self.optimizer[player])
                for player in players
            },
        )

    def running_variables(self, player):
        """The trainable variables of a player that a step may move, a list."""
        return self.variables_of(player)

    @engine.adversarial_step
    def test_step(self, data):
        """All losses on held-out examples, without touching the training.

        Every batch meets the same noise, so that epochs can be compared and
        the noise of training goes on as if nothing had been evaluated.
        """
        found = self.losses(self.members(data), training=False, seed=0)
        _, logs = regularized(
            self, found, found.players, self.regularizers, seed=0
        )
        return self.log(data, logs)

    def probe(self, batch):
        """What monitors look at: the pairs of `losses`, as in training.

        Called within `randomness.untraced`, which undoes all it does to the
        model.

        Args:
            batch: as `fit` gets it.

        Returns:
            A list as `Losses.pairs`.
        """
        return self.losses(self.members(batch)).pairs

    def progress(self):
        """Further logs that are no losses, a dict; subclasses add theirs."""
        return {}

    def end_step(self, data, logs):
        """Counts the step, updates the averages and returns the logs.

        Args:
            data: the batch as the step got it.
            logs: dict of log names to scalars, those of this step.
        """
        self.steps.assign_add(1)
        logs = self.log(data, logs)
        self.update_averages()
        return logs

    def log(self, data, logs):
        """Adds scalars to the means of the epoch and returns all means.

        A mean for which there is none, as of a penalty that is not due,
        stays as it is.

        Args:
            data: the batch, whose size is the weight.
            logs: dict of log names to scalars.
        """
        num = ops.shape(keras.tree.flatten(data)[0])[0]
        logs = {**logs, **self.progress()}
        missing = [name for name in self.log_names if name not in logs]
        if missing:
            raise ValueError(
                f"{type(self).__name__} names logs that its losses do not "
                f"give. Expected all of log_names={self.log_names}. "
                f"Received: {', '.join(logs)}, without {', '.join(missing)}."
            )
        for mean in self._log_means:
            if mean.name in logs:
                mean.update_state(logs[mean.name], sample_weight=num)
        return self.get_metrics_result()

    @property
    def metrics(self):
        # Without Keras' tracker of a single loss, which there is not.
        return self._log_means

    # -------------------------------------------------------------- using

    @property
    def controls(self):
        """What the verb lets its user choose, a list of `controls.Control`."""
        return []

    # ------------------------------------------------------------- config

    def get_config(self):
        networks = {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            if injected
            else None
            for name, injected in self._injected.items()
        }
        return {
            **super().get_config(),
            "seed": self.seed,
            "averaged": self.averaged,
            **networks,
        }

    @classmethod
    def from_config(cls, config):
        # The averages come with compile(): a file that is loaded without
        # compiling must know that it holds some.
        config = dict(config)
        averaged = config.pop("averaged", False)
        model = cls(**deserialized(config))
        model.keep_averages(averaged)
        return model

    # ------------------------------------------------------------- tuning

    @classmethod
    def search_space(cls, ask):
        """Asks for what is worth tuning; a class with more overrides it.

        * The rate of each player's optimizer, e.g. `generator_rate`, and
          their `beta_1`. The search begins with Adam(2e-4, beta_1=0.5), also
          if `compile` makes other optimizers;
        * `penalty`, and with one `penalty_weight`;
        * `loss`, with a penalty `penalized_loss`, unless the loss is no name
          by default.

        Args:
            ask: `keras_gan_zoo.families.search_space.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        return space.default_space(ask)
