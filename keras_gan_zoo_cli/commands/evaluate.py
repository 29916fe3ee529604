"""`evaluate`: measures the quality of a model's samples."""

import argparse
import pathlib

from keras_gan_zoo_cli import control_flags, flags, sources

ONE = (
    "One thing is measured. Expected: either FILE, a model, or --images "
    "FOLDER. Received: {}. Flags of a model, such as --labels, do not go with "
    "--images: leave them out."
)


class _Measured(argparse.Action):
    """Stores FILE or --images, and refuses the second of the two.

    The parser takes the 3 of `--images FOLDER --labels 3` for a FILE, because
    it does not know the flag before it.
    """

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)
        if namespace.file is not None and namespace.images is not None:
            received = f"FILE {namespace.file} and --images {namespace.images}"
            parser.error(ONE.format(received))


def add_parser(commands):
    parser = commands.add_parser(
        "evaluate",
        help="measure the quality of a model's images, or of a folder's images",
        description="Prints a table of metrics, with 95 % confidence "
        "intervals for metrics whose intervals were tested. Latent models draw "
        "--num images; others translate the data. With --images instead of "
        "FILE, all pictures in a folder are measured.",
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", action=_Measured, help=flags.FILE
    )
    parser.add_argument(
        "--images",
        metavar="FOLDER",
        action=_Measured,
        help="folder of pictures to measure instead of a model",
    )
    flags.add_data(parser)
    parser.add_argument("--split", help="part of a TFDS data set, e.g. test")
    parser.add_argument(
        "--metrics",
        default="fid,kid,prdc",
        help="any of fid, kid, prdc, is, swd, ms_ssim, modes, accuracy; for "
        "pairs psnr, ssim, psnr_y, ssim_y, perceptual",
    )
    flags.add_extractor(parser)
    parser.add_argument(
        "--resize",
        choices=["clean", "legacy"],
        help="how images are resized for the extractor: clean with "
        "antialiasing, legacy like the reference of the FID; default: legacy "
        "for inception, clean for others",
    )
    parser.add_argument("--num", type=flags.positive, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--cache", help="folder for the statistics of the real images"
    )
    parser.add_argument(
        "--json", type=pathlib.Path, help="JSON file for the numbers"
    )
    parser.add_argument(
        "--report",
        type=pathlib.Path,
        metavar="DIR",
        help="folder for an HTML page: samples, their nearest real "
        "neighbors, metrics and features",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace existing numbers and an existing page",
    )
    # Only whole batches: the default leaves out few images.
    parser.set_defaults(command=evaluate, takes_controls=True, batch_size=100)
    return parser


def evaluate(options):
    """Prints the table, and writes the numbers if --json is given."""
    import keras_gan_zoo as kgz
    from keras_gan_zoo.files import atomic

    if options.json is not None:
        flags.check_free(options, options.json)
    if options.report is not None:
        flags.check_free(options, options.report / "index.html")
    generated, real, controls = _sides(options)
    shared = {
        "extractor": sources.extractor(options),
        "resize": options.resize,
        "image_size": options.image_size,
        "seed": options.seed,
        **controls,
    }
    evaluation = kgz.evaluate(
        generated,
        real,
        options.metrics.split(","),
        num_images=options.num,
        cache=options.cache,
        verbose=1,
        **shared,
    )
    print(evaluation.table())
    if options.json is not None:
        atomic.write_text(options.json, evaluation.json())
    if options.report is not None:
        page = kgz.report(
            generated,
            real,
            options.report,
            evaluation,
            num_images=min(options.num, 500),
            data=options.data,
            overwrite=options.overwrite,
            **shared,
        )
        print(page)


def _sides(options):
    """Returns the model or images, the real images, and the controls."""
    if options.file is None and options.images is None:
        raise ValueError(ONE.format("neither"))
    if options.images is not None:
        return options.images, _real_pictures(options), {}
    gan = sources.opened(options)
    shape = next(iter(gan.modalities.values())).shape
    if options.image_size is None and len(shape) == 3:
        options.image_size = shape[:2]
    real = sources.data(options, type(gan), options.split, gan)
    return gan, real, control_flags.chosen(options, gan)


def _real_pictures(options):
    """Returns the whole folder of --data, or another dataset."""
    import keras_gan_zoo as kgz

    kind, _, path = options.data.partition(":")
    if kind == "folder" and path and options.split is None:
        return path
    return sources.data(options, kgz.LatentGAN, options.split)
