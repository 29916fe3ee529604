"""Chooses the callback for a model's pictures."""

from keras_gan_zoo.callbacks.class_grid import ClassGrid
from keras_gan_zoo.callbacks.sample_grid import SampleGrid
from keras_gan_zoo.callbacks.translation_grid import TranslationGrid
from keras_gan_zoo.families import controls
from keras_gan_zoo.files import position

EXAMPLES = 8  # of a dataset, for models with an input


def grid_for(gan, dataset, directory, **kwargs):
    """Makes the callback that draws pictures for this kind of model.

    Args:
        gan: a model of keras_gan_zoo.
        dataset: `tf.data.Dataset`, the training data. Models that translate
            draw its first examples.
        directory: path of the folder for the pictures.
        **kwargs: arguments `every_epochs`, `every_steps`, `seed` and
            `tensorboard` of `SampleGrid`.

    Returns:
        `SampleGrid`, or a subclass that draws a row for each class, or
        examples with their translations.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ConditionalGAN((8, 8, 1), num_classes=3, filters=2)
    >>> type(grid_for(gan, None, "samples")).__name__
    'ClassGrid'
    """
    if gan.comparison().once:
        with position.looking(dataset):
            few = dataset.unbatch().batch(EXAMPLES).take(1)
            examples = next(few.as_numpy_iterator())
        return TranslationGrid(directory, examples, **kwargs)
    if any(isinstance(c, controls.Labels) for c in gan.controls):
        return ClassGrid(directory, **kwargs)
    return SampleGrid(directory, **kwargs)
