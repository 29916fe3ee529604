"""How many test digits does a GAN classify wrongly that saw 100 labels?

    python benchmarks/few_labels.py RUNS --data-dir DIR
    python benchmarks/few_labels.py RUNS --data-dir DIR --epochs 300
    python benchmarks/few_labels.py RUNS --data-dir DIR --autoencoder

Trains `SemiSupervisedGAN` on MNIST with ten labels of each digit and 60,000
images without, and then the same classifier on the 100 labels alone
(`--weights 0`). Prints the errors among the 10,000 test images for each seed,
which also chooses the labels, and their mean. The paper,
https://arxiv.org/abs/1606.03498, has 93 +- 6.5 errors after 300 epochs, the
mean of ten seeds. The same command continues a killed training.

`--autoencoder` trains `AdversarialAutoencoder` instead, whose reconstruction
and adversaries have the weight 1 or 0 of what is on by default.
"""

import argparse
import pathlib
import time

import classifiers
import keras
import numpy as np

import keras_gan_zoo as kgz


def semi_supervised_gan(options, weight, seed):
    gan = kgz.SemiSupervisedGAN(seed=seed, dtype=options.dtype)
    gan.compile(
        unsupervised_weight=weight,
        ema_decay=options.ema_decay,
        updates=options.updates,
    )
    return gan


def adversarial_autoencoder(options, weight, seed):
    gan = kgz.AdversarialAutoencoder(
        num_classes=10,
        latent_dim=options.latent_dim,
        units=(options.units, options.units),
        seed=seed,
        dtype=options.dtype,
    )
    adams = {
        f"{player}_optimizer": keras.optimizers.Adam(options.rate, beta_1=0.5)
        for player in gan.players()
    }
    gan.compile(
        reconstruction_weight=weight * options.reconstruction_weight,
        adversarial_weight=weight,
        ema_decay=options.ema_decay,
        updates=options.updates,
        **adams,
    )
    return gan


#: By `options.autoencoder`.
MODELS = {False: semi_supervised_gan, True: adversarial_autoencoder}


def name_of(options, weight, seed):
    name = f"weight_{weight:g}_{seed}"
    return f"autoencoder_{name}" if options.autoencoder else name


def train(options, weight, seed, images, labels):
    """Returns the trained model and its seconds in this process."""
    batches = kgz.data.semi_supervised(
        images, labels, options.labels_per_class, 200, seed=seed
    )
    keras.utils.set_random_seed(seed)
    gan = MODELS[options.autoencoder](options, weight, seed)
    start = time.time()
    gan.fit(
        batches,
        epochs=options.epochs,
        verbose=2,
        callbacks=[
            kgz.callbacks.Backup(options.runs / name_of(options, weight, seed))
        ],
    )
    return gan, time.time() - start


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--weights", type=float, nargs="+", default=[1.0, 0.0])
    parser.add_argument("--labels-per-class", type=int, default=10)
    parser.add_argument("--ema-decay", type=float, default=0.999)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--updates", default="simultaneous")
    group = parser.add_argument_group("adversarial autoencoder")
    group.add_argument("--autoencoder", action="store_true")
    group.add_argument("--units", type=int, default=1000)
    group.add_argument("--latent-dim", type=int, default=10)
    group.add_argument("--rate", type=float, default=2e-4)
    group.add_argument("--reconstruction-weight", type=float, default=50.0)
    options = parser.parse_args()
    images, labels = classifiers.mnist("train", options.data_dir)
    test_images, test_labels = classifiers.mnist("test", options.data_dir)
    print("| unsupervised weight | seed | errors of 10,000 | minutes |")
    print("|---|---|---|---|", flush=True)
    for weight in options.weights:
        errors = []
        for seed in options.seeds:
            gan, seconds = train(options, weight, seed, images, labels)
            wrong = gan.classify(test_images) != test_labels
            errors.append(int(wrong.sum()))
            name = name_of(options, weight, seed)
            kgz.pictures.save(
                options.runs / f"{name}.png",
                kgz.pictures.grid(gan.generate(64, seed=0)),
            )
            gan.save(options.runs / f"{name}.keras")
            print(
                f"| {weight:g} | {seed} | {errors[-1]} | {seconds / 60:.1f} |",
                flush=True,
            )
        print(
            f"| {weight:g} | mean | {np.mean(errors):.0f} "
            f"(deviation {np.std(errors, ddof=min(1, len(errors) - 1)):.0f}) "
            "| |",
            flush=True,
        )


if __name__ == "__main__":
    main()
