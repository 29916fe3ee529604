"""The commands and what they take."""

import argparse
import json
import pathlib

from keras_gan_zoo_cli import sources, training, using

FILE = "a .keras file, or the name of a pretrained model: see list"


def parser():
    top = argparse.ArgumentParser(
        prog="keras-gan-zoo",
        description="Train, use and inspect generative adversarial networks.",
        epilog="KERAS_BACKEND=tensorflow, jax or torch chooses the backend.",
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser(
        "list", help="name the architectures and the pretrained models"
    )
    listing.set_defaults(command=using.list_all)

    train = commands.add_parser(
        "train",
        help="train a model, or go on with a training",
        description="Trains a model into a folder. If the folder holds an "
        "interrupted training of the same settings, it goes on exactly "
        "where that was.",
    )
    train.add_argument("model", choices=sources.MODELS, metavar="MODEL")
    _add_data(train)
    _add_training(train)
    train.add_argument(
        "--strategy",
        choices=["auto", "mirrored", "multi_worker"],
        help="train on all devices, or on the machines of TF_CONFIG",
    )
    train.set_defaults(command=training.train)

    retrain = commands.add_parser(
        "retrain",
        help="train a pretrained model anew, as its card says",
        description="Runs the command on the card of a pretrained model, and "
        "refuses if that no longer makes the configuration of the card.",
    )
    retrain.add_argument(
        "preset", metavar="PRESET", help="a name, see list, or a folder"
    )
    retrain.add_argument(
        "--out", type=pathlib.Path, required=True, metavar="DIR"
    )
    retrain.add_argument(
        "--data", help="where your copy of the card's data is, as for train"
    )
    retrain.add_argument("--data-dir", help="where TFDS keeps its sets")
    retrain.set_defaults(command=training.retrain, parser=top)

    tune = commands.add_parser(
        "tune",
        help="search for good settings, or go on with a search",
        description="Trains a model with setting after setting, the default "
        "first, and reports which makes the best images by a metric. --set "
        "and --compile fix what is not to be tuned. If the folder holds an "
        "interrupted search of the same settings, it goes on where that was. "
        'Needs pip install "keras_gan_zoo[tuner]".',
    )
    tune.add_argument("model", choices=sources.MODELS, metavar="MODEL")
    _add_data(tune)
    _add_training(tune)
    tune.add_argument("--trials", type=int, default=20)
    tune.add_argument(
        "--metric",
        default="fid",
        help="of fid, kid, prdc (precision), is, swd, ms_ssim, modes, accuracy",
    )
    _add_extractor(tune)
    tune.add_argument("--num", type=int, default=2000)
    tune.add_argument("--algorithm", default="random", help="or bayesian")
    tune.set_defaults(command=training.tune)

    generate = commands.add_parser("generate", help="draw images")
    generate.add_argument("file", metavar="FILE", help=FILE)
    generate.add_argument("--num", type=int, default=64)
    generate.add_argument("--seed", type=int, default=0)
    generate.add_argument(
        "--labels",
        type=_integers,
        help="classes of the images in turn, e.g. 7 or 0,1,2",
    )
    _add_out(generate)
    generate.set_defaults(command=using.generate)

    traverse = commands.add_parser(
        "traverse", help="draw a row of images for each value of a code"
    )
    traverse.add_argument("file", metavar="FILE", help=FILE)
    traverse.add_argument("--code", required=True, help="e.g. categorical_0")
    traverse.add_argument("--columns", type=int, default=10)
    traverse.add_argument("--seed", type=int, default=0)
    _add_out(traverse)
    traverse.set_defaults(command=using.traverse)

    translate = commands.add_parser(
        "translate", help="translate a picture, or a folder of them"
    )
    translate.add_argument("file", metavar="FILE", help=FILE)
    translate.add_argument("source", metavar="IN")
    translate.add_argument("target", metavar="OUT")
    translate.add_argument("--to", choices=["a", "b"], help="CycleGAN's way")
    translate.add_argument("--seed", type=int, help="of pix2pix' noise")
    translate.add_argument(
        "--no-noise",
        action="store_const",
        const=False,
        dest="noise",
        help="pix2pix without dropout",
    )
    translate.add_argument(
        "--tile", type=int, help="sides of tiles, for very large pictures"
    )
    translate.add_argument(
        "--overwrite", action="store_true", help="replace pictures"
    )
    translate.set_defaults(command=using.translate)

    evaluate = commands.add_parser(
        "evaluate",
        help="measure how good a model's images are",
        description="Prints a table of metrics with 95 % confidence "
        "intervals. Latent models draw --num images; others translate the "
        "data.",
    )
    evaluate.add_argument("file", metavar="FILE", help=FILE)
    _add_data(evaluate)
    evaluate.add_argument("--split", help="of a set of TFDS, e.g. test")
    evaluate.add_argument(
        "--metrics",
        default="fid,kid,prdc",
        help="of fid, kid, prdc, is, swd, ms_ssim, modes, accuracy",
    )
    _add_extractor(evaluate)
    evaluate.add_argument("--num", type=int, default=10_000)
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument("--to", choices=["a", "b"], help="CycleGAN's way")
    evaluate.add_argument(
        "--cache", help="folder that keeps the statistics of the real images"
    )
    evaluate.add_argument(
        "--json", type=pathlib.Path, help="file for the numbers"
    )
    # Whole batches only: the default leaves out few images.
    evaluate.set_defaults(command=using.evaluate, batch_size=100)

    explore = commands.add_parser(
        "explore",
        help="turn what a model lets you control, in the browser",
        description="Shows a page with the controls of a model: classes, "
        "codes, directions of the latent space, or pictures to translate. "
        "Only this machine sees it, and it calls no other. Needs pip install "
        '"keras_gan_zoo[explore]".',
    )
    explore.add_argument("file", metavar="FILE", help=FILE)
    explore.add_argument(
        "--port", type=int, default=8501, help="0 for any that is free"
    )
    explore.add_argument(
        "--no-browser",
        action="store_false",
        dest="browser",
        help="do not open the page",
    )
    explore.set_defaults(command=using.explore)

    describe = commands.add_parser("describe", help="say what is in a file")
    describe.add_argument("file", metavar="FILE", help=FILE)
    describe.set_defaults(command=using.describe)
    return top


def _add_data(parser):
    parser.add_argument(
        "--data",
        required=True,
        help="digits, tfds:NAME or folder:PATH; for pix2pix pairs:PATH, "
        "pairs:PATH_A,PATH_B or photographs; for cyclegan "
        "unpaired:PATH_A,PATH_B, tfds:NAME or photographs",
    )
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--image-size", type=_size, metavar="HxW")
    parser.add_argument("--data-dir", help="where TFDS keeps its sets")


def _add_training(parser):
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument(
        "--out", type=pathlib.Path, required=True, metavar="DIR"
    )
    parser.add_argument("--seed", type=int, default=0)
    for name, help in (
        ("--set", "argument of the model, e.g. latent_dim=64"),
        ("--compile", "argument of compile(), e.g. loss=hinge"),
    ):
        parser.add_argument(
            name,
            type=_assignment,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=help,
        )


def _add_extractor(parser):
    parser.add_argument(
        "--extractor",
        default="pixels",
        help="pixels, mobilenet, inception, mnist, digits, or a .keras file",
    )


def _add_out(parser):
    parser.add_argument(
        "--out",
        type=pathlib.Path,
        required=True,
        metavar="PICTURE",
        help="picture file to write",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the picture"
    )


def _size(text):
    height, _, width = text.partition("x")
    return int(height), int(width or height)


def _integers(text):
    return [int(number) for number in text.split(",")]


def _assignment(text):
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
