"""`retrain`: trains a pretrained model again, as its card says."""

import functools
import pathlib
import shlex

from keras_gan_zoo_cli.commands import train


def add_parser(commands):
    parser = commands.add_parser(
        "retrain",
        help="train a pretrained model again, as its card says",
        description="Runs the command on the card of a pretrained model, and "
        "refuses if that no longer makes the configuration of the card.",
    )
    parser.add_argument(
        "preset", metavar="PRESET", help="a name, see list, or a folder"
    )
    parser.add_argument(
        "--out", type=pathlib.Path, required=True, metavar="DIR"
    )
    parser.add_argument(
        "--data", help="where your copy of the card's data is, as for train"
    )
    parser.add_argument("--data-dir", help="where TFDS keeps its sets")
    parser.set_defaults(command=retrain)
    return parser


def retrain(options):
    """Prints the command on the card and trains."""
    from keras_gan_zoo.files import cards
    from keras_gan_zoo_cli.main import parser

    card = cards.card_of(options.preset)
    words = shlex.split(card.get("command", ""))
    if words[:2] != ["keras-gan-zoo", "train"]:
        raise ValueError(
            f"{options.preset} was not trained by this command line. Expected "
            "a card with keras-gan-zoo train ... as its command. Received: "
            f"command={card.get('command')!r}. If it is a program, run that."
        )
    top, _ = parser()
    again = top.parse_args(
        [*words[1:], "--out", str(options.out)]  # the last one counts
    )
    again.data = options.data or again.data
    again.data_dir = options.data_dir or again.data_dir
    print(card["command"])
    train.train(again, functools.partial(_check_same, card=card))


def _check_same(gan, card):
    """Raises an error unless a model is configured as the card says."""
    from keras_gan_zoo.files import presets

    for part, found in presets.configuration(gan).items():
        wanted = card.get(part) or {}
        if not presets.same(found, wanted):
            raise ValueError(
                f"The command of the card no longer makes its {part}. "
                "Expected the same. Received: "
                f"{train.differences(found, wanted, 'the card')}. Use the "
                "keras_gan_zoo of its time, see commit in the card."
            )
