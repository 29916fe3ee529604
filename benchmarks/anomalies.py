"""Do models that have seen one digit find the others odd?

    python benchmarks/anomalies.py RUNS --data-dir DIR
    python benchmarks/anomalies.py RUNS --data-dir DIR --method bigan
    python benchmarks/anomalies.py RUNS --data-dir DIR --digits 1 4 8

One-class MNIST: a model learns from the training images of one digit, all test
images are scored, and those of the nine other digits are odd. (Other papers
have one odd digit and nine normal ones, which gives other numbers.) Prints the
area under the ROC curve for each digit, after the last step and not at the best
one, and the mean.

encoder: a GAN, `--architecture`, and then `control.LearnedEncoder` on it, as
    f-AnoGAN (Schlegl et al., 2019).
bigan: `BiGAN`, scored as by Zenati et al. (2018),
    https://arxiv.org/abs/1802.06222.
search: the same GAN as for `encoder`, and a search for each image, as AnoGAN
    (Schlegl et al., 2017). Slow: `--num` images.

The last columns are about a scratch, a bright line of two pixels' width that is
drawn into normal test images: the area under the ROC curve against the images
without the scratch, and how much larger the heat map is inside than outside.
The same command continues a killed training.
"""

import argparse
import pathlib
import time

import classifiers
import keras
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo.control.score_files import heat
from keras_gan_zoo.files import registry


def scratched(images, seed=0):
    """Images with a bright line across, and where the lines are."""
    rng = np.random.default_rng(seed)
    side = images.shape[1]
    rows, columns = np.indices((side, side))
    middle = (side - 1) / 2
    inside = []
    for angle, shift in zip(
        rng.uniform(0, np.pi, len(images)), rng.uniform(-6, 6, len(images))
    ):
        across = (rows - middle) * np.cos(angle)
        across = across + (columns - middle) * np.sin(angle) - shift
        along = (columns - middle) * np.cos(angle)
        along = along - (rows - middle) * np.sin(angle)
        inside.append((abs(across) < 1) & (abs(along) < side / 3))
    inside = np.array(inside)
    return np.where(inside[..., None], np.float32(1), images), inside


def fit(model, images, batch_size, steps, folder, seed):
    """Trains for about so many steps, or continues."""
    batches = kgz.data.arrays(images, batch_size=batch_size, seed=seed)
    epochs = max(1, round(steps / len(batches)))
    model.fit(
        batches,
        epochs=epochs,
        verbose=0,
        callbacks=[kgz.callbacks.Backup(folder, every_epochs=10)],
    )
    model.save(folder / "model.keras")
    return model


def trained_gan(options, images, folder):
    """A GAN of one digit."""
    name = registry.architecture(options.architecture).class_name
    keras.utils.set_random_seed(options.seed)
    gan = getattr(kgz, name)(
        image_shape=images.shape[1:], seed=options.seed, **dict(options.set)
    )
    gan.compile(
        **({"ema_decay": options.ema_decay} if options.ema_decay else {})
    )
    size = options.batch_size * gan.discriminator_steps
    return fit(gan, images, size, options.steps, folder, options.seed)


def detector(options, images, folder):
    """What is given to `anomaly_scores`, trained on one digit."""
    if options.method == "bigan":
        keras.utils.set_random_seed(options.seed)
        gan = kgz.BiGAN(images.shape[1:], seed=options.seed)
        gan.compile(ema_decay=options.ema_decay)
        return fit(
            gan,
            images,
            options.batch_size,
            options.steps,
            folder / "bigan",
            options.seed,
        )
    gan = trained_gan(options, images, folder / options.architecture)
    if options.method == "search":
        return gan
    keras.utils.set_random_seed(options.seed)
    encoder = kgz.control.LearnedEncoder.of(gan, seed=options.seed)
    encoder.compile(
        keras.optimizers.RMSprop(options.encoder_rate),
        feature_weight=options.feature_weight,
    )
    return fit(
        encoder,
        images,
        options.batch_size,
        options.encoder_steps,
        folder / "encoder",
        options.seed,
    )


def measure(options, digit, train, test):
    """Trains and scores; returns the three numbers and the minutes."""
    start = time.time()
    folder = options.runs / f"{options.method}_{digit}"
    model = detector(options, train[0][train[1] == digit], folder)
    images, labels = test
    if options.num:
        images, labels = images[: options.num], labels[: options.num]
    found = kgz.control.anomaly_scores(model, images, verbose=0)
    normal = images[labels == digit][:200]
    damaged, inside = scratched(normal)
    again = kgz.control.anomaly_scores(
        model, np.concatenate([normal, damaged]), verbose=0
    )
    maps = again.maps[len(normal) :]
    ratio = maps[inside].mean() / maps[~inside].mean()
    hot = heat(damaged[:8], maps[:8])
    rows = [
        np.broadcast_to(each[:8], hot.shape)
        for each in (damaged, again.images[len(normal) :], hot)
    ]
    kgz.pictures.save(
        folder / "scratches.png",
        kgz.pictures.grid(np.concatenate(rows), columns=len(hot)),
    )
    return (
        found.auroc(labels != digit),
        again.auroc(np.repeat([0, 1], len(normal))),
        ratio,
        (time.time() - start) / 60,
    )


def assignment(text):
    """NAME=NUMBER for an argument of the architecture."""
    name, _, value = text.partition("=")
    return name, int(value)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument(
        "--method", choices=["encoder", "bigan", "search"], default="encoder"
    )
    parser.add_argument("--digits", type=int, nargs="+", default=range(10))
    parser.add_argument("--architecture", default="wgan_gp")
    parser.add_argument(
        "--set",
        type=assignment,
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="argument of the architecture, e.g. filters=16",
    )
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--encoder-steps", type=int, default=4000)
    parser.add_argument("--encoder-rate", type=float, default=5e-5)
    parser.add_argument("--feature-weight", type=float, default=1.0)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--ema-decay", type=float)
    parser.add_argument("--num", type=int, help="test images to score")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.runs.mkdir(parents=True, exist_ok=True)
    train, test = (
        classifiers.mnist(split, options.data_dir)
        for split in ("train", "test")
    )
    print("| digit | AUROC | AUROC of scratches | inside / outside | minutes |")
    print("|---|---|---|---|---|", flush=True)
    rows = []
    for digit in options.digits:
        rows.append(measure(options, digit, train, test))
        print(_row(digit, rows[-1]), flush=True)
    print(_row("mean", np.mean(rows, axis=0)), flush=True)


def _row(name, numbers):
    odd, scratch, ratio, minutes = numbers
    return (
        f"| {name} | {odd:.3f} | {scratch:.3f} | {ratio:.1f} | {minutes:.1f} |"
    )


if __name__ == "__main__":
    main()
