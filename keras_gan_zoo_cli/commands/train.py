"""`train`: trains a model into a folder, or goes on with a training."""

import contextlib
import json
import shutil

from keras_gan_zoo_cli import flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "train",
        help="train a model, or go on with a training",
        description="Trains a model into a folder. If the folder holds an "
        "interrupted training of the same settings, it goes on exactly "
        "where that was.",
    )
    flags.add_architecture(parser)
    flags.add_data(parser)
    flags.add_training(parser)
    parser.add_argument(
        "--strategy",
        choices=["auto", "mirrored", "multi_worker"],
        help="train on all devices, or on the machines of TF_CONFIG",
    )
    parser.set_defaults(command=train)
    return parser


def train(options, check=None):
    """Trains as the options say.

    Args:
        options: of the parser.
        check: function of the compiled model that raises an error if it must
            not be trained, or None.
    """
    if options.strategy is None:  # of several machines the chief looks
        _check_folder(options)
    import keras

    import keras_gan_zoo as kgz
    from keras_gan_zoo.files import registry

    scope = contextlib.nullcontext()
    if options.strategy is not None:
        scope = kgz.distribute.strategy(options.strategy).scope()
    keras.utils.set_random_seed(options.seed)
    cls = registry.architecture(options.model).load()
    batches = sources.data(options, cls)
    with scope:
        gan = build(options, cls, batches)
    if check is not None:
        check(gan)
    chief = kgz.distribute.is_chief(gan)
    with _claimed(options, gan, batches) if chief else contextlib.nullcontext():
        _fit(options, gan, batches, chief)


def build(options, cls, batches):
    """The compiled model that the options describe."""
    arguments = arguments_from(cls, batches, options.set)
    given = cls.compile_arguments_from(options.epochs * len(batches))
    try:
        gan = cls(**arguments)
        gan.compile(**{**given, **dict(options.compile)})
    except TypeError as error:
        raise ValueError(
            f"{cls.__name__} cannot be made. Expected arguments of its own "
            "with --set, and of its compile() with --compile. Received: "
            f"{error}. Look the arguments up in the reference."
        ) from error
    return gan


def arguments_from(cls, batches, given=()):
    """The arguments of a class, a dict: of its data, and those given.

    Args:
        cls: a class of models.
        batches: dataset of `keras_gan_zoo.data`.
        given: pairs of names and values, of --set.
    """
    specs = batches.element_spec
    specs = specs if isinstance(specs, tuple) else (specs,)
    shapes = {name: tuple(s.shape[1:]) for name, s in zip(cls.reads, specs)}
    found = cls.arguments_from(shapes)
    decided = sorted(found.keys() & dict(given))
    if decided:
        raise ValueError(
            f"The data decide {', '.join(decided)}. Expected other arguments "
            f"with --set. Received: --set {decided[0]}="
            f"{json.dumps(dict(given)[decided[0]])}. Choose the size with "
            "--image-size."
        )
    names = getattr(batches, "class_names", None)
    for modality in cls.reads.values():
        if modality.kind == "label" and names is not None:
            found[modality.argument] = len(names)
    return {**found, **dict(given)}


def _fit(options, gan, batches, chief):
    import keras

    import keras_gan_zoo as kgz

    samples = options.out / "samples"
    every = max(1, options.epochs // 50)
    grid = kgz.callbacks.grid_for(gan, batches, samples, every_epochs=every)
    monitor = kgz.callbacks.CollapseMonitor()
    # The settings are known to be the same; more epochs stretch schedules.
    backup = kgz.callbacks.Backup(options.out, changed="take")
    callbacks = [grid, monitor, backup]
    if chief:
        print(f"Pictures: {samples}")
        names = getattr(batches, "class_names", None) or ()
        for number, name in enumerate(names):
            print(f"Class {number}: {name}")
        log = keras.callbacks.CSVLogger(options.out / "log.csv", append=True)
        callbacks = [kgz.callbacks.Progress(), log, *callbacks]
    gan.fit(batches, epochs=options.epochs, verbose=0, callbacks=callbacks)
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


def differences(settings, others, owner):
    """What differs from the settings of somebody, for an error."""
    return "; ".join(
        f"{name}={settings.get(name)!r} where {owner} has {others.get(name)!r}"
        for name in {**others, **settings}
        if settings.get(name) != others.get(name)
    )


def _settings(options):
    """What decides a training, a dict as JSON gives it back."""
    settings = {
        name: getattr(options, name)
        for name in ("model", "data", "batch_size", "image_size", "seed")
    }
    settings["set"] = dict(options.set)
    settings["compile"] = dict(options.compile)
    return json.loads(json.dumps(settings))


def _check_folder(options, **of_data):
    """Raises a `ValueError` unless a training may use the folder.

    Args:
        options: of the parser.
        **of_data: settings that only the data tell. Runs of old versions
            lack them.

    Returns:
        bool, whether a training is there already.
    """
    path = options.out / "settings.json"
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        settings = {**_settings(options), **of_data}
        known = {name: found.get(name, of_data.get(name)) for name in settings}
        if known != settings:
            raise ValueError(
                f"{options.out} holds a training with other settings. "
                "Expected the same, to go on with it, or a new folder. "
                f"Received: {differences(settings, known, 'it')}"
            )
        return True
    if options.out.exists() and any(options.out.iterdir()):
        raise ValueError(
            f"Expected a new folder, or one of an earlier training. "
            f"Received: {options.out}, which holds other files."
        )
    return False


@contextlib.contextmanager
def _claimed(options, gan, batches):
    """Writes down what the folder holds, or checks it against that.

    A training that fails before its first step leaves nothing behind.
    """
    import keras

    from keras_gan_zoo.files import atomic

    names = getattr(batches, "class_names", None)
    of_data = {} if names is None else {"class_names": names}
    goes_on = _check_folder(options, **of_data)
    existed = options.out.exists()
    options.out.mkdir(parents=True, exist_ok=True)
    settings = {**_settings(options), **of_data}
    text = json.dumps(settings, indent=2) + "\n"
    atomic.write_text(options.out / "settings.json", text)
    try:
        yield
    except Exception:
        # Whatever is in the folder was written since the check.
        if not goes_on and not keras.ops.convert_to_numpy(gan.steps):
            for path in options.out.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            if not existed:
                options.out.rmdir()
        raise
