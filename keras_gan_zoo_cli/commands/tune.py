"""`tune`: searches for good settings, or resumes a search."""

from keras_gan_zoo_cli import flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "tune",
        help="search for good settings, or resume a search",
        description="Trains a model with many settings, the default first, "
        "and reports which setting makes the best images by a metric. --set "
        "and --compile fix settings that are not tuned. If the folder holds "
        "an interrupted search with the same settings, it is resumed where it "
        'stopped. Needs pip install "keras_gan_zoo[tuner]".',
    )
    parser.add_argument("architecture", metavar="ARCHITECTURE", help="see list")
    flags.add_data(parser)
    flags.add_training(parser)
    parser.add_argument("--trials", type=flags.positive, default=20)
    parser.add_argument(
        "--metric",
        default="fid",
        help="one of fid, kid, prdc (precision), is, swd, ms_ssim, modes, "
        "accuracy",
    )
    flags.add_extractor(parser)
    parser.add_argument("--num", type=flags.positive, default=2000)
    parser.add_argument("--algorithm", default="random", help="or bayesian")
    parser.set_defaults(command=tune)
    return parser


def tune(options):
    """Prints the report, and the command that trains the best setting."""
    from keras_gan_zoo.files import registry
    from keras_gan_zoo.recipes import checks, words

    known = registry.architecture(options.architecture)
    recipe = words.Recipe(known.name, **sources.given(options))
    checks.check(recipe)
    import keras_gan_zoo as kgz
    from keras_gan_zoo.recipes import build
    from keras_gan_zoo.tuning import hyper  # an extra, may not be installed

    cls = known.load()
    batches = build.dataset(recipe)
    sources.print_classes(batches)
    searched = hyper.HyperGAN(
        cls,
        build.arguments_from(cls, batches, recipe.arguments),
        recipe.settings,
        metric=options.metric,
        extractor=sources.extractor(options),
        num_images=options.num,
        seed=recipe.seed,
    )
    report = hyper.tune(
        searched,
        batches,
        options.out,
        options.trials,
        recipe.epochs,
        options.algorithm,
        source=recipe.data,
    )
    print(report.text())
    # All arguments: some defaults of a class depend on other arguments.
    best = recipe.changed(
        report.best.arguments,
        report.best.settings,  # an error if all trials failed
    )
    train = best.command("DIR")
    best = sources.model(options.out / "best.keras")
    grid = kgz.callbacks.grid_for(best, batches, options.out / "samples")
    grid.set_model(best)
    kgz.pictures.save(options.out / "grid.png", grid.draw())
    print(f"Report: {options.out / 'report.md'}")
    print(f"Plot: {options.out / 'report.png'}")
    print(f"Best model: {options.out / 'best.keras'}")
    print(f"Its images: {options.out / 'grid.png'}")
    print(f"To train it longer: {train}")
