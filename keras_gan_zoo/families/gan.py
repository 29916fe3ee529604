"""The base of every architecture: networks, players, steps, logs, config."""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import keras_private, randomness
from keras_gan_zoo.families import adaptive, frozen, unrolled
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.averages import Averages
from keras_gan_zoo.families.compiled import Compiled
from keras_gan_zoo.families.fitted import Fitted
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.families.players import check_network, regularized
from keras_gan_zoo.families.stored import Stored, deserialized
from keras_gan_zoo.families.variants import Variants


class GAN(Compiled, Fitted, Averages, Variants, Stored):
    """Trains players, each with networks, an optimizer and a loss. Abstract.

    A subclass makes its networks in `__init__` with `keep_or_build` and
    `keep_frozen`, and calls `self.ready()` at the end of `__init__`. It
    returns what each player minimizes in `losses`, and overrides `train_step`
    with the algorithm of its paper.

    Args:
        seed: int or None. Seeds all noise of training: the noise of the model
            and the noise of the networks that it builds (dropout,
            augmentation). The state of the noise is saved with the model.
            None takes a seed from Python's `random`, which
            `keras.utils.set_random_seed` fixes. The initial weights come from
            Python's `random`, too.
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
            name: str, the attribute in which the network is kept.
            network: a functional or sequential `keras.Model`, or None.
            build: function without arguments that builds the default.

        Raises:
            ValueError: if the network is not a model that can be trained
                here.
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
            name: str, the attribute in which the network is kept.
            network: a functional or sequential `keras.Model`. Its weights
                are saved with the model, and its layers are saved in the
                config, so that loading needs no other file.

        Raises:
            ValueError: if the network is not a model, or has no weights yet.
        """
        check_network(name, network)
        self._injected[name] = True
        network.trainable = False
        return network

    def ready(self):
        """Ends `__init__`: adds the step counter, the last of the state."""
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
        """Seeds the noise of the networks that were built here from `seed`.

        A network that the user gave keeps its own seeds.
        """
        generators = [
            generator
            for name, given in self._injected.items()
            if not given
            for generator in keras_private.seed_generators(getattr(self, name))
        ]
        for index, generator in enumerate(generators):
            # Index 0 is the noise of the model itself.
            # PyTorch's states have 31 bits.
            generator.state.assign([self.seed % 2**31, index + 1])

    def networks(self):
        """Returns a dict from attribute names to networks, also frozen ones."""
        return {name: getattr(self, name) for name in self._injected}

    def players(self):
        """Returns a dict from each player to the networks that it trains."""
        return {
            "discriminator": [self.discriminator],
            "generator": [self.generator],
        }

    def variables_of(self, player):
        """Returns the list of trainable variables of a player."""
        # Not kept on self: Keras would save the list a second time.
        networks = self.players()[player]
        return [v for network in networks for v in network.trainable_variables]

    # ------------------------------------------------------------ training

    def losses(self, batch, training=True, seed=None):
        """Returns what each player minimizes on one batch.

        Args:
            batch: tuple of tensors, the members named in `reads`.
            training: bool, whether the networks run as in training.
            seed: int or None. An int gives the same noise each time. None
                draws the noise from `self.noise`.

        Returns:
            `Losses`.
        """
        raise NotImplementedError

    def adversarial_losses(self, discriminator, real, fake):
        """Returns the losses of one generator and one discriminator.

        Args:
            discriminator: function from samples to logits.
            real: real samples.
            fake: generated samples, the same number as `real`.

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

        Under `compile(updates="alternating")` the players step in the order
        given. The losses are evaluated again for each player, so that its
        step sees the new weights of the player before. Under
        `"simultaneous"` one evaluation of the losses serves all players, and
        no weight moves before all gradients are known.

        The regularizers that are due are added to the losses. With
        `compile(unrolled_steps=...)` the generator minimizes its loss against
        the discriminator after these steps. A step of the discriminator
        adjusts its `AdaptiveAugment`, if it has one.

        Args:
            losses_fn: callable without arguments that returns `Losses`. The
                result may hold further players, which do not step.
            *players: names of the players that step, in this order. A tuple
                of names stands for players that always step together.

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
        players = keras.tree.flatten(players)

        def with_regularizers():
            ahead, logs_ahead = unrolled.losses(self, losses_fn, players)
            found = losses_fn()
            totals, logs = regularized(self, found, players, self.due)
            signs = adaptive.real_signs(self, found, players)
            logs = {**logs, **logs_ahead}
            return {**totals, **ahead}, (logs, signs, found.outputs)

        logs, signs, outputs = engine.minimize(
            with_regularizers,
            {
                player: (self.running_variables(player), self.optimizer[player])
                for player in players
            },
        )
        adaptive.adjust(self, signs)
        return {**logs, **adaptive.logs(self, signs)}, outputs

    def running_variables(self, player):
        """Returns the list of variables that a step of a player may move."""
        return self.variables_of(player)

    @engine.adversarial_step
    def test_step(self, data):
        """Returns all losses on held-out examples; does not change training.

        Every batch gets the same noise, so that epochs can be compared. The
        noise of training continues as if there had been no evaluation.
        """
        found = self.losses(self.members(data), training=False, seed=0)
        _, logs = regularized(
            self, found, found.players, self.regularizers, seed=0
        )
        signs = adaptive.real_signs(self, found, found.players)
        return self.log(data, {**logs, **adaptive.logs(self, signs)})

    def probe(self, batch):
        """Returns the pairs of `losses` for monitors, as in training.

        Call it within `randomness.untraced`, which undoes all changes of the
        model.

        Args:
            batch: a batch as `fit` gets it.

        Returns:
            A list as in `Losses.pairs`.
        """
        return self.losses(self.members(batch)).pairs

    def progress(self):
        """Returns a dict of logs that are not losses. Subclasses add theirs."""
        return {}

    def end_step(self, data, logs, resting=()):
        """Counts the step, updates averages and states; returns the logs.

        Args:
            data: the batch as the step got it.
            logs: dict from log names to the scalars of this step.
            resting: log names of the players that took no step.
        """
        self.steps.assign_add(1)
        logs = self.log(data, logs, resting)
        self.update_averages(self.steps)
        for regularizer in self.regularizers:
            if regularizer.of_weights:
                networks = self.players()[regularizer.player]
                regularizer.penalty.end_step(networks)
        return logs

    def log(self, data, logs, resting=()):
        """Adds scalars to the means of the epoch and returns all means.

        A mean without a new scalar does not change, e.g. the mean of a penalty
        that is not due.

        Args:
            data: the batch. Its size is the weight of the scalars.
            logs: dict from log names to scalars.
            resting: log names that may be missing.
        """
        num = ops.shape(keras.tree.flatten(data)[0])[0]
        logs = {**logs, **self.progress()}
        wanted = [name for name in self.log_names if name not in resting]
        missing = [name for name in wanted if name not in logs]
        if missing:
            raise ValueError(
                f"{type(self).__name__} has log names that its losses do not "
                f"return. Expected all of log_names={self.log_names}. "
                f"Received: {', '.join(logs)}, without {', '.join(missing)}."
            )
        for mean in self._log_means:
            if mean.name in logs:
                mean.update_state(logs[mean.name], sample_weight=num)
        return self.get_metrics_result()

    @property
    def metrics(self):
        # Leaves out Keras' tracker of a single loss: there are several.
        return self._log_means

    # -------------------------------------------------------------- using

    @property
    def controls(self):
        """Returns the list of `controls.Control` of the verb's arguments."""
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
        # compile() creates the averages. A file that is loaded without
        # compiling must know whether it holds averages.
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
        """Asks for the settings worth tuning. Subclasses may ask for more.

        * The learning rate of each player's optimizer, e.g. `generator_rate`,
          and `beta_1` for all. The search starts at Adam(2e-4, beta_1=0.5),
          also if `compile` makes other optimizers;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty, unless the
          default loss is not a name.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        return space.default_space(ask)
