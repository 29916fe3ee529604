"""pix2pix and CycleGAN on real pictures: the tables.

    python benchmarks/translation.py pix2pix --data DIR --weights FILE
    python benchmarks/translation.py cyclegan --data DIR --weights FILE
    python benchmarks/translation.py digits
    python benchmarks/translation.py memory

pix2pix: outlines to emoji, 64x64. The same U-Net on L1 alone and with the
    adversary: mean absolute error on the test pairs, and Frechet distance
    between features of translations and of true pictures.
cyclegan: emoji of one maker into the emoji of another, without pairs. On all
    pairs: is the translation nearer to the true partner than the input is?
    `--file` measures a model that is trained already.
digits: a known bijection. Digits into inverted digits that are turned by
    `--angle` degrees, without pairs; the share that a classifier of the
    target domain finds in its class.
memory: peak memory of three steps of each model at 256x256, batch 1.

`--data` holds `outline_to_noto`, `noto`, `firefox` and `noto_to_firefox`,
`--weights` is for `squeezenet.py`. Pictures and models go to `--output`.
"""

import argparse
import multiprocessing
import pathlib
import resource
import time

import keras
import numpy as np
import squeezenet
import translation_scores
from translation_scores import SIZE

import keras_gan_zoo as kgz


def fit(gan, dataset, options, name):
    start = time.time()
    gan.fit(
        dataset,
        epochs=options.epochs,
        verbose=2,
        callbacks=[kgz.callbacks.Backup(options.output / f"{name}_backup")],
    )
    gan.save(options.output / f"{name}.keras")
    return (time.time() - start) / 60


def pix2pix(options):
    folder = options.data / "outline_to_noto"
    train = kgz.data.paired_folder(folder / "train", SIZE, batch_size=16)
    inputs, targets = translation_scores.test_pairs(folder / "test")
    extractor = squeezenet.features(options.weights)
    rows = []
    for name, weight in (("L1 alone", 0.0), ("L1 + cGAN", 1.0)):
        keras.utils.set_random_seed(options.seed)
        gan = kgz.Pix2Pix(
            (*SIZE, 3), filters=options.filters, patch=34, seed=options.seed
        )
        # The published numbers were measured with these updates.
        gan.compile(updates="simultaneous", adversarial_weight=weight)
        minutes = fit(gan, train, options, f"pix2pix_{weight:.0f}")
        scores = translation_scores.pix2pix(
            gan, inputs, targets, extractor, options.seed
        )
        values = [x for row in scores for x in row["values"].values()]
        rows.append(
            "| {} | {:.3f} | {:.0f} | {:.3f} | {:.0f} | {:.0f} |".format(
                name, *values, minutes
            )
        )
        print(rows[-1], flush=True)
        picture = kgz.callbacks.translation_picture(
            gan, inputs[:16], targets[:16], options.seed
        )
        kgz.pictures.save(options.output / f"pix2pix_{weight:.0f}.png", picture)
    print("| trained on | error | distance | error without noise "
          "| distance without noise | minutes |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- |", *rows, sep="\n")


def cyclegan(options):
    gan = kgz.load(options.file) if options.file else trained(options)
    extractor = squeezenet.features(options.weights)
    for part in ("train", "test"):  # the training knows no pairs of either
        pairs = translation_scores.test_pairs(
            options.data / "noto_to_firefox" / part
        )
        print(f"{part}, {len(pairs[0])} pairs")
        scores = translation_scores.cyclegan(gan, *pairs, extractor)
        print(translation_scores.table(scores), flush=True)
    shown = [images[:8] for images in pairs]
    picture = kgz.callbacks.translation_picture(gan, *shown)
    kgz.pictures.save(options.output / "cyclegan.png", picture)


def trained(options):
    """A CycleGAN between the two houses' emoji."""
    train = kgz.data.unpaired_folders(
        options.data / "noto",
        options.data / "firefox",
        SIZE,
        batch_size=4,  # the paper's 1 leaves processors idle
    )
    keras.utils.set_random_seed(options.seed)
    gan = kgz.CycleGAN(
        (*SIZE, 3),
        filters=options.filters,
        num_halvings=options.num_halvings,
        patch=16,  # the paper's share of the image's side, a quarter
        upsampling="resize",  # of checkerboards a feature space sees much
        seed=options.seed,
        dtype=options.dtype,
    )
    steps = options.epochs * len(train)
    rate = kgz.schedules.ConstantThenLinear.over(5e-4, steps)
    gan.compile(
        # The narrow generators bear, and need, more than the paper's 2e-4.
        generator_optimizer=keras.optimizers.Adam(rate, beta_1=0.5),
        adversarial_weight=options.adversarial_weight,
        total_steps=steps,
    )
    print(f"minutes: {fit(gan, train, options, 'cyclegan'):.0f}")
    return gan


def digits(options):
    from scipy import ndimage
    from sklearn.svm import SVC

    images, labels = next(
        kgz.data.digits(
            batch_size=1797, image_size=(32, 32), labels=True
        ).as_numpy_iterator()
    )
    half = len(images) // 2
    turned = ndimage.rotate(
        images, options.angle, axes=(2, 1), reshape=False, order=1, cval=-1
    )
    other = -turned.clip(-1, 1)
    # The domains come from different digits: no image has its partner.
    train = kgz.data.unpaired_arrays(images[:half], other[half:], batch_size=4)
    judge = SVC(C=10).fit(other[half:].reshape(-1, 32 * 32), labels[half:])
    keras.utils.set_random_seed(options.seed)
    gan = kgz.CycleGAN(
        (32, 32, 1),
        filters=options.filters,
        num_blocks=3,
        patch=34,
        seed=options.seed,
    )
    gan.compile(total_steps=options.epochs * len(train), identity_weight=0.0)
    minutes = fit(gan, train, options, "digits")
    there = gan.translate(images[:half], to="b", batch_size=256)
    back = gan.translate(there, to="a", batch_size=256)
    print("| in their class, by a classifier of the target domain | |")
    print("| --- | --- |")
    for name, shown in (
        ("the true partners", other[:half]),
        ("the inputs inverted, not turned", -images[:half]),
        ("the translations", there),
    ):
        found = judge.predict(shown.reshape(half, -1))
        print(f"| {name} | {np.mean(found == labels[:half]):.1%} |")
    print(f"distance to the true partners: "
          f"{np.abs(there - other[:half]).mean():.3f} of the translations, "
          f"{np.abs(-images[:half] - other[:half]).mean():.3f} of the inputs "
          "inverted")  # fmt: skip
    print(f"cycle error: {np.abs(back - images[:half]).mean():.3f}")
    print(f"minutes: {minutes:.1f}")
    picture = kgz.callbacks.translation_picture(
        gan, images[:16], other[half : half + 16]
    )
    kgz.pictures.save(options.output / "digits.png", picture)


def peak(name):
    """Trains three steps at 256x256; prints the process' peak memory."""
    gan = {"pix2pix": kgz.Pix2Pix, "cyclegan": kgz.CycleGAN}[name]()
    gan.compile()
    images = np.random.default_rng(0).uniform(-1, 1, (3, 256, 256, 3))
    images = images.astype("float32")
    start = time.time()
    gan.fit(images, images, batch_size=1, verbose=0)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.time() - start
    print(f"| {name} | {kilobytes / 2**20:.1f} GiB | {seconds:.0f} s |")


def memory(options):
    print("| 256x256, batch 1 | peak resident memory | three steps |")
    print("| --- | --- | --- |", flush=True)
    for name in ("pix2pix", "cyclegan"):
        process = multiprocessing.get_context("spawn").Process(
            target=peak, args=(name,)
        )
        process.start()
        process.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = {
        "pix2pix": (pix2pix, 40, 32),
        "cyclegan": (cyclegan, 8, 24),
        "digits": (digits, 20, 16),
        "memory": (memory, 1, 64),
    }
    parser.add_argument("task", choices=commands)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--weights", type=pathlib.Path)
    parser.add_argument("--file", help="of cyclegan: measure this model")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--filters", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dtype", default="float32", help="of cyclegan")
    parser.add_argument(
        "--num-halvings", type=int, default=1, help="of cyclegan"
    )
    parser.add_argument(
        "--adversarial-weight", type=float, default=2.0, help="of cyclegan"
    )
    parser.add_argument("--angle", type=float, default=20, help="of digits")
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("translation")
    )
    options = parser.parse_args()
    run, epochs, filters = commands[options.task]
    options.epochs = options.epochs or epochs
    options.filters = options.filters or filters
    options.output.mkdir(parents=True, exist_ok=True)
    run(options)


if __name__ == "__main__":
    main()
