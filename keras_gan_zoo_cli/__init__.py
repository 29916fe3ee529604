"""The command line of keras_gan_zoo: parses, calls the public API, prints.

This is a separate package, so that `--help` answers at once: TensorFlow and
Keras are imported only when a command needs them.
"""

from keras_gan_zoo_cli.main import main

__all__ = ["main"]
