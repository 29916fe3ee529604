"""`generate`: draws samples of a latent model."""

from keras_gan_zoo_cli import control_flags, flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "generate",
        help="draw samples",
        description="Draws samples. What else can be chosen depends on the "
        "model, e.g. --labels 7 or 0,1,2 of one with classes: describe FILE "
        "lists its flags.",
    )
    flags.add_file(parser)
    parser.add_argument("--num", type=flags.positive, default=64)
    parser.add_argument("--seed", type=int, default=0)
    flags.add_out(parser, "PATH", "file to write, e.g. a .png")
    parser.set_defaults(command=generate, takes_controls=True)
    return parser


def generate(options):
    """Writes samples to the file, in the form that its ending says."""
    flags.check_free(options)
    gan = sources.opened(options)
    sources.check_verb(gan, "generate", options.file)
    flags.check_free(options, gan.sample.file(options.out))
    chosen = control_flags.repeated(
        control_flags.chosen(options, gan), options.num
    )
    samples = gan.generate(options.num, seed=options.seed, **chosen)
    for path in gan.sample.write(options.out, samples):
        print(path)
