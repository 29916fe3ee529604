"""Makes a compiled, untrained model and its dataset from a recipe."""

import json

import keras

from keras_gan_zoo.families import classes
from keras_gan_zoo.files import registry
from keras_gan_zoo.modalities import Label
from keras_gan_zoo.recipes import checks, start, words


def recipe(
    name,
    data=None,
    epochs=None,
    arguments=None,
    settings=None,
    batch_size=None,
    image_size=None,
    seed=None,
    data_dir=None,
):
    """Makes the untrained model of a preset, and its dataset.

    On the same versions, backend and machine, `fit` makes the preset from
    them again. The function calls `keras.utils.set_random_seed` with the seed.

    Args:
        name: name of a preset, see `list_presets`, or path of a folder that
            `save_to_preset` wrote.
        data: string, source of another dataset, e.g. `"folder:photos"`, see
            `keras_gan_zoo.data.read_source`. The data of some presets do not
            ship with the package: pass the source of your copy.
        epochs: int, for how many epochs you will train. Schedules of some
            architectures depend on it.
        arguments: dict, arguments of the class to change.
        settings: dict, arguments of `compile` to change.
        batch_size: int, number of examples in each batch.
        image_size: tuple `(height, width)` in pixels, the new image size.
        seed: int, seed of the first weights and the order of the data.
        data_dir: path of the folder of TensorFlow Datasets.

    Returns:
        `(model, dataset)`. `keras_gan_zoo.recipes.of_preset(name).epochs`
        is the number of epochs of the preset.

    Raises:
        ValueError: if there is no such preset, another program made it, an
            argument is unknown, or the data are missing.

    Example:

    >>> gan, images = recipe("vanilla_gan_digits_8", batch_size=32)
    >>> next(iter(images)).shape
    TensorShape([32, 8, 8, 1])
    >>> gan.compiled, int(gan.steps)
    (True, 0)

    `gan.fit(images, epochs=100)` trains it.
    """
    found = words.of_preset(name).changed(
        arguments,
        settings,
        data=data,
        epochs=epochs,
        batch_size=batch_size,
        image_size=image_size,
        seed=seed,
        data_dir=data_dir,
    )
    checks.check(found)
    keras.utils.set_random_seed(found.seed)
    batches = dataset(found)
    return model(found, batches), batches


def dataset(found):
    """Opens the dataset of a recipe.

    Args:
        found: `Recipe`.

    Returns:
        `tf.data.Dataset`.

    Raises:
        ValueError: if the class reads no such source, or it is missing.
    """
    # Needs TensorFlow. A model can be made without it, from other batches.
    from keras_gan_zoo.data.source import read_source

    cls = registry.architecture(found.architecture).load()
    arguments = found.arguments
    if found.start is not None:
        arguments = start.arguments(found.start)
    try:
        return read_source(
            found.data,
            cls,
            data_dir=found.data_dir,
            arguments=arguments,
            batch_size=found.batch_size,
            image_size=found.image_size,
            seed=found.seed,
        )
    except ConnectionError as error:
        raise ConnectionError(f"{checks.provenance(found)}{error}") from error


def model(found, batches):
    """Makes and compiles the model of a recipe.

    Args:
        found: `Recipe`.
        batches: the recipe's dataset, which decides some arguments.

    Returns:
        The model, not trained, or with the weights of the recipe's `start`.

    Raises:
        ValueError: if an argument is unknown or out of range.
    """
    cls = registry.architecture(found.architecture).load()
    given = cls.compile_arguments_from(found.epochs * len(batches))
    settings = {**given, **found.settings}
    if found.start is not None:
        trained = start.opened(found.start)
        return made(type(trained), None, settings, trained)
    arguments = arguments_from(cls, batches, found.arguments)
    gan = made(cls, arguments, settings)
    # As `fit` does: the names belong to the configuration.
    classes.remember_names(gan, batches)
    return gan


def made(cls, arguments, settings, trained=None):
    """Makes and compiles a model.

    Args:
        cls: a class of models.
        arguments: dict, arguments of the class.
        settings: dict, arguments of its `compile`.
        trained: a model to compile instead of a new one, or None.

    Raises:
        ValueError: if an argument is unknown or out of range.
    """
    try:
        gan = cls(**arguments) if trained is None else trained
        gan.compile(**settings)
    except TypeError as error:
        raise ValueError(
            f"{cls.__name__} cannot be made. Expected arguments of the class "
            f"and of its compile. Received: {error}. "
            f"help(keras_gan_zoo.{cls.__name__}) says what they are."
        ) from error
    return gan


def arguments_from(cls, batches, given=()):
    """Returns the arguments of a class, from the data and from the user.

    Args:
        cls: a class of models.
        batches: dataset of `keras_gan_zoo.data`.
        given: dict of further arguments from the user.

    Raises:
        ValueError: if an argument is given that the data decide.
    """
    specs = batches.element_spec
    specs = specs if isinstance(specs, tuple) else (specs,)
    shapes = {name: tuple(s.shape[1:]) for name, s in zip(cls.reads, specs)}
    found = cls.arguments_from(shapes)
    given = dict(given)
    decided = sorted(
        name
        for name in found.keys() & given
        # Data that are made for an argument agree with it.
        if name not in cls.shared_with_data or found[name] != given[name]
    )
    if decided:
        raise ValueError(
            f"The data decide {', '.join(decided)}. Expected other arguments. "
            f"Received: {decided[0]}={json.dumps(given[decided[0]])}. "
            "image_size (--image-size) resizes images."
        )
    names = getattr(batches, "class_names", None)
    for modality in cls.reads.values():
        if issubclass(modality, Label) and names is not None:
            found[modality.argument] = len(names)
    return {**found, **given}
