"""Pictures of translations during training."""

import numpy as np

from keras_gan_zoo.callbacks.sample_grid import SampleGrid
from keras_gan_zoo.modalities import pictures


class TranslationGrid(SampleGrid):
    """Writes pictures of translations, as `SampleGrid` does.

    Pairs have one row for each example: input, output, target. Two domains
    have two rows for each example: an image of a, its translation and its
    reconstruction, and then the same for an image of b. A model that fills
    holes has one row: image with the hole, restored image, true image.

    Args:
        directory: path of the folder for the pictures. It is created if it is
            missing.
        examples: float array `(num, height, width, channels)`, or tuple of
            such arrays, the same kind of data as in the batches of `fit`.
        **kwargs: arguments `every_epochs`, `every_steps`, `seed` and
            `tensorboard` of `SampleGrid`.

    Raises:
        ValueError: if the examples are neither gray nor in color.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> pairs = next(iter(kgz.data.photograph_pairs(batch_size=4)))
    >>> grid = kgz.callbacks.TranslationGrid("samples", pairs)
    """

    def __init__(self, directory, examples, **kwargs):
        super().__init__(directory, **kwargs)
        members = [examples] if hasattr(examples, "shape") else examples
        self.examples = [np.asarray(images) for images in members]
        for images in self.examples:
            pictures.check_channels(images.shape[-1])

    def draw(self):
        return translation_picture(self.model, *self.examples, seed=self.seed)


def translation_picture(gan, *examples, seed=0):
    """Makes the picture that `TranslationGrid` writes, a uint8 array.

    Args:
        gan: a model with `translate` or `restore`.
        *examples: float arrays, the members of a batch: inputs and targets,
            images of domain a and of domain b, or images alone.
        seed: int, seed of the noise, for a model with noise.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.Pix2Pix((16, 16, 3), filters=4, patch=16)
    >>> inputs = targets = np.zeros((2, 16, 16, 3), "float32")
    >>> # Two rows of three, with gaps of 2 pixels.
    >>> translation_picture(gan, inputs, targets).shape
    (34, 52, 3)
    """
    parts = [_rows(c) for c in gan.example_rows(examples, seed)]
    gap = np.full((4, parts[0].shape[1], 3), 255, "uint8")
    stacked = [part for each in parts for part in (gap, each)]
    return np.concatenate(stacked[1:])


def _rows(columns):
    """Places images side by side; gray ones become color if needed."""
    columns = [
        np.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images
        for images in columns
    ]
    images = np.stack(columns, axis=1)
    images = images.reshape(-1, *images.shape[2:])
    return pictures.grid(images, columns=len(columns), gap=2)
