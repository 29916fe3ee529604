"""`evaluate`: measures how good a model's samples are."""

import pathlib

from keras_gan_zoo_cli import control_flags, flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "evaluate",
        help="measure how good a model's images are",
        description="Prints a table of metrics with 95 % confidence "
        "intervals. Latent models draw --num images; others translate the "
        "data.",
    )
    flags.add_file(parser)
    flags.add_data(parser)
    parser.add_argument("--split", help="of a set of TFDS, e.g. test")
    parser.add_argument(
        "--metrics",
        default="fid,kid,prdc",
        help="of fid, kid, prdc, is, swd, ms_ssim, modes, accuracy",
    )
    flags.add_extractor(parser)
    parser.add_argument("--num", type=flags.positive, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--cache", help="folder that keeps the statistics of the real images"
    )
    parser.add_argument(
        "--json", type=pathlib.Path, help="file for the numbers"
    )
    # Whole batches only: the default leaves out few images.
    parser.set_defaults(command=evaluate, takes_controls=True, batch_size=100)
    return parser


def evaluate(options):
    """Prints the table, and writes the numbers if a file is named."""
    import keras_gan_zoo as kgz
    from keras_gan_zoo.files import atomic

    gan = sources.opened(options)
    shape = next(iter(gan.modalities.values())).shape
    if options.image_size is None and len(shape) == 3:
        options.image_size = shape[:2]
    evaluation = kgz.evaluate(
        gan,
        sources.data(options, type(gan), options.split),
        options.metrics.split(","),
        sources.extractor(options),
        options.num,
        seed=options.seed,
        cache=options.cache,
        verbose=1,
        **control_flags.chosen(options, gan),
    )
    print(evaluation.table())
    if options.json is not None:
        atomic.write_text(options.json, evaluation.json())
