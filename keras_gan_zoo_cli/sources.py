"""Turns words of the command line into models, data and features."""

import pathlib


def model(name, compile=False):
    """Loads a model from a file, or a preset by its name or folder."""
    import keras_gan_zoo as kgz

    if card(name) is not None:
        return kgz.from_preset(name)
    return kgz.load(name, compile=compile)


def card(name):
    """Returns the card of a preset by name or folder, or None for a file."""
    from keras_gan_zoo.files import cards

    path = pathlib.Path(name)
    if (path / "card.json").is_file():
        return cards.read_card(path / "card.json")
    return None if path.exists() else cards.list_presets().get(name)


def opened(options):
    """Returns the model, which may have been loaded already for its flags."""
    return options.gan or model(options.file)


def data(options, cls, split=None, gan=None):
    """Opens the dataset of --data, with the arguments that were given.

    Args:
        options: namespace, the parsed words.
        cls: a class of models.
        split: string, part of a set of TensorFlow Datasets, or None.
        gan: the model, whose arguments some data take, or None.
    """
    import keras_gan_zoo as kgz

    return kgz.data.read_source(
        options.data,
        cls,
        data_dir=options.data_dir,
        split=split,
        arguments={} if gan is None else gan.get_config(),
        batch_size=options.batch_size,
        image_size=options.image_size,
        seed=options.seed,
    )


def extractor(options):
    """Returns the --extractor: a name unchanged, or the model of a file."""
    if not (options.extractor or "").endswith(".keras"):
        return options.extractor
    import keras

    return keras.saving.load_model(options.extractor, compile=False)


def check_verb(gan, verb, file):
    """Raises a `ValueError` unless this verb fits the model.

    Args:
        gan: model.
        verb: string, the command.
        file: string, the name that was given.
    """
    if gan.verb != verb:
        raise ValueError(
            f"{type(gan).__name__} does not {verb}. Expected: keras-gan-zoo "
            f"{gan.verb}. Received: {verb} {file}"
        )


def given(options):
    """Returns the flags of a recipe, as a dict of its attributes."""
    names = "data", "epochs", "batch_size", "image_size", "seed", "data_dir"
    found = {name: getattr(options, name) for name in names}
    found = {name: value for name, value in found.items() if value is not None}
    return {
        **found,
        "arguments": dict(options.set),
        "settings": dict(options.compile),
    }


def recipe(options):
    """Returns the recipe of the word RECIPE, changed by the flags."""
    from keras_gan_zoo.files import cards, registry
    from keras_gan_zoo.files.lookup import look_up
    from keras_gan_zoo.recipes import words

    name, architectures = options.recipe, registry.architectures()
    if options.start is not None:
        return _recipe_from(options)
    if name is None:
        raise ValueError(
            "Expected a pretrained model or an architecture to train, or "
            "--from. Received: train without both."
        )
    if name not in architectures:
        if not pathlib.Path(name).is_dir():
            known = {**cards.list_presets(), **architectures}
            look_up(name, known, "recipe")
        return words.of_preset(name).changed(**given(options))
    found = given(options)
    received = [f"no --{n}" for n in ("data", "epochs") if n not in found]
    received += ["--exact"] if options.exact else []
    if received:
        own = cards.list_presets(architectures[name].class_name)
        raise ValueError(
            f"{name} is an architecture. Expected --data and --epochs, and "
            "--exact only with a pretrained model: "
            f"{', '.join(own) or 'there is none'}. "
            f"Received: {name} with {', '.join(received)}."
        )
    return words.Recipe(name, **found)


def _recipe_from(options):
    """Returns the recipe of a training that starts from a trained model."""
    from keras_gan_zoo.recipes import start, words

    found = {**given(options), "start": options.start}
    architecture, size = start.described(options.start)
    wrong = [f"no --{n}" for n in ("data", "epochs") if n not in found]
    wrong += ["--set"] if options.set else []
    wrong += ["--exact"] if options.exact else []
    if options.recipe not in (None, architecture):
        wrong.append(options.recipe)
    if wrong:
        raise ValueError(
            f"{options.start} is a trained {architecture}, whose arguments "
            "are known. Expected --from with --data and --epochs, and neither "
            "--set nor --exact nor another architecture. Received: "
            f"{', '.join(wrong)}."
        )
    if size is not None:
        found = {"image_size": size, **found}
    return words.Recipe(architecture, **found)


def print_classes(batches):
    """Prints the numbers and names of the classes, if they have names."""
    names = getattr(batches, "class_names", None) or ()
    for number, name in enumerate(names):
        print(f"Class {number}: {name}")
