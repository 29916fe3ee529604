"""The base of the architectures that fill holes in images."""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.families.gan import GAN
from keras_gan_zoo.modalities import Image, Mask
from keras_gan_zoo.objectives import masks as holes

#: The masks are a member of each batch.
GIVEN = "given"
#: The mean color of photographs in well-known code for inpainting, of 255.
MEAN_COLOR = (117.0, 104.0, 123.0)


class InpaintingGAN(GAN):
    """Fills holes in images with `restore`. Abstract.

    Args:
        image_shape: tuple `(height, width, channels)`.
        masks: the holes of training: `Masks` of `keras_gan_zoo.masks`, or
            the name of some. `"given"`: `fit` reads batches `(images,
            masks)`.
        fill: float, or list of one float for each channel, in [-1, 1]: the
            color in a hole that the generator sees. None is `MEAN_COLOR`, or
            the mean of its numbers for other than three channels.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    verb = "restore"
    reads = {"images": Image}
    averages = ("generator",)

    def __init__(self, image_shape, masks, fill, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = Image(image_shape).shape
        self.masks = masks
        #: What draws the masks, or None.
        self.holes = None if masks == GIVEN else holes.get(masks)
        self.fill = fill
        self.color = self._color()

    def _color(self):
        channels = self.image_shape[-1]
        color = self.fill
        if color is None:
            color = np.array(MEAN_COLOR) / 127.5 - 1
            color = color if channels == 3 else color.mean()
        color = np.asarray(color, "float32")
        if color.shape not in ((), (channels,)) or abs(color).max() > 1:
            raise ValueError(
                "A hole is filled with one color. Expected fill as a float "
                f"or {channels} floats, one for each channel, in [-1, 1]. "
                f"Received: fill={self.fill!r}. Scale 8-bit colors: value / "
                "127.5 - 1."
            )
        return np.broadcast_to(color, (channels,))

    # ------------------------------------------------------------ training

    @property
    def modalities(self):
        members = {"images": Image(self.image_shape)}
        if self.masks == GIVEN:
            members["masks"] = Mask((*self.image_shape[:2], 1))
        return members

    def holes_of(self, batch, seed=None):
        """Returns the masks of a batch: those in it, or random ones.

        Args:
            batch: tuple of tensors, the members of a batch.
            seed: int, or None to draw from the noise of the model.

        Returns:
            Tensor `(batch, height, width, 1)` of zeros and ones.
        """
        images, *given = batch
        if given:
            return ops.cast(given[0], images.dtype)
        seed = self.noise if seed is None else seed
        num = ops.shape(images)[0]
        drawn = self.holes(num, self.image_shape[:2], seed)
        return ops.cast(drawn, images.dtype)

    def emptied(self, images, masks):
        """Returns images whose holes have the color `fill`."""
        color = ops.cast(self.color, images.dtype)
        return images + masks * (color - images)

    # -------------------------------------------------------------- using

    def input_channels(self, **controls):
        """Returns the number of channels that `restore` takes."""
        return self.image_shape[-1]

    def usual_masks(self, size):
        """Returns the mask `(1, height, width, 1)` of `restore` without masks.

        Args:
            size: tuple of ints, `(height, width)` of the images.
        """
        return ops.convert_to_numpy(holes.CenterMask()(1, size))

    def check_masks(self, masks):
        """Raises a `ValueError` if the model cannot fill such holes.

        Args:
            masks: numpy array `(num, height, width, 1)` of zeros and ones.
        """

    def completed(self, images, masks, batch_size):
        """Runs the generator.

        Args:
            images: numpy float32 array `(num, height, width, channels)`.
            masks: numpy float32 array `(num, height, width, 1)`.
            batch_size: int, images per call of the generator.

        Returns:
            numpy array like `images`. Its values at known pixels do not
            count.
        """
        raise NotImplementedError

    def restore(self, images, masks=None, *, batch_size=32):
        """Fills holes in images. Known pixels stay exactly as they are.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1].
                What is in the holes does not count, but must be in the
                range.
            masks: array of zeros and ones, 1 where a pixel is missing:
                `(num, height, width, 1)`, or `(height, width, 1)` for all
                images. None is a hole in the center, of half the height and
                width.
            batch_size: int, images per call of the generator.

        Returns:
            numpy float32 array `(num, height, width, channels)` in [-1, 1].

        Raises:
            ValueError: if the images or masks have a wrong shape, type or
                range, or the model cannot fill such holes.
        """
        images, masks = self.checked(images, masks)
        filled = self.completed(images, masks, batch_size)
        return np.where(masks == 1, filled, images).astype("float32")

    def checked(self, images, masks):
        """Returns images and one mask for each image, as float32 arrays.

        Raises:
            ValueError: if they do not fit the model or each other.
        """
        images = np.asarray(images)
        self.check_images(images)
        size = images.shape[1:3]
        if masks is None:
            masks = self.usual_masks(size)
        masks = np.asarray(masks)
        if masks.ndim == 3:
            masks = masks[None]
        Mask((*size, 1)).check(masks)
        if len(masks) not in (1, len(images)):
            raise ValueError(
                "Each image has one mask. Expected one mask for all images, "
                f"or {len(images)}. Received: {len(masks)}. Pass "
                "masks[:len(images)], or a single mask (height, width, 1)."
            )
        masks = np.broadcast_to(masks, (len(images), *size, 1))
        self.check_masks(masks)
        return images.astype("float32"), masks.astype("float32")

    def check_images(self, images):
        """Raises a `ValueError` unless `restore` takes such images.

        Args:
            images: numpy array.
        """
        Image(self.image_shape).check(images)

    def comparison(self, **controls):
        """Returns the `Comparison` of restored images with the true ones."""
        return Comparison("images", tuple(self.modalities), once=True)

    def respond(self, num, given, seed, **controls):
        """Removes parts of images and restores them.

        Args:
            num: int, number of images.
            given: dict from the members in `comparison().given` to arrays.
            seed: int, seed of the masks, unless they are given.
            **controls: arguments of `restore` that were chosen.

        Returns:
            numpy float32 array of images.
        """
        masks = self.example_masks(tuple(given.values()), seed)
        return self.restore(given["images"], masks, **controls)

    def example_rows(self, examples, seed=0):
        """Returns images with holes, the restored images, and the truth.

        Args:
            examples: tuple of arrays, the members of a batch.
            seed: int, seed of the masks, unless they are given.

        Returns:
            List of one row, a list of three arrays of images.
        """
        members = examples[: len(self.modalities)]
        images = np.asarray(members[0])
        masks = self.example_masks(members, seed)
        holes = np.where(masks == 1, self.color, images)
        return [[holes, self.restore(images, masks), images]]

    def example_masks(self, examples, seed=0):
        """Returns masks for examples, the same for each seed.

        Args:
            examples: tuple of arrays, the members of a batch.
            seed: int, seed of the masks, unless they are given.

        Returns:
            numpy array `(num, height, width, 1)`.
        """
        members = tuple(map(ops.convert_to_tensor, examples))
        return ops.convert_to_numpy(self.holes_of(members, seed))

    def get_config(self):
        masks = self.masks
        if not isinstance(masks, str):
            masks = keras.saving.serialize_keras_object(masks)
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "masks": masks,
            "fill": self.fill,
        }
