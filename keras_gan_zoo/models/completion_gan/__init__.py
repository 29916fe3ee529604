"""Global and local discriminators (Iizuka et al., 2017).

https://doi.org/10.1145/3072959.3073659, "Globally and Locally Consistent Image
Completion". Fills holes of any form in images of any size. The generator C sees
the image x with the hole and the mask M. It minimizes the squared error in the
hole and an adversarial loss,

    ||M (C(x, M) - x)||^2 + alpha L_adv,    alpha = 4e-4,

where the discriminator sees the restored image, whose known pixels are those of
x: one branch the whole image, the other a crop around the hole. The features of
both branches together give one logit. With `joined=False`, each branch has its
own logit, as in Generative Face Completion (Li et al., 2017,
https://arxiv.org/abs/1704.05838). Differs from the papers:

* The error is the mean over the pixels of the hole, in images of [-1, 1].
* The paper trains the generator on the error alone, then the discriminator
  alone, then both. Here the discriminator trains from the first step, and
  `compile(reconstruction_steps=...)` is the number of steps without the
  adversarial loss of the generator.
* The crop of a real image lies where the hole of the image is, as in Generative
  Face Completion. It has half the height and width of the image by default.
* Adam for both players. The paper has ADADELTA.
* Restored images are not blended with their surroundings afterwards.
* Nothing else is from Generative Face Completion: no network that finds the
  parts of faces and no dense layer in the generator.
* The order of updates, see docs/updates.md.
"""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.inpainting import InpaintingGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image, tiling
from keras_gan_zoo.models.completion_gan import networks
from keras_gan_zoo.objectives.masks import squared_error


@register(
    "completion_gan",
    paper="https://doi.org/10.1145/3072959.3073659",
    summary="fills any holes in images of any size; two discriminators",
)
class CompletionGAN(InpaintingGAN):
    """Global and local discriminators (Iizuka et al., 2017).

    https://doi.org/10.1145/3072959.3073659. Fills holes of any form in
    images of any size.

    Args:
        image_shape: tuple `(height, width, channels)` of the images of
            training. Height and width are multiples of 4.
        filters: int, channels of the first layer of both networks.
        masks: the holes of training: `Masks` of `keras_gan_zoo.masks`, or
            the name of some, e.g. `"regions"`, or `"given"` for masks in the
            batches.
        crop: float in (0, 1), height and width of the crop that the local
            branch of the discriminator sees, as a share of the height and
            the width of the image. At least as large as most holes.
        joined: bool. True: one logit of both branches of the discriminator.
            False: one logit for each branch.
        fill: float, or list of one float for each channel, in [-1, 1]: the
            color in a hole that the generator sees. None is (117, 104, 123)
            of 255, the mean color of photographs in well-known code, or the
            mean of these numbers for other than three channels.
        generator_normalization: `"batch"`, `"instance"`, `"layer"` or None.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None. Do not use `"batch"` with a gradient penalty.
        spectral_normalization: bool, whether to normalize the kernels of the
            discriminator. Works best with
            `discriminator_normalization=None`.
        generator: `keras.Model` that turns `[images, masks]` into images, or
            None for the network of the paper.
        discriminator: `keras.Model` that turns `[images, crops]` into
            logits of any shape, or None for the network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images`, float32 `(batch, height, width, channels)` in
    [-1, 1]. With `masks="given"`, `(images, masks)`; masks `(batch, height,
    width, 1)` are 1 where a pixel is missing and 0 elsewhere.

    Logs: `d_loss`; `g_loss`, the unweighted adversarial loss of the
    generator; `l2_loss`, the mean squared error in the hole; and `penalty` if
    there is one.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.CompletionGAN((16, 16, 3), filters=2)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> images = kgz.data.emoji((16, 16), batch_size=8)
    >>> history = gan.fit(images.take(2), verbose=0)
    >>> gan.restore(next(iter(images))).shape
    (8, 16, 16, 3)
    """

    log_names = ("d_loss", "g_loss", "l2_loss")

    def __init__(
        self,
        image_shape=(256, 256, 3),
        filters=64,
        masks="rectangles",
        crop=0.5,
        joined=True,
        fill=None,
        generator_normalization="batch",
        discriminator_normalization="batch",
        spectral_normalization=False,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(image_shape, masks, fill, **kwargs)
        height, width, channels = self.image_shape
        if height % networks.MULTIPLE or width % networks.MULTIPLE:
            raise ValueError(
                "The generator halves height and width twice. Expected "
                "multiples of 4. Received: "
                f"{height}x{width}. Resize the images with image_size=(height, "
                "width) in keras_gan_zoo.data."
            )
        if not 0 < crop < 1:
            raise ValueError(
                "The crop is a part of the image. Expected crop between 0 "
                f"and 1. Received: crop={crop}"
            )
        self.filters = filters
        self.crop = crop
        self.joined = joined
        self.generator_normalization = generator_normalization
        self.discriminator_normalization = discriminator_normalization
        self.spectral_normalization = spectral_normalization
        self.crop_shape = (
            max(1, round(crop * height)),
            max(1, round(crop * width)),
            channels,
        )
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                channels, filters, generator_normalization
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_discriminator(
                self.image_shape,
                self.crop_shape,
                filters,
                joined,
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
        adversarial_weight=4e-4,
        reconstruction_steps=0,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        By default the non-saturating loss with the paper's weight, and
        Adam(2e-4, beta_1=0.5) for both players.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator, or None for the
                default.
            discriminator_optimizer: optimizer of the discriminator, or None
                for the default.
            adversarial_weight: float, weight of the generator's adversarial
                loss. 0 trains on the squared error alone.
            reconstruction_steps: int, number of first steps in which the
                generator learns from the squared error alone.
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
        self.adversarial_weight = float(adversarial_weight)
        self.reconstruction_steps = int(reconstruction_steps)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "adversarial_weight": self.adversarial_weight,
            "reconstruction_steps": self.reconstruction_steps,
        }

    # ------------------------------------------------------------ training

    def cropper(self, masks):
        """Returns a function that cuts crops around holes out of images.

        The middle of a crop is the center of mass of the hole, or as near to
        it as the border allows.

        Args:
            masks: tensor `(batch, height, width, 1)`.
        """
        selections = []
        for axis, length in enumerate(self.crop_shape[:2]):
            side = self.image_shape[axis]
            place = ops.arange(side, dtype=masks.dtype)
            # The number of missing pixels in each row or column.
            counts = ops.sum(masks, axis=(2 - axis, 3))
            total = ops.maximum(ops.sum(counts, axis=1), 1.0)
            middle = ops.sum(counts * place, axis=1) / total
            start = ops.round(middle - (length - 1) / 2)
            start = ops.clip(start, 0, side - length)
            wanted = start[:, None] + ops.arange(length, dtype=masks.dtype)
            same = wanted[..., None] == place
            selections.append(ops.cast(same, masks.dtype))
        rows, columns = selections
        # Products of matrices, whose second derivatives are right on all
        # backends.
        return lambda images: ops.einsum(
            "brh,bhwk,bcw->brck", rows, images, columns
        )

    def losses(self, batch, training=True, seed=None):
        real = batch[0]
        masks = self.holes_of(batch, seed)
        seen = [self.emptied(real, masks), masks]
        outputs = self.generator(seen, training=training)
        fake = real + masks * (outputs - real)
        l2_loss = squared_error(real, outputs, masks)
        cropped = self.cropper(masks)

        def discriminate(images):
            both = [images, cropped(images)]
            return self.discriminator(both, training=training)

        found = self.adversarial_losses(discriminate, real, fake)
        g_loss = found.players["generator"]
        begun = ops.cast(self.steps >= self.reconstruction_steps, g_loss.dtype)
        return found._replace(
            players={
                **found.players,
                "generator": l2_loss + self.adversarial_weight * begun * g_loss,
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

    def call(self, images_and_masks, training=False):
        return self.generator(images_and_masks, training=training)

    def check_images(self, images):
        channels = self.image_shape[-1]
        if images.ndim != 4:
            raise ValueError(
                "The images cannot be restored. Expected an array of shape "
                f"(num, height, width, {channels}). Received: shape "
                f"{images.shape}. Pass a single image as images[None]."
            )
        Image((*images.shape[1:3], channels)).check(images)

    def completed(self, images, masks, batch_size):
        holes = np.where(masks == 1, self.color, images)
        network, channels = self.best("generator"), self.image_shape[-1]

        def run(both):
            return network.predict(
                [both[..., :channels], both[..., channels:]],
                batch_size=batch_size,
                verbose=0,
            )

        both = np.concatenate([holes, masks], axis=-1)
        return tiling.padded(run, both, networks.MULTIPLE)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `adversarial_weight`;
        * `filters`, `crop` and `joined`;
        * `normalization` of the discriminator, or `penalized_normalization`
          if there is a penalty. `"spectral"` normalizes the kernels.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = keras.optimizers.Adam(2e-4, beta_1=0.5)  # as in compile()
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            **space.adversarial_loss(ask),
            "adversarial_weight": ask.log("adversarial_weight", 1e-4, 0.1),
        }
        arguments = {
            "filters": ask.choice("filters", space.FILTERS),
            "crop": ask.choice("crop", [0.25, 0.5, 0.75]),
            "joined": ask.choice("joined", [True, False]),
            **space.discriminator_normalization(ask),
        }
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "crop": self.crop,
            "joined": self.joined,
            "generator_normalization": self.generator_normalization,
            "discriminator_normalization": self.discriminator_normalization,
            "spectral_normalization": self.spectral_normalization,
        }
