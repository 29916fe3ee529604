"""Holes in photographs: the mean color, the squared error, and the adversary.

    python benchmarks/inpainting.py PHOTOS RUNS --steps 20000

Trains `ContextEncoder` on the squared error alone (`compile(
adversarial_weight=0)`) and with the adversary, with equal steps: for holes in
the center, and for random regions. On held-out photographs it prints, in the
holes, the PSNR and the variance of the Laplacian relative to the true one, and
of the whole pictures the perceptual distance, with 95 % intervals over
photographs and for the difference between both networks. It writes the table
to `RUNS/table.md` and a picture for each kind of holes. The columns of the
picture are the rows of the table in their order, and the truth.

PHOTOS holds `photos128.zip` and `index.tsv`, crops of 128x128 pixels with their
licenses. Crops under share-alike licenses and the GPL are left out. Every
fifth photograph is held out with all its crops, of which the first is
measured. `RUNS/train` and `RUNS/held_out` are folders of both parts, for
`keras-gan-zoo train context_encoder --data folder:RUNS/train` and `publish.py`.

A killed script continues with the same command, bit for bit if nothing else
differs.
"""

import argparse
import csv
import pathlib
import re
import shutil
import time
import zipfile

import held_out as measures
import keras
import numpy as np

import keras_gan_zoo as kgz

FREE = ("CC-BY-2.0", "CC-BY-4.0", "CC0", "public domain")
HELD_OUT = 5  # one of so many photographs
SHOWN = 8
NETWORKS = ("squared error", "joint")


def unpacked(photos, folder):
    """Unpacks the crops whose license allows it; returns their files."""
    with open(photos / "index.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    names = [r["file"] for r in rows if r["licence"].startswith(FREE)]
    missing = [name for name in names if not (folder / name).exists()]
    if missing:
        with zipfile.ZipFile(photos / "photos128.zip") as archive:
            archive.extractall(folder, missing)
    return [folder / name for name in names]


def split(files):
    """Returns files to train on and held-out ones, by photograph."""
    crops = {}
    for file in files:
        photograph = re.sub(r"_\d+_\d+$", "", file.stem)
        crops.setdefault(photograph, []).append(file)
    photographs = sorted(crops)
    np.random.default_rng(0).shuffle(photographs)
    held_out = photographs[::HELD_OUT]
    train = [f for p in sorted(set(crops) - {*held_out}) for f in crops[p]]
    return train, [crops[p][0] for p in held_out]


def read(files, options):
    side = round(options.side * options.jitter)
    return np.stack([kgz.pictures.read(file, (side, side)) for file in files])


def middle(images, side):
    """Returns the middle window of pictures, floats in [-1, 1]."""
    start = (images.shape[1] - side) // 2
    window = slice(start, start + side)
    return images[:, window, window] / np.float32(127.5) - 1


def model(holes, weight, options):
    keras.utils.set_random_seed(options.seed)
    gan = kgz.ContextEncoder(
        (options.side, options.side, 3),
        filters=options.filters,
        bottleneck=options.bottleneck,
        masks=holes,
        overlap=max(1, options.side // 32),  # the paper's 4 of 128
        seed=options.seed,
        dtype=options.dtype,
    )
    gan.compile(
        updates="simultaneous",
        ema_decay=options.ema,
        adversarial_weight=weight,
    )
    return gan


def trained(name, holes, weight, images, options):
    """Trains for the steps of the options, or loads what was trained."""
    path = options.runs / f"{name}.keras"
    if path.exists():
        return kgz.load(path)
    gan = model(holes, weight, options)
    # Random windows, both of a pair the same; the pipeline has its place.
    batches = kgz.data.mapped(
        kgz.data.paired_arrays(
            images,
            images,
            options.batch_size,
            jitter=images.shape[1] / options.side,
            flip=True,
            seed=options.seed,
        ),
        lambda windows, _: windows,
    )
    backup = kgz.callbacks.Backup(options.runs / f"{name}_backup")
    start = time.time()
    gan.fit(
        batches,
        epochs=-(-options.steps // len(batches)),
        verbose=2,
        callbacks=[backup],
    )
    seconds = time.time() - start
    print(f"{name}: {int(gan.steps)} steps, {seconds:.0f} s in this run")
    gan.save(path)
    return gan


def measured(restored, images, masks):
    """Returns the figures of each photograph, a dict of arrays `(num,)`."""
    errors = np.square(restored - images).mean(-1, keepdims=True) * masks
    errors = errors.sum((1, 2, 3)) / masks.sum((1, 2, 3))
    return {
        "PSNR in the hole, dB": 10 * np.log10(4 / errors),
        "perceptual distance x 1000": 1000
        * kgz.metrics.PerceptualDistance().compare(restored, images),
        "log10 of relative Laplacian variance": measures.relative_sharpness(
            restored, images, masks
        ),
    }


def compared(holes, train, held_out, options):
    """Trains both networks for one kind of holes; returns their table."""
    weights = dict(zip(NETWORKS, (0.0, options.adversarial_weight)))
    gans = {
        name: trained(
            f"{holes}_{name.replace(' ', '_')}", holes, weight, train, options
        )
        for name, weight in weights.items()
    }
    gan = gans["joint"]
    masks = gan.example_masks((held_out,), seed=1)
    color = train.reshape(-1, 3).mean(0) / 127.5 - 1
    restored = {"mean color": np.where(masks == 1, color, held_out)}
    for name, each in gans.items():
        restored[name] = each.restore(held_out, masks)
    results = {
        name: measured(images.astype("float32"), held_out, masks)
        for name, images in restored.items()
    }
    columns = [*restored.values(), held_out]
    rows = np.stack([images[:SHOWN] for images in columns], axis=1)
    rows = rows.reshape(-1, *rows.shape[2:])
    picture = kgz.pictures.grid(rows, columns=len(columns), gap=2)
    kgz.pictures.save(options.runs / f"{holes}.png", picture, min_side=900)
    table = measures.table(results, *NETWORKS)
    return f"{holes}, {len(held_out)} photographs\n\n{table}\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--holes", nargs="+", default=["center", "regions"])
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--filters", type=int, default=32)
    parser.add_argument("--bottleneck", type=int, default=512)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--jitter", type=float, default=1.5)
    parser.add_argument("--ema", type=float, default=0.999)
    parser.add_argument("--adversarial-weight", type=float, default=0.001)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # Otherwise runs may differ in the last bits on a busy machine.
        tf.config.threading.set_inter_op_parallelism_threads(1)
    options.runs.mkdir(parents=True, exist_ok=True)
    files = unpacked(options.photos, options.runs / "photos")
    train, held_out = split(files)
    for name, part in (("train", train), ("held_out", held_out)):
        # For the command line: a preset is trained and measured on folders.
        (options.runs / name).mkdir(exist_ok=True)
        for file in part:
            shutil.copy(file, options.runs / name)
    train = read(train, options)
    held_out = middle(read(held_out, options), options.side)
    print(f"{len(train)} crops, {len(held_out)} held-out photographs")
    tables = [compared(h, train, held_out, options) for h in options.holes]
    print(*tables, sep="\n")
    text = "\n".join(tables)
    (options.runs / "table.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
