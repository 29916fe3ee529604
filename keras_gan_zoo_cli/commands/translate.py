"""`translate`: translates a picture, or a folder of them."""

import inspect
import sys

from keras_gan_zoo_cli import control_flags, flags, sources

#: Flags whose arguments have another name.
FLAGS = {"masks": "--mask or --mask-color"}


def add_parser(commands):
    parser = commands.add_parser(
        "translate",
        help="translate a picture, or a folder of them",
        description="Translates a picture, or a folder of them. Further flags "
        "depend on the model, e.g. --to a: describe FILE lists them.",
    )
    flags.add_file(parser)
    parser.add_argument("source", metavar="IN")
    parser.add_argument("target", metavar="OUT")
    parser.add_argument(
        "--tile",
        type=flags.positive,
        help="height and width of tiles, for very large pictures",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace pictures"
    )
    parser.set_defaults(command=translate, takes_controls=True)
    return parser


def translate(options):
    """Writes the translations; returns 1 if pictures were skipped."""
    return write_pictures(options, "translate")


def write_pictures(options, verb, **given):
    """Writes pictures that a model made from others.

    Args:
        options: namespace, the parsed words.
        verb: string, the command, which must be the model's verb.
        **given: further arguments of `picture_files.translate`.

    Returns:
        1 if pictures were skipped, or 0.

    Raises:
        ValueError: if the model does not take what was given.
    """
    import keras_gan_zoo as kgz

    gan = sources.opened(options)
    sources.check_verb(gan, verb, options.file)
    given.update(control_flags.chosen(options, gan))
    if options.tile is not None:
        given["tile"] = options.tile
    taken = inspect.signature(getattr(gan, verb)).parameters
    wrong = [
        FLAGS.get(name, f"--{name}") for name in given if name not in taken
    ]
    if wrong:
        raise ValueError(
            f"{type(gan).__name__} does not take all flags of {verb}. "
            f"Expected no {' or '.join(wrong)}. Received: {', '.join(wrong)} "
            f"with {options.file}. Leave it out, or take another model."
        )
    skipped = kgz.control.picture_files.translate(
        gan, options.source, options.target, options.overwrite, **given
    )
    print(options.target)
    for reason in skipped:
        print(f"keras-gan-zoo: skipped. {reason}", file=sys.stderr)
    return 1 if skipped else 0
