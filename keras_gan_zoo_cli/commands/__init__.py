"""The commands, one module each, in the order of `--help`.

A module has `add_parser(commands)`, which adds the arguments of the command,
and a function that runs the command.
"""

from keras_gan_zoo_cli.commands import (
    describe,
    evaluate,
    explore,
    generate,
    list_all,
    project,
    restore,
    score,
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
    project,
    restore,
    evaluate,
    score,
    explore,
    describe,
)
