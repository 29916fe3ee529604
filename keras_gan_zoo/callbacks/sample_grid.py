"""Pictures of how the same latents turn into images."""

import pathlib
import re

from keras_gan_zoo.callbacks.periodic import Periodic
from keras_gan_zoo.engine import distribute
from keras_gan_zoo.modalities import pictures


class SampleGrid(Periodic):
    """Writes pictures of how the same latents turn into images.

    `epoch-0001.png` and so on, or `step-0000100.png`, and at the end of
    training an animation of them, `progress.gif`, which holds the frames of
    earlier, interrupted runs in the same folder too.

    Args:
        directory: folder for the pictures; made if it is missing.
        every_epochs: int, epochs from picture to picture.
        every_steps: int, steps instead of epochs, or None.
        rows: int, rows and columns of the grid.
        seed: int, decides the latents.
        tensorboard: folder of TensorBoard logs to add the pictures to (needs
            the package tensorboard), or None.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> grid = kgz.callbacks.SampleGrid("samples", every_epochs=5)
    """

    def __init__(
        self,
        directory,
        every_epochs=1,
        every_steps=None,
        rows=8,
        seed=0,
        tensorboard=None,
    ):
        super().__init__(every_epochs, every_steps)
        self.directory = pathlib.Path(directory)
        self.rows = rows
        self.seed = seed
        self.tensorboard = tensorboard

    def draw(self):
        """The picture of the model as it is now, a uint8 array."""
        samples = self.model.generate(self.rows**2, seed=self.seed)
        return self.model.sample.preview(samples, columns=self.rows)

    def act(self, name):
        if not distribute.is_chief(self.model):
            return
        picture = self.draw()
        pictures.save(self.directory / f"{name}.png", picture)
        if self.tensorboard is not None:
            pictures.log_to_tensorboard(
                self.tensorboard, type(self).__name__, picture, self._step
            )

    def on_train_end(self, logs=None):
        frames = _frames(self.directory)
        if frames and distribute.is_chief(self.model):
            pictures.save_animation(self.directory / "progress.gif", frames)


def _frames(directory):
    """The pictures that `act` wrote, by their numbers."""
    found = []
    for path in directory.glob("*.png"):
        name = re.fullmatch(r"(epoch|step)-(\d+)", path.stem)
        if name:
            found.append((name[1], int(name[2]), path))
    return [path for _, _, path in sorted(found)]
