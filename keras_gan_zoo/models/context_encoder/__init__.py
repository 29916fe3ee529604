"""Context Encoders (Pathak et al., 2016), https://arxiv.org/abs/1604.07379.

Learns to fill a hole from its surroundings. The encoder sees the image with
the hole, the decoder makes the center, half of the height and width, and the
discriminator sees centers alone. With a mask M, which is 1 in the hole, the
generator F minimizes equation 3 in the form of the authors' code,

    0.001 L_adv + 0.999 mean((1 + 9 B) (x - F((1 - M) x + M c))^2),

where c is the mean color of the training images, and B is 1 on the known band
of 4 pixels around the hole, which the decoder makes, too. A bottleneck of 4000
numbers, weights from N(0, 0.02), Adam with beta_1=0.5 and rates of 2e-3 for the
generator and 2e-4 for the discriminator, batches of 64 images of 128x128. At
this size the networks are those of the authors' code. Differs from it:

* The depth depends on the image size. Other forms have as many 4x4
  convolutions as lead to a map of 4 to 7 pixels.
* With `masks` other than `"center"` the generator makes the whole image, as in
  the authors' second program. There, B is all that is known, each batch has one
  mask, and the discriminator sees the whole output. Here, B is still a band of
  `overlap` pixels, each image has its own mask, and the discriminator sees the
  restored image: known pixels are those of the image.
* `bottleneck="channel_wise"` puts the paper's channel-wise fully connected
  layer and a 1x1 convolution in place of the bottleneck. The paper has them in
  its network for learning features, which is AlexNet. The rest of that network
  is not here.
* The order of updates, see docs/updates.md. The authors' generator learns from
  the logits of before the discriminator's step.
"""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.inpainting import InpaintingGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.models.context_encoder import networks
from keras_gan_zoo.objectives.masks import CenterMask, squared_error

CENTER = "center"


def _adams():
    return {
        "generator": keras.optimizers.Adam(2e-3, beta_1=0.5),
        "discriminator": keras.optimizers.Adam(2e-4, beta_1=0.5),
    }


@register(
    "context_encoder",
    paper="https://arxiv.org/abs/1604.07379",
    summary="fills holes in images: the center, or any holes",
)
class ContextEncoder(InpaintingGAN):
    """Context Encoders (Pathak et al., 2016), https://arxiv.org/abs/1604.07379.

    Fills a hole in the center of images, or holes of any form.

    Args:
        image_shape: tuple `(height, width, channels)`. Both sides can be
            halved until the smaller one is 4 to 7 pixels, e.g. 64, 96, 128.
        filters: int, channels of the first layer of both networks.
        bottleneck: int, length of the bottleneck. Or `"channel_wise"`, no
            bottleneck: the channel-wise fully connected layer of the paper.
        masks: `"center"` as in the paper: the hole is in the center, and the
            generator makes no more than the center. Or `Masks` of
            `keras_gan_zoo.masks`, the name of some, e.g. `"regions"`, or
            `"given"` for masks in the batches: the generator then makes the
            whole image and fills any hole.
        overlap: int, width in pixels of the known band around a hole which
            the generator also learns to make, so that it fits. With
            `"center"`, the hole is smaller by this band.
        fill: float, or list of one float for each channel, in [-1, 1]: the
            color in a hole that the generator sees. None is the mean color
            in the authors' code, (117, 104, 123) of 255, or the mean of
            these numbers for other than three channels.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None. Do not use `"batch"` with a gradient penalty.
        spectral_normalization: bool, whether to normalize the kernels of the
            discriminator. Works best with
            `discriminator_normalization=None`.
        generator: `keras.Model` that turns images with holes into centers or
            images, or None for the network of the paper.
        discriminator: `keras.Model` that turns centers or images into
            logits, or None for the network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images`, float32 `(batch, height, width, channels)` in
    [-1, 1]. With `masks="given"`, `(images, masks)`; masks `(batch, height,
    width, 1)` are 1 where a pixel is missing and 0 elsewhere.

    Logs: `d_loss`; `g_loss`, the unweighted adversarial loss of the
    generator; `l2_loss`, the squared error in the hole and its band, which
    counts more; and `penalty` if there is one.

    Raises:
        ValueError: if the networks cannot be built for `image_shape`, or the
            band leaves no hole.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ContextEncoder((16, 16, 3), 4, bottleneck=8, overlap=1)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> images = kgz.data.emoji((16, 16), batch_size=8)
    >>> history = gan.fit(images.take(2), verbose=0)
    >>> gan.restore(next(iter(images))).shape
    (8, 16, 16, 3)
    """

    log_names = ("d_loss", "g_loss", "l2_loss")

    def __init__(
        self,
        image_shape=(128, 128, 3),
        filters=64,
        bottleneck=4000,
        masks=CENTER,
        overlap=4,
        fill=None,
        discriminator_normalization="batch",
        spectral_normalization=False,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(image_shape, masks, fill, **kwargs)
        networks.halvings(self.image_shape)  # before halves are taken
        self.center = masks == CENTER
        if self.center:
            self.holes = CenterMask(0.5, overlap)
            self.holes(1, self.image_shape[:2])  # is there one?
        self.filters = filters
        self.bottleneck = bottleneck
        self.overlap = overlap
        self.discriminator_normalization = discriminator_normalization
        self.spectral_normalization = spectral_normalization
        height, width, channels = self.image_shape
        made = (height // 2, width // 2, channels)
        made = made if self.center else self.image_shape
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                self.image_shape, made, filters, bottleneck
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_discriminator(
                made,
                filters,
                discriminator_normalization,
                spectral_normalization,
            ),
        )
        self.ready()

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        adversarial_weight=0.001,
        overlap_weight=10.0,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's: the non-saturating loss, Adam with
        beta_1=0.5 and learning rates of 2e-3 for the generator and 2e-4 for
        the discriminator.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            adversarial_weight: float in [0, 1], weight of the generator's
                adversarial loss. The squared error has the rest of 1. 0
                trains on the squared error alone, as in the paper's
                comparison.
            overlap_weight: float, weight of a pixel in the band around a
                hole. A pixel in the hole has a weight of 1.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if a weight is out of range.
        """
        if not 0 <= adversarial_weight <= 1:
            raise ValueError(
                "The weights of both losses add up to 1. Expected "
                "adversarial_weight between 0 and 1. Received: "
                f"adversarial_weight={adversarial_weight}"
            )
        adams = _adams()
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or adams["generator"],
            discriminator_optimizer=discriminator_optimizer
            or adams["discriminator"],
            **kwargs,
        )
        self.adversarial_weight = float(adversarial_weight)
        self.overlap_weight = float(overlap_weight)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "adversarial_weight": self.adversarial_weight,
            "overlap_weight": self.overlap_weight,
        }

    # ------------------------------------------------------------ training

    def made(self, images):
        """Returns the part of images or masks that the generator makes."""
        if not self.center:
            return images
        height, width = self.image_shape[:2]
        rows = slice(height // 4, height // 4 + height // 2)
        columns = slice(width // 4, width // 4 + width // 2)
        return images[:, rows, columns]

    def weights_of(self, masks):
        """Returns the weight of each pixel in the squared error.

        Args:
            masks: tensor `(batch, height, width, 1)`.

        Returns:
            Tensor like `masks`: 1 in the hole, `overlap_weight` in the band
            of `overlap` pixels around it, and 0 elsewhere. Also the tensor
            that is 1 in the hole and the band.
        """
        near = masks
        if self.overlap:
            near = ops.max_pool(
                masks, 2 * self.overlap + 1, strides=1, padding="same"
            )
        return masks + self.overlap_weight * (near - masks), near

    def losses(self, batch, training=True, seed=None):
        images = batch[0]
        masks = self.holes_of(batch, seed)
        outputs = self.generator(self.emptied(images, masks), training=training)
        weights, near = map(self.made, self.weights_of(masks))
        real = self.made(images)
        l2_loss = squared_error(real, outputs, weights, near)
        fake = outputs
        if not self.center:
            fake = real + masks * (outputs - real)

        def discriminate(images):
            return self.discriminator(images, training=training)

        found = self.adversarial_losses(discriminate, real, fake)
        g_loss, weight = found.players["generator"], self.adversarial_weight
        return found._replace(
            players={
                **found.players,
                "generator": weight * g_loss + (1 - weight) * l2_loss,
            },
            logs={
                **found.logs,
                "generator": {"g_loss": g_loss, "l2_loss": l2_loss},
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

    def call(self, images, training=False):
        return self.generator(images, training=training)

    def usual_masks(self, size):
        if not self.center:
            return super().usual_masks(size)
        return ops.convert_to_numpy(self.holes(1, size))

    def check_masks(self, masks):
        if not self.center:
            return
        hole = self.usual_masks(self.image_shape[:2])
        if (masks > hole).any():
            rows = np.flatnonzero(hole.any((0, 2, 3)))
            columns = np.flatnonzero(hole.any((0, 1, 3)))
            raise ValueError(
                "This model fills holes in the center alone. Expected masks "
                f"of zeros outside of rows {rows[0]} to {rows[-1]} and "
                f"columns {columns[0]} to {columns[-1]}. Received: masks with "
                "ones outside. Train a model for any hole, e.g. with "
                "masks='regions'."
            )

    def completed(self, images, masks, batch_size):
        if self.center:  # the hole that the generator knows
            masks = self.usual_masks(self.image_shape[:2])
        holes = np.where(masks == 1, self.color, images)
        outputs = self.best("generator").predict(
            holes, batch_size=batch_size, verbose=0
        )
        if not self.center:
            return outputs
        filled = holes.copy()
        self.made(filled)[:] = outputs
        return filled

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `adversarial_weight`;
        * `filters`, and `normalization` of the discriminator, or
          `penalized_normalization` if there is a penalty. `"spectral"`
          normalizes the kernels.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        settings = {
            **space.optimizers(ask, **_adams()),
            **space.adversarial_loss(ask),
            "adversarial_weight": ask.log("adversarial_weight", 1e-4, 0.1),
        }
        arguments = {
            "filters": ask.choice("filters", space.FILTERS),
            **space.discriminator_normalization(ask),
        }
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "bottleneck": self.bottleneck,
            "overlap": self.overlap,
            "discriminator_normalization": self.discriminator_normalization,
            "spectral_normalization": self.spectral_normalization,
        }
