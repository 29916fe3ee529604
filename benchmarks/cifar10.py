"""Five architectures on CIFAR-10, each with equal processor time.

    python benchmarks/cifar10.py RUNS --data FOLDER --minutes 60 \\
        --classifier RUNS/cifar10_classifier/model.keras
    python benchmarks/cifar10.py RUNS --data tfds --data-dir DIR \\
        --extractor inception --num-images 10000

Trains DCGAN, WGAN-GP, SNGAN, SAGAN and BigGAN at 32x32 with the settings of
their classes and equal widths (`ARCHITECTURES`), and measures them against the
10,000 test images. The last three are conditional. Prints a Markdown table and
writes it to `RUNS/table.md`. Each architecture leaves `model.keras`,
`samples.png` and `progress.json`, the losses after each epoch, in its folder.

**Equal minutes.** A minute is a minute of all processors: the processor time
of the training divided by the number of processors. So other work on the
machine takes nothing from an architecture. It includes the time that
TensorFlow needs to build the step.

**Resuming.** A killed script continues with the same command, from the last
whole epoch: `Backup` restores it exactly, and the seconds of that epoch count.
`--minutes 120` later continues trainings of 60 minutes. An epoch is a small
part of a pass, `--epoch-images`, because a training can stop after each one.

**The data.** `--data FOLDER` reads `train/CLASS/*` and `test/CLASS/*`. `--data
tfds` reads CIFAR-10 as TensorFlow Datasets has it. Only with that, with
`--extractor inception` and with 10,000 or more images can the distances be
compared with published ones. Pictures in JPEG are recompressed, which moves
them. The last column of the table is published by others, for full-size
networks that were trained for days, with Inception on the original images: it
shows the published order.

The class accuracy needs `--classifier`, see `classifiers.py --dataset cifar10`.
"""

import argparse
import gc
import hashlib
import json
import pathlib
import time

import cifar10_data
import equal_minutes
import keras
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo.files import atomic

SHAPE = (32, 32, 3)
CLASSES = cifar10_data.CLASSES
#: Arguments of the classes: half of DCGAN's width and a quarter of the others'.
#: The generators have about 400,000 weights each.
WIDTH = {"filters": 16}
CONDITIONAL = {**WIDTH, "num_classes": len(CLASSES)}
ARCHITECTURES = {
    "DCGAN": {"filters": 32},
    "WGANGP": WIDTH,
    "SNGAN": CONDITIONAL,
    "SAGAN": CONDITIONAL,
    "BigGAN": CONDITIONAL,
}
#: FID of full-size networks in StudioGAN's table of CIFAR-10.
PUBLISHED = {"WGANGP": "54", "DCGAN": "48", "SNGAN": "9.0", "BigGAN": "4.2"}
NOTE = """\
A minute is the processor time of the training divided by the number of
processors ({processors}). {images:,} generated images against {real:,} test
images, features of `{extractor}`. Brackets: 95 % intervals. The published
distances are StudioGAN's, of full-size networks with Inception on the original
images (cGAN with projection: 32): compare only the order.{recompressed}"""
RECOMPRESSED = """
The data are a folder of pictures. If they are recompressed (JPEG), no distance
here can be compared with a published one."""


def build(name, options):
    """A compiled model of an architecture."""
    keras.utils.set_random_seed(options.seed)
    arguments = {**ARCHITECTURES[name]}
    if options.filters:
        arguments["filters"] = options.filters
    cls = getattr(kgz, name)
    gan = cls(SHAPE, **arguments, seed=options.seed, dtype=options.dtype)
    gan.compile()
    return gan


def training_batches(gan, name, images, labels, options):
    """Epochs of a few batches, each of another shuffling of the images."""
    batch_size = options.batch_size * gan.discriminator_steps
    conditional = "num_classes" in ARCHITECTURES[name]
    whole = kgz.data.arrays(
        images, labels if conditional else None, batch_size, options.seed
    )
    few = whole.take(max(options.epoch_images // batch_size, 1))
    few.position = whole.position  # whole epochs only, so first batches
    if conditional:
        few.class_names = CLASSES
    return few, batch_size


def train(name, images, labels, options):
    """Trains until the minutes are used; does nothing if they are."""
    folder = options.runs / name
    budget = equal_minutes.Budget(folder, options.minutes)
    if budget.left <= 0 and (folder / "model.keras").exists():
        return
    gan = build(name, options)
    batches, size = training_batches(gan, name, images, labels, options)
    equal_minutes.train(gan, batches, budget, folder)
    facts = {"batch_size": size, "seconds": budget.used}
    atomic.write_text(folder / "facts.json", json.dumps(facts))
    draw(gan, name, folder / "samples.png")


def draw(gan, name, path):
    """A row for each class, or a grid."""
    if "num_classes" in ARCHITECTURES[name]:
        images = kgz.control.class_grid(gan)
        picture = kgz.control.picture(images, names=CLASSES)
    else:
        picture = kgz.pictures.grid(gan.generate(100, seed=0), columns=10)
    kgz.pictures.save(path, picture)


def metrics(options, classifier=None):
    """The metrics of a row."""
    chosen = ["fid", kgz.metrics.PrecisionRecall(options.extractor)]
    if classifier is not None:
        chosen.append(kgz.metrics.ClassAccuracy(classifier, len(CLASSES)))
    return chosen


def settings(options):
    """What the kept results depend on, besides the steps."""
    classifier = None
    if options.classifier:
        content = options.classifier.read_bytes()
        classifier = hashlib.sha256(content).hexdigest()
    return {
        "data": str(options.data),
        "extractor": options.extractor,
        "num_images": options.num_images,
        "classifier": classifier,
    }


def measure(name, real, classifier, options):
    """The row of a trained architecture."""
    folder = options.runs / name
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    conditional = "num_classes" in ARCHITECTURES[name]
    gan = kgz.load(folder / "model.keras", compile=False)
    steps = int(keras.ops.convert_to_numpy(gan.steps))
    begun = time.time()
    values = equal_minutes.kept(
        folder / "evaluation.json",
        {**settings(options), "steps": steps},
        lambda: equal_minutes.flat(
            kgz.evaluate(
                gan,
                real if conditional else real[0],
                metrics(options, classifier if conditional else None),
                options.extractor,
                options.num_images,
                cache=options.runs / "statistics",
            )
        ),
    )
    print(f"{name} measured in {time.time() - begun:.0f} s", flush=True)
    seen = steps * facts["batch_size"]
    return row(name, values, f"{seen:,}", f"{facts['seconds'] / 60:.1f}")


def measure_real(images, labels, real, classifier, options):
    """The row of training images: what a perfect generator would get."""
    order = np.random.default_rng(0).permutation(len(images))
    order = order[: options.num_images]
    some = images[order].astype("float32") / 127.5 - 1

    def compute():
        found = equal_minutes.flat(
            kgz.evaluate(
                some,
                real[0],
                metrics(options),
                options.extractor,
                cache=options.runs / "statistics",
            )
        )
        if classifier is not None:
            accuracy = kgz.metrics.ClassAccuracy(classifier, len(CLASSES))
            # Of the test images: the classifier was trained on the others.
            accuracy.update_fake(*real)
            found |= {k: [float(v)] for k, v in accuracy.result().items()}
        return found

    key = {**settings(options), "steps": None}
    values = equal_minutes.kept(options.runs / "real.json", key, compute)
    return row("real images", values, "", "")


def row(name, values, seen, minutes):
    """A line of the table."""
    conditional = "num_classes" in ARCHITECTURES.get(name, {})
    cells = [
        f"{name}, conditional" if conditional else name,
        equal_minutes.cell(values, "frechet_distance", "{:.2f}"),
        equal_minutes.cell(values, "precision", "{:.3f}"),
        equal_minutes.cell(values, "recall", "{:.3f}"),
        equal_minutes.cell(values, "class_accuracy", "{:.3f}"),
        seen,
        minutes,
        PUBLISHED.get(name, "" if seen == "" else "-"),
    ]
    return f"| {' | '.join(cells)} |"


HEADER = (
    "| model | Fréchet distance | precision | recall | class accuracy | "
    "images seen | minutes | published FID |\n"
    "|---|---|---|---|---|---|---|---|"
)


def evaluate(train_set, test_set, options):
    """Prints the table and writes it."""
    real = cifar10_data.mixed(*test_set)
    classifier = None
    if options.classifier:
        classifier = keras.saving.load_model(options.classifier, compile=False)
    rows = [measure_real(*train_set, real, classifier, options)]
    for name in options.only:
        rows.append(measure(name, real, classifier, options))
        gc.collect()
    note = NOTE.format(
        processors=equal_minutes.processors(),
        images=options.num_images,
        real=len(real[0]),
        extractor=options.extractor,
        recompressed="" if options.data == "tfds" else RECOMPRESSED,
    )
    table = "\n".join([HEADER, *rows, "", note])
    atomic.write_text(options.runs / "table.md", table + "\n")
    print(table)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=pathlib.Path, help="folder of the runs")
    parser.add_argument(
        "--data", required=True, help="folder with train and test, or tfds"
    )
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument(
        "--only", nargs="+", choices=ARCHITECTURES, default=[*ARCHITECTURES]
    )
    parser.add_argument("--filters", type=int, help="instead of the default")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--epoch-images", type=int, default=2560)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--dtype",
        default=equal_minutes.default_dtype(),
        help="here: %(default)s",
    )
    parser.add_argument("--num-images", type=int, default=3000)
    parser.add_argument("--extractor", default="efficientnet")
    parser.add_argument("--classifier", type=pathlib.Path)
    parser.add_argument("--no-evaluation", action="store_true")
    options = parser.parse_args(arguments)
    sets = cifar10_data.load(options.data, options.data_dir, options.runs)
    for name in options.only:
        train(name, *sets["train"], options)
        keras.utils.clear_session()
        gc.collect()
    if not options.no_evaluation:
        evaluate(sets["train"], sets["test"], options)


if __name__ == "__main__":
    main()
