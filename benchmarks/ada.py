"""Does the probability of adaptive augmentation rise if there is little data?

    python benchmarks/ada.py
    python benchmarks/ada.py --data digits --numbers 32 128 1797

Trains a small DCGAN with `augmentation="ada"` on a few images and on many, for
the same number of images seen, and prints a table: the probability p and the
mean sign of the logits of real images at quarters of the training. The speed of
the control, `images`, is shortened, so that a training of minutes shows what
one of days does. `--fixed 0` trains without changes, for the mean sign that the
control reacts to.

digits: the 8x8 digits that scikit-learn brings, in 5 minutes of two busy
    cores.
mnist: MNIST from TensorFlow Datasets, reduced to 14x14, in some hours.
"""

import argparse
import time

import keras
import numpy as np

import keras_gan_zoo as kgz

SIDES = {"digits": 8, "mnist": 14}
NUMBERS = {"digits": (32, 128, 1797), "mnist": (100, 500, 5000, 50_000)}


def load(name, data_dir):
    """Returns all images, float32 in [-1, 1]."""
    if name == "digits":
        data = kgz.data.digits(batch_size=1797)
        return np.concatenate(list(data.take(1)))
    data = kgz.data.tfds(
        "mnist", batch_size=1000, image_size=(14, 14), data_dir=data_dir
    )
    return np.concatenate(list(data))


def measure(images, num, options):
    """Trains on `num` images; returns the logs of each quarter."""
    keras.utils.set_random_seed(options.seed)
    side = images.shape[1]
    gan = kgz.DCGAN(
        (side, side, 1),
        filters=options.filters,
        discriminator_normalization=None,
        augmentation=kgz.layers.AdaptivePolicy(
            images=options.images, p=options.fixed
        ),
        seed=options.seed,
    )
    gan.compile()
    rng = np.random.default_rng(options.seed)
    chosen = images[rng.permutation(len(images))[:num]]
    logs = []
    quarter = options.seen // 4 // options.batch_size
    for _ in range(4):
        places = rng.integers(num, size=(quarter * options.batch_size))
        history = gan.fit(
            chosen[places], batch_size=options.batch_size, verbose=0
        ).history
        logs.append((history["ada_p"][-1], history["real_sign"][-1]))
    return logs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", choices=list(SIDES), default="digits")
    parser.add_argument("--data-dir", help="of TensorFlow Datasets")
    parser.add_argument("--numbers", type=int, nargs="*")
    parser.add_argument("--seen", type=int, default=96_000)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--fixed", type=float, help="a fixed p")
    parser.add_argument("--filters", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    images = load(options.data, options.data_dir)
    print("| images | p at 1/4 | 2/4 | 3/4 | 4/4 | mean sign | seconds |")
    print("|---|---|---|---|---|---|---|")
    for num in options.numbers or NUMBERS[options.data]:
        start = time.time()
        logs = measure(images, num, options)
        row = [num, *(f"{p:.3f}" for p, _ in logs), f"{logs[-1][1]:.2f}"]
        row.append(f"{time.time() - start:.0f}")
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


if __name__ == "__main__":
    main()
