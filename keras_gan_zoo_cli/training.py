"""The commands that train: train, retrain, tune."""

import contextlib
import json
import shlex

from keras_gan_zoo_cli import sources


def train(options, card=None):
    """Trains; `card` is that of a preset, if it is to be made again."""
    if options.strategy is None:
        _claim(options)
    import keras

    import keras_gan_zoo as kgz

    scope = contextlib.nullcontext()
    if options.strategy is not None:
        scope = kgz.distribute.strategy(options.strategy).scope()
    keras.utils.set_random_seed(options.seed)
    cls = getattr(kgz, sources.MODELS[options.model])
    batches = sources.data(options, cls)
    with scope:
        gan = build(options, cls, batches)
    if card is not None:
        _check_same(gan, card)
    chief = kgz.distribute.is_chief(gan)
    if options.strategy is not None and chief:
        _claim(options)
    _fit(options, gan, batches, chief)


def build(options, cls, batches):
    """The compiled model that the options describe."""
    gan = cls(**_shapes(cls, batches), **dict(options.set))
    given = dict(options.compile)
    if cls.batches == "domains":
        given.setdefault("total_steps", options.epochs * len(batches))
    gan.compile(**given)
    return gan


def _fit(options, gan, batches, chief):
    import keras

    import keras_gan_zoo as kgz

    samples = options.out / "samples"
    grid = _grid(type(gan), batches, samples, max(1, options.epochs // 50))
    monitor = kgz.callbacks.CollapseMonitor()
    callbacks = [grid, monitor, kgz.callbacks.Backup(options.out)]
    if chief:
        print(f"Pictures: {samples}")
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


def _shapes(cls, batches):
    """The arguments of a model that its data decide."""
    spec = batches.element_spec
    if not isinstance(spec, tuple):
        return {"image_shape": tuple(spec.shape[1:])}
    shapes = {"image_shape": tuple(spec[0].shape[1:])}
    if cls.batches == "pairs":
        shapes["output_channels"] = spec[1].shape[-1]
    elif cls.batches == "domains":
        shapes["channels_b"] = spec[1].shape[-1]
    return shapes


def _grid(cls, batches, samples, every):
    """The callback that draws what a model of this kind does."""
    import keras_gan_zoo as kgz

    if cls.batches == "images":
        return kgz.callbacks.SampleGrid(samples, every_epochs=every)
    if cls.batches == "labelled":
        return kgz.callbacks.ClassGrid(samples, every_epochs=every)
    with kgz.files.position.looking(batches):
        examples = next(batches.unbatch().batch(8).take(1).as_numpy_iterator())
    return kgz.callbacks.TranslationGrid(samples, examples, every_epochs=every)


def retrain(options):
    from keras_gan_zoo.files import presets

    card = presets.card_of(options.preset)
    words = shlex.split(card.get("command", ""))
    if words[:2] != ["keras-gan-zoo", "train"]:
        raise ValueError(
            f"{options.preset} was not trained by this command line. Expected "
            "a card with keras-gan-zoo train ... as its command. Received: "
            f"command={card.get('command')!r}. If it is a program, run that."
        )
    again = options.parser.parse_args(
        [*words[1:], "--out", str(options.out)]  # the last one counts
    )
    again.data = options.data or again.data
    again.data_dir = options.data_dir or again.data_dir
    print(card["command"])
    train(again, card)


def _check_same(gan, card):
    """Raises an error unless a model is configured as the card says."""
    from keras_gan_zoo.files import presets

    for part, found in presets.configuration(gan).items():
        wanted = card.get(part) or {}
        if json.dumps(found) != json.dumps(wanted):
            raise ValueError(
                f"The command of the card no longer makes its {part}. "
                "Expected the same. Received: "
                f"{_differences(found, wanted, 'the card')}. Use the "
                "keras_gan_zoo of its time, see commit in the card."
            )


def _differences(settings, others, owner):
    """What differs from the settings of somebody, for an error."""
    return "; ".join(
        f"{name}={settings.get(name)!r} where {owner} has {others.get(name)!r}"
        for name in {**others, **settings}
        if settings.get(name) != others.get(name)
    )


def _claim(options):
    """Writes down what the folder holds, or checks it against that."""
    settings = {
        name: getattr(options, name)
        for name in ("model", "data", "batch_size", "image_size", "seed")
    }
    settings["set"] = dict(options.set)
    settings["compile"] = dict(options.compile)
    settings = json.loads(json.dumps(settings))
    path = options.out / "settings.json"
    if path.exists():
        found = json.loads(path.read_text())
        if found != settings:
            raise ValueError(
                f"{options.out} holds a training with other settings. "
                "Expected the same, to go on with it, or a new folder. "
                f"Received: {_differences(settings, found, 'it')}"
            )
    elif options.out.exists() and any(options.out.iterdir()):
        raise ValueError(
            f"Expected a new folder, or one of an earlier training. "
            f"Received: {options.out}, which holds other files."
        )
    import keras_gan_zoo as kgz  # slow: a refusal need not wait for it

    options.out.mkdir(parents=True, exist_ok=True)
    kgz.files.storage.write_text(path, json.dumps(settings, indent=2) + "\n")


def tune(options):
    import keras_gan_zoo as kgz
    from keras_gan_zoo import tuning

    cls = getattr(kgz, sources.MODELS[options.model])
    batches = sources.data(options, cls)
    hyper = tuning.HyperGAN(
        cls,
        {**_shapes(cls, batches), **dict(options.set)},
        dict(options.compile),
        metric=options.metric,
        extractor=sources.extractor(options),
        num_images=options.num,
        seed=options.seed,
    )
    report = tuning.tune(
        hyper,
        batches,
        options.out,
        options.trials,
        options.epochs,
        options.algorithm,
        source=options.data,
    )
    print(report.text())
    train = _train_command(options, report)  # an error if all failed
    grid = _grid(cls, batches, options.out / "samples", 1)
    grid.set_model(sources.model(options.out / "best.keras"))
    kgz.pictures.save(options.out / "grid.png", grid.draw())
    print(f"Report: {options.out / 'report.md'}")
    print(f"Plot: {options.out / 'report.png'}")
    print(f"Best model: {options.out / 'best.keras'}")
    print(f"Its images: {options.out / 'grid.png'}")
    print(f"To train it longer: {train}")


def _train_command(options, report):
    """The command that trains the best setting of a search."""
    words = ["keras-gan-zoo", "train", options.model, "--data", options.data]
    for name in ("batch_size", "data_dir"):
        if getattr(options, name) is not None:
            words += [f"--{name.replace('_', '-')}", getattr(options, name)]
    if options.image_size is not None:
        words += ["--image-size", "{}x{}".format(*options.image_size)]
    words += ["--seed", options.seed, "--epochs", options.epochs]
    # All of them: some defaults of a class depend on other arguments.
    for name, fixed, found in (
        ("--set", options.set, report.best.arguments),
        ("--compile", options.compile, report.best.settings),
    ):
        for key, value in [*fixed, *found.items()]:
            value = value if isinstance(value, str) else json.dumps(value)
            words += [name, f"{key}={value}"]
    return shlex.join(str(word) for word in [*words, "--out", "DIR"])
