"""The base of the architectures that make images larger."""

import keras
import numpy as np

from keras_gan_zoo import engine
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.families.translation import checked
from keras_gan_zoo.modalities import Image, Thumbnail, bicubic, tiling

OVERLAP = 0.25  # of a tile, shared by neighbors
MARGIN = 1 / 16  # of a tile, where the network does not see enough around
SCALES = (2, 4, 8)


class SuperResolutionGAN(GAN):
    """Makes images larger with `restore`. Abstract.

    A subclass makes its networks from `image_shape` and `scale`, and sets

    * `difference`, a function of two tensors that returns a scalar, how far
      they are apart: of pixels and of feature maps.

    Its `compile` has the weights of its paper as defaults.

    Args:
        image_shape: tuple `(height, width, channels)` of the targets in
            training.
        scale: int, 2, 4 or 8, how many times smaller the inputs are.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.

    Raises:
        ValueError: if `scale` does not divide `image_shape`.
    """

    verb = "restore"
    reads = {"inputs": Thumbnail, "targets": Image}
    averages = ("generator",)
    shared_with_data = ("scale",)
    log_names = ("d_loss", "g_loss", "pixel_loss", "perceptual_loss")

    def __init__(self, image_shape, scale, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = Image(image_shape).shape
        self.scale = scale
        if scale not in SCALES or any(s % scale for s in self.image_shape[:2]):
            raise ValueError(
                "The inputs are smaller than the targets by a power of two. "
                f"Expected scale as one of {', '.join(map(str, SCALES))}, "
                "and height and width of image_shape as multiples of it. "
                f"Received: scale={scale}, image_shape={self.image_shape}."
            )
        self.small_shape = (
            *(side // scale for side in self.image_shape[:2]),
            self.image_shape[2],
        )
        self._pretrains = False

    def compile(
        self,
        loss,
        generator_optimizer,
        discriminator_optimizer,
        pixel_weight,
        perceptual_weight,
        adversarial_weight,
        pretraining_steps,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator.
            discriminator_optimizer: optimizer of the discriminator.
            pixel_weight: float, weight of the difference of pixels.
            perceptual_weight: float, weight of the difference of feature
                maps. 0 does not compute it.
            adversarial_weight: float, weight of the adversarial loss.
            pretraining_steps: int, number of first steps, in which the
                generator alone is trained, on the difference of pixels
                alone. None: all steps.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if an argument is unknown or out of range.
        """
        steps = pretraining_steps
        if steps is not None and (steps < 0 or steps % 1):
            raise ValueError(
                "Expected pretraining_steps as a whole number of at least 0, "
                "or None for pre-training alone. "
                f"Received: pretraining_steps={steps}"
            )
        per_execution = kwargs.get("steps_per_execution", 1)
        if steps and per_execution != 1:
            raise ValueError(
                "The steps of pre-training are compiled separately. Expected "
                "steps_per_execution=1, or pretraining_steps=0 or None. "
                f"Received: steps_per_execution={per_execution}, "
                f"pretraining_steps={steps}."
            )
        names = type(self).log_names
        if steps is None:
            names = ("pixel_loss",)
        elif not perceptual_weight:
            names = tuple(n for n in names if n != "perceptual_loss")
        self.log_names = names
        super().compile(
            loss,
            generator_optimizer=generator_optimizer,
            discriminator_optimizer=discriminator_optimizer,
            **kwargs,
        )
        self.pixel_weight = float(pixel_weight)
        self.perceptual_weight = float(perceptual_weight)
        self.adversarial_weight = float(adversarial_weight)
        self.pretraining_steps = steps if steps is None else int(steps)
        self._pretrains = steps is None

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "pixel_weight": self.pixel_weight,
            "perceptual_weight": self.perceptual_weight,
            "adversarial_weight": self.adversarial_weight,
            "pretraining_steps": self.pretraining_steps,
        }

    # ------------------------------------------------------------ training

    @property
    def modalities(self):
        return {
            "inputs": Thumbnail(self.small_shape),
            "targets": Image(self.image_shape),
        }

    @classmethod
    def arguments_from(cls, shapes):
        return {
            "image_shape": shapes["targets"],
            "scale": shapes["targets"][0] // shapes["inputs"][0],
        }

    def check_batch(self, batch):
        members = batch if isinstance(batch, tuple) else ()
        if len(members) >= 2 and members[1] is not None:
            small, large = (np.shape(member)[1:3] for member in members[:2])
            if large != tuple(self.scale * side for side in small):
                raise ValueError(
                    f"The inputs do not fit the targets: this model makes "
                    f"images {self.scale} times as high and wide. Expected "
                    f"inputs of {large[0] // self.scale}x"
                    f"{large[1] // self.scale} pixels for targets of "
                    f"{large[0]}x{large[1]}, e.g. from "
                    "keras_gan_zoo.data.super_resolution_folder(path, "
                    f"scale={self.scale}). "
                    f"Received: inputs of {'x'.join(map(str, small))}."
                )
            # First, as the inputs follow from them.
            self.modalities["targets"].check(members[1], "targets")
        super().check_batch(batch)

    def difference(self, images, targets):
        """Returns how far two tensors are apart, a scalar."""
        raise NotImplementedError

    def losses(self, batch, training=True, seed=None):
        inputs, targets = batch
        fake = self.generator(inputs, training=training)
        pixel_loss = self.difference(fake, targets)
        if self.pretraining_steps is None:
            return _of_generator(pixel_loss)
        found = self.adversarial_losses(
            lambda images: self.discriminator(images, training=training),
            targets,
            fake,
        )
        g_loss = found.players["generator"]
        total = (
            self.adversarial_weight * g_loss + self.pixel_weight * pixel_loss
        )
        logs = {"g_loss": g_loss, "pixel_loss": pixel_loss}
        if self.perceptual_weight:
            logs["perceptual_loss"] = self._perceptual_loss(fake, targets)
            total = total + self.perceptual_weight * logs["perceptual_loss"]
        return found._replace(
            players={**found.players, "generator": total},
            logs={**found.logs, "generator": logs},
        )

    def pretraining_losses(self, batch):
        """Returns what the generator minimizes in pre-training.

        Args:
            batch: tuple of tensors, the members named in `reads`.

        Returns:
            `Losses` of the generator alone.
        """
        inputs, targets = batch
        fake = self.generator(inputs, training=True)
        return _of_generator(self.difference(fake, targets))

    def _perceptual_loss(self, fake, targets):
        """The difference of feature maps, the mean over all maps."""
        sides = [
            keras.tree.flatten(self.perceptual(images, training=False))
            for images in (fake, targets)
        ]
        found = [self.difference(*maps) for maps in zip(*sides)]
        return sum(found) / len(found)

    @property
    def has_variants(self):
        return super().has_variants or bool(self.pretraining_steps)

    def variant(self):
        if self.pretraining_steps is not None:
            self._pretrains = self._step < self.pretraining_steps
        return (*super().variant(), self._pretrains)

    @engine.adversarial_step
    def train_step(self, data):
        if self._pretrains:
            batch = self.members(data)
            logs, _ = self.minimize(
                lambda: self.pretraining_losses(batch), "generator"
            )
            return self.end_step(data, logs, resting=self.log_names)
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    def probe(self, batch):
        # In pre-training the discriminator has not learned anything.
        return [] if self._pretrains else super().probe(batch)

    # --------------------------------------------------------------- using

    def call(self, images, training=False):
        return self.generator(images, training=training)

    def restore(self, images, *, tile=192, batch_size=1):
        """Makes images larger, `scale` times as high and wide.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1],
                of any height and width.
            tile: int, height and width in pixels of the tiles in which
                larger images are restored, so that they fit into memory.
                Tiles overlap and are blended. None restores whole images.
            batch_size: int, images per call of the generator, for images
                that are not larger than a tile.

        Returns:
            numpy float32 array `(num, scale * height, scale * width,
            channels)` in [-1, 1].

        Raises:
            ValueError: if the images have a wrong number of channels, type
                or range, or `tile` is too small.
        """
        images = checked(images, self.image_shape[-1])
        network = self.best("generator")

        def run(images):
            return network.predict(images, batch_size=batch_size, verbose=0)

        if tile is not None and tile < 16:
            raise ValueError(
                "The generator needs to see what is around a pixel. Expected "
                f"tile of at least 16 pixels, or None. Received: tile={tile}"
            )
        if tile is None or max(images.shape[1:3]) <= tile:
            return np.clip(run(images), -1, 1)
        num, *sides, channels = images.shape
        # In place: the result of a large image is most of the memory.
        found = np.zeros(
            (num, *(self.scale * side for side in sides), channels), "float32"
        )
        overlap, margin = int(tile * OVERLAP), int(tile * MARGIN)
        for image, out in zip(images, found):
            tiling.tiled(run, image, tile, overlap, self.scale, margin, out)
        return np.clip(found, -1, 1, out=found)

    def input_channels(self, **controls):
        """Returns the number of channels that `restore` takes."""
        return self.image_shape[-1]

    def comparison(self, **controls):
        """Returns the `Comparison` that `evaluate` makes.

        Args:
            **controls: arguments of `restore` that were chosen.
        """
        return Comparison("targets", ("inputs",), once=True)

    def respond(self, num, given, seed, **controls):
        """Restores inputs to be compared with real images.

        Args:
            num: int, number of inputs.
            given: dict from the member in `comparison().given` to its array.
            seed: int, not used.
            **controls: arguments of `restore` that were chosen.

        Returns:
            numpy float32 array of images.
        """
        (images,) = given.values()
        return self.restore(images, **controls)

    def example_rows(self, examples, seed=0):
        """Returns bicubic interpolation, restored images and targets.

        Args:
            examples: tuple of arrays, inputs and targets.
            seed: int, not used.

        Returns:
            List of one row, a list of columns.
        """
        inputs, targets = examples
        enlarged = bicubic.resized(inputs, np.shape(targets)[1:3])
        return [[np.clip(enlarged, -1, 1), self.restore(inputs), targets]]

    # ------------------------------------------------------ tuning, config

    @classmethod
    def asked(cls, ask, adam):
        """Asks for the settings of `compile` that are worth tuning.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.
            adam: `keras.optimizers.Adam`, as in `compile`.

        Returns:
            Dict of arguments of `compile`.
        """
        return {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            "perceptual_weight": ask.log("perceptual_weight", 0.1, 10.0),
            "adversarial_weight": ask.log("adversarial_weight", 1e-4, 1e-1),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "scale": self.scale,
        }


def _of_generator(pixel_loss):
    """Returns `Losses` of a generator that is trained alone."""
    return Losses(
        players={"generator": pixel_loss},
        logs={"generator": {"pixel_loss": pixel_loss}},
        pairs=[],
        views={},
    )
