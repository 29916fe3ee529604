"""Conditional GAN (Mirza & Osindero, 2014), https://arxiv.org/abs/1411.1784.

Both players get the class y of the image (equation 2),

    min_G max_D  E log D(x|y) + E log(1 - D(G(z|y)|y)).

A generated image gets the class of the real image at its place in the batch.
`conditioning` says how the networks get the class, each kind from its paper:

* `"concatenate"`: the one-hot label is one more input (the paper above).
* `"embedding"`: a linear layer turns the label into a plane and into a vector.
  The plane is one more channel of the discriminator's image; the vector joins
  the generator's latents (Denton et al., 2015,
  https://arxiv.org/abs/1506.05751).
* `"projection"`: the discriminator adds the inner product of its features
  with an embedding of the class, under the hinge loss and spectral
  normalization; the generator has conditional batch normalization
  (Miyato & Koyama, 2018, https://arxiv.org/abs/1802.05637).
* `"auxiliary"`: the discriminator does not get the class. It classifies real
  and generated images, and both players also minimize the classification loss
  (AC-GAN, Odena et al., 2016, https://arxiv.org/abs/1610.09585).

Differs from the papers:

* `network="mlp"` is the perceptron of Mirza & Osindero. The default for all
  four kinds is DCGAN's convolutional network, although the papers have a
  residual one (projection) or ten layers (auxiliary). Each of its few layers
  sees only a part of the image. Therefore the projected features are
  flattened, which keeps their positions, and not summed over the map.
* The generator of Denton et al. starts from a smaller image, which the plane
  joins. This generator starts from latents.
* Latents are N(0, 1) for all four; images are in [-1, 1], the output is tanh.
* Projection has the Adam(2e-4, beta_1=0, beta_2=0.9) of its paper, but one
  discriminator step, not five. All others have AC-GAN's Adam(2e-4, beta_1=0.5).
* The order of updates, see docs/updates.md.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families.class_conditional import ClassConditionalGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.conditional_gan import networks, space

CONDITIONINGS = ("concatenate", "embedding", "projection", "auxiliary")
NETWORKS = ("convolutional", "mlp")


@register(
    "conditional_gan",
    paper="https://arxiv.org/abs/1411.1784",
    summary="images of a class: concatenated, embedded, projected, AC-GAN",
)
class ConditionalGAN(ClassConditionalGAN):
    """Conditional GAN (Mirza & Osindero, 2014).

    https://arxiv.org/abs/1411.1784. Makes images of a given class from latent
    vectors drawn from N(0, 1).

    Args:
        image_shape: tuple `(height, width, channels)`. For the convolutional
            network, height and width must be numbers from 4 to 15 times the
            same power of two: 8, 16, 28, 32, 64, 128, ...
        num_classes: int, number of classes.
        latent_dim: int, length of the latent vectors.
        conditioning: how the networks get the class: `"concatenate"`,
            `"embedding"`, `"projection"` or `"auxiliary"`; see above.
        network: `"convolutional"` or `"mlp"`.
        filters: int, channels of the layer with the highest resolution in
            both convolutional networks.
        generator_units: tuple of three ints, widths of the perceptron's
            layers for the latents, for the labels, and for both.
        discriminator_units: tuple of three ints, widths of the perceptron's
            layers for the images, for the labels, and for both.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"`, None
            or `"auto"`, for the convolutional network. `"auto"` is None
            under spectral normalization and `"batch"` otherwise. Gradient
            penalties need `"layer"` or None.
        spectral_normalization: bool or `"auto"`, whether to normalize the
            kernels of the discriminator. `"auto"` is True only with
            projection.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`. The labels
            do not change.
        generator: `keras.Model` that turns `[latents, labels]` into images,
            with one-hot labels. None builds the default.
        discriminator: `keras.Model` that turns `[images, labels]` into
            logits or, with `"auxiliary"`, images into `[logits,
            class_logits]`. Labels are one-hot. None builds the default.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `(images, labels)`. Images are float32 `(batch, height,
    width, channels)` in [-1, 1]. Labels are ints `(batch,)` in
    [0, num_classes) or one-hot `(batch, num_classes)`.

    Logs: `d_loss`, `g_loss`; with `"auxiliary"` the cross entropies in nats,
    `d_class_loss` (sum of real and generated images) and `g_class_loss`; and
    `penalty` if there is one. With `augmentation="ada"` also `ada_p` and
    `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if `conditioning` or `network` is unknown, or the
            network cannot make images of `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ConditionalGAN(image_shape=(8, 8, 1), filters=16)
    >>> gan.compile()
    >>> digits = kgz.data.digits(batch_size=64, labels=True)
    >>> history = gan.fit(digits.take(2), verbose=0)
    >>> gan.generate(3, labels=[7, 7, 2], seed=0).shape
    (3, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(28, 28, 1),
        num_classes=10,
        latent_dim=100,
        conditioning="concatenate",
        network="convolutional",
        filters=64,
        generator_units=(200, 1000, 1200),
        discriminator_units=(240, 50, 240),
        discriminator_normalization="auto",
        spectral_normalization="auto",
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, num_classes, **kwargs)
        self.image_shape = self.sample.shape
        self.conditioning = _one_of(CONDITIONINGS, conditioning, "conditioning")
        self.network = _one_of(NETWORKS, network, "network")
        self.filters = filters
        self.generator_units = tuple(generator_units)
        self.discriminator_units = tuple(discriminator_units)
        self.discriminator_normalization = discriminator_normalization
        self.spectral_normalization = spectral_normalization
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator", generator, self._build_generator
        )
        self.discriminator = self.keep_or_build(
            "discriminator", discriminator, self._build_discriminator
        )
        self.ready()

    def _build_generator(self):
        common = (
            self.image_shape,
            self.num_classes,
            self.latent_dim,
            self.conditioning,
        )
        if self.network == "mlp":
            return networks.build_mlp_generator(*common, self.generator_units)
        return networks.build_convolutional_generator(*common, self.filters)

    def _build_discriminator(self):
        spectral = self.spectral_normalization
        if spectral == "auto":
            spectral = self.conditioning == "projection"
        normalization = self.discriminator_normalization
        if normalization == "auto":
            normalization = None if spectral else "batch"
        common = (self.image_shape, self.num_classes, self.conditioning)
        if self.network == "mlp":
            return networks.build_mlp_discriminator(
                *common, self.discriminator_units, spectral, self.augmentation
            )
        return networks.build_convolutional_discriminator(
            *common, self.filters, normalization, spectral, self.augmentation
        )

    @property
    def log_names(self):
        if self.conditioning == "auxiliary":
            return ("d_loss", "g_loss", "d_class_loss", "g_class_loss")
        return ("d_loss", "g_loss")

    def compile(
        self,
        loss=None,
        generator_optimizer=None,
        discriminator_optimizer=None,
        class_loss_weight=1.0,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults with projection are the hinge loss and Adam(2e-4,
        beta_1=0, beta_2=0.9), otherwise the non-saturating loss and
        Adam(2e-4, beta_1=0.5); one discriminator step.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`. None for
                the default.
            generator_optimizer: optimizer of the generator, or None.
            discriminator_optimizer: optimizer of the discriminator, or None.
            class_loss_weight: float, weight of the classification loss in
                the losses of both players. Only for `"auxiliary"`.
            **kwargs: further arguments of `GAN.compile`.
        """
        projection = self.conditioning == "projection"
        betas = (0.0, 0.9) if projection else (0.5, 0.999)
        super().compile(
            loss or ("hinge" if projection else "non_saturating"),
            generator_optimizer=generator_optimizer
            or keras.optimizers.Adam(2e-4, *betas),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.Adam(2e-4, *betas),
            **kwargs,
        )
        self.class_loss_weight = float(class_loss_weight)

    def compile_settings(self):
        weight = self.class_loss_weight
        return {**super().compile_settings(), "class_loss_weight": weight}

    # ------------------------------------------------------------ training

    def logits_and_class_loss(self, images, labels, training=True):
        """Runs the discriminator on images with the classes they should have.

        Args:
            images: tensor `(batch, height, width, channels)`.
            labels: one-hot tensor `(batch, num_classes)`.
            training: bool, whether the network runs as in training.

        Returns:
            Logits `(batch, 1)`, and the mean cross entropy of the classes in
            nats. The cross entropy is 0 without an auxiliary classifier.
        """
        if self.conditioning != "auxiliary":
            logits = self.discriminator([images, labels], training=training)
            return logits, ops.zeros(())
        logits, classes = self.discriminator(images, training=training)
        log_likelihood = ops.sum(labels * ops.log_softmax(classes), axis=1)
        return logits, -ops.mean(log_likelihood)

    def losses(self, batch, training=True, seed=None):
        real, labels = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator([latents, labels], training=training)

        def discriminate(images):
            return self.logits_and_class_loss(images, labels, training)[0]

        real_logits, real_class_loss = self.logits_and_class_loss(
            real, labels, training
        )
        fake_logits, fake_class_loss = self.logits_and_class_loss(
            fake, labels, training
        )
        g_loss = self.loss.generator(fake_logits, real_logits)
        d_loss = self.loss.discriminator(real_logits, fake_logits)
        class_loss = real_class_loss + fake_class_loss
        weight = self.class_loss_weight
        return Losses(
            players={
                "generator": g_loss + weight * fake_class_loss,
                "discriminator": d_loss + weight * class_loss,
            },
            logs={
                "generator": {
                    "g_loss": g_loss,
                    "g_class_loss": fake_class_loss,
                },
                "discriminator": {
                    "d_loss": d_loss,
                    "d_class_loss": class_loss,
                },
            },
            pairs=[(real, fake, real_logits, fake_logits)],
            views={
                "discriminator": [(discriminate, real, ops.stop_gradient(fake))]
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

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings worth tuning; see `conditional_gan.space`."""
        return space.search_space(ask, CONDITIONINGS)

    def get_config(self):
        names = (
            "conditioning",
            "network",
            "filters",
            "discriminator_normalization",
            "spectral_normalization",
        )
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            **{name: getattr(self, name) for name in names},
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
            "generator_units": list(self.generator_units),
            "discriminator_units": list(self.discriminator_units),
        }


def _one_of(known, name, kind):
    return look_up(name, {one: one for one in known}, kind)
