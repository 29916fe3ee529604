"""Flags that several commands share, and the meaning of their values."""

import argparse
import pathlib

FILE = "a .keras file, or the name of a pretrained model: see list"


def add_file(parser):
    """Adds the model file, the first argument of commands that use a model."""
    parser.add_argument("file", metavar="FILE", help=FILE)


def add_data(parser, required=True):
    """Adds the flags of the dataset.

    Args:
        parser: the parser of a command.
        required: bool, whether the command needs a dataset.
    """
    parser.add_argument(
        "--data",
        required=required,
        help="images: digits, emoji, tfds:NAME or folder:PATH; pairs of "
        "images: pairs:PATH, pairs:PATH_A,PATH_B, emoji:outlines or "
        "photographs; two domains: "
        "unpaired:PATH_A,PATH_B, tfds:NAME or photographs",
    )
    parser.add_argument("--batch-size", type=positive)
    parser.add_argument("--image-size", type=_size, metavar="HxW")
    parser.add_argument("--data-dir", help="folder of TFDS data sets")


def add_training(parser, of_preset=False):
    """Adds the flags of how a model is made, compiled and trained.

    Args:
        parser: the parser of a command.
        of_preset: bool, whether a preset's recipe gives the other values.
    """
    parser.add_argument("--epochs", type=positive, required=not of_preset)
    parser.add_argument(
        "--out", type=pathlib.Path, required=True, metavar="DIR"
    )
    parser.add_argument("--seed", type=int, default=None if of_preset else 0)
    for name, text in (
        ("--set", "argument of the model, e.g. latent_dim=64"),
        ("--compile", "argument of compile(), e.g. loss=hinge"),
    ):
        parser.add_argument(
            name,
            type=_assignment,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=text,
        )


def add_extractor(parser):
    """Adds the choice of features for the metrics."""
    parser.add_argument(
        "--extractor",
        help="pixels, spectrum, efficientnet, mobilenet, inception, mnist, "
        "digits, or a .keras file; default: depends on the samples, "
        "efficientnet for color images",
    )


def add_out(parser, metavar, text):
    """Adds the file to write.

    Args:
        parser: the parser of a command.
        metavar: string, one word for the file in the help.
        text: string, the help of the flag.
    """
    parser.add_argument(
        "--out", type=pathlib.Path, required=True, metavar=metavar, help=text
    )
    add_overwrite(parser)


def add_overwrite(parser):
    """Adds the flag that allows the command to replace files."""
    parser.add_argument(
        "--overwrite", action="store_true", help="replace existing files"
    )


def check_free(options, path=None):
    """Raises a `ValueError` if a command would replace a file.

    Args:
        options: namespace of a parser with `--overwrite`.
        path: path of the file to write, with its ending. None: the value of
            `--out`.
    """
    given = getattr(options, "out", None) or getattr(options, "each", None)
    path = path or given
    if path.exists() and not options.overwrite:
        raise ValueError(
            f"{path} exists. Expected a new file, or --overwrite. Received: "
            f"{given or path}."
        )


def positive(text):
    """Reads a whole number of at least 1.

    Args:
        text: string, a word of the command line.

    Example:

    >>> positive("3")
    3
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"expected a whole number of at least 1, got {text!r}"
        )
    return int(text)


def seeds(text):
    """Reads seeds and ranges of seeds, both ends included.

    Args:
        text: string, a word of the command line.

    Example:

    >>> seeds("85,265,297-300")
    [85, 265, 297, 298, 299, 300]
    """
    found = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal()) or (
            int(last) < int(first)
        ):
            raise argparse.ArgumentTypeError(
                f"expected seeds such as 85,265 or 0-63, got {part!r}"
            )
        found.extend(range(int(first), int(last) + 1))
    return found


def _size(text):
    from keras_gan_zoo.recipes import words

    return _read(words.size, text)


def _assignment(text):
    from keras_gan_zoo.recipes import words

    return _read(words.assignment, text)


def _read(reader, text):
    """Reads a word, and reports the reader's error through argparse."""
    try:
        return reader(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
