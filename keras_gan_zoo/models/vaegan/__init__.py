"""VAE/GAN (Larsen et al., 2016): an autoencoder whose errors are features.

"Autoencoding beyond pixels using a learned similarity metric",
https://arxiv.org/abs/1512.09300, with the settings of the authors' code for
faces of 64x64 pixels. The encoder gives a mean and a variance, z ~ q(z | x) is
drawn from this Gaussian and z_p ~ N(0, 1) from the prior. With the features f
of the discriminator, which are the outputs of its last convolution,

    L_prior = KL(q(z | x) || N(0, 1))
    L_rec = |f(x) - f(Dec(z))|^2 / 2
    L_GAN = log D(x) + log(1 - D(Dec(z_p)))
    the encoder minimizes        L_prior + L_rec,
    the decoder minimizes        gamma L_rec + (1 - gamma) L_GAN,
    the discriminator maximizes  L_GAN.

So the decoder has the saturating loss, and nobody but the discriminator is
responsible for its features: it does not learn from L_rec. Every logarithm is
log(p + 0.001). A step is left out for the discriminator if one of its two
costs, -log D(x) or -log(1 - D(Dec(z_p))), is below 0.68 - 0.35, and for the
decoder if one is above 0.68 + 0.35; both step if both would be left out. All
players step from one evaluation of the networks. gamma = 1e-6, RMSprop(3.9e-4),
batches of 64 images. Differs from the code:

* The losses are means over the batch instead of sums, and there is no weight
  of one half before L_GAN in the discriminator. RMSprop does not depend on the
  scale of a loss, and the ratio of the terms is the same.
* A step that is left out is one with a gradient of zero. The weights stay as
  they are under RMSprop without momentum, but its mean of squares decays. The
  momentum of other optimizers still moves the weights.
* The rate stays the same. The code lowers it for 250 epochs: pass an
  optimizer with a schedule.
* No weight decay, and the initializer of Keras.
* The depth depends on the image size: three halvings up to 64x64, and more for
  larger images. `filters=64` has the code's widths for 64x64. Its widths for
  32x32 are slightly other ones.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.encoding import EncodingGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.vaegan import networks
from keras_gan_zoo.objectives import variational

#: 0.025 / 64, the rate of the code for a sum over the batch.
RATE = 3.9e-4
EQUILIBRIUM = 0.68
#: Added to each probability before its logarithm.
OFFSET = 1e-3
#: What reconstructions are compared by.
RECONSTRUCTIONS = {"features": None, "pixels": None}


def cost(logits):
    """Returns -log(p + 0.001) for the probabilities p of logits, the mean."""
    return -ops.mean(ops.log(ops.sigmoid(logits) + OFFSET))


@register(
    "vaegan",
    paper="https://arxiv.org/abs/1512.09300",
    summary="an autoencoder that compares features instead of pixels",
)
class VAEGAN(EncodingGAN):
    """VAE/GAN (Larsen et al., 2016), https://arxiv.org/abs/1512.09300.

    A variational autoencoder whose decoder is the generator of a GAN. Its
    reconstructions are compared by the features of the discriminator. The
    paper finds them sharper than with a comparison of pixels. `encode` and
    `reconstruct` take images, `generate` draws latents from N(0, 1).

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width are
            at least 8 pixels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the first layer of the encoder. The other
            widths are multiples of it.
        encoder: `keras.Model` that turns images into `[mean, log_variance]`
            of the latents, or None for the network of the authors' code.
        generator: `keras.Model` that turns latents into images, the decoder,
            or None for the network of the authors' code.
        discriminator: `keras.Model` that turns images into `[logits,
            features]`, or None for the network of the authors' code.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are not used.

    Logs: `kl_loss`, the divergence of the latents from N(0, 1) in nats;
    `reconstruction_loss`, half the squared distance of features, or of pixels
    if those are compared; `g_loss`, the adversarial loss of the generator,
    which is negative; `d_loss`, the sum of both costs of the discriminator;
    `d_moved` and `g_moved`, the shares of steps in which the balance let these
    players step; and `penalty` if there is one.

    Raises:
        ValueError: if `image_shape` is not three positive numbers, or is too
            small.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VAEGAN(image_shape=(16, 16, 3), latent_dim=8, filters=4)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> images = kgz.data.emoji((16, 16), batch_size=8)
    >>> history = gan.fit(images.take(2), verbose=0)
    >>> few = next(iter(images))
    >>> gan.encode(few).shape, gan.reconstruct(few).shape
    ((8, 8), (8, 16, 16, 3))
    """

    log_names = (
        *("kl_loss", "reconstruction_loss"),
        *("g_loss", "d_loss", "g_moved", "d_moved"),
    )

    def __init__(
        self,
        image_shape=(64, 64, 3),
        latent_dim=128,
        filters=64,
        encoder=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = filters
        self.encoder = self.keep_or_build(
            "encoder",
            encoder,
            lambda: networks.build_encoder(
                self.image_shape, self.latent_dim, filters
            ),
        )
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                self.image_shape, self.latent_dim, filters
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_discriminator(self.image_shape, filters),
        )
        self.ready()

    def compile(
        self,
        encoder_optimizer=None,
        generator_optimizer=None,
        discriminator_optimizer=None,
        gamma=1e-6,
        margin=0.35,
        reconstruction="features",
        show_reconstructions=False,
        updates="simultaneous",
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are those of the authors' code: RMSprop(3.9e-4) for all
        players, and steps that are left out for balance. A variational
        autoencoder without an adversary, for comparison, is
        `compile(reconstruction="pixels", gamma=1.0)`.

        Args:
            encoder_optimizer: optimizer of the encoder, or None for the
                default.
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            gamma: float in [0, 1], weight of the reconstruction in the
                generator's loss. `1 - gamma` is the weight of the adversarial
                loss. The encoder's loss does not depend on it. With 1, the
                generator never leaves out a step, and the discriminator
                trains only if its features are compared.
            margin: float or None, distance of a cost of the discriminator
                from the equilibrium 0.68 at which a player leaves out its
                step. None leaves out no step.
            reconstruction: `"features"` of the discriminator, or `"pixels"`,
                what is compared to reconstruct images.
            show_reconstructions: bool, whether the discriminator also sees
                reconstructions as generated images, as in the paper's
                algorithm. The authors' code for faces does not show them.
            updates: `"simultaneous"` as in the paper, or `"alternating"`.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if there is an adversarial loss: this one is fixed. Or
                if an argument is out of range.
        """
        if kwargs.get("loss") is not None:
            raise ValueError(
                "The losses of this architecture belong together. Expected "
                f"no loss. Received: loss={kwargs['loss']!r}. What can be "
                "chosen is gamma and reconstruction."
            )
        look_up(reconstruction, RECONSTRUCTIONS, "reconstruction")
        if not 0 <= gamma <= 1:
            raise ValueError(
                "The generator's losses have the weights gamma and 1 - gamma. "
                f"Expected gamma in [0, 1]. Received: gamma={gamma}"
            )
        if margin is not None and not margin > 0:
            raise ValueError(
                "The margin is a distance. Expected a positive number, or "
                f"None for no balance. Received: margin={margin}"
            )
        super().compile(
            encoder_optimizer=encoder_optimizer
            or keras.optimizers.RMSprop(RATE),
            generator_optimizer=generator_optimizer
            or keras.optimizers.RMSprop(RATE),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.RMSprop(RATE),
            updates=updates,
            **kwargs,
        )
        self.gamma = float(gamma)
        self.margin = margin
        self.reconstruction = reconstruction
        self.show_reconstructions = bool(show_reconstructions)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "gamma": self.gamma,
            "margin": self.margin,
            "reconstruction": self.reconstruction,
            "show_reconstructions": self.show_reconstructions,
        }

    # ------------------------------------------------------------ training

    def reconstruction_loss(self, real, reconstructed, training):
        """Computes half the squared distance of features or pixels.

        Args:
            real: images.
            reconstructed: their reconstructions.
            training: bool, whether the discriminator runs as in training.
        """
        if self.reconstruction == "pixels":
            return variational.half_squared_distance(reconstructed, real)
        # Normalized together: what the two differ in must not be lost.
        both = ops.concatenate([reconstructed, real])
        _, features = self.discriminator(both, training=training)
        return variational.half_squared_distance(
            *ops.split(features, 2, axis=0)
        )

    def balance(self, real_cost, fake_cost):
        """Says which of the two adversaries step.

        Args:
            real_cost: scalar, the discriminator's cost on real images.
            fake_cost: scalar, its cost on generated images.

        Returns:
            `(discriminator, generator)`, two scalars that are 0 or 1.
        """
        costs = engine.replica_mean(
            ops.stop_gradient(ops.stack([real_cost, fake_cost]))
        )
        if self.margin is None:
            return ops.ones_like(real_cost), ops.ones_like(real_cost)
        discriminator = ops.all(costs >= EQUILIBRIUM - self.margin)
        generator = ops.all(costs <= EQUILIBRIUM + self.margin)
        neither = ops.logical_not(ops.logical_or(discriminator, generator))
        return tuple(
            ops.cast(ops.logical_or(steps, neither), costs.dtype)
            for steps in (discriminator, generator)
        )

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        num = ops.shape(real)[0]
        mean, log_variance = self.encoder(real, training=training)
        noise = self.sample_latents(num, seed)
        latents = mean + ops.exp(0.5 * log_variance) * noise
        reconstructed = self.generator(latents, training=training)
        fake = self.generator(self.sample_latents(num, seed), training=training)
        kl_loss = variational.divergence(mean, log_variance)
        distance = self.reconstruction_loss(real, reconstructed, training)

        def discriminate(images):
            return self.discriminator(images, training=training)[0]

        shown = [real, fake, reconstructed][: 2 + self.show_reconstructions]
        logits = discriminate(ops.concatenate(shown))
        real_logits, fake_logits = logits[:num], logits[num : 2 * num]
        # 1 - D has the negative logit.
        real_cost, fake_cost = cost(real_logits), cost(-logits[num:])
        d_moved, g_moved = self.balance(real_cost, fake_cost)
        if self.gamma == 1:
            g_moved = ops.ones_like(g_moved)
        d_loss = real_cost + fake_cost
        g_loss = -fake_cost
        return Losses(
            players={
                "encoder": kl_loss + distance,
                "generator": g_moved
                * (self.gamma * distance + (1 - self.gamma) * g_loss),
                "discriminator": d_moved * d_loss,
            },
            logs={
                "encoder": {
                    "kl_loss": kl_loss,
                    "reconstruction_loss": distance,
                },
                "generator": {"g_loss": g_loss, "g_moved": g_moved},
                "discriminator": {"d_loss": d_loss, "d_moved": d_moved},
            },
            pairs=[(real, fake, real_logits, fake_logits)],
            views={
                "discriminator": [(discriminate, real, ops.stop_gradient(fake))]
            },
        )

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        if self.gamma == 1 and self.reconstruction == "pixels":  # a VAE
            logs, _ = self.minimize(
                lambda: self.losses(last), "encoder", "generator"
            )
            return self.end_step(data, logs, resting=("d_loss", "d_moved"))
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "encoder", "generator", "discriminator"
        )
        return self.end_step(data, logs)

    # -------------------------------------------------------------- using

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `encoder_rate`, `generator_rate` and `discriminator_rate` of
          RMSprop;
        * `gamma`;
        * `margin` of the balance;
        * `show_reconstructions`;
        * `ema_decay`, 0 for no average;
        * `filters` and `latent_dim`.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        settings = space.rms_props(
            ask, ("encoder", "generator", "discriminator"), RATE
        )
        settings["gamma"] = ask.log("gamma", 1e-7, 1e-2)
        settings["margin"] = ask.choice("margin", [0.2, 0.35, 0.5])
        settings["show_reconstructions"] = ask.choice(
            "show_reconstructions", [False, True]
        )
        settings.update(space.average(ask))
        return space.sizes(ask), settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
        }
