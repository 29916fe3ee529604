"""Four architectures on emoji of 64x64 pixels, each with equal processor time.

    python benchmarks/emoji_64.py RUNS --data EMOJI --weights FILE --minutes 90

Trains DCGAN and ProGAN with differentiable augmentation, StyleGAN2 with
adaptive augmentation, and R3GAN, on all pictures of a folder, mirrored at
random: with so few, none is held out. Prints a Markdown table of the Fréchet
distance in SqueezeNet's features, precision, recall and the sliced Wasserstein
distance, and writes it to `RUNS/table.md`. Each architecture leaves
`model.keras`, `samples.png` and `progress.json` in its folder.

The networks are narrow. The other settings are those of the classes, or for
StyleGAN2 of `StyleGAN2.settings_for`, without the path length penalty, as in
the form for CIFAR-10. ProGAN's phases and R3GAN's burn-in depend on the
number of images that the minutes allow, `--progan-images` and `--r3gan-images`.

A killed script continues with the same command, see `equal_minutes.py`.
"""

import argparse
import gc
import json
import pathlib

import equal_minutes
import keras
import numpy as np
import publish
import squeezenet

import keras_gan_zoo as kgz
from keras_gan_zoo.files import atomic

SHAPE = (64, 64, 3)
POLICY = "color,translation,cutout"


def dcgan(options):
    gan = kgz.DCGAN(
        SHAPE,
        filters=32,
        kernel_size=4,
        augmentation=POLICY,
        seed=options.seed,
        dtype=options.dtype,
    )
    gan.compile(ema_decay=0.999, updates="simultaneous")
    return gan


def progan(options):
    """Half of the images at the final size, the others before."""
    gan = kgz.ProGAN(
        SHAPE,
        latent_dim=64,
        fmap_base=1024,
        fmap_max=96,
        augmentation=POLICY,
        seed=options.seed,
        dtype=options.dtype,
    )
    # 4x4 has one phase, each other resolution two, the last one no end.
    shares = 0.05, 0.05, 0.07, 0.08, 0.1
    phases = [round(options.progan_images * share) for share in shares]
    gan.compile(phase_images=phases, updates="simultaneous")
    return gan


def stylegan2(options):
    arguments, settings = kgz.StyleGAN2.settings_for(SHAPE, options.batch_size)
    narrow = {"channel_base": 2048, "channel_max": 96}
    narrow |= {"latent_dim": 64, "style_dim": 96}
    gan = kgz.StyleGAN2(
        **{**arguments, **narrow}, seed=options.seed, dtype=options.dtype
    )
    gan.compile(**settings, path_length_weight=0, updates="simultaneous")
    return gan


def r3gan(options):
    gan = kgz.R3GAN(
        SHAPE,
        filters=64,
        blocks=1,
        augmentation="ada",
        seed=options.seed,
        dtype=options.dtype,
    )
    gan.compile(
        burn_in_steps=options.r3gan_images // options.batch_size,
        ema_decay=0.999,
        updates="simultaneous",
    )
    return gan


ARCHITECTURES = {
    "DCGAN": dcgan,
    "StyleGAN2": stylegan2,
    "R3GAN": r3gan,
    "ProGAN": progan,
}
HEADER = (
    "| model | Fréchet distance | precision | recall | sliced Wasserstein | "
    "images seen | minutes |\n"
    "|---|---|---|---|---|---|---|"
)
NOTE = """
A minute is the processor time of the training divided by the number of
processors ({processors}). {images:,} generated images against all {real:,}.
The Fréchet distance between two halves of these is {halves:,.0f}. Brackets: 95
% intervals."""


def train(name, options):
    """Trains until the minutes are used; does nothing if they are."""
    folder = options.runs / name
    budget = equal_minutes.Budget(folder, options.minutes)
    if budget.left <= 0 and (folder / "model.keras").exists():
        return
    keras.utils.set_random_seed(options.seed)
    gan = ARCHITECTURES[name](options)
    batches = kgz.data.image_folder(
        options.data,
        SHAPE[:2],
        options.batch_size,
        seed=options.seed,
        flip=True,
    )
    equal_minutes.train(gan, batches, budget, folder)
    seen = int(keras.ops.convert_to_numpy(gan.steps)) * options.batch_size
    facts = {"images": seen, "seconds": budget.used}
    atomic.write_text(folder / "facts.json", json.dumps(facts))
    samples = kgz.pictures.grid(gan.generate(100, seed=0), columns=10)
    kgz.pictures.save(folder / "samples.png", samples)


def measure(name, real, extractor, options):
    """The row of a trained architecture."""
    folder = options.runs / name
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    values = equal_minutes.kept(
        folder / "evaluation.json",
        {"images": facts["images"], "num_images": options.num_images},
        lambda: equal_minutes.flat(
            kgz.evaluate(
                kgz.load(folder / "model.keras", compile=False),
                real,
                ["fid", kgz.metrics.PrecisionRecall(extractor), "swd"],
                extractor,
                options.num_images,
                cache=options.runs / "statistics",
            )
        ),
    )
    cells = [
        equal_minutes.cell(values, *column)
        for column in (
            ("frechet_distance", "{:,.0f}"),
            ("precision", "{:.2f}"),
            ("recall", "{:.2f}"),
            ("swd", "{:.1f}"),
        )
    ]
    seen, minutes = f"{facts['images']:,}", f"{facts['seconds'] / 60:.0f}"
    return f"| {' | '.join([name, *cells, seen, minutes])} |"


def evaluate(options):
    """Prints the table and writes it."""
    extractor = squeezenet.features(options.weights)
    batches = kgz.data.image_folder(options.data, SHAPE[:2], 1)
    real = np.concatenate(list(batches.as_numpy_iterator()))
    rows = []
    for name in options.only:
        rows.append(measure(name, real, extractor, options))
        gc.collect()
    note = NOTE.format(
        processors=equal_minutes.processors(),
        images=options.num_images,
        real=len(real),
        halves=publish.between_halves(real, extractor),
    )
    table = "\n".join([HEADER, *rows, note])
    atomic.write_text(options.runs / "table.md", table + "\n")
    print(table)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=pathlib.Path, help="folder of the runs")
    parser.add_argument("--data", required=True, help="folder of pictures")
    parser.add_argument("--weights", required=True, help="of SqueezeNet")
    parser.add_argument("--minutes", type=float, default=90.0)
    parser.add_argument(
        "--only", nargs="+", choices=ARCHITECTURES, default=[*ARCHITECTURES]
    )
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--progan-images", type=int, default=300_000)
    parser.add_argument("--r3gan-images", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=0)
    dtype = equal_minutes.default_dtype()
    parser.add_argument("--dtype", default=dtype, help="here: %(default)s")
    parser.add_argument("--num-images", type=int, default=3000)
    parser.add_argument("--no-evaluation", action="store_true")
    options = parser.parse_args(arguments)
    for name in options.only:
        train(name, options)
        keras.utils.clear_session()
        gc.collect()
    if not options.no_evaluation:
        evaluate(options)


if __name__ == "__main__":
    main()
