"""The commands, a module each, in the order of `--help`.

A module has `add_parser(commands)`, which adds what the command takes, and a
function that runs it.
"""

from keras_gan_zoo_cli.commands import (
    describe,
    evaluate,
    explore,
    generate,
    list_all,
    train,
    translate,
    traverse,
    tune,
)

COMMANDS = (
    list_all,
    train,
    tune,
    generate,
    traverse,
    translate,
    evaluate,
    explore,
    describe,
)
