"""Semi-supervised GAN (Salimans et al., 2016): a classifier from few labels.

"Improved Techniques for Training GANs", https://arxiv.org/abs/1606.03498,
section 5, with the settings of the authors' code for MNIST. The discriminator
is a classifier of K classes that also knows generated samples, class K + 1:

    L_D = L_supervised + L_unsupervised
    L_supervised = -E log p(y | x, y <= K)          of images with a label
    L_unsupervised = (-E log D(x) - E log(1 - D(G(z)))) / 2    of all others

where D = Z / (Z + 1) and Z is the sum of exp(l_k) over the K logits; the logit
of class K + 1 is 0. The generator matches features f of the discriminator:

    L_G = mean over features of (E f(x) - E f(G(z)))^2

Multilayer perceptrons with weight normalization, initialized by the first batch
in the discriminator; Gaussian noise in every layer of the discriminator;
Adam(3e-3, beta_1=0.5). As in the code, the two halves of L_unsupervised weigh
one half each, and an image with a label does not count as one without in the
same batch. Differs from the paper and the code:

* Images are in [-1, 1]. The discriminator first moves them to [0, 1], and the
  generator ends in a sigmoid that is moved to [-1, 1].
* The latents are uniform in [-1, 1] instead of [0, 1].
* The code initializes by 500 images, here it is the first batch.
* The average of the weights starts at the weights instead of at zero, so that
  it is of use before 50,000 steps.
* The generator's step sees the batch of the discriminator's step, not another
  one. The order of updates, see docs/updates.md.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families import priors
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.classifying import ClassifyingGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers import initialize_by_data
from keras_gan_zoo.modalities import Image, PartialLabel
from keras_gan_zoo.models.semi_supervised_gan import networks
from keras_gan_zoo.objectives import semi_supervised


def adam():
    """Returns the optimizer of the authors' code for MNIST."""
    return keras.optimizers.Adam(3e-3, beta_1=0.5)


@register(
    "semi_supervised_gan",
    paper="https://arxiv.org/abs/1606.03498",
    summary="a classifier from a few labels and many images without",
)
class SemiSupervisedGAN(ClassifyingGAN):
    """Semi-supervised GAN (Salimans et al., 2016).

    https://arxiv.org/abs/1606.03498. Learns to classify from a hundred labels
    and many images without a label. The discriminator is the classifier. The
    images that the generator makes are not its purpose: it learns with
    feature matching, which helps the classifier and not the pictures.

    Args:
        image_shape: tuple `(height, width, channels)`.
        num_classes: int, number of classes.
        latent_dim: int, length of the latent vectors.
        generator_units: tuple of ints, widths of the hidden layers of the
            generator.
        discriminator_units: tuple of ints, widths of the hidden layers of
            the discriminator.
        input_noise: float, standard deviation of the noise that the
            discriminator adds to pixels, which are in [0, 1] there.
        hidden_noise: float, its standard deviation in hidden layers.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`.
        generator: `keras.Model` that turns latents into images, or None for
            the network of the paper.
        discriminator: `keras.Model` that turns images into `[logits,
            features]`, or None for the network of the paper. Logits are
            `(batch, num_classes)`, features `(batch, ...)`.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `(images, labels)`, e.g. from
    `keras_gan_zoo.data.semi_supervised`. Images are float32 `(batch, height,
    width, channels)` in [-1, 1]. Labels are ints `(batch,)`, -1 for an image
    without a label, or rows `(batch, num_classes)`, zeros for an image without
    a label. Each step makes half as many images as the batch has.

    Logs: `d_loss`, the unsupervised loss of the discriminator;
    `supervised_loss`, its cross-entropy on images with labels; `accuracy`,
    the share of these images that it classifies right, in evaluation by the
    averaged weights; `g_loss`; and `penalty` if there is one. With
    `augmentation="ada"` also `ada_p` and `real_sign`.

    Raises:
        ValueError: if `image_shape` is not three positive numbers, or
            `num_classes` is not a positive int.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> images, labels = next(iter(kgz.data.digits(batch_size=64, labels=True)))
    >>> batches = kgz.data.semi_supervised(
    ...     images, labels, labels_per_class=2, batch_size=20
    ... )
    >>> gan = kgz.SemiSupervisedGAN(image_shape=(8, 8, 1))
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> history = gan.fit(batches.take(2), verbose=0)
    >>> gan.classify(images).shape
    (64,)
    """

    log_names = ("d_loss", "supervised_loss", "accuracy", "g_loss")
    averages = ("generator", "discriminator")
    prior = priors.UNIFORM

    def __init__(
        self,
        image_shape=(28, 28, 1),
        num_classes=10,
        latent_dim=100,
        generator_units=(500, 500),
        discriminator_units=(1000, 500, 250, 250, 250),
        input_noise=0.3,
        hidden_noise=0.5,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, **kwargs)
        self.image_shape = self.sample.shape
        self.num_classes = PartialLabel(num_classes).num_classes
        self.generator_units = tuple(generator_units)
        self.discriminator_units = tuple(discriminator_units)
        self.input_noise = input_noise
        self.hidden_noise = hidden_noise
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                self.image_shape, self.latent_dim, self.generator_units
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_discriminator(
                self.image_shape,
                self.num_classes,
                self.discriminator_units,
                input_noise,
                hidden_noise,
                augmentation,
            ),
        )
        self.ready()

    def compile(
        self,
        generator_optimizer=None,
        discriminator_optimizer=None,
        matching="squared",
        unsupervised_weight=1.0,
        ema_decay=0.9999,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are those of the authors' code for MNIST: feature
        matching with squared differences, Adam(3e-3, beta_1=0.5) for both
        players, one step of each, and an average of the weights. For short
        trainings of less than 50,000 steps, `ema_decay=0.999` is better.

        Args:
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            matching: `"squared"`, the mean squared difference of the mean
                features, or `"absolute"`, the mean absolute difference, which
                the authors have for CIFAR-10 and SVHN.
            unsupervised_weight: float, weight of the unsupervised loss. 0
                learns from the labels alone.
            ema_decay: float, schedule or None, decay of the average of both
                networks.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if there is an adversarial loss: this one is fixed.
        """
        if kwargs.get("loss") is not None:
            raise ValueError(
                "The losses of this architecture belong together. Expected "
                f"no loss. Received: loss={kwargs['loss']!r}. What can be "
                "chosen is matching."
            )
        look_up(matching, semi_supervised.MATCHING, "matching of features")
        super().compile(
            generator_optimizer=generator_optimizer or adam(),
            discriminator_optimizer=discriminator_optimizer or adam(),
            ema_decay=ema_decay,
            **kwargs,
        )
        self.matching = matching
        self.unsupervised_weight = float(unsupervised_weight)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "matching": self.matching,
            "unsupervised_weight": self.unsupervised_weight,
        }

    # ------------------------------------------------------------ training

    def before_first_step(self, batch):
        """Initializes the discriminator's weight normalization.

        Not the generator's: it would begin with pixels of too large a spread,
        fall behind and never catch up.
        """
        with engine.noise_scope():
            initialize_by_data(self.discriminator, batch[0])
        if self.averaged:
            weights = self.discriminator.get_weights()
            self.best("discriminator").set_weights(weights)

    def losses(self, batch, training=True, seed=None):
        real, labels = batch
        num = (ops.shape(real)[0] + 1) // 2
        fake = self.generator(self.sample_latents(num, seed), training=training)
        logits, features = self.discriminator(real, training=training)
        fake_logits, fake_features = self.discriminator(fake, training=training)
        unlabeled = semi_supervised.unlabeled(labels)
        supervised_loss = semi_supervised.supervised(logits, labels)
        d_loss = semi_supervised.unsupervised(logits, unlabeled, fake_logits)
        match = semi_supervised.MATCHING[self.matching]
        g_loss = match(
            semi_supervised.row_mean(features, unlabeled),
            engine.replica_mean(ops.mean(fake_features, axis=0)),
        )
        classified = logits
        if not training and self.averaged:
            classified, _ = self.best("discriminator")(real, training=False)

        def discriminate(images):
            found = self.discriminator(images, training=training)
            return self.real_logits(found)

        return Losses(
            players={
                "generator": g_loss,
                "discriminator": supervised_loss
                + self.unsupervised_weight * d_loss,
            },
            logs={
                "generator": {"g_loss": g_loss},
                "discriminator": {
                    "d_loss": d_loss,
                    "supervised_loss": supervised_loss,
                    "accuracy": semi_supervised.accuracy(classified, labels),
                },
            },
            # As many real samples as generated ones: the last, which have no
            # labels in batches of `data.semi_supervised`.
            pairs=[
                (
                    real[-num:],
                    fake,
                    semi_supervised.real_logits(logits)[-num:],
                    semi_supervised.real_logits(fake_logits),
                )
            ],
            views={
                "discriminator": [
                    (discriminate, real[-num:], ops.stop_gradient(fake))
                ]
            },
        )

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    # -------------------------------------------------------------- using

    def class_logits(self, images, batch_size):
        network = self.best("discriminator")
        return network.predict(images, batch_size=batch_size, verbose=0)[0]

    def real_logits(self, outputs):
        return semi_supervised.real_logits(outputs[0])

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `ema_decay`, 0 for no average;
        * `matching` of features;
        * `unsupervised_weight`;
        * `input_noise` and `hidden_noise` of the discriminator.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        settings = {
            **space.optimizers(ask, generator=adam(), discriminator=adam()),
            **space.average(ask),
            "matching": ask.choice("matching", [*semi_supervised.MATCHING]),
            "unsupervised_weight": ask.log("unsupervised_weight", 0.1, 10.0),
        }
        arguments = {
            "input_noise": ask.choice("input_noise", [0.0, 0.1, 0.3]),
            "hidden_noise": ask.choice("hidden_noise", [0.0, 0.25, 0.5]),
        }
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "num_classes": self.num_classes,
            "generator_units": list(self.generator_units),
            "discriminator_units": list(self.discriminator_units),
            "input_noise": self.input_noise,
            "hidden_noise": self.hidden_noise,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }
