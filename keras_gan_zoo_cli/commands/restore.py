"""`restore`: makes a picture larger, or a folder of them."""

from keras_gan_zoo_cli import flags
from keras_gan_zoo_cli.commands import translate


def add_parser(commands):
    parser = commands.add_parser(
        "restore",
        help="make a picture larger, or a folder of them",
        description="Makes a picture larger with a model for "
        "super-resolution, or each picture of a folder.",
    )
    flags.add_file(parser)
    parser.add_argument("source", metavar="IN")
    parser.add_argument("target", metavar="OUT")
    parser.add_argument(
        "--tile",
        type=flags.positive,
        help="height and width of the tiles in which large pictures are "
        "restored; smaller tiles take less memory",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace pictures"
    )
    parser.set_defaults(command=restore, takes_controls=True)
    return parser


def restore(options):
    """Writes the restored pictures; returns 1 if pictures were skipped."""
    return translate.write_pictures(options, "restore")
