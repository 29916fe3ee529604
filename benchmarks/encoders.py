"""What is an encoding worth that no label has shaped?

    python benchmarks/encoders.py mnist RUNS --data-dir DIR
    python benchmarks/encoders.py mnist RUNS --data-dir DIR --epochs 400
    python benchmarks/encoders.py grid RUNS

mnist: `BiGAN` learns from the 60,000 training images. Each test image gets the
    label of the training image whose code is nearest. The table also has the
    share of reconstructions of test images that the classifier of the package
    puts in the class of the image. The paper,
    https://arxiv.org/abs/1605.09782, has 97.39 % after 400 epochs. Distances of
    pixels instead of codes: `--pixels`.
grid: ALI, https://arxiv.org/abs/1606.00704, learns 25 Gaussians in a square,
    those of `modes.py`, with the paper's networks for toy data. The table has
    the modes that it finds, the share of samples within three standard
    deviations of a mode, and the share of real points that are reconstructed
    near their mode, i.e. nearer to it than to any other.

The rate is constant, then falls to 0 during the second half. The same command
continues a killed training.
"""

import argparse
import pathlib
import time

import classifiers
import keras
import modes
import numpy as np
from keras import layers

import keras_gan_zoo as kgz
from keras_gan_zoo.models.bigan import networks

#: Of the points, for the encoder and the discriminator: modes are 2 apart.
SCALE = 5.0


def adams(gan, rate, beta_1, steps):
    """An Adam for each player; the rate is constant, then falls to 0."""
    return {
        f"{player}_optimizer": keras.optimizers.Adam(
            kgz.schedules.ConstantThenLinear.over(rate, steps), beta_1=beta_1
        )
        for player in gan.players()
    }


def fit(gan, batches, epochs, folder):
    """Trains, or continues; returns the minutes of this process."""
    start = time.time()
    gan.fit(
        batches,
        epochs=epochs,
        verbose=2,
        callbacks=[kgz.callbacks.Backup(folder)],
    )
    gan.save(folder / "model.keras")
    return (time.time() - start) / 60


def nearest_labels(known, labels, asked, rows=500):
    """The label of the nearest vector, for each of `asked`."""
    known, asked = (x.reshape(len(x), -1) for x in (known, asked))
    squares = np.square(known).sum(axis=1)
    nearest = [
        (squares - 2 * asked[first : first + rows] @ known.T).argmin(axis=1)
        for first in range(0, len(asked), rows)
    ]
    return labels[np.concatenate(nearest)]


def mnist(options):
    """The table of BiGAN on MNIST, a row for each seed."""
    images, labels = classifiers.mnist("train", options.data_dir)
    images, labels = images[: options.num], labels[: options.num]
    test_images, test_labels = classifiers.mnist("test", options.data_dir)
    if options.pixels:
        found = nearest_labels(images, labels, test_images)
        print(f"pixels: {np.mean(found == test_labels):.2%}")
        return
    classify = kgz.metrics.features.get("mnist_softmax")
    print("| seed | epochs | nearest neighbor | class kept | minutes |")
    print("|---|---|---|---|---|", flush=True)
    for seed in options.seeds:
        keras.utils.set_random_seed(seed)
        gan = kgz.BiGAN(seed=seed, dtype=options.dtype)
        batches = kgz.data.arrays(images, batch_size=128, seed=seed)
        epochs = options.epochs or 20
        gan.compile(
            **adams(gan, 2e-4, 0.5, epochs * len(batches)),
            ema_decay=options.ema_decay,
        )
        folder = options.runs / f"mnist_{seed}"
        minutes = fit(gan, batches, epochs, folder)
        found = nearest_labels(
            gan.encode(images), labels, gan.encode(test_images)
        )
        again = gan.reconstruct(test_images)
        kept = np.asarray(classify(again)).argmax(axis=1) == test_labels
        rows = np.stack([test_images[:32], again[:32]], axis=1)
        kgz.pictures.save(
            folder / "reconstructions.png",
            kgz.pictures.grid(rows.reshape(64, 28, 28, 1), columns=16),
        )
        kgz.pictures.save(
            folder / "samples.png", kgz.pictures.grid(gan.generate(64, seed=0))
        )
        print(
            f"| {seed} | {epochs} | {np.mean(found == test_labels):.2%} | "
            f"{np.mean(kept):.2%} | {minutes:.1f} |",
            flush=True,
        )


def toy_network(inputs, outputs, name, normalized, image_shape=None, scale=1.0):
    """Two hidden layers of 400 units, as in ALI's toy experiment."""
    x = given = keras.Input(inputs)
    x = layers.Flatten()(x)
    x = layers.Rescaling(scale)(x)
    for _ in range(2):
        x = layers.Dense(400, use_bias=not normalized)(x)
        if normalized:
            x = kgz.layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    found = [layers.Dense(outputs)(x) for _ in range(1 + (name == "encoder"))]
    if image_shape is not None:
        x = layers.Reshape(image_shape)(found[0])
        found = [layers.Activation("tanh")(x)]
    return keras.Model(given, found if found[1:] else found[0], name=name)


def toy_gan(options, seed, steps):
    """ALI with the networks and settings of the toy experiment, compiled."""
    keras.utils.set_random_seed(seed)
    shape, dim = (1, 1, 2), options.latent_dim
    normalized = not options.plain
    gan = kgz.BiGAN(
        shape,
        dim,
        stochastic=True,
        generator=toy_network((dim,), 2, "generator", normalized, shape),
        encoder=toy_network(shape, dim, "encoder", normalized, scale=SCALE),
        discriminator=networks.build_maxout_discriminator(
            shape, dim, (200, 200), 5, scale=SCALE
        ),
        seed=seed,
    )
    gan.compile(
        **adams(gan, options.rate, 0.8, steps),
        **modes.penalty_arguments(options, options.penalty),
        ema_decay=options.ema_decay,
        steps_per_execution=modes.PER_EXECUTION,
    )
    return gan


def grid(options):
    """The table of ALI on 25 Gaussians, a row for each seed."""
    centers, deviation = modes.grid()
    print("| seed | steps | modes of 25 | high quality | same mode | minutes |")
    print("|---|---|---|---|---|---|", flush=True)
    for seed in options.seeds:
        # Each epoch sees the same points: it can be continued.
        batch = options.batch_size
        points = modes.points(
            centers, deviation, modes.PER_EXECUTION * batch, seed
        )
        epochs = options.epochs or 200
        options.steps = steps = epochs * modes.PER_EXECUTION
        gan = toy_gan(options, seed, steps)
        folder = options.runs / f"grid_{seed}"
        batches = kgz.data.arrays(points, batch_size=batch, seed=seed)
        minutes = fit(gan, batches, epochs, folder)
        samples = gan.generate(modes.NUM_SAMPLES, seed=seed).reshape(-1, 2)
        metric = kgz.metrics.MixtureCoverage(centers, deviation)
        metric.update_fake(samples)
        found, quality, _ = metric.result().values()
        modes.save_picture(folder / "samples.png", samples, centers)
        asked = modes.points(centers, deviation, modes.NUM_SAMPLES, seed + 1)
        again = gan.reconstruct(asked).reshape(-1, 2)
        modes.save_picture(folder / "reconstructions.png", again, centers)
        numbers = np.arange(len(centers))
        same = nearest_labels(centers, numbers, again) == nearest_labels(
            centers, numbers, asked
        )
        print(
            f"| {seed} | {steps} | {found:.0f} | {quality:.1%} | "
            f"{same.mean():.1%} | {minutes:.1f} |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("task", choices=["mnist", "grid"])
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument(
        "--epochs", type=int, help="default: 20, or 200 of 100 steps for grid"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--num", type=int, help="mnist: training images")
    parser.add_argument("--ema-decay", type=float)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument(
        "--pixels", action="store_true", help="mnist: of pixels, no training"
    )
    parser.add_argument("--rate", type=float, default=1e-4, help="grid")
    parser.add_argument("--batch-size", type=int, default=100, help="grid")
    parser.add_argument("--latent-dim", type=int, default=2, help="grid")
    parser.add_argument(
        "--plain", action="store_true", help="grid: no batch normalization"
    )
    parser.add_argument(
        "--penalty", choices=modes.PENALTIES[1:], help="grid, as in modes.py"
    )
    parser.add_argument("--penalty-weight", type=float, help="grid")
    options = parser.parse_args()
    options.runs.mkdir(parents=True, exist_ok=True)
    {"mnist": mnist, "grid": grid}[options.task](options)


if __name__ == "__main__":
    main()
