"""CycleGAN (Zhu et al., 2017), https://arxiv.org/abs/1703.10593.

Learns from two sets of images, a and b, without pairs, to turn each into the
other: generators G: a -> b and F: b -> a, each against a discriminator of its
domain, and a way back that must end where it began (equation 3),

    L(G, F) = L_GAN(G, D_b) + L_GAN(F, D_a) + lambda L_cyc(G, F),
    L_cyc   = E |F(G(a)) - a|_1 + E |G(F(b)) - b|_1,

with least squares as adversarial loss and lambda = 10. The identity loss of
section 5.2, E |G(b) - b|_1 + E |F(a) - a|_1 with weight 0.5 lambda, keeps
colours. Residual generators, PatchGANs of 70x70, instance normalisation, a
pool of the last 50 generated images for the discriminators, N(0, 0.02)
weights, Adam(2e-4, beta_1=0.5), batches of 1. The paper's rate is constant for
100 epochs and falls to zero over 100 more; how many steps that is, only the
data tell: `compile(total_steps=...)`. Differs from the paper:

* "The model sees 50 images" is done inside the step, in variables.
* The scale of the normalisations is learnt, as in the authors' first code.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks import patch as patchgan
from keras_gan_zoo.blocks import residual
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.translation import TranslationGAN
from keras_gan_zoo.layers.image_pool import ImagePool
from keras_gan_zoo.objectives.schedules import ConstantThenLinear


def _distance(some, others):
    """Mean absolute error, the L1 distance of the paper per pixel."""
    return ops.mean(ops.abs(some - others))


def _optimizer(total_steps):
    rate = 2e-4
    if total_steps is not None:
        rate = ConstantThenLinear.over(rate, total_steps)
    return keras.optimizers.Adam(rate, beta_1=0.5)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class CycleGAN(TranslationGAN):
    """CycleGAN (Zhu et al., 2017), https://arxiv.org/abs/1703.10593.

    Learns to translate between two kinds of images from two folders of them:
    horses and zebras, summer and winter, photographs and paintings.

    Args:
        image_shape: tuple `(height, width, channels)` of domain a, sides
            multiples of `2**num_halvings`.
        channels_b: int, channels of domain b, or None for those of a.
        filters: int, channels of the first layer of all networks.
        num_blocks: int, residual blocks of the generators, or None: 6 for
            images of up to 128x128, 9 for larger ones.
        num_halvings: int, how often the generators halve the sides before
            these blocks, 2 in the paper. 1 keeps the details of images of
            64x64 and less.
        patch: int or `"image"`, receptive field of the discriminators in
            pixels: 1, 16, 34, 70, 142 or 286, or `"image"` for all.
        pool_size: int, generated images that each discriminator remembers;
            batches must not be larger. 0 for none.
        normalization: `"instance"`, `"batch"` or None, in all networks.
        upsampling: `"transposed"` convolutions as in the paper, or
            `"resize"`, which avoids checkerboards.
        generator_ab: `keras.Model`, images of a to images of b, instead of
            the paper's; `generator_ba`, `discriminator_a` and
            `discriminator_b` likewise.
        generator_ba: likewise.
        discriminator_a: likewise, images of a to logits of any shape.
        discriminator_b: likewise.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `(images_a, images_b)`, both `(batch, height, width,
    channels)` float32 in [-1, 1], which do not belong together, e.g. from
    `keras_gan_zoo.data.unpaired_folders`.

    Logs: `d_loss` and `g_loss`, the adversarial losses, sums over both
    domains; `cycle_loss` and `identity_loss`, mean absolute errors,
    unweighted, means over both domains; and `penalty` if there is one.

    Raises:
        ValueError: if the networks cannot be built for `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.CycleGAN((16, 16, 3), filters=4, num_blocks=1, patch=16)
    >>> gan.compile()
    >>> both = kgz.data.photograph_domains(image_size=(16, 16), batch_size=4)
    >>> history = gan.fit(both.take(2), verbose=0)
    >>> images_a, images_b = next(iter(both))
    >>> gan.translate(images_a, to="b").shape
    (4, 16, 16, 3)
    """

    batches = "domains"

    def __init__(
        self,
        image_shape=(256, 256, 3),
        channels_b=None,
        filters=64,
        num_blocks=None,
        num_halvings=2,
        patch=70,
        pool_size=50,
        normalization="instance",
        upsampling="transposed",
        generator_ab=None,
        generator_ba=None,
        discriminator_a=None,
        discriminator_b=None,
        **kwargs,
    ):
        super().__init__(image_shape, **kwargs)
        self.channels_b = channels_b
        self.filters = filters
        self.num_blocks = num_blocks
        self.num_halvings = num_halvings
        self.patch = patch
        self.pool_size = pool_size
        self.normalization = normalization
        self.upsampling = upsampling
        a = self.image_shape
        b = (*a[:2], a[-1] if channels_b is None else channels_b)
        self.image_shape_b = b

        def generator(name, network, source, target):
            return self.keep_or_build(
                name,
                network,
                lambda: residual.build_generator(
                    source,
                    target[-1],
                    filters,
                    num_blocks,
                    num_halvings,
                    normalization,
                    upsampling,
                    name,
                ),
            )

        def discriminator(name, network, shape):
            return self.keep_or_build(
                name,
                network,
                lambda: patchgan.build_patch_discriminator(
                    shape,
                    patch=patch,
                    filters=filters,
                    discriminator_normalization=normalization,
                    name=name,
                ),
            )

        self.generator_ab = generator("generator_ab", generator_ab, a, b)
        self.generator_ba = generator("generator_ba", generator_ba, b, a)
        self.discriminator_a = discriminator(
            "discriminator_a", discriminator_a, a
        )
        self.discriminator_b = discriminator(
            "discriminator_b", discriminator_b, b
        )
        self.pool_a = ImagePool(pool_size, a, name="pool_a", dtype="float32")
        self.pool_b = ImagePool(pool_size, b, name="pool_b", dtype="float32")
        self.ready()

    @property
    def log_names(self):
        identity = ("identity_loss",) if self.identity_weight else ()
        return ("d_loss", "g_loss", "cycle_loss", *identity)

    def players(self):
        return {
            "discriminator": [self.discriminator_a, self.discriminator_b],
            "generator": [self.generator_ab, self.generator_ba],
        }

    def compile(
        self,
        loss="least_squares",
        generator_optimizer=None,
        discriminator_optimizer=None,
        cycle_weight=10.0,
        identity_weight=None,
        adversarial_weight=2.0,
        total_steps=None,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        Without arguments as in the paper, at its first, constant rate: least
        squares, a cycle weight of 10, one step of each player,
        Adam(2e-4, beta_1=0.5) for both. With `total_steps=epochs *
        len(dataset)` at its whole schedule.

        Args:
            loss: as in `GAN.compile`.
            generator_optimizer: likewise, of both generators.
            discriminator_optimizer: likewise, of both discriminators.
            cycle_weight: float, lambda of the paper.
            identity_weight: float, weight of the identity loss relative to
                `cycle_weight`, or None: 0.5 as in the paper, 0 where the
                domains have different numbers of channels and no identity.
            adversarial_weight: float, weight of the generators' adversarial
                losses. The paper's least squares lack the factor 1/2 that
                those of `keras_gan_zoo.losses` have: hence 2.
            total_steps: int, steps of the whole training: the rate of the
                default optimizers stays for the first half of them and
                falls to zero over the second, as in the paper. None: it
                stays.
            **kwargs: further arguments of `GAN.compile`.
        """
        same = self.image_shape == self.image_shape_b
        if identity_weight and not same:
            raise ValueError(
                "The identity loss compares images of both domains. Expected "
                "identity_weight=0 or None for domains of "
                f"{self.image_shape[-1]} and {self.image_shape_b[-1]} "
                f"channels. Received: identity_weight={identity_weight}"
            )
        if identity_weight is None:
            identity_weight = 0.5 if same else 0.0
        self.cycle_weight = float(cycle_weight)
        self.identity_weight = float(identity_weight)
        self.adversarial_weight = float(adversarial_weight)
        super().compile(
            loss,
            generator_optimizer or _optimizer(total_steps),
            discriminator_optimizer or _optimizer(total_steps),
            **kwargs,
        )

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "cycle_weight": self.cycle_weight,
            "identity_weight": self.identity_weight,
            "adversarial_weight": self.adversarial_weight,
        }

    # ------------------------------------------------------------ training

    def check_batch(self, batch):
        shapes = self.image_shape, self.image_shape_b
        self.check_pair(batch, shapes, ("images_a", "images_b"))

    def check_batch_size(self, num):
        if 0 < self.pool_size < num:
            raise ValueError(
                "A batch must find room in the pool of generated images. "
                f"Expected batches of at most pool_size={self.pool_size}, or "
                f"pool_size=0 for no pool. Received: a batch of {num}."
            )

    def generator_losses(self, a, b, training=True):
        """What the generators minimise, the fakes, and the terms for logs.

        Returns:
            `(losses, (fake_a, fake_b, terms))`.
        """
        fake_b = self.generator_ab(a, training=training)
        fake_a = self.generator_ba(b, training=training)
        g_loss = self._fooling(
            self.discriminator_b, b, fake_b, training
        ) + self._fooling(self.discriminator_a, a, fake_a, training)
        cycle_loss = _distance(
            self.generator_ba(fake_b, training=training), a
        ) + _distance(self.generator_ab(fake_a, training=training), b)
        loss = self.adversarial_weight * g_loss + self.cycle_weight * cycle_loss
        terms = {"g_loss": g_loss, "cycle_loss": cycle_loss / 2}
        if self.identity_weight:
            identity_loss = _distance(
                self.generator_ab(b, training=training), b
            ) + _distance(self.generator_ba(a, training=training), a)
            weight = self.cycle_weight * self.identity_weight
            loss = loss + weight * identity_loss
            terms["identity_loss"] = identity_loss / 2
        return {"generator": loss}, (fake_a, fake_b, terms)

    def _fooling(self, discriminator, real, fake, training):
        """The adversarial loss of the generator that plays against this."""
        fake_logits, real_logits = discriminator(fake, training=training), None
        # Elsewhere the discriminator's update shares these logits; here it
        # judges images of the pool, and they are not made in vain.
        if self.loss.uses_real_logits:
            real_logits = discriminator(real, training=training)
        return self.loss.generator(fake_logits, real_logits)

    def discriminator_losses(
        self, a, b, fake_a, fake_b, training=True, seed=None
    ):
        """What the discriminators minimise, and the terms of it.

        Returns:
            `(losses, terms)`.
        """
        loss_a, terms_a = self._telling_apart(
            self.discriminator_a, a, fake_a, training, seed
        )
        loss_b, terms_b = self._telling_apart(
            self.discriminator_b, b, fake_b, training, seed
        )
        terms = {name: terms_a[name] + terms_b[name] for name in terms_a}
        return {"discriminator": loss_a + loss_b}, terms

    def _telling_apart(self, discriminator, real, fake, training, seed):
        """The loss of one discriminator, and the terms of it."""

        def discriminate(x):
            return discriminator(x, training=training)

        loss = self.loss.discriminator(discriminate(real), discriminate(fake))
        return self.with_penalty(loss, discriminate, real, fake, seed)

    @engine.adversarial_step
    def train_step(self, data):
        pairs = keras.utils.unpack_x_y_sample_weight(data)[:2]
        minibatches = self.minibatches(pairs)

        fake_a, fake_b, g_terms = self.minimize(
            lambda: self.generator_losses(*minibatches[0]), "generator"
        )
        for step, (a, b) in enumerate(minibatches):
            if step > 0:
                fake_b = self.generator_ab(a, training=True)
                fake_a = self.generator_ba(b, training=True)
            old_a = self.pool_a(fake_a, seed=self.noise)
            old_b = self.pool_b(fake_b, seed=self.noise)
            d_terms = self.minimize(
                lambda: self.discriminator_losses(a, b, old_a, old_b),
                "discriminator",
            )
        return self.end_step(ops.shape(pairs[0])[0], **g_terms, **d_terms)

    @engine.adversarial_step
    def test_step(self, data):
        """All losses on held-out images; the pools stay as they are."""
        a, b, _ = keras.utils.unpack_x_y_sample_weight(data)
        _, (fake_a, fake_b, g_terms) = self.generator_losses(a, b, False)
        _, d_terms = self.discriminator_losses(
            a, b, fake_a, fake_b, training=False, seed=0
        )
        return self.log(ops.shape(a)[0], **g_terms, **d_terms)

    def probe(self, batch):
        a, b, _ = keras.utils.unpack_x_y_sample_weight(batch)

        def game(generator, discriminator, source, real):
            fake = generator(source, training=True)
            logits = [discriminator(x, training=True) for x in (real, fake)]
            return real, fake, *logits

        return [
            game(self.generator_ab, self.discriminator_b, a, b),
            game(self.generator_ba, self.discriminator_a, b, a),
        ]

    # -------------------------------------------------------------- using

    def call(self, images, training=False):
        return self.generator_ab(images, training=training)

    def translate(self, images, *, to="b", batch_size=1, tile=None):
        """Turns images of one domain into images of the other.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1],
                of any height and width.
            to: `"b"` or `"a"`, the domain to arrive at.
            batch_size: int, how many at a time.
            tile: int, sides of the tiles in which images that are too large
                for memory are translated; a multiple of `2**num_halvings`. None
                for whole images.

        Returns:
            numpy float32 array `(num, height, width, channels)` in [-1, 1].

        Raises:
            ValueError: if the images have a wrong number of channels, type
                or range, or there is no such domain.
        """
        channels = self.channels_of(to)
        network = self.generator_ab if to == "b" else self.generator_ba
        multiple = 2**self.num_halvings
        return self._translate(
            network.predict, images, channels, multiple, batch_size, tile
        )

    def channels_of(self, to="b", **kwargs):
        """How many channels `translate` wants with these arguments."""
        if to not in ("a", "b"):
            raise ValueError(f"Expected to='a' or to='b'. Received: to={to!r}")
        shape = self.image_shape if to == "b" else self.image_shape_b
        return shape[-1]

    @classmethod
    def search_space(cls, ask):
        """Asks for what is worth tuning.

        * `generator_rate` and `discriminator_rate`, of Adam; their `beta_1`.
          The rates stay constant;
        * `penalty`, and with one `penalty_weight`;
        * `loss`, with a penalty `penalized_loss`;
        * `cycle_weight`, and `identity_weight` where both domains have the
          same number of channels;
        * `filters`, `patch` and `pool_size`.

        Args:
            ask: `keras_gan_zoo.families.search_space.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = _optimizer(total_steps=None)
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            **space.adversarial_loss(ask),
            "cycle_weight": ask.log("cycle_weight", 1.0, 30.0),
        }
        channels = ask.fixed["image_shape"][-1]
        if ask.fixed.get("channels_b", "none") in ("none", channels):
            settings["identity_weight"] = ask.choice(
                "identity_weight", [0.0, 0.1, 0.5, 1.0], 0.5
            )
        arguments = {
            "filters": ask.choice("filters", space.FILTERS),
            "patch": ask.choice("patch", [16, 34, 70]),
            "pool_size": ask.choice("pool_size", [0, 50]),
        }
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "channels_b": self.channels_b,
            "filters": self.filters,
            "num_blocks": self.num_blocks,
            "num_halvings": self.num_halvings,
            "patch": self.patch,
            "pool_size": self.pool_size,
            "normalization": self.normalization,
            "upsampling": self.upsampling,
        }
