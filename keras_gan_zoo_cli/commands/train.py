"""`train`: trains a model into a folder, or goes on with a training."""

import contextlib
import json

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
    _check_folder(options)  # at once: importing Keras takes long
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
    _fit(options, gan, batches, kgz.distribute.is_chief(gan))


def build(options, cls, batches):
    """The compiled model that the options describe."""
    gan = cls(**arguments_from(cls, batches), **dict(options.set))
    given = cls.compile_arguments_from(options.epochs * len(batches))
    gan.compile(**{**given, **dict(options.compile)})
    return gan


def arguments_from(cls, batches):
    """The arguments of a class that its data decide, a dict."""
    specs = batches.element_spec
    specs = specs if isinstance(specs, tuple) else (specs,)
    shapes = {name: tuple(s.shape[1:]) for name, s in zip(cls.reads, specs)}
    return cls.arguments_from(shapes)


def _fit(options, gan, batches, chief):
    import keras

    import keras_gan_zoo as kgz

    samples = options.out / "samples"
    every = max(1, options.epochs // 50)
    grid = kgz.callbacks.grid_for(gan, batches, samples, every_epochs=every)
    monitor = kgz.callbacks.CollapseMonitor()
    callbacks = [grid, monitor, kgz.callbacks.Backup(options.out)]
    if chief:
        print(f"Pictures: {samples}")
        # Before the log, which needs the folder, and after all that `fit`
        # checks: of a training that is refused nothing is left.
        claim = keras.callbacks.LambdaCallback(
            on_train_begin=lambda logs: _claim(options)
        )
        log = keras.callbacks.CSVLogger(options.out / "log.csv", append=True)
        callbacks = [claim, kgz.callbacks.Progress(), log, *callbacks]
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
    """What a folder says of its training, as JSON gives it back."""
    settings = {
        name: getattr(options, name)
        for name in ("model", "data", "batch_size", "image_size", "seed")
    }
    settings["set"] = dict(options.set)
    settings["compile"] = dict(options.compile)
    return json.loads(json.dumps(settings))


def _check_folder(options):
    """Checks that the folder is new or holds a training like this one."""
    settings, path = _settings(options), options.out / "settings.json"
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        if found != settings:
            raise ValueError(
                f"{options.out} holds a training with other settings. "
                "Expected the same, to go on with it, or a new folder. "
                f"Received: {differences(settings, found, 'it')}"
            )
    elif options.out.exists() and any(options.out.iterdir()):
        raise ValueError(
            f"Expected a new folder, or one of an earlier training. "
            f"Received: {options.out}, which holds other files."
        )


def _claim(options):
    """Writes down what the folder holds."""
    from keras_gan_zoo.files import atomic

    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_settings(options), indent=2) + "\n"
    atomic.write_text(options.out / "settings.json", text)
