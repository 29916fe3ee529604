"""Adversarial autoencoder (Makhzani et al., 2015): any prior of the latents.

"Adversarial Autoencoders", https://arxiv.org/abs/1511.05644. An autoencoder,
whose encoder also is the generator of a GAN of latents: a discriminator sees
latents that are drawn from a prior, and encodings. In each batch

1. encoder and decoder minimize the squared error of reconstructions;
2. the discriminator minimizes -E log D(z) - E log(1 - D(E(x)));
3. the encoder minimizes -E log D(E(x)).

With classes the encoder also gives the probabilities y of K classes. A second
discriminator compares them with one-hot vectors of equally likely classes, in
2 and 3. The decoder gets y and z, so z holds the style, not the class. And

4. the encoder minimizes the cross-entropy on images with a label.

Perceptrons with two hidden layers of 1000 units. There is no code by the
authors, so these are choices of this package:

* Adam(2e-4, beta_1=0.5) for all players, instead of SGD with a momentum for
  each of the steps. The encoder has one optimizer for its three steps.
* The squared error is the mean over pixels in [0, 1], times 50.
* Noise on what the discriminators see: otherwise the second one knows one-hot
  vectors by their zeros. The initializer of Keras.
* `updates="simultaneous"` takes one step of each player from one evaluation of
  the networks, with the sum of the encoder's losses. It is faster, and not the
  algorithm of the paper.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks.labels import inputs
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.class_conditional import ClassConditionalGAN
from keras_gan_zoo.families.classifying import ClassifyingGAN
from keras_gan_zoo.families.encoding import EncodingGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.adversarial_autoencoder import networks
from keras_gan_zoo.objectives import latent_priors, semi_supervised

OWN_PRIOR = "drawn from a prior that the model was made with"
LOGS = ("reconstruction_loss", "d_loss", "e_loss")
CLASS_LOGS = ("class_d_loss", "class_e_loss", "supervised_loss", "accuracy")
#: The prior of classes.
CLASSES = latent_priors.Categorical()
#: The losses of the encoder, in the order of its steps.
PHASES = ("reconstruction", "adversarial", "supervised")


def adam():
    """Returns the default optimizer of every player."""
    return keras.optimizers.Adam(2e-4, beta_1=0.5)


@register(
    "adversarial_autoencoder",
    paper="https://arxiv.org/abs/1511.05644",
    summary="an autoencoder with any prior; a classifier from a few labels",
)
class AdversarialAutoencoder(ClassifyingGAN, EncodingGAN, ClassConditionalGAN):
    """Adversarial autoencoder (Makhzani et al., 2015).

    https://arxiv.org/abs/1511.05644. An autoencoder whose encodings have the
    distribution that you choose. With `num_classes` it is a classifier that
    learns from a few labels and many images without.

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        num_classes: int, number of classes, or None for none. If no image has
            a label, the classes are clusters.
        latent_prior: name of a prior in `objectives.latent_priors`, or a
            `Prior`: `"normal"`, which is N(0, 25), `"uniform"`, or, for
            `latent_dim=2`, `"mixture"` or `"swiss_roll"`.
        units: tuple of ints, widths of the hidden layers of all networks.
        discriminator_noise: float, standard deviation of the Gaussian noise
            that the discriminators add to their inputs in training.
        encoder: `keras.Model` that turns images into latents, or with classes
            into `[latents, class_logits]`. None for the default.
        generator: `keras.Model`, the decoder, that turns latents, or with
            classes `[latents, labels]`, into images. None for the default.
        discriminator: `keras.Model` that turns latents into logits, or None
            for the default.
        class_discriminator: `keras.Model` that turns probabilities of classes
            into logits, or None for the default. Only with classes.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. With classes, labels are
    ints `(batch,)`, -1 for an image without a label, or rows `(batch,
    num_classes)`, zeros for an image without a label, e.g. from
    `keras_gan_zoo.data.semi_supervised`. Without classes they are not used.

    Logs: `reconstruction_loss`, the mean squared error of pixels in [0, 1];
    `d_loss` and `e_loss`, the losses of the discriminator of latents and of
    the encoder against it; with classes `class_d_loss` and `class_e_loss`,
    the same for the discriminator of classes, `supervised_loss`, the
    cross-entropy on images with a label, and `accuracy`, the share of them
    that is classified right, in evaluation by the averaged weights if there
    are any; and `penalty` if there is one.

    Raises:
        ValueError: if an argument is out of range or does not fit.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.AdversarialAutoencoder((8, 8, 1), num_classes=10)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> images, labels = next(iter(kgz.data.digits(batch_size=64, labels=True)))
    >>> batches = kgz.data.semi_supervised(images, labels, 2, batch_size=20)
    >>> history = gan.fit(batches.take(2), verbose=0)
    >>> gan.classify(images).shape, gan.reconstruct(images).shape
    ((64,), (64, 8, 8, 1))
    """

    prior = OWN_PRIOR

    def __init__(
        self,
        image_shape=(28, 28, 1),
        latent_dim=10,
        num_classes=None,
        latent_prior="normal",
        units=(1000, 1000),
        discriminator_noise=0.3,
        encoder=None,
        generator=None,
        discriminator=None,
        class_discriminator=None,
        **kwargs,
    ):
        super().__init__(
            Image(image_shape), latent_dim, num_classes=num_classes, **kwargs
        )
        self.image_shape = self.sample.shape
        self.latent_prior = latent_priors.get(latent_prior, self.latent_dim)
        self.units = tuple(units)
        self.discriminator_noise = discriminator_noise
        sizes = self.image_shape, self.latent_dim, self.num_classes, self.units
        self.encoder = self.keep_or_build(
            "encoder", encoder, lambda: networks.build_encoder(*sizes)
        )
        self.generator = self.keep_or_build(
            "generator", generator, lambda: networks.build_generator(*sizes)
        )
        given = {
            "discriminator": discriminator,
            "class_discriminator": class_discriminator,
        }
        lengths = self.latent_dim, self.num_classes
        for name, length in zip(self.adversaries, lengths):
            network = self.keep_or_build(
                name,
                given.pop(name),
                lambda: networks.build_discriminator(
                    length, discriminator_noise, self.units, name
                ),
            )
            setattr(self, name, network)
        if any(network is not None for network in given.values()):
            raise ValueError(
                "Only a model with classes has a discriminator of classes. "
                "Expected num_classes, or class_discriminator=None. Received: "
                "num_classes=None"
            )
        self.ready()

    def players(self):
        found = super().players()
        if self.num_classes is not None:
            found["class_discriminator"] = [self.class_discriminator]
        return found

    @property
    def adversaries(self):
        """Returns the names of the players that are discriminators."""
        names = ("discriminator", "class_discriminator")
        return names[: 1 if self.num_classes is None else 2]

    @property
    def log_names(self):
        return LOGS if self.num_classes is None else LOGS + CLASS_LOGS

    def compile(
        self,
        loss="non_saturating",
        reconstruction_weight=50.0,
        adversarial_weight=1.0,
        supervised_weight=1.0,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        By default the non-saturating loss, and Adam(2e-4, beta_1=0.5) for all
        players.

        Args:
            loss: str or `AdversarialLoss` of both discriminators, as in
                `GAN.compile`.
            reconstruction_weight: float, weight of the squared error.
            adversarial_weight: float, weight of the encoder's losses against
                the discriminators.
            supervised_weight: float, weight of the cross-entropy.
            **kwargs: `<player>_optimizer` for each player, and further
                arguments of `GAN.compile`.
        """
        for player in self.players():
            kwargs.setdefault(f"{player}_optimizer", adam())
        super().compile(loss, **kwargs)
        self.reconstruction_weight = float(reconstruction_weight)
        self.adversarial_weight = float(adversarial_weight)
        self.supervised_weight = float(supervised_weight)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "reconstruction_weight": self.reconstruction_weight,
            "adversarial_weight": self.adversarial_weight,
            "supervised_weight": self.supervised_weight,
        }

    # ------------------------------------------------------------ training

    def sample_latents(self, num, seed=None):
        seed = self.noise if seed is None else seed
        return self.latent_prior.sample(num, self.latent_dim, seed)

    def draw_latents(self, num, rng):
        return self.latent_prior.draw(num, self.latent_dim, rng)

    def outputs_of_encoder(self, network, images, training=False):
        """Returns a list: latents and, with classes, the class logits.

        Args:
            network: the encoder, or its average.
            images: tensor of images.
            training: bool, whether it runs as in training.
        """
        outputs = network(images, training=training)
        return outputs if self.num_classes is not None else [outputs]

    def losses(self, batch, training=True, seed=None, phases=PHASES):
        """Returns the losses of all players; see `GAN.losses`.

        Args:
            batch: tuple of images and, with classes, rows of labels.
            training: bool, whether the networks run as in training.
            seed: int or None, as in `GAN.losses`.
            phases: names of the losses of the encoder that are added up.
        """
        real, *labels = batch
        num = ops.shape(real)[0]
        seed = self.noise if seed is None else seed
        latents, *logits = self.outputs_of_encoder(self.encoder, real, training)
        codes = [latents, *map(ops.softmax, logits)]
        given = inputs(latents, codes[1:])
        reconstructed = self.generator(given, training=training)
        distance = 0.25 * ops.mean(ops.square(real - reconstructed))
        totals = {
            "reconstruction": self.reconstruction_weight * distance,
            "adversarial": 0.0,
        }
        logs = {"generator": {"reconstruction_loss": distance}, "encoder": {}}
        drawn = [self.sample_latents(num, seed)]
        if labels:
            drawn.append(CLASSES.sample(num, self.num_classes, seed))
            supervised = semi_supervised.supervised(logits[0], labels[0])
            totals["supervised"] = self.supervised_weight * supervised
            classified = self._classified(logits[0], real, training)
            logs["encoder"] = {
                "supervised_loss": supervised,
                "accuracy": semi_supervised.accuracy(classified, labels[0]),
            }
        found = {}
        for player, *pair in zip(self.adversaries, drawn, codes):
            network = getattr(self, player)
            own = self.adversarial_losses(
                lambda values, n=network: n(values, training=training), *pair
            )
            e_loss, d_loss = own.players.values()
            totals["adversarial"] = (
                totals["adversarial"] + self.adversarial_weight * e_loss
            )
            prefix = player.removesuffix("discriminator")
            logs["encoder"][f"{prefix}e_loss"] = e_loss
            logs[player] = {f"{prefix}d_loss": d_loss}
            found[player] = own
        ((_, _, *of_latents),) = found["discriminator"].pairs
        return Losses(
            players={
                "encoder": sum(totals[p] for p in phases if p in totals),
                "generator": totals["reconstruction"],
                **{p: own.players["discriminator"] for p, own in found.items()},
            },
            logs=logs,
            # What monitors see are reconstructions.
            pairs=[(real, reconstructed, *of_latents)],
            views={
                player: own.views["discriminator"]
                for player, own in found.items()
            },
        )

    def _classified(self, logits, real, training):
        """Returns the logits of the network that `classify` uses."""
        if training or not self.averaged:
            return logits
        return self.outputs_of_encoder(self.best("encoder"), real)[1]

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        adversaries = self.adversaries
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), adversaries)
        if self.updates == "simultaneous":
            logs, _ = self.minimize(
                lambda: self.losses(last), "encoder", "generator", *adversaries
            )
            return self.end_step(data, logs)
        logs = {}
        for phase, players in (
            ("reconstruction", ("encoder", "generator")),
            ("adversarial", adversaries),
            ("adversarial", ("encoder",)),
            ("supervised", ("encoder",)),
        ):
            if phase == "supervised" and self.num_classes is None:
                continue
            own, _ = self.minimize(
                lambda: self.losses(last, phases=(phase,)), players
            )
            logs.update(own)
        return self.end_step(data, logs)

    # -------------------------------------------------------------- using

    def reconstruct(self, images, batch_size=256):
        given = [self.encode(images, batch_size)]
        if self.num_classes is not None:
            given.append(self.class_probabilities(images, batch_size))
        return self.run_generator(inputs(given[0], given[1:]), batch_size)

    def class_logits(self, images, batch_size):
        network = self.best("encoder")
        return network.predict(images, batch_size=batch_size, verbose=0)[1]

    def judged(self, images):
        return self.outputs_of_encoder(self.best("encoder"), images)[0]

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * The rate of each player's Adam, e.g. `encoder_rate`, and `beta_1`;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `reconstruction_weight` and `adversarial_weight`;
        * `ema_decay`, 0 for no average;
        * `latent_dim` and `discriminator_noise`.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        players = ["encoder", "generator", "discriminator"]
        if ask.fixed.get("num_classes", "none") != "none":
            players.append("class_discriminator")
        settings = {
            **space.optimizers(ask, **{p: adam() for p in players}),
            **space.adversarial_loss(ask),
            "reconstruction_weight": ask.log("reconstruction_weight", 0.1, 1e3),
            "adversarial_weight": ask.log("adversarial_weight", 0.01, 10.0),
            **space.average(ask),
        }
        arguments = {
            "latent_dim": ask.choice("latent_dim", [2, 5, 10, 20]),
            "discriminator_noise": ask.choice(
                "discriminator_noise", [0.0, 0.1, 0.3]
            ),
        }
        return arguments, settings

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "latent_prior": serialize(self.latent_prior),
            "units": list(self.units),
            "discriminator_noise": self.discriminator_noise,
        }
