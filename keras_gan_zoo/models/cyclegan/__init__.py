"""CycleGAN (Zhu et al., 2017), https://arxiv.org/abs/1703.10593.

Learns from two sets of images, a and b, without pairs, to turn images of one
set into images of the other. It has generators G: a -> b and F: b -> a and a
discriminator for each domain. An image that is translated and translated back
must be the original again (equation 3),

    L(G, F) = L_GAN(G, D_b) + L_GAN(F, D_a) + lambda L_cyc(G, F),
    L_cyc   = E |F(G(a)) - a|_1 + E |G(F(b)) - b|_1,

with least squares as adversarial loss and lambda = 10. The identity loss of
section 5.2, E |G(b) - b|_1 + E |F(a) - a|_1 with weight 0.5 lambda, keeps
colors. Residual generators, PatchGANs of 70x70, instance normalization, a
pool of the last 50 generated images for the discriminators, N(0, 0.02)
weights, Adam(2e-4, beta_1=0.5), batches of 1. The paper's learning rate is
constant for 100 epochs and falls to zero over 100 more. The number of steps
depends on the data: `compile(total_steps=...)`. Differs from the paper:

* "The model sees 50 images" is done inside the step, in variables.
* The scale of the normalizations is learned, as in the authors' first code.
"""

import keras

from keras_gan_zoo import engine
from keras_gan_zoo.blocks import patch as patchgan
from keras_gan_zoo.blocks import residual_translator
from keras_gan_zoo.families import controls
from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.families.translation import TranslationGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers.image_pool import ImagePool
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.cyclegan import losses, space, steps
from keras_gan_zoo.objectives.losses import LeastSquares
from keras_gan_zoo.objectives.schedules import ConstantThenLinear


def _optimizer(total_steps):
    rate = 2e-4
    if total_steps is not None:
        rate = ConstantThenLinear.over(rate, total_steps)
    return keras.optimizers.Adam(rate, beta_1=0.5)


@register(
    "cyclegan",
    paper="https://arxiv.org/abs/1703.10593",
    summary="translates images between two folders, without pairs",
)
class CycleGAN(TranslationGAN):
    """CycleGAN (Zhu et al., 2017), https://arxiv.org/abs/1703.10593.

    Learns to translate between two kinds of images from two folders: horses
    and zebras, summer and winter, photographs and paintings.

    Args:
        image_shape: tuple `(height, width, channels)` of domain a. Height
            and width are multiples of `2**num_halvings`.
        channels_b: int, channels of domain b. None is the same number as in
            domain a.
        filters: int, channels of the first layer of all networks.
        num_blocks: int, residual blocks of the generators. None is 6 for
            images of up to 128x128 pixels and 9 for larger images.
        num_halvings: int, how often the generators halve height and width
            before the residual blocks; 2 in the paper. 1 keeps the details
            of images of 64x64 pixels or less.
        patch: int or `"image"`, receptive field of the discriminators in
            pixels: 1, 16, 34, 70, 142 or 286. `"image"` is the whole image.
        pool_size: int, generated images that each discriminator remembers.
            Batches must not be larger. 0 for no pool.
        normalization: `"instance"`, `"batch"` or None, in all networks.
        upsampling: `"transposed"` convolutions as in the paper, or
            `"resize"`, which avoids checkerboards.
        generator_ab: `keras.Model`, images of a to images of b, or None.
        generator_ba: `keras.Model`, images of b to images of a, or None.
        discriminator_a: `keras.Model`, images of a to logits, or None.
        discriminator_b: `keras.Model`, images of b to logits, or None.
        **kwargs: `seed`, `name` and `dtype`.

    None builds the paper's network. Logits may have any shape.

    Batch for `fit`: `(images_a, images_b)`, both float32 `(batch, height,
    width, channels)` in [-1, 1], e.g. from
    `keras_gan_zoo.data.unpaired_folders`. They are not pairs.

    Logs: `d_loss` and `g_loss`, the adversarial losses summed over both
    domains; `cycle_loss` and `identity_loss`, unweighted mean absolute
    errors averaged over both domains; and `penalty` if there is one.

    Raises:
        ValueError: if the networks cannot be built for `image_shape`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.CycleGAN((16, 16, 3), filters=4, num_blocks=1, patch=16)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> both = kgz.data.photograph_domains(image_size=(16, 16), batch_size=4)
    >>> history = gan.fit(both.take(2), verbose=0)
    >>> images_a, images_b = next(iter(both))
    >>> gan.translate(images_a, to="b").shape
    (4, 16, 16, 3)
    """

    reads = {"images_a": Image, "images_b": Image}
    aligned = False
    averages = ("generator_ab", "generator_ba")

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
                lambda: residual_translator.build_generator(
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
        adversarial_weight=None,
        total_steps=None,
        updates="simultaneous",
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's: least squares, a cycle weight of 10, one
        step of each player, Adam(2e-4, beta_1=0.5) for both. The learning rate
        is constant; `total_steps=epochs * len(dataset)` gives the schedule.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of both generators, or None.
            discriminator_optimizer: optimizer of both discriminators, or None.
            cycle_weight: float, lambda of the paper.
            identity_weight: float, weight of the identity loss relative to
                `cycle_weight`. None is 0.5 as in the paper, or 0 if the
                domains have different numbers of channels.
            adversarial_weight: float, weight of the generators' adversarial
                losses. None is 2 with least squares, because
                `keras_gan_zoo.losses` has a factor of 1/2 that the paper does
                not have, and 1 with other losses.
            total_steps: int, steps of the whole training. The learning rate
                of the default optimizers is constant for the first half and
                falls to zero over the second, as in the paper. None keeps it
                constant. `discriminator_steps` stretches the discriminators'
                schedule, so that both end together.
            updates: `"simultaneous"` or `"alternating"`, as in `GAN.compile`.
                The default is the order of the authors' code: the
                discriminators learn from the images that the generators made
                before their step.
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
        d_steps = kwargs.get("discriminator_steps", 1)
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or _optimizer(total_steps),
            discriminator_optimizer=discriminator_optimizer
            or _optimizer(total_steps and total_steps * d_steps),
            updates=updates,
            **kwargs,
        )
        if adversarial_weight is None:
            least_squares = isinstance(self.loss, LeastSquares)
            adversarial_weight = 2.0 if least_squares else 1.0
        self.adversarial_weight = float(adversarial_weight)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "cycle_weight": self.cycle_weight,
            "identity_weight": self.identity_weight,
            "adversarial_weight": self.adversarial_weight,
        }

    # ------------------------------------------------------------ training

    @property
    def modalities(self):
        return {
            "images_a": Image(self.image_shape),
            "images_b": Image(self.image_shape_b),
        }

    @classmethod
    def arguments_from(cls, shapes):
        return {
            "image_shape": shapes["images_a"],
            "channels_b": shapes["images_b"][-1],
        }

    @classmethod
    def compile_arguments_from(cls, total_steps):
        return {"total_steps": total_steps}

    def check_batch_size(self, num):
        if 0 < self.pool_size < num:
            raise ValueError(
                "A batch must fit into the pool of generated images. "
                f"Expected batches of at most pool_size={self.pool_size}, or "
                f"pool_size=0 for no pool. Received: a batch of {num}."
            )

    def losses(self, batch, training=True, seed=None):
        a, b = batch
        found = losses.of_generators(self, a, b, training)
        other = losses.of_discriminators(self, a, b, *found.outputs, training)
        return other._replace(
            players={**found.players, **other.players},
            logs={**found.logs, **other.logs},
            views={**found.views, **other.views},
        )

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            steps.discriminators(self, batch, steps.fakes(self, batch))
        if self.updates == "alternating":
            fakes = steps.fakes(self, last)
            d_logs = steps.discriminators(self, last, fakes)
            logs, _ = steps.generators(self, last)
        else:
            # The generators made these images before their step.
            logs, fakes = steps.generators(self, last)
            d_logs = steps.discriminators(self, last, fakes)
        return self.end_step(data, {**logs, **d_logs})

    # -------------------------------------------------------------- using

    def call(self, images, training=False):
        return self.generator_ab(images, training=training)

    def translate(self, images, *, to="b", batch_size=1, tile=None):
        """Turns images of one domain into images of the other.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1],
                of any height and width.
            to: `"b"` or `"a"`, the domain of the result.
            batch_size: int, images per call of the generator.
            tile: int, height and width of tiles in pixels, for images that
                are too large for memory. A multiple of `2**num_halvings`.
                None translates whole images.

        Returns:
            numpy float32 array `(num, height, width, channels)` in [-1, 1].

        Raises:
            ValueError: if the images have a wrong number of channels, type
                or range, or there is no such domain.
        """
        channels = self.input_channels(to)
        network = self.best("generator_ab" if to == "b" else "generator_ba")
        multiple = 2**self.num_halvings
        return self.translated(
            network.predict, images, channels, multiple, batch_size, tile
        )

    def input_channels(self, to="b", **controls):
        if to not in ("a", "b"):
            raise ValueError(f"Expected to='a' or to='b'. Received: to={to!r}")
        shape = self.image_shape if to == "b" else self.image_shape_b
        return shape[-1]

    @property
    def controls(self):
        ways = {"b": "from a to b", "a": "from b to a"}
        return [
            controls.Choice("to", "Direction", "the domain to arrive at", ways)
        ]

    def comparison(self, to="b", **controls):
        if to == "b":
            return Comparison("images_b", ("images_a",), once=True)
        return Comparison("images_a", ("images_b",), once=True)

    def example_rows(self, examples, seed=0):
        a, b = examples
        there, back = self.translate(a, to="b"), self.translate(b, to="a")
        return [
            [a, there, self.translate(there, to="a")],
            [b, back, self.translate(back, to="b")],
        ]

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings worth tuning; see `cyclegan.space`."""
        return space.search_space(ask, _optimizer(total_steps=None))

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
