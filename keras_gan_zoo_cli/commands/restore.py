"""`restore`: makes pictures larger, or fills holes in them."""

from keras_gan_zoo_cli import flags
from keras_gan_zoo_cli.commands import translate


def add_parser(commands):
    parser = commands.add_parser(
        "restore",
        help="make a picture larger or fill its holes, or of a folder",
        description="Makes a picture larger with a model for "
        "super-resolution, or fills its holes with a model for inpainting; or "
        "each picture of a folder.",
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
    holes = parser.add_mutually_exclusive_group()
    holes.add_argument(
        "--mask",
        metavar="PICTURE",
        help="for inpainting: picture of the size of IN whose white pixels "
        "are the holes; default: a hole in the center",
    )
    holes.add_argument(
        "--mask-color",
        metavar="COLOR",
        help="for inpainting: color in which the holes are painted in IN, "
        "e.g. '#ff00ff'",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace pictures"
    )
    parser.set_defaults(command=restore, takes_controls=True)
    return parser


def restore(options):
    """Writes the restored pictures; returns 1 if pictures were skipped."""
    from keras_gan_zoo.control import picture_files

    masks = picture_files.mask_reader(options.mask, options.mask_color)
    given = {} if masks is None else {"masks": masks}
    return translate.write_pictures(options, "restore", **given)
