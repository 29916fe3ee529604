"""The command line of keras_gan_zoo: parses, calls the public API, prints.

A module beside the package and not in it: importing any part of the package
imports Keras, for which `--help` must not wait.
"""

import argparse
import contextlib
import itertools
import json
import os
import pathlib
import shlex
import sys

# Command-line name of each architecture -> its class in keras_gan_zoo.
MODELS = {
    "vanilla_gan": "VanillaGAN",
    "dcgan": "DCGAN",
    "conditional_gan": "ConditionalGAN",
    "infogan": "InfoGAN",
    "pix2pix": "Pix2Pix",
    "cyclegan": "CycleGAN",
    "progan": "ProGAN",
}


FILE = "a .keras file, or the name of a pretrained model: see list"


def main(arguments=None):
    """Runs one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    # Before TensorFlow is imported: its start-up notes are no news.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("ABSL_MIN_LOG_LEVEL", "3")
    try:
        return options.command(options) or 0
    except (ValueError, OSError, ImportError) as error:
        print(f"keras-gan-zoo: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on.", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(
        prog="keras-gan-zoo",
        description="Train, use and inspect generative adversarial networks.",
        epilog="KERAS_BACKEND=tensorflow, jax or torch chooses the backend.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser(
        "list", help="name the architectures and the pretrained models"
    )
    listing.set_defaults(command=_list)

    train = commands.add_parser(
        "train",
        help="train a model, or go on with a training",
        description="Trains a model into a folder. If the folder holds an "
        "interrupted training of the same settings, it goes on exactly "
        "where that was.",
    )
    train.add_argument("model", choices=MODELS, metavar="MODEL")
    _add_data(train)
    _add_training(train)
    train.add_argument(
        "--strategy",
        choices=["auto", "mirrored", "multi_worker"],
        help="train on all devices, or on the machines of TF_CONFIG",
    )
    train.set_defaults(command=_train)

    tune = commands.add_parser(
        "tune",
        help="search for good settings, or go on with a search",
        description="Trains a model with setting after setting, the default "
        "first, and reports which makes the best images by a metric. --set "
        "and --compile fix what is not to be tuned. If the folder holds an "
        "interrupted search of the same settings, it goes on where that was. "
        'Needs pip install "keras_gan_zoo[tuner]".',
    )
    tune.add_argument("model", choices=MODELS, metavar="MODEL")
    _add_data(tune)
    _add_training(tune)
    tune.add_argument("--trials", type=int, default=20)
    tune.add_argument(
        "--metric",
        default="fid",
        help="of fid, kid, prdc (precision), is, swd, ms_ssim, modes, accuracy",
    )
    _add_extractor(tune)
    tune.add_argument("--num", type=int, default=2000)
    tune.add_argument("--algorithm", default="random", help="or bayesian")
    tune.set_defaults(command=_tune)

    generate = commands.add_parser("generate", help="draw images")
    generate.add_argument("file", metavar="FILE", help=FILE)
    generate.add_argument("--num", type=int, default=64)
    generate.add_argument("--seed", type=int, default=0)
    generate.add_argument(
        "--labels",
        type=_integers,
        help="classes of the images in turn, e.g. 7 or 0,1,2",
    )
    _add_out(generate)
    generate.set_defaults(command=_generate)

    traverse = commands.add_parser(
        "traverse", help="draw a row of images for each value of a code"
    )
    traverse.add_argument("file", metavar="FILE", help=FILE)
    traverse.add_argument("--code", required=True, help="e.g. categorical_0")
    traverse.add_argument("--columns", type=int, default=10)
    traverse.add_argument("--seed", type=int, default=0)
    _add_out(traverse)
    traverse.set_defaults(command=_traverse)

    translate = commands.add_parser(
        "translate", help="translate a picture, or a folder of them"
    )
    translate.add_argument("file", metavar="FILE", help=FILE)
    translate.add_argument("source", metavar="IN")
    translate.add_argument("target", metavar="OUT")
    translate.add_argument("--to", choices=["a", "b"], help="CycleGAN's way")
    translate.add_argument("--seed", type=int, help="of pix2pix' noise")
    translate.add_argument(
        "--no-noise",
        action="store_const",
        const=False,
        dest="noise",
        help="pix2pix without dropout",
    )
    translate.add_argument(
        "--tile", type=int, help="sides of tiles, for very large pictures"
    )
    translate.add_argument(
        "--overwrite", action="store_true", help="replace pictures"
    )
    translate.set_defaults(command=_translate)

    evaluate = commands.add_parser(
        "evaluate",
        help="measure how good a model's images are",
        description="Prints a table of metrics with 95 % confidence "
        "intervals. Latent models draw --num images; others translate the "
        "data.",
    )
    evaluate.add_argument("file", metavar="FILE", help=FILE)
    _add_data(evaluate)
    evaluate.add_argument("--split", help="of a set of TFDS, e.g. test")
    evaluate.add_argument(
        "--metrics",
        default="fid,kid,prdc",
        help="of fid, kid, prdc, is, swd, ms_ssim, modes, accuracy",
    )
    _add_extractor(evaluate)
    evaluate.add_argument("--num", type=int, default=10_000)
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument("--to", choices=["a", "b"], help="CycleGAN's way")
    evaluate.add_argument(
        "--cache", help="folder that keeps the statistics of the real images"
    )
    evaluate.add_argument(
        "--json", type=pathlib.Path, help="file for the numbers"
    )
    # Whole batches only: the default leaves out few images.
    evaluate.set_defaults(command=_evaluate, batch_size=100)

    explore = commands.add_parser(
        "explore",
        help="turn what a model lets you control, in the browser",
        description="Shows a page with the controls of a model: classes, "
        "codes, directions of the latent space, or pictures to translate. "
        "Only this machine sees it, and it calls no other. Needs pip install "
        '"keras_gan_zoo[explore]".',
    )
    explore.add_argument("file", metavar="FILE", help=FILE)
    explore.add_argument(
        "--port", type=int, default=8501, help="0 for any that is free"
    )
    explore.add_argument(
        "--no-browser",
        action="store_false",
        dest="browser",
        help="do not open the page",
    )
    explore.set_defaults(command=_explore)

    describe = commands.add_parser("describe", help="say what is in a file")
    describe.add_argument("file", metavar="FILE", help=FILE)
    describe.set_defaults(command=_describe)
    return parser


def _add_data(parser):
    parser.add_argument(
        "--data",
        required=True,
        help="digits, tfds:NAME or folder:PATH; for pix2pix pairs:PATH, "
        "pairs:PATH_A,PATH_B or photographs; for cyclegan "
        "unpaired:PATH_A,PATH_B, tfds:NAME or photographs",
    )
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--image-size", type=_size, metavar="HxW")
    parser.add_argument("--data-dir", help="where TFDS keeps its sets")


def _add_training(parser):
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument(
        "--out", type=pathlib.Path, required=True, metavar="DIR"
    )
    parser.add_argument("--seed", type=int, default=0)
    for name, help in (
        ("--set", "argument of the model, e.g. latent_dim=64"),
        ("--compile", "argument of compile(), e.g. loss=hinge"),
    ):
        parser.add_argument(
            name,
            type=_assignment,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=help,
        )


def _add_extractor(parser):
    parser.add_argument(
        "--extractor",
        default="pixels",
        help="pixels, mobilenet, inception, mnist, digits, or a .keras file",
    )


def _add_out(parser):
    parser.add_argument(
        "--out",
        type=pathlib.Path,
        required=True,
        metavar="PICTURE",
        help="picture file to write",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the picture"
    )


def _size(text):
    height, _, width = text.partition("x")
    return int(height), int(width or height)


def _integers(text):
    return [int(number) for number in text.split(",")]


def _assignment(text):
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


# ---------------------------------------------------------------- commands


def _list(options):
    import keras_gan_zoo as kgz

    for name, class_name in MODELS.items():
        summary = getattr(kgz, class_name).__doc__.splitlines()[0]
        print(f"{name:16} {summary}")
    print("\nPretrained, in place of a FILE:")
    for name, card in kgz.list_presets().items():
        print(f"{name:24} {card['description']}")


def _train(options):
    if options.strategy is None:
        _claim(options)
    import keras

    import keras_gan_zoo as kgz

    scope = contextlib.nullcontext()
    if options.strategy is not None:
        scope = kgz.distribute.strategy(options.strategy).scope()
    keras.utils.set_random_seed(options.seed)
    cls = getattr(kgz, MODELS[options.model])
    batches = _data(options, cls)
    with scope:
        gan = cls(**_shapes(cls, batches), **dict(options.set))
        given = dict(options.compile)
        if cls is kgz.CycleGAN:
            given.setdefault("total_steps", options.epochs * len(batches))
        gan.compile(**given)
    chief = kgz.distribute.is_chief(gan)
    if options.strategy is not None and chief:
        _claim(options)
    _fit(options, gan, batches, chief)


def _fit(options, gan, batches, chief):
    import keras

    import keras_gan_zoo as kgz

    samples = options.out / "samples"
    grid = _grid(type(gan), batches, samples, max(1, options.epochs // 50))
    monitor = kgz.CollapseMonitor()
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
        return kgz.control_callbacks.ClassGrid(samples, every_epochs=every)
    with kgz.batching.looking(batches):
        examples = next(batches.unbatch().batch(8).take(1).as_numpy_iterator())
    return kgz.translation_callbacks.TranslationGrid(
        samples, examples, every_epochs=every
    )


def _tune(options):
    import keras_gan_zoo as kgz
    from keras_gan_zoo import tuning  # first of all: it may not be installed

    cls = getattr(kgz, MODELS[options.model])
    batches = _data(options, cls)
    hyper = tuning.HyperGAN(
        cls,
        {**_shapes(cls, batches), **dict(options.set)},
        dict(options.compile),
        metric=options.metric,
        extractor=_extractor(options),
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
    grid.set_model(_model(options.out / "best.keras"))
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
            different = [k for k in settings if settings[k] != found.get(k)]
            raise ValueError(
                f"{options.out} holds a training with other settings. "
                "Expected the same, to go on with it, or a new folder. "
                "Received: "
                + "; ".join(
                    f"{k}={settings[k]!r} where it has {found.get(k)!r}"
                    for k in different
                )
            )
    elif options.out.exists() and any(options.out.iterdir()):
        raise ValueError(
            f"Expected a new folder, or one of an earlier training. "
            f"Received: {options.out}, which holds other files."
        )
    import keras_gan_zoo as kgz  # slow: a refusal need not wait for it

    options.out.mkdir(parents=True, exist_ok=True)
    kgz.storage.write_text(path, json.dumps(settings, indent=2) + "\n")


def _data(options, cls, split=None):
    """The dataset that --data names, with the arguments that were given."""
    from keras_gan_zoo import data

    batches = cls.batches
    kind, _, name = options.data.partition(":")
    paths = name.split(",")
    given = {
        "batch_size": options.batch_size,
        "image_size": options.image_size,
        "seed": options.seed,
    }
    given = {key: value for key, value in given.items() if value is not None}
    tfds = {"data_dir": options.data_dir, **given}
    if split is not None:
        if kind != "tfds" or batches == "domains":
            raise ValueError(
                "Expected --split with --data tfds:NAME of images. "
                f"Received: --split {split} with --data {options.data}"
            )
        tfds["split"] = split
    if batches == "pairs":
        if kind == "pairs" and len(paths) == 1:
            return data.paired_folder(name, **given)
        if kind == "pairs" and len(paths) == 2:
            return data.paired_folder(paths[0], path_b=paths[1], **given)
        if kind == "photographs":
            return data.photograph_pairs(name or "colour", **given)
        expected = (
            "pairs:PATH, pairs:PATH_A,PATH_B, photographs:colour or "
            "photographs:edges"
        )
    elif batches == "domains":
        if kind == "unpaired" and len(paths) == 2:
            return data.unpaired_folders(*paths, **given)
        if kind == "tfds" and name:
            return data.unpaired_tfds(name, **tfds)
        if kind == "photographs" and not name:
            return data.photograph_domains(**given)
        expected = "unpaired:PATH_A,PATH_B, tfds:NAME or photographs"
    else:
        labels = {"labels": batches == "labelled"}
        if kind == "digits" and not name:
            return data.digits(**given, **labels)
        if kind == "tfds" and name:
            return data.tfds(name, **tfds, **labels)
        if kind == "folder" and name:
            return data.image_folder(name, **given, **labels)
        expected = "digits, tfds:NAME or folder:PATH"
    raise ValueError(
        f"Expected --data {expected} for {cls.__name__}. "
        f"Received: --data {options.data}"
    )


def _extractor(options):
    """What --extractor names: a name as it is, or the model of a file."""
    if not options.extractor.endswith(".keras"):
        return options.extractor
    import keras

    return keras.saving.load_model(options.extractor, compile=False)


def _evaluate(options):
    import keras_gan_zoo as kgz

    gan = _model(options.file)
    if options.image_size is None:
        options.image_size = gan.image_shape[:2]
    evaluation = kgz.evaluate(
        gan,
        _data(options, type(gan), options.split),
        options.metrics.split(","),
        _extractor(options),
        options.num,
        to=options.to or "b",
        seed=options.seed,
        cache=options.cache,
        verbose=1,
    )
    print(evaluation.table())
    if options.json is not None:
        kgz.storage.write_text(options.json, evaluation.json())


def _model(name, compile=False):
    """The model in a file, or the preset of that name."""
    import keras_gan_zoo as kgz

    if not pathlib.Path(name).exists() and name in kgz.list_presets():
        return kgz.from_preset(name)
    return kgz.load(name, compile=compile)


def _generate(options):
    import keras_gan_zoo as kgz

    _check_free(options)
    gan = _model(options.file)
    if not hasattr(gan, "generate"):
        raise ValueError(
            f"{type(gan).__name__} makes images of images. Expected: "
            f"keras-gan-zoo translate. Received: generate {options.file}"
        )
    given = {}
    if options.labels is not None:
        if gan.batches != "labelled":
            raise ValueError(
                f"{type(gan).__name__} knows no classes. Expected a "
                f"ConditionalGAN for --labels. Received: {options.file}"
            )
        labels = itertools.cycle(options.labels)
        given["labels"] = list(itertools.islice(labels, options.num))
    images = gan.generate(options.num, seed=options.seed, **given)
    kgz.pictures.save(options.out, kgz.pictures.grid(images))
    print(options.out)


def _traverse(options):
    import keras_gan_zoo as kgz

    _check_free(options)
    gan = _model(options.file)
    rows = kgz.control.traverse(
        gan, options.code, columns=options.columns, seed=options.seed
    )
    kgz.pictures.save(options.out, kgz.control.picture(rows))
    print(options.out)


def _translate(options):
    import keras_gan_zoo as kgz

    gan = _model(options.file)
    if not isinstance(gan, (kgz.CycleGAN, kgz.Pix2Pix)):
        raise ValueError(
            f"{type(gan).__name__} translates no pictures. Expected a file "
            f"of a Pix2Pix or CycleGAN. Received: {options.file}"
        )
    names = ("to",) if isinstance(gan, kgz.CycleGAN) else ("seed", "noise")
    given = {name: getattr(options, name) for name in (*names, "tile")}
    given = {key: value for key, value in given.items() if value is not None}
    skipped = kgz.picture_files.translate(
        gan, options.source, options.target, options.overwrite, **given
    )
    print(options.target)
    for reason in skipped:
        print(f"keras-gan-zoo: skipped. {reason}", file=sys.stderr)
    return 1 if skipped else 0


def _explore(options):
    from keras_gan_zoo import explorer

    explorer.check_installed()
    gan = _model(options.file)
    name = pathlib.Path(options.file).stem
    explorer.serve(gan, name, options.port, options.browser)


def _check_free(options):
    if options.out.exists() and not options.overwrite:
        raise ValueError(
            f"{options.out} exists. Expected a new file, or --overwrite."
        )


def _describe(options):

    gan = _model(options.file, compile=True)
    print(type(gan).__name__)
    print(type(gan).__doc__.splitlines()[0])
    print(f"steps trained: {int(gan.steps)}")
    for name, value in gan.get_config().items():
        print(f"  {name} = {_short(value)}")
    for player, networks in gan.players().items():
        for network in networks:
            print(
                f"{player}: {network.name}, {network.count_params():,} weights"
            )
    if gan.compiled:
        print("compiled with")
        for name, value in gan.get_compile_config().items():
            print(f"  {name} = {_short(value)}")


def _short(value):
    """A config's value in a line: a serialised object by its class."""
    if isinstance(value, dict) and "class_name" in value:
        inner = value["config"]
        if not isinstance(inner, dict):
            return inner
        inner = ", ".join(f"{k}={v!r}" for k, v in inner.items())
        return f"{value['class_name']}({inner})"
    return repr(value)


if __name__ == "__main__":
    sys.exit(main())
