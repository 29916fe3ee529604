"""SRResNet and SRGAN at a quarter of the width, on photographs, x4.

    python benchmarks/super_resolution.py DATA --out runs/super_resolution

DATA holds `photos128.zip`, `index.tsv` and `kodak256`: crops of photographs for
training and windows of 256x256 pixels of Kodak's pictures for testing. Crops
under GPL or a share-alike license are left out. A tenth of the photographs is
held out to choose settings: `Evaluate` measures them during training, and
`--held-out` prints their table. The test pictures are for the last table alone.

A killed run goes on exactly where it stopped if the command is repeated. In
OUT are `srresnet.keras`, `srgan.keras`, `scores.json`, `scores.md` and
`comparison.png`: bicubic, SRResNet, SRGAN, truth.
"""

import argparse
import csv
import json
import pathlib
import time
import zipfile

import keras
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo.files import atomic
from keras_gan_zoo.modalities import bicubic

SCALE = 4
WINDOW = (96, 96)
BATCH = 16
ALPHAS = (0.2, 0.4, 0.6, 0.8)
METRICS = ("psnr_y", "ssim_y", "perceptual")
REFUSED = ("GPL", "CC-BY-SA")
SHOWN = (4, 7, 10)  # of the test pictures, in the comparison


def unpack(data, folder):
    """Writes the permitted crops into `train` and `held_out`.

    All crops of a photograph are on one side.
    """
    if (folder / "held_out").exists():
        return
    with open(data / "index.tsv", newline="", encoding="utf-8") as file:
        rows = [
            row["file"]
            for row in csv.DictReader(file, delimiter="\t")
            if not row["licence"].startswith(REFUSED)
        ]
    photographs = sorted({_photograph(name) for name in rows})
    held_out = set(photographs[::10])
    with zipfile.ZipFile(data / "photos128.zip") as archive:
        for side in ("train", "held_out"):  # which is written last
            names = [
                name
                for name in rows
                if (_photograph(name) in held_out) == (side == "held_out")
            ]
            print(f"{side}: {len(names)} crops")
            for name in names:
                path = folder / f"_{side}" / pathlib.Path(name).name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
            (folder / f"_{side}").rename(folder / side)


def _photograph(name):
    return pathlib.Path(name).stem.rsplit("_", 2)[0]


def pairs(folder, **kwargs):
    return kgz.data.super_resolution_folder(folder, SCALE, **kwargs)


def all_of(folder, size):
    """All pictures of a folder as two arrays, central windows."""
    number = len(list(folder.glob("*.*")))
    batches = pairs(
        folder, image_size=size, batch_size=number, crop="center", flip=False
    )
    return next(batches.as_numpy_iterator())


def adam(first, steps):
    """Adam whose rate falls to a tenth."""
    return keras.optimizers.Adam(kgz.schedules.Cosine(first, first / 10, steps))


class Clock(keras.callbacks.Callback):
    """Prints the seconds per step of each epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.monotonic(), time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        wall, processor = (
            (now - then) / self.params["steps"]
            for now, then in zip(
                (time.monotonic(), time.process_time()), self._start
            )
        )
        values = {name: round(float(v), 4) for name, v in logs.items()}
        print(
            f"epoch {epoch + 1}: {wall:.3f} s ({processor:.3f} s of "
            f"processors) a step, {json.dumps(values)}",
            flush=True,
        )


def trained(gan, path, batches, held_out, epochs, every):
    """Trains a compiled model, or loads it if it was trained before."""
    if path.exists():
        return kgz.load(path, compile=False)
    folder = path.with_suffix("")
    gan.fit(
        batches,
        epochs=epochs,
        verbose=0,
        callbacks=[
            kgz.callbacks.Evaluate(held_out, folder, every, metrics=METRICS),
            kgz.callbacks.Backup(folder),
            kgz.callbacks.StopOnNaN(),
            Clock(),
        ],
    )
    gan.save(path)
    return gan


def first_phase(options, batches, held_out):
    keras.utils.set_random_seed(options.seed)
    gan = kgz.SRGAN(
        (*WINDOW, 3),
        SCALE,
        filters=16,
        blocks=16,
        discriminator_filters=16,
        seed=options.seed,
    )
    steps = options.epochs * len(batches)
    gan.compile(
        pretraining_steps=None,
        generator_optimizer=adam(options.rate, steps),
        discriminator_optimizer=adam(options.rate, steps),
    )
    path = options.out / "srresnet.keras"
    every = options.evaluate_every
    return trained(gan, path, batches, held_out, options.epochs, every)


def second_phase(options, batches, held_out):
    gan = kgz.load(options.out / "srresnet.keras", compile=False)
    # Schedules count the steps of their own optimizer.
    steps = options.gan_epochs * len(batches)
    gan.compile(
        generator_optimizer=adam(options.gan_rate, steps),
        discriminator_optimizer=adam(options.gan_rate, steps),
        adversarial_weight=options.adversarial_weight,
        perceptual_weight=options.perceptual_weight,
        pixel_weight=options.pixel_weight,
    )
    path = options.out / "srgan.keras"
    every = options.evaluate_every
    return trained(gan, path, batches, held_out, options.gan_epochs, every)


def measured(images, targets):
    """Dict from each metric to an array, one value for each picture."""
    return {
        name: kgz.metrics.get(name)[0].compare(images, targets)
        for name in METRICS
    }


def interval(values):
    """The mean of values and half of its 95 % interval (Student's)."""
    from scipy import stats

    error = np.std(values, ddof=1) / len(values) ** 0.5
    half = error * stats.t.ppf(0.975, len(values) - 1)
    return float(np.mean(values)), float(half)


def table(found):
    """The scores as Markdown. Differences are of the same pictures."""
    lines = [
        "| model | " + " | ".join(METRICS) + " |",
        "|---" * (1 + len(METRICS)) + "|",
    ]
    for model, scores in found.items():
        cells = [
            "{:.4f} ± {:.4f}".format(*interval(scores[name]))
            for name in METRICS
        ]
        lines.append(f"| {model} | {' | '.join(cells)} |")
    for one, other in (("SRResNet", "bicubic"), ("SRGAN", "SRResNet")):
        cells = [
            "{:+.4f} ± {:.4f}".format(
                *interval(found[one][name] - found[other][name])
            )
            for name in METRICS
        ]
        lines.append(f"| {one} - {other} | {' | '.join(cells)} |")
    share = np.mean(found["SRGAN"]["perceptual"]) / np.mean(
        found["SRResNet"]["perceptual"]
    )
    lines.append("")
    lines.append(f"Perceptual distance, SRGAN of SRResNet: {share:.1%}")
    return "\n".join(lines)


def compared(first, second, inputs, targets):
    """Images of each model, a dict, and their scores."""
    enlarged = bicubic.resized(inputs, targets.shape[1:3]).clip(-1, 1)
    images = {"bicubic": enlarged, "SRResNet": first.restore(inputs)}
    for alpha in ALPHAS:
        between = kgz.control.interpolate_networks(first, second, alpha)
        images[f"{alpha:.1f} of SRGAN"] = between.restore(inputs)
    images["SRGAN"] = second.restore(inputs)
    return images, {k: measured(v, targets) for k, v in images.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--gan-epochs", type=int, default=60)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--gan-rate", type=float, default=1e-4)
    parser.add_argument("--adversarial-weight", type=float, default=1e-3)
    parser.add_argument("--perceptual-weight", type=float, default=1.0)
    parser.add_argument("--pixel-weight", type=float, default=0.0)
    parser.add_argument("--evaluate-every", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="print the table of the held-out photographs, not of the test",
    )
    options = parser.parse_args()
    pictures = options.out / "photos"
    unpack(options.data, pictures)
    batches = pairs(pictures / "train", image_size=WINDOW, batch_size=BATCH)
    held_out = all_of(pictures / "held_out", (128, 128))
    print(f"{len(batches)} steps an epoch")
    first = first_phase(options, batches, held_out)
    # The second phase begins with the first pass, whenever it begins.
    batches = pairs(pictures / "train", image_size=WINDOW, batch_size=BATCH)
    second = second_phase(options, batches, held_out)
    if options.held_out:
        _, scores = compared(first, second, *held_out)
        print(table(scores))
        return
    inputs, targets = all_of(options.data / "kodak256", (256, 256))
    images, scores = compared(first, second, inputs, targets)
    text = table(scores)
    print(text)
    atomic.write_text(options.out / "scores.md", text + "\n")
    numbers = {
        model: {name: list(map(float, v)) for name, v in one.items()}
        for model, one in scores.items()
    }
    atomic.write_text(
        options.out / "scores.json", json.dumps(numbers, indent=1)
    )
    columns = [images[name] for name in ("bicubic", "SRResNet", "SRGAN")]
    rows = np.stack([*columns, targets], 1)[list(SHOWN)]
    picture = kgz.pictures.grid(
        rows.reshape(-1, *targets.shape[1:]), columns=4, gap=2
    )
    kgz.pictures.save(options.out / "comparison.png", picture)


if __name__ == "__main__":
    main()
