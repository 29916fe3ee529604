"""pix2pix (Isola et al., 2017), https://arxiv.org/abs/1611.07004.

Learns from pairs (x, y) to turn x into y. The generator minimizes equation 4,

    G* = arg min_G max_D  L_cGAN(G, D) + lambda L_L1(G),

with the non-saturating loss and lambda = 100. The discriminator sees the pair
and classifies patches of 70x70 pixels. The generator is a U-Net, whose noise z
is dropout, "applied at both training and test time". Weights from N(0, 0.02),
Adam(2e-4, beta_1=0.5), batches of 1; "we divide the objective by 2 while
optimizing D". Differs from the paper:

* The default is instance normalization. In the paper's batches of 1, batch
  normalization is the same; in larger batches, instance normalization makes
  the translation of an image independent of the other images of the batch.
  `"batch"` is the paper's layer.
* Neither the innermost map nor the first is normalized (the paper's erratum:
  normalizing the one pixel of the innermost map leaves zero).
* The depth depends on the image size: height and width are halved while both
  are even, at most eight times. At 256x256 the networks are the paper's.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks import patch as patchgan
from keras_gan_zoo.blocks import unet
from keras_gan_zoo.engine import randomness
from keras_gan_zoo.families import controls
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.translation import AsTrained, TranslationGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image


@register(
    "pix2pix",
    paper="https://arxiv.org/abs/1611.07004",
    summary="translates images, learned from pairs",
)
class Pix2Pix(TranslationGAN):
    """pix2pix (Isola et al., 2017), https://arxiv.org/abs/1611.07004.

    Learns a translation from examples: outlines to pictures, gray to color,
    maps to photographs, day to night.

    Args:
        image_shape: tuple `(height, width, channels)` of the inputs. Height
            and width are multiples of 4. Powers of two are best: the more
            often both can be halved, the more of the image the generator
            sees at once.
        output_channels: int, channels of the targets.
        filters: int, channels of the first layer of both networks.
        patch: int or `"image"`, receptive field of the discriminator in
            pixels: 1, 16, 34, 70, 142 or 286. `"image"` is the whole image.
        generator_normalization: `"instance"`, `"batch"` or None.
        discriminator_normalization: `"instance"`, `"batch"`, `"layer"` or
            None. Do not use `"batch"` with a gradient penalty.
        spectral_normalization: bool, whether to normalize the kernels of the
            discriminator. Works best with
            `discriminator_normalization=None`.
        upsampling: `"transposed"` convolutions as in the paper, or
            `"resize"`, which avoids checkerboards.
        dropout_rate: float in [0, 1), the noise of the generator.
        generator: `keras.Model` that turns inputs into targets, or None for
            the network of the paper.
        discriminator: `keras.Model` that turns `[inputs, targets]` into
            logits of any shape, or None for the network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `(inputs, targets)`, both float32 `(batch, height,
    width, channels)` in [-1, 1], e.g. from
    `keras_gan_zoo.data.paired_folder`.

    Logs: `d_loss`, half of the adversarial loss as in the paper; `g_loss`,
    the generator's adversarial loss; `l1_loss`, the unweighted mean absolute
    error between translation and target; and `penalty` if there is one.

    Raises:
        ValueError: if the networks cannot be built for `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.Pix2Pix((32, 32, 1), filters=8, patch=16)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> pairs = kgz.data.photograph_pairs(image_size=(32, 32), batch_size=16)
    >>> history = gan.fit(pairs.take(2), verbose=0)
    >>> inputs, targets = next(iter(pairs))
    >>> gan.translate(inputs, seed=0).shape
    (16, 32, 32, 3)
    """

    log_names = ("d_loss", "g_loss", "l1_loss")
    reads = {"inputs": Image, "targets": Image}
    averages = ("generator",)

    def __init__(
        self,
        image_shape=(256, 256, 3),
        output_channels=3,
        filters=64,
        patch=70,
        generator_normalization="instance",
        discriminator_normalization="instance",
        spectral_normalization=False,
        upsampling="transposed",
        dropout_rate=0.5,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(image_shape, **kwargs)
        self.output_channels = output_channels
        self.filters = filters
        self.patch = patch
        self.generator_normalization = generator_normalization
        self.discriminator_normalization = discriminator_normalization
        self.spectral_normalization = spectral_normalization
        self.upsampling = upsampling
        self.dropout_rate = dropout_rate
        self.target_shape = (*self.image_shape[:2], output_channels)
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: unet.build_generator(
                self.image_shape,
                output_channels,
                filters,
                generator_normalization,
                upsampling,
                dropout_rate,
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: patchgan.build_patch_discriminator(
                self.target_shape,
                self.image_shape[-1],
                patch,
                filters,
                discriminator_normalization,
                spectral_normalization,
            ),
        )
        self._with_noise = {}
        self.ready()

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        l1_weight=100.0,
        adversarial_weight=1.0,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's: the non-saturating loss, an L1 weight
        of 100, one discriminator step, Adam(2e-4, beta_1=0.5) for both
        players.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            l1_weight: float, lambda of the paper.
            adversarial_weight: float, weight of the generator's adversarial
                loss. 0 trains on L1 alone, as in the paper's comparison.
            **kwargs: further arguments of `GAN.compile`.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer
            or keras.optimizers.Adam(2e-4, beta_1=0.5),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.Adam(2e-4, beta_1=0.5),
            **kwargs,
        )
        self.l1_weight = float(l1_weight)
        self.adversarial_weight = float(adversarial_weight)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "l1_weight": self.l1_weight,
            "adversarial_weight": self.adversarial_weight,
        }

    # ------------------------------------------------------------ training

    @property
    def modalities(self):
        return {
            "inputs": Image(self.image_shape),
            "targets": Image(self.target_shape),
        }

    @classmethod
    def arguments_from(cls, shapes):
        return {
            "image_shape": shapes["inputs"],
            "output_channels": shapes["targets"][-1],
        }

    def losses(self, batch, training=True, seed=None):
        inputs, targets = batch
        fake = self.generator(inputs, training=training)

        def discriminate(images):
            return self.discriminator([inputs, images], training=training)

        found = self.adversarial_losses(discriminate, targets, fake)
        l1_loss = ops.mean(ops.abs(fake - targets))
        # Half of it "slows down the rate at which D learns", section 3.3.
        d_loss = 0.5 * found.players["discriminator"]
        g_loss = found.players["generator"]
        players = {
            "generator": self.adversarial_weight * g_loss
            + self.l1_weight * l1_loss,
            "discriminator": d_loss,
        }
        logs = {
            "generator": {"g_loss": g_loss, "l1_loss": l1_loss},
            "discriminator": {"d_loss": d_loss},
        }
        return found._replace(players=players, logs=logs)

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

    def call(self, images, training=False):
        return self.generator(images, training=training)

    def translate(
        self, images, *, noise=True, seed=None, batch_size=1, tile=None
    ):
        """Turns inputs into images of the targets' kind.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1],
                of any height and width.
            noise: bool, whether to run the generator as in training: with
                dropout and, under batch normalization, with the statistics
                of the batch. True is the paper's way and gives a slightly
                different image each time. False gives the image without
                noise.
            seed: int or None. The same seed gives the same noise on the same
                backend.
            batch_size: int, images per call of the generator. It changes the
                result only under batch normalization, where the paper has 1.
            tile: int, height and width of tiles in pixels, for images that
                are too large for memory. A multiple of the number of pixels
                that the generator sees as one point. None translates whole
                images.

        Returns:
            numpy float32 array `(num, height, width, output_channels)` in
            [-1, 1].

        Raises:
            ValueError: if the images have a wrong number of channels, type
                or range.
        """
        network = self.best("generator")
        run = self._noisy(network) if noise else network.predict
        multiple = 2 ** unet.halvings(self.image_shape)
        with randomness.drawn_with(seed, network):
            return self.translated(
                run, images, self.image_shape[-1], multiple, batch_size, tile
            )

    def _noisy(self, network):
        """Returns `predict` of a network that runs as in training."""
        # Bound methods, so that Keras does not take them for layers. One for
        # each network, because each is compiled separately.
        kind = "average" if self.averaged else "own"
        if kind not in self._with_noise:
            self._with_noise[kind] = AsTrained(network).predict
        return self._with_noise[kind]

    @property
    def controls(self):
        return [
            controls.Switch("noise", "Noise", "dropout, as the paper has it"),
            controls.Number("seed", "Seed of the noise", "decides the noise"),
        ]

    def respond(self, num, given, seed, **controls):
        (images,) = given.values()
        return self.translate(images, seed=seed, **controls)

    def example_rows(self, examples, seed=0):
        inputs, targets = examples
        return [[inputs, self.translate(inputs, seed=seed), targets]]

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `l1_weight`;
        * `filters`, `patch`, `dropout_rate` and `upsampling`.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = keras.optimizers.Adam(2e-4, beta_1=0.5)  # as in compile()
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            **space.adversarial_loss(ask),
            "l1_weight": ask.log("l1_weight", 1.0, 300.0),
        }
        arguments = {
            "filters": ask.choice("filters", space.FILTERS),
            "patch": ask.choice("patch", [16, 34, 70]),
            "dropout_rate": ask.choice("dropout_rate", [0.0, 0.5]),
            "upsampling": ask.choice("upsampling", ["transposed", "resize"]),
        }
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "output_channels": self.output_channels,
            "filters": self.filters,
            "patch": self.patch,
            "generator_normalization": self.generator_normalization,
            "discriminator_normalization": self.discriminator_normalization,
            "spectral_normalization": self.spectral_normalization,
            "upsampling": self.upsampling,
            "dropout_rate": self.dropout_rate,
        }
