"""Callbacks for `fit`: they read the model and never train it."""

import pathlib

import keras

from keras_gan_zoo import pictures


class SampleGrid(keras.callbacks.Callback):
    """Writes pictures of the same latents as they turn into images.

    `epoch-0001.png` and so on, or `step-000100.png`, and at the end an
    animation of them, `progress.gif`, which holds the frames of earlier,
    interrupted runs in the same folder too.

    Args:
        directory: folder for the pictures; made if it is missing.
        every_epochs: int, how many epochs from picture to picture.
        every_steps: int, how many steps instead, or None.
        rows: int, rows and columns of the grid.
        seed: int, decides the latents.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> grid = kgz.callbacks.SampleGrid("samples", every_epochs=5)
    """

    def __init__(
        self, directory, every_epochs=1, every_steps=None, rows=8, seed=0
    ):
        super().__init__()
        self.directory = pathlib.Path(directory)
        self.every_epochs = every_epochs
        self.every_steps = every_steps
        self.rows = rows
        self.seed = seed

    def draw(self):
        """The picture of the model as it is now, a uint8 array."""
        images = self.model.generate(self.rows**2, seed=self.seed)
        return pictures.grid(images, columns=self.rows)

    def on_epoch_end(self, epoch, logs=None):
        if self.every_steps is None and (epoch + 1) % self.every_epochs == 0:
            self._write(f"epoch-{epoch + 1:04d}.png")

    def on_train_batch_end(self, batch, logs=None):
        if self.every_steps is None:
            return
        # `batch` is the last of `steps_per_execution` batches.
        previous = getattr(self, "_batch", -1)
        self._batch = batch
        self._steps = getattr(self, "_steps", 0) + batch - previous

    def _write(self, name):
        pictures.save(self.directory / name, self.draw())

    def on_train_end(self, logs=None):
        frames = sorted(self.directory.glob("*-*.png"))
        if frames:
            pictures.save_animation(self.directory / "progress.gif", frames)
