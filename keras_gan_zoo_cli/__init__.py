"""The command line of keras_gan_zoo: parses, calls the public API, prints.

A package next to the other and not in it, so that `--help` answers at once:
nothing of TensorFlow or Keras is imported before a command needs it.
"""

from keras_gan_zoo_cli.main import main

__all__ = ["main"]
