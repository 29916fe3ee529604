"""`traverse`: draws a row of images for each value of a code."""

from keras_gan_zoo_cli import flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "traverse", help="draw a row of images for each value of a code"
    )
    flags.add_file(parser)
    parser.add_argument("--code", required=True, help="e.g. categorical_0")
    parser.add_argument("--columns", type=flags.positive, default=10)
    parser.add_argument("--seed", type=int, default=0)
    flags.add_out(parser, "PICTURE", "picture file to write")
    parser.set_defaults(command=traverse)
    return parser


def traverse(options):
    """Writes the picture."""
    import keras_gan_zoo as kgz

    flags.check_free(options, kgz.pictures.file(options.out))
    gan = sources.model(options.file)
    rows = kgz.control.traverse(
        gan, options.code, columns=options.columns, seed=options.seed
    )
    kgz.pictures.save(options.out, kgz.control.picture(rows))
    print(options.out)
