"""BiGAN (Donahue et al., 2017), https://arxiv.org/abs/1605.09782.

"Adversarial Feature Learning". An encoder learns together with the generator.
The discriminator looks at pairs of an image and a latent vector: (x, E(x)) of
real images x, and (G(z), z) of drawn latents z. With its logits s_e and s_d of
the two,

    L_D = E softplus(-s_e) + E softplus(s_d)
    L_G = L_E = E softplus(-s_d) + E softplus(s_e)

so that both terms have strong gradients. At the optimum the encoder inverts the
generator. ALI (Dumoulin et al., 2017, https://arxiv.org/abs/1606.00704) has the
same losses and an encoder that draws the latents from a Gaussian of its own:
`stochastic=True`.

Multilayer perceptrons for MNIST as in the authors' code: 50 latents uniform in
[-1, 1], which enter the generator twice; two hidden layers of 1024 units; batch
normalization without scale and shift; no biases; N(0, 0.02) weights, zeros in
the last layer of the discriminator; Adam(2e-4, beta_1=0.5), batches of 128; all
players step at the same time. Differs from the paper and the code:

* Images are in [-1, 1]. The networks work on [0, 1], as the code does.
* The code has half of all these losses, and a weight decay that is half as
  large. With Adam, only their ratio counts.
* Outside of training, batch normalization takes moving averages of the
  statistics. The code takes exact averages of many batches.
* The rate is constant. In the code it falls exponentially to a hundredth during
  the second 200 of 400 epochs.
* With `stochastic=True` the networks are still BiGAN's, and the logarithms of
  the deviations are kept between -7 and 3. ALI's networks are convolutional.
  `networks.build_maxout_discriminator` is its discriminator of toy data.
"""

import math

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families import priors
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.encoding import EncodingGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.bigan import networks

#: Bounds of the logarithms of a stochastic encoder's standard deviations.
LOG_DEVIATIONS = (-7.0, 3.0)


def adam():
    """Returns the optimizer of the authors' code for MNIST."""
    return keras.optimizers.Adam(2e-4, beta_1=0.5)


@register(
    "bigan",
    paper="https://arxiv.org/abs/1605.09782",
    summary="an encoder finds the latents of real images",
)
class BiGAN(EncodingGAN):
    """BiGAN (Donahue et al., 2017), https://arxiv.org/abs/1605.09782.

    Makes images from latent vectors, and finds the latent vectors of real
    images with `encode`. They are features: similar images are near. With
    `stochastic=True` it is ALI (Dumoulin et al., 2017,
    https://arxiv.org/abs/1606.00704).

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        stochastic: bool. False has latents uniform in [-1, 1] and an encoder
            that gives one latent vector for an image. True has latents from
            N(0, 1) and an encoder that gives a Gaussian, from which training
            draws.
        generator_units: tuple of ints, widths of the hidden layers of the
            generator.
        encoder_units: tuple of ints, widths of the hidden layers of the
            encoder.
        discriminator_units: tuple of ints, widths of the hidden layers of
            the discriminator.
        discriminator_normalization: `"batch"` as in the paper, `"layer"` or
            None. Gradient penalties need `"layer"` or None.
        weight_decay: float, weight of the sum of all squared weights.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`. The encoder
            sees real images as they are.
        generator: `keras.Model` that turns latents into images, or None for
            the network of the paper.
        discriminator: `keras.Model` that turns `[images, latents]` into
            logits, or None for the network of the paper.
        encoder: `keras.Model` that turns images into latents, or into
            `[means, log_deviations]` if it is stochastic. None for the
            network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are not used.

    Logs: `d_loss`; `g_loss` and `e_loss`, the terms of generator and encoder,
    which both minimize the sum; and `penalty` if there is one. With
    `augmentation="ada"` also `ada_p` and `real_sign`.

    Raises:
        ValueError: if `image_shape` is not three positive numbers.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.BiGAN(image_shape=(8, 8, 1), latent_dim=10)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> digits = kgz.data.digits(batch_size=64)
    >>> history = gan.fit(digits.take(2), verbose=0)
    >>> images = next(iter(digits))
    >>> gan.encode(images).shape, gan.reconstruct(images).shape
    ((64, 10), (64, 8, 8, 1))
    """

    log_names = ("d_loss", "g_loss", "e_loss")

    def __init__(
        self,
        image_shape=(28, 28, 1),
        latent_dim=50,
        stochastic=False,
        generator_units=(1024, 1024),
        encoder_units=(1024, 1024),
        discriminator_units=(1024, 1024),
        discriminator_normalization="batch",
        weight_decay=2.5e-5,
        augmentation=None,
        generator=None,
        discriminator=None,
        encoder=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, **kwargs)
        self.image_shape = self.sample.shape
        self.stochastic = bool(stochastic)
        self.prior = priors.NORMAL if stochastic else priors.UNIFORM
        self.generator_units = tuple(generator_units)
        self.encoder_units = tuple(encoder_units)
        self.discriminator_units = tuple(discriminator_units)
        self.discriminator_normalization = discriminator_normalization
        self.weight_decay = weight_decay
        self.augmentation = augmentation
        sizes = self.image_shape, self.latent_dim
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                *sizes, self.generator_units, weight_decay
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_discriminator(
                *sizes,
                self.discriminator_units,
                discriminator_normalization,
                augmentation,
                weight_decay,
            ),
        )
        self.encoder = self.keep_or_build(
            "encoder",
            encoder,
            lambda: networks.build_encoder(
                *sizes, self.encoder_units, self.stochastic, weight_decay
            ),
        )
        self.ready()

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        encoder_optimizer=None,
        updates="simultaneous",
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are those of the authors' code for MNIST: Adam(2e-4,
        beta_1=0.5) for each player, and all players step at the same time.

        Args:
            loss: as in `GAN.compile`. Generator and encoder minimize the
                generator's loss of the generated pairs, and that of the real
                pairs with the roles of real and generated exchanged.
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            encoder_optimizer: optimizer of the encoder, or None for the
                default.
            updates: `"simultaneous"`, or `"alternating"` for first the
                discriminator, and then generator and encoder together.
            **kwargs: further arguments of `GAN.compile`.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or adam(),
            discriminator_optimizer=discriminator_optimizer or adam(),
            encoder_optimizer=encoder_optimizer or adam(),
            updates=updates,
            **kwargs,
        )

    # ------------------------------------------------------------ training

    def drawn_codes(self, images, training, seed=None):
        """Returns the latents of images that training uses.

        Args:
            images: tensor `(batch, height, width, channels)`.
            training: bool, whether the encoder runs as in training.
            seed: int, or None to draw from `self.noise`.
        """
        outputs = self.encoder(images, training=training)
        if not self.stochastic:
            return outputs
        means, log_deviations = outputs
        # Not the numbers of the latents from the same seed.
        seed = self.noise if seed is None else seed + 1
        noise = keras.random.normal(ops.shape(means), seed=seed)
        log_deviations = ops.clip(log_deviations, *LOG_DEVIATIONS)
        return means + ops.exp(log_deviations) * noise

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator(latents, training=training)
        codes = self.drawn_codes(real, training, seed)

        def discriminate(pairs):
            return self.discriminator(self.parted(pairs), training=training)

        pairs = joined(real, codes), joined(fake, latents)
        real_logits, fake_logits = map(discriminate, pairs)
        d_loss = self.loss.discriminator(real_logits, fake_logits)
        g_loss = self.loss.generator(fake_logits, real_logits)
        # For the encoder real pairs are what is generated. The exchange of
        # both kinds mirrors logits at the boundary between them.
        boundary = self.loss.boundary or 0.0
        e_loss = self.loss.generator(
            2 * boundary - real_logits, 2 * boundary - fake_logits
        )
        both = g_loss + e_loss
        return Losses(
            players={
                "generator": both,
                "discriminator": d_loss,
                "encoder": both,
            },
            logs={
                "generator": {"g_loss": g_loss},
                "discriminator": {"d_loss": d_loss},
                "encoder": {"e_loss": e_loss},
            },
            pairs=[(real, fake, real_logits, fake_logits)],
            views={
                "discriminator": [
                    (discriminate, *map(ops.stop_gradient, pairs))
                ]
            },
        )

    def parted(self, pairs):
        """Returns the images and latents that `joined` has joined.

        Args:
            pairs: tensor `(batch, pixels + latent_dim)`.
        """
        pixels = math.prod(self.image_shape)
        images = ops.reshape(pairs[:, :pixels], (-1, *self.image_shape))
        return [images, pairs[:, pixels:]]

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", ("generator", "encoder")
        )
        return self.end_step(data, logs)

    # -------------------------------------------------------------- using

    def judged_with(self, images):
        return [self.code_of(self.best("encoder")(images, training=False))]

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate`, `encoder_rate` and `beta_1`
          of Adam;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `ema_decay`, 0 for no average;
        * `latent_dim` and `weight_decay`.

        With a penalty, the discriminator has layer normalization.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        settings = {
            **space.optimizers(
                ask, generator=adam(), discriminator=adam(), encoder=adam()
            ),
            **space.adversarial_loss(ask),
            **space.average(ask),
        }
        arguments = {
            "latent_dim": ask.choice("latent_dim", [20, 50, 100]),
            "weight_decay": ask.choice("weight_decay", [0.0, 2.5e-5, 2.5e-4]),
        }
        if "discriminator_normalization" not in ask.fixed:
            penalized = settings["penalty"] is not None
            arguments["discriminator_normalization"] = (
                "layer" if penalized else "batch"
            )
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "stochastic": self.stochastic,
            "generator_units": list(self.generator_units),
            "encoder_units": list(self.encoder_units),
            "discriminator_units": list(self.discriminator_units),
            "discriminator_normalization": self.discriminator_normalization,
            "weight_decay": self.weight_decay,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }


def joined(images, latents):
    """Joins images and their latents, so that a penalty sees both.

    Args:
        images: tensor `(batch, height, width, channels)`.
        latents: tensor `(batch, latent_dim)`.

    Returns:
        Tensor `(batch, pixels + latent_dim)`.
    """
    pixels = ops.reshape(images, (-1, math.prod(images.shape[1:])))
    return ops.concatenate([pixels, ops.cast(latents, pixels.dtype)], axis=1)
