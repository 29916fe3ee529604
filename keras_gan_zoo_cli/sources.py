"""What words on the command line stand for: models, data, features."""

import pathlib


def model(name, compile=False):
    """Loads the model in a file, or the preset of that name."""
    import keras_gan_zoo as kgz

    if not pathlib.Path(name).exists() and name in kgz.list_presets():
        return kgz.from_preset(name)
    return kgz.load(name, compile=compile)


def opened(options):
    """The model of the file, which may have been loaded for its flags."""
    return options.gan or model(options.file)


def data(options, cls, split=None):
    """The dataset that --data names, with the arguments that were given."""
    import keras_gan_zoo as kgz

    return kgz.data.read_source(
        options.data,
        cls,
        data_dir=options.data_dir,
        split=split,
        batch_size=options.batch_size,
        image_size=options.image_size,
        seed=options.seed,
    )


def extractor(options):
    """What --extractor names: a name as it is, or the model of a file."""
    if not (options.extractor or "").endswith(".keras"):
        return options.extractor
    import keras

    return keras.saving.load_model(options.extractor, compile=False)


def check_verb(gan, verb, file):
    """Raises a `ValueError` unless a model is used by this verb.

    Args:
        gan: model.
        verb: str, the command.
        file: the name that was given.
    """
    if gan.verb != verb:
        raise ValueError(
            f"{type(gan).__name__} does not {verb}. Expected: keras-gan-zoo "
            f"{gan.verb}. Received: {verb} {file}"
        )
