"""Callbacks that draw pictures of control while a model learns it."""

from keras_gan_zoo import control
from keras_gan_zoo.callbacks.sample_grid import SampleGrid


class ClassGrid(SampleGrid):
    """Writes pictures with a row for each class, as `SampleGrid` does.

    Args:
        directory: folder for the pictures; made if it is missing.
        columns: int, images of each class, of the same latents in each row.
        **kwargs: `every_epochs`, `every_steps`, `seed` and `tensorboard` of
            `SampleGrid`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> grid = kgz.callbacks.ClassGrid("samples", every_epochs=5)
    """

    def __init__(self, directory, columns=10, **kwargs):
        super().__init__(directory, **kwargs)
        self.columns = columns

    def draw(self):
        images = control.class_grid(self.model, self.columns, seed=self.seed)
        return control.picture(images)


class CodeTraversal(SampleGrid):
    """Writes pictures with a row for each value of a code of an InfoGAN.

    Args:
        directory: folder for the pictures; made if it is missing.
        code: name of the code, e.g. `"continuous_0"`, or its place.
        values: list of values, None for those of `control.traverse`.
        columns: int, images of each value, of the same latents in each row.
        **kwargs: `every_epochs`, `every_steps`, `seed` and `tensorboard` of
            `SampleGrid`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> rows = kgz.callbacks.CodeTraversal("rows", "categorical_0")
    """

    def __init__(self, directory, code, values=None, columns=10, **kwargs):
        super().__init__(directory, **kwargs)
        self.code = code
        self.values = values
        self.columns = columns

    def draw(self):
        images = control.traverse(
            self.model, self.code, self.values, self.columns, seed=self.seed
        )
        return control.picture(images)
