"""Callbacks that draw classes and codes during training."""

from keras_gan_zoo import control
from keras_gan_zoo.callbacks.sample_grid import SampleGrid


class ClassGrid(SampleGrid):
    """Writes pictures with a row for each class, as `SampleGrid` does.

    If the classes have names that are not just their numbers, each row has
    its name.

    Args:
        directory: path of the folder for the pictures. It is created if it is
            missing.
        columns: int, number of images of each class. All rows have the same
            latent vectors.
        **kwargs: arguments `every_epochs`, `every_steps`, `seed` and
            `tensorboard` of `SampleGrid`.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> grid = kgz.callbacks.ClassGrid("samples", every_epochs=5)
    """

    def __init__(self, directory, columns=10, **kwargs):
        super().__init__(directory, **kwargs)
        self.columns = columns

    def draw(self):
        images = control.class_grid(self.model, self.columns, seed=self.seed)
        names = self.model.class_names
        if names == [str(number) for number in range(len(images))]:
            names = None
        return control.picture(images, names=names)


class CodeTraversal(SampleGrid):
    """Writes pictures with a row for each value of a code of an InfoGAN.

    Args:
        directory: path of the folder for the pictures. It is created if it is
            missing.
        code: name of the code, e.g. `"continuous_0"`, or its position.
        values: list of values. None: the default values of
            `control.traverse`.
        columns: int, number of images of each value. All rows have the same
            latent vectors.
        **kwargs: arguments `every_epochs`, `every_steps`, `seed` and
            `tensorboard` of `SampleGrid`.

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
