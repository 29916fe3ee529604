"""`score`: says how odd pictures are."""

from keras_gan_zoo_cli import flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "score",
        help="say how odd the pictures of a folder are",
        description="Scores each picture of a folder by its distance from "
        "the nearest picture that the model can make. Train the model on "
        "pictures that are not odd. Writes a table, the oddest picture first.",
    )
    flags.add_file(parser)
    parser.add_argument(
        "--data",
        required=True,
        metavar="folder:PATH",
        help="the pictures, scaled to the size of the model",
    )
    flags.add_out(parser, "CSV", "table of files and scores")
    parser.add_argument(
        "--maps",
        metavar="DIR",
        help="folder for heat maps: each picture, what the model made of it, "
        "and the picture in red where they differ",
    )
    parser.add_argument(
        "--odd",
        metavar="NAME,NAME",
        help="subfolders with pictures that are odd; prints the area under "
        "the ROC curve",
    )
    parser.add_argument(
        "--method",
        choices=["search", "encoder"],
        help="default: the encoder of the model, if it has one",
    )
    parser.add_argument("--starts", type=flags.positive, default=1)
    parser.add_argument("--steps", type=flags.positive, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(command=score)
    return parser


def score(options):
    """Writes the table and the heat maps."""
    from keras_gan_zoo.control import score_files

    kind, _, path = options.data.partition(":")
    if kind != "folder" or not path:
        raise ValueError(
            "The table has a row for each file. Expected --data folder:PATH. "
            f"Received: --data {options.data}"
        )
    found, names, auroc = score_files.score_files(
        sources.opened(options),
        path,
        options.out,
        maps=options.maps,
        odd=options.odd.split(",") if options.odd else None,
        overwrite=options.overwrite,
        method=options.method,
        starts=options.starts,
        steps=options.steps,
        seed=options.seed,
    )
    worst = names[found.scores.argmax()]
    print(f"{len(names)} pictures, the oddest: {worst}")
    if auroc is not None:
        print(f"area under the ROC curve: {auroc:.4f}")
    print(options.out)
