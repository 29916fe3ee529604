"""`explore`: shows a model and its controls in the browser."""

import pathlib

from keras_gan_zoo_cli import flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "explore",
        help="try a model's controls in the browser",
        description="Shows a page with the controls of a model: classes, "
        "codes, directions of the latent space, or pictures to translate. "
        "The page is visible on this machine only and needs no network. It "
        'needs pip install "keras_gan_zoo[explore]".',
    )
    flags.add_file(parser)
    parser.add_argument(
        "--port", type=int, default=8501, help="port; 0 for any free port"
    )
    parser.add_argument(
        "--no-browser",
        action="store_false",
        dest="browser",
        help="do not open the page",
    )
    parser.set_defaults(command=explore)
    return parser


def explore(options):
    """Serves the page until it is interrupted."""
    from keras_gan_zoo.control import explorer

    explorer.check_installed()
    gan = sources.model(options.file)
    name = pathlib.Path(options.file).stem
    explorer.serve(gan, name, options.port, options.browser)
