"""`project`: finds the latents of pictures."""

from keras_gan_zoo_cli import flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "project",
        help="find the latents of a picture, or of a folder of them",
        description="Finds latents whose images are like given pictures. "
        "Writes a picture of each one next to what was found, and an .npz "
        "file of the latents, which control.Projection.load reads.",
    )
    flags.add_file(parser)
    parser.add_argument("source", metavar="IN")
    parser.add_argument("target", metavar="OUT")
    parser.add_argument("--labels", type=int, help="class of the pictures")
    parser.add_argument("--space", help="z, or w or w+ of a model with styles")
    parser.add_argument(
        "--distance", default="pixels", help="pixels or perceptual"
    )
    parser.add_argument("--starts", type=flags.positive, default=4)
    parser.add_argument("--steps", type=flags.positive, default=500)
    parser.add_argument("--seed", type=int, default=0)
    flags.add_overwrite(parser)
    parser.set_defaults(command=project)
    return parser


def project(options):
    """Writes the picture and the latents."""
    from keras_gan_zoo.control import project_files

    gan = sources.opened(options)
    found, paths = project_files.project_files(
        gan,
        options.source,
        options.target,
        options.overwrite,
        labels=options.labels,
        space=options.space,
        distance=options.distance,
        starts=options.starts,
        steps=options.steps,
        seed=options.seed,
    )
    print(f"mean absolute difference: {found.mae.mean():.4f} of 2")
    for path in paths:
        print(path)
