"""Pictures of the images that the same latents give during training."""

import pathlib
import re

from keras_gan_zoo.callbacks.periodic import Periodic
from keras_gan_zoo.engine import distribute
from keras_gan_zoo.modalities import pictures


class SampleGrid(Periodic):
    """Writes pictures of the images that the same latents give.

    The files are `epoch-0001.png` and so on, or `step-0000100.png`. At the end
    of training, `progress.gif` is an animation of all pictures in the folder,
    including pictures of earlier, interrupted runs.

    Args:
        directory: path of the folder for the pictures. It is created if it is
            missing.
        every_epochs: int, number of epochs between two pictures.
        every_steps: int, number of steps between two pictures, instead of
            epochs, or None.
        rows: int, number of rows and of columns of the grid.
        seed: int, seed of the latents.
        tensorboard: path of a folder of TensorBoard logs to which pictures
            are added (needs the package tensorboard), or None.

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
        self.directory = pathlib.Path(directory).expanduser()
        self.rows = rows
        self.seed = seed
        self.tensorboard = tensorboard

    def draw(self):
        """Returns the picture of the current model, a uint8 array."""
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
    """Returns the pictures that `act` wrote, sorted by their numbers."""
    found = []
    for path in directory.glob("*.png"):
        name = re.fullmatch(r"(epoch|step)-(\d+)", path.stem)
        if name:
            found.append((name[1], int(name[2]), path))
    return [path for _, _, path in sorted(found)]
