"""`generate`: draws samples of a latent model."""

import os
import pathlib

from keras_gan_zoo_cli import control_flags, flags, sources

#: Number of samples without `--num`.
DEFAULT_NUM = 64
#: Number of samples that are drawn at a time for single files.
BATCH = 64


def add_parser(commands):
    parser = commands.add_parser(
        "generate",
        help="draw samples",
        description="Draws samples. Further flags depend on the model, e.g. "
        "--labels 7 or 0,1,2 for a model with classes: describe FILE lists "
        "them.",
    )
    flags.add_file(parser)
    parser.add_argument(
        "--num", type=flags.positive, help="number of samples, by default 64"
    )
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument("--seed", type=int, default=0, help="of all samples")
    origin.add_argument(
        "--seeds",
        type=flags.seeds,
        metavar="SEEDS",
        help="a seed for each sample, e.g. 85,265 or 0-63. A seed makes the "
        "same sample whatever the others are; --each names files by them",
    )
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument(
        "--out",
        type=pathlib.Path,
        metavar="PATH",
        help="file to write, e.g. a .png with all samples",
    )
    place.add_argument(
        "--each",
        type=pathlib.Path,
        metavar="DIR",
        help="folder for single files, one for each sample; any number",
    )
    place.add_argument(
        "--video",
        type=pathlib.Path,
        metavar="FILE",
        help="a .gif, .webp or .mp4 to write: --num images that change "
        "smoothly and end as they began",
    )
    parser.add_argument(
        "--seconds", type=flags.positive, default=8, help="of the video"
    )
    parser.add_argument(
        "--fps", type=flags.positive, default=20, help="frames per second"
    )
    flags.add_overwrite(parser)
    parser.set_defaults(command=generate, takes_controls=True)
    return parser


def generate(options):
    """Writes samples to one file, to a folder, or to a video."""
    _check_seeds(options)
    if options.out is not None:
        flags.check_free(options)
    if options.video is not None:
        _check_video(options)
    gan = sources.opened(options)
    sources.check_verb(gan, "generate", options.file)
    if options.each is not None:
        _write_each(options, gan)
        return
    if options.video is not None:
        _write_video(options, gan)
        return
    for path in gan.sample.files(options.out, options.num):
        flags.check_free(options, path)
    chosen = control_flags.chosen(options, gan)
    chosen = control_flags.repeated(chosen, range(options.num))
    if options.seeds is None:
        samples = gan.generate(options.num, seed=options.seed, **chosen)
    else:
        samples = _from_seeds(gan, options.seeds, chosen)
    for path in gan.sample.write(options.out, samples):
        print(path)


def _check_seeds(options):
    """Sets the number of samples: as many as there are seeds, if given."""
    if options.seeds is None:
        options.num = options.num or DEFAULT_NUM
        return
    if options.num is not None or options.video is not None:
        given = "--video" if options.num is None else "--num"
        raise ValueError(
            "Each of the --seeds makes one sample. Expected --seeds without "
            f"--num and --video. Received: --seeds and {given}."
        )
    options.num = len(options.seeds)


def _from_seeds(gan, seeds, chosen):
    from keras_gan_zoo import control

    return control.from_seeds(gan, seeds, **chosen)


def _check_video(options):
    """Raises an error if the video cannot be written, before long work."""
    from keras_gan_zoo.control import video

    flags.check_free(options, options.video)
    video.writer(options.video)


def _write_video(options, gan):
    """Writes a video of a smooth walk through the latents, in a loop."""
    from keras_gan_zoo.control import video

    chosen = control_flags.chosen(options, gan)
    chosen = control_flags.repeated(chosen, range(options.num))
    frames = video.loop(
        gan,
        num=options.num,
        frames=options.seconds * options.fps,
        seed=options.seed,
        **chosen,
    )
    print(video.save_video(options.video, frames, options.fps))


def _write_each(options, gan):
    """Writes one file for each sample, batch by batch.

    The n-th file depends on the seed and n only, or on its own seed.
    """
    folder, ending = options.each, gan.sample.endings[0]
    names = options.seeds or range(options.num)
    digits = max(6, len(str(max(names))))

    def path(number):
        return folder / f"{number:0{digits}}{ending}"

    if folder.is_dir():
        there = {entry.name for entry in os.scandir(folder)}
        for number in names if there else ():
            if path(number).name in there:
                flags.check_free(options, path(number))
    folder.mkdir(parents=True, exist_ok=True)
    for number, sample in _numbered(options, gan):
        gan.sample.write_one(path(number), sample)
    print(f"{options.num} files: {folder}")


def _numbered(options, gan):
    """Yields the number of each file and its sample."""
    chosen = control_flags.chosen(options, gan)
    if options.seeds is not None:
        for place, seed in enumerate(options.seeds):
            one = control_flags.repeated(chosen, [place])
            yield seed, *_from_seeds(gan, [seed], one)
        return
    for start in range(0, options.num, BATCH):
        numbers = range(start, min(start + BATCH, options.num))
        samples = gan.generate(
            BATCH,  # constant, so that a step is compiled once
            seed=_seed(options.seed, start),
            **control_flags.repeated(chosen, range(start, start + BATCH)),
        )
        yield from zip(numbers, samples)


def _seed(seed, start):
    """Returns a batch's seed, below 2**31, which is PyTorch's limit."""
    import numpy as np

    words = np.random.SeedSequence([seed, start]).generate_state(1)
    return int(words[0] >> 1)
