"""What every architecture shares: networks, players, steps, logs, config."""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import keras_private, randomness
from keras_gan_zoo.families import frozen
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.averages import Averages
from keras_gan_zoo.families.compiled import Compiled
from keras_gan_zoo.families.fitted import Fitted
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.families.players import check_network, regularized
from keras_gan_zoo.families.stored import Stored, deserialized
from keras_gan_zoo.families.variants import Variants


class GAN(Compiled, Fitted, Averages, Variants, Stored):
    """Abstract base: players, each with networks, an optimizer and a loss.

    A subclass makes its networks in `__init__` with `keep_or_build` and
    `keep_frozen` and ends it with `self.ready()`. It says in `losses` what
    each player minimizes and overrides `train_step` with its paper's
    algorithm.

    Args:
        seed: int or None. Seeds all noise of training: that of the model
            and of the networks that it builds (dropout, augmentation). Its
            state is saved with the model. None: from Python's `random`,
            which `keras.utils.set_random_seed` fixes. The first weights come
            from there, too.
        **kwargs: `name` and `dtype` (e.g. `"mixed_bfloat16"`).
    """

    #: Names of the means that the progress bar and the history show.
    log_names = ("d_loss", "g_loss")
    #: The method that uses a trained model, e.g. `"generate"`.
    verb = None

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.noise = randomness.ReplicaSeedGenerator(seed)
        #: Names of the classes, a list, once `fit` has seen them; or None.
        self.class_names = None
        self._injected = {}
        self._log_means = []

    # ------------------------------------------------------------ building

    def keep_or_build(self, name, network, build):
        """Returns the network that the user gave, or builds the default.

        Args:
            name: the attribute that the network will be.
            network: a functional or sequential `keras.Model`, or None.
            build: function without arguments that makes the default one.

        Raises:
            ValueError: if the network is no model that can be trained here.
        """
        self._injected[name] = network is not None
        if network is not None:
            check_network(name, network)
        else:
            with engine.precision(self.dtype_policy):
                network = build()
        return network

    def keep_frozen(self, name, network):
        """Returns a network that is saved and exported and never trained.

        Args:
            name: the attribute that the network will be.
            network: a functional or sequential `keras.Model`. Its weights
                are saved with the model, and its layers in its config, so
                that loading needs no other file.

        Raises:
            ValueError: if the network is no model, or has no weights yet.
        """
        check_network(name, network)
        self._injected[name] = True
        network.trainable = False
        return network

    def ready(self):
        """Ends `__init__`: adds the step counter; all state exists now."""
        if self.seed is not None:
            self._seed_networks()
        self.steps = self.add_weight(
            shape=(),
            dtype="int32",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
            name="steps",
        )
        self.built = True

    def _seed_networks(self):
        """Lets `seed` decide the noise of the networks that were built here.

        A network that the user gave has seeds of its own.
        """
        generators = [
            generator
            for name, given in self._injected.items()
            if not given
            for generator in keras_private.seed_generators(getattr(self, name))
        ]
        for index, generator in enumerate(generators):
            # The noise of the model itself begins at index 0.
            # PyTorch's states have 31 bits.
            generator.state.assign([self.seed % 2**31, index + 1])

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

    # ------------------------------------------------------------ training

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
        """Takes one optimizer step of each of these players.

        Under `compile(updates="simultaneous")` one evaluation of the losses
        serves all players, and no weight moves before all gradients are
        known. Under `"alternating"` the players step in the order given, and
        the losses are evaluated again for each, so that it meets what the
        player before it has just learned.

        The regularizers that are due are added to the losses.

        Args:
            losses_fn: callable without arguments that returns `Losses`. It
                may hold players that do not step now.
            *players: names of the players that step, in this order.

        Returns:
            `(logs, outputs)`: dict of the logs of these players, and the
            outputs of the last evaluation, without gradients.
        """
        if self.updates == "alternating" and len(players) > 1:
            logs = {}
            for player in players:
                own, outputs = self.minimize(losses_fn, player)
                logs.update(own)
            return logs, outputs

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
        self.update_averages(self.steps)
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
        # What is there only after training.
        kept = {
            "frozen": frozen.frozen_layers(self),
            "class_names": list(self.class_names or ()),
        }
        return {
            **super().get_config(),
            "seed": self.seed,
            "averaged": self.averaged,
            **networks,
            **{name: value for name, value in kept.items() if value},
        }

    @classmethod
    def from_config(cls, config):
        # The averages come with compile(): a file that is loaded without
        # compiling must know that it holds some.
        config = dict(config)
        averaged = config.pop("averaged", False)
        flags = config.pop("frozen", None)
        class_names = config.pop("class_names", None)
        model = cls(**deserialized(config))
        model.class_names = class_names
        if flags is not None:
            frozen.freeze(model, flags)
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
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        return space.default_space(ask)
