"""Finds the command, runs it, and turns errors into one line."""

import argparse
import difflib
import os
import re
import sys

from keras_gan_zoo_cli import inputs
from keras_gan_zoo_cli.commands import COMMANDS


def main(arguments=None):
    """Runs one command.

    Args:
        arguments: list of words, or None for the arguments of the process.

    Returns:
        int, the exit status.
    """
    # Before the import of TensorFlow, to hide its start-up notes.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("ABSL_MIN_LOG_LEVEL", "3")
    top, parsers = parser()
    words = sys.argv[1:] if arguments is None else arguments
    _check_command(top, parsers, words)
    options, unknown = top.parse_known_args(words)
    try:
        inputs.check(options)
        if unknown:
            options = _with_controls(top, parsers, options, unknown, words)
        return options.command(options) or 0
    except (ValueError, OSError, ImportError) as error:
        print(f"keras-gan-zoo: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. Repeat the command to continue.", file=sys.stderr)
        return 130


def parser():
    """Makes the parser of all commands; each command adds its own parser.

    Returns:
        The parser, and a dict of the names of commands to their parsers.
    """
    top = argparse.ArgumentParser(
        prog="keras-gan-zoo",
        description="Train, use and inspect generative adversarial networks.",
        epilog="KERAS_BACKEND=tensorflow, jax or torch chooses the backend.",
    )
    top.set_defaults(gan=None)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return top, commands.choices


def _check_command(top, parsers, words):
    """Ends the program if the first word is not a command."""
    name = words[0] if words else ""
    if name and not name.startswith("-") and name not in parsers:
        top.error(
            f"unknown command: {name}.{_meant(name, parsers)} Known: "
            f"{', '.join(parsers)}."
        )


def _meant(word, known):
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _with_controls(top, parsers, options, unknown, arguments):
    """Parses again, with the flags of the model in the file.

    Args:
        top: the parser.
        parsers: dict of the names of commands to their parsers.
        options: namespace of the first parse.
        unknown: list of the words that the first parse did not know.
        arguments: all words.
    """
    own = parsers[arguments[0]]
    fixed = re.findall(r"--[a-z][\w-]*", own.format_usage())
    wrong = next((w for w in unknown if w.startswith("-")), unknown[0])
    wrong = wrong.partition("=")[0]
    # Without a file there is no model with more flags.
    if not own.get_default("takes_controls") or options.file is None:
        own.error(
            f"unrecognized arguments: {' '.join(unknown)}."
            f"{_meant(wrong, fixed)}"
        )
    from keras_gan_zoo_cli import control_flags, sources

    card = sources.card(options.file) or {}
    gan = None
    if "controls" not in card or wrong in control_flags.flags_on(card):
        gan = sources.model(options.file)
        control_flags.add(own, gan)
        again, unknown = top.parse_known_args(arguments)
    if unknown:
        name = card["class"] if gan is None else type(gan).__name__
        flags = (
            control_flags.flags_on(card)
            if gan is None
            else control_flags.flags_of(gan)
        )
        raise ValueError(
            f"{name} has no such control. Expected flags of its own: "
            f"{', '.join(flags) or 'none'}. Received: {' '.join(unknown)}."
            f"{_meant(wrong, [*flags, *fixed])}"
        )
    again.gan = gan
    return again
