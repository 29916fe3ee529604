"""Finds the command, runs it, and turns errors into one line."""

import argparse
import os
import sys

from keras_gan_zoo_cli.commands import COMMANDS


def main(arguments=None):
    """Runs one command.

    Args:
        arguments: list of words, or None for those of the process.

    Returns:
        int, the exit status.
    """
    # Before TensorFlow is imported: its start-up notes are no news.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("ABSL_MIN_LOG_LEVEL", "3")
    top, parsers = parser()
    options, unknown = top.parse_known_args(arguments)
    try:
        if unknown:
            options = _with_controls(top, parsers, options, unknown, arguments)
        return options.command(options) or 0
    except (ValueError, OSError, ImportError) as error:
        print(f"keras-gan-zoo: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on.", file=sys.stderr)
        return 130


def parser():
    """The parser of all commands; each of them adds its own.

    Returns:
        The parser, and a dict of the functions of commands to their parsers.
    """
    top = argparse.ArgumentParser(
        prog="keras-gan-zoo",
        description="Train, use and inspect generative adversarial networks.",
        epilog="KERAS_BACKEND=tensorflow, jax or torch chooses the backend.",
    )
    top.set_defaults(gan=None)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    added = [command.add_parser(commands) for command in COMMANDS]
    return top, {each.get_default("command"): each for each in added}


def _with_controls(top, parsers, options, unknown, arguments):
    """Parses once more, with the flags of the model in the file.

    Args:
        top: the parser.
        parsers: dict of the functions of commands to their parsers.
        options: what was understood without.
        unknown: the words that were not.
        arguments: all words, or None for those of the process.
    """
    own = parsers[options.command]
    # Without a file there is no model whose flags they could be.
    if not own.get_default("takes_controls") or options.file is None:
        own.error(f"unrecognized arguments: {' '.join(unknown)}")
    from keras_gan_zoo_cli import control_flags, sources

    gan = sources.model(options.file)
    control_flags.add(own, gan)
    again, unknown = top.parse_known_args(arguments)
    if unknown:
        known = ", ".join(control_flags.flags_of(gan)) or "none"
        raise ValueError(
            f"{type(gan).__name__} has no such control. Expected flags of "
            f"its own: {known}. Received: {' '.join(unknown)}"
        )
    again.gan = gan
    return again
