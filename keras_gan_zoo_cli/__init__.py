"""The command line of keras_gan_zoo: parses, calls the public API, prints.

A package beside the other and not in it: importing any part of that imports
Keras, for which `--help` must not wait. So it is imported within functions.
"""

import os
import sys

from keras_gan_zoo_cli.arguments import parser


def main(arguments=None):
    """Runs one command; returns the exit status."""
    options = parser().parse_args(arguments)
    # Before TensorFlow is imported: its start-up notes are no news.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("ABSL_MIN_LOG_LEVEL", "3")
    try:
        return options.command(options) or 0
    except (ValueError, OSError, ImportError) as error:
        print(f"keras-gan-zoo: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on.", file=sys.stderr)
        return 130
