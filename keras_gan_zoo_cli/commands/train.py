"""`train`: trains a model into a folder, or resumes a training."""

import contextlib
import json
import shutil

from keras_gan_zoo_cli import flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "train",
        help="train a model, or resume a training",
        description="Trains a model into a folder. If the folder holds an "
        "interrupted training with the same settings, it is resumed exactly "
        "where it stopped.",
    )
    parser.add_argument(
        "recipe",
        metavar="RECIPE",
        nargs="?",
        help="a pretrained model, which is trained again by its recipe, with "
        "the changes of the flags; or an architecture, with --data and "
        "--epochs: see list. Not needed with --from",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="FILE",
        help="start from the weights of a .keras file or of a pretrained "
        "model, for new --data; e.g. with --compile freeze_discriminator=3",
    )
    flags.add_data(parser, required=False)
    flags.add_training(parser, of_preset=True)
    parser.add_argument(
        "--exact",
        action="store_true",
        help="refuse if the recipe no longer makes exactly the configuration "
        "on the card of the pretrained model",
    )
    parser.add_argument(
        "--strategy",
        choices=["auto", "mirrored", "multi_worker"],
        help="train on all devices, or on the machines of TF_CONFIG",
    )
    parser.set_defaults(command=train)
    return parser


def train(options):
    """Trains as the recipe and the options say."""
    from keras_gan_zoo.files import cards
    from keras_gan_zoo.recipes import checks, exact

    recipe = sources.recipe(options)
    checks.check(recipe)
    if options.strategy is None:  # with several machines, the chief checks
        _check_folder(options, recipe)
    if recipe.preset is not None:
        print(recipe.command(options.out))
        if recipe.data.startswith("tfds:"):  # the download tries for minutes
            print(
                f"{checks.provenance(recipe)}They are downloaded unless "
                "--data-dir has them; --data names others."
            )
    import keras

    import keras_gan_zoo as kgz
    from keras_gan_zoo.recipes import build

    scope = contextlib.nullcontext()
    if options.strategy is not None:
        scope = kgz.distribute.strategy(options.strategy).scope()
    keras.utils.set_random_seed(recipe.seed)
    batches = build.dataset(recipe)
    with scope:
        gan = build.model(recipe, batches)
    started = int(gan.steps)  # 0, unless --from
    if options.exact:
        exact.check_exact(gan, cards.card_of(recipe.preset))
    chief = kgz.distribute.is_chief(gan)
    claim = contextlib.nullcontext()
    if chief:
        claim = _claimed(options, recipe, gan, batches, started)
    with claim:
        _fit(options, recipe, gan, batches, chief)


def _fit(options, recipe, gan, batches, chief):
    import keras

    import keras_gan_zoo as kgz

    samples = options.out / "samples"
    every = max(1, recipe.epochs // 50)
    grid = kgz.callbacks.grid_for(gan, batches, samples, every_epochs=every)
    monitor = kgz.callbacks.CollapseMonitor()
    # The settings are known to be equal; more epochs stretch schedules.
    backup = kgz.callbacks.Backup(options.out, changed="take")
    callbacks = [grid, monitor, backup]
    if chief:
        print(f"Pictures: {samples}")
        sources.print_classes(batches)
        log = keras.callbacks.CSVLogger(options.out / "log.csv", append=True)
        callbacks = [kgz.callbacks.Progress(), log, *callbacks]
    gan.fit(batches, epochs=recipe.epochs, verbose=0, callbacks=callbacks)
    if any(name == "not finite" for _, name, _ in monitor.alarms):
        raise ValueError(
            "The training is lost, see the warning above. Expected finite "
            f"losses. If an epoch ended well, {options.out} keeps its "
            "backup; other settings need a new folder."
        )
    gan.save(options.out / "model.keras")
    if not chief:
        return
    kgz.pictures.save(options.out / "grid.png", grid.draw())
    print(f"Model: {options.out / 'model.keras'}")
    print(f"Images: {options.out / 'grid.png'}")
    print(f"Progress: {samples / 'progress.gif'}")


def _settings(recipe):
    """Returns the settings of a training, as a dict that JSON preserves."""
    settings = {
        "model": recipe.architecture,
        "data": recipe.data,
        "batch_size": recipe.batch_size,
        "image_size": recipe.image_size,
        "seed": recipe.seed,
        "set": recipe.arguments,
        "compile": recipe.settings,
    }
    if recipe.start is not None:
        settings["from"] = recipe.start
    return json.loads(json.dumps(settings))


def _check_folder(options, recipe, **of_data):
    """Raises a `ValueError` unless a training may use the folder.

    Args:
        options: namespace of the parser.
        recipe: `Recipe`.
        **of_data: settings that follow from the data. Runs of old versions
            lack them.

    Returns:
        bool, whether the folder has a training already.
    """
    from keras_gan_zoo.recipes import exact

    path = options.out / "settings.json"
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        settings = {**_settings(recipe), **of_data}
        known = {name: found.get(name, of_data.get(name)) for name in settings}
        if known != settings:
            raise ValueError(
                f"{options.out} holds a training with other settings. "
                "Expected the same, to go on with it, or a new folder. "
                f"Received: {exact.differences(settings, known, 'it')}"
            )
        return True
    if options.out.exists() and any(options.out.iterdir()):
        raise ValueError(
            f"Expected a new folder, or one of an earlier training. "
            f"Received: {options.out}, which holds other files."
        )
    return False


@contextlib.contextmanager
def _claimed(options, recipe, gan, batches, started):
    """Writes down what the folder holds, or compares it with earlier notes.

    A training that fails before its first step leaves no files. `started` is
    the number of steps that the model had then.
    """
    import keras

    from keras_gan_zoo.files import atomic

    names = getattr(batches, "class_names", None)
    of_data = {} if names is None else {"class_names": names}
    goes_on = _check_folder(options, recipe, **of_data)
    existed = options.out.exists()
    options.out.mkdir(parents=True, exist_ok=True)
    settings = {**_settings(recipe), **of_data}
    text = json.dumps(settings, indent=2) + "\n"
    atomic.write_text(options.out / "settings.json", text)
    try:
        yield
    except Exception:
        # All files in the folder were written since the check.
        steps = int(keras.ops.convert_to_numpy(gan.steps))
        if not goes_on and steps == started:
            for path in options.out.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            if not existed:
                options.out.rmdir()
        raise
