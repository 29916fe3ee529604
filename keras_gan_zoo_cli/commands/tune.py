"""`tune`: searches for good settings, or goes on with a search."""

import json
import shlex

from keras_gan_zoo_cli import flags, sources
from keras_gan_zoo_cli.commands.train import arguments_from


def add_parser(commands):
    parser = commands.add_parser(
        "tune",
        help="search for good settings, or go on with a search",
        description="Trains a model with setting after setting, the default "
        "first, and reports which makes the best images by a metric. --set "
        "and --compile fix what is not to be tuned. If the folder holds an "
        "interrupted search of the same settings, it goes on where that was. "
        'Needs pip install "keras_gan_zoo[tuner]".',
    )
    flags.add_architecture(parser)
    flags.add_data(parser)
    flags.add_training(parser)
    parser.add_argument("--trials", type=flags.positive, default=20)
    parser.add_argument(
        "--metric",
        default="fid",
        help="of fid, kid, prdc (precision), is, swd, ms_ssim, modes, accuracy",
    )
    flags.add_extractor(parser)
    parser.add_argument("--num", type=flags.positive, default=2000)
    parser.add_argument("--algorithm", default="random", help="or bayesian")
    parser.set_defaults(command=tune)
    return parser


def tune(options):
    """Prints the report, and the command that trains the best setting."""
    import keras_gan_zoo as kgz
    from keras_gan_zoo.files import registry
    from keras_gan_zoo.tuning import hyper  # an extra, perhaps not installed

    cls = registry.architecture(options.model).load()
    batches = sources.data(options, cls)
    searched = hyper.HyperGAN(
        cls,
        arguments_from(cls, batches, options.set),
        dict(options.compile),
        metric=options.metric,
        extractor=sources.extractor(options),
        num_images=options.num,
        seed=options.seed,
    )
    report = hyper.tune(
        searched,
        batches,
        options.out,
        options.trials,
        options.epochs,
        options.algorithm,
        source=options.data,
    )
    print(report.text())
    train = _train_command(options, report)  # an error if all failed
    best = sources.model(options.out / "best.keras")
    grid = kgz.callbacks.grid_for(best, batches, options.out / "samples")
    grid.set_model(best)
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
