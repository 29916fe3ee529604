"""Does the estimate of WGAN's critic fall with the quality of the images?

    python benchmarks/critic_estimate.py
    python benchmarks/critic_estimate.py --seed 1

Trains a WGAN with the paper's settings on the embedded 8x8 digits. At points of
equal distance it prints the estimate of the critic, the mean of `-d_loss` over
the last tenth of the steps since the point before, and the Fréchet distance of
generated digits from the real ones in the features of the shipped classifier.
The first point is after the warm-up, in which the critic learns to estimate.
The last line is Pearson's correlation of the two columns. The paper compares
the estimate with images that one looks at, and gives no number.
"""

import argparse
import time

import numpy as np

import keras_gan_zoo as kgz


def distance(gan, real):
    """Returns the Fréchet distance of 1,797 digits, the real ones' number."""
    found = kgz.evaluate(
        gan, real, ["fid"], "digits", num_images=1797, subsets=0
    )
    return found.values["frechet_distance"]


def trained(gan, data, epochs):
    """Trains; returns the mean of `-d_loss` over the last tenth."""
    history = gan.fit(data, epochs=epochs, verbose=0).history
    return -np.mean(history["d_loss"][-max(1, epochs // 10) :])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--points", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=80, help="per point")
    parser.add_argument("--filters", type=int, default=64)
    options = parser.parse_args()
    data = kgz.data.digits(batch_size=5 * 64, seed=options.seed)
    real = kgz.data.digits(batch_size=1797)
    gan = kgz.WGAN((8, 8, 1), filters=options.filters, seed=options.seed)
    gan.compile()
    start = time.time()
    estimates, distances = [], []
    print("| generator steps | estimate | Fréchet distance | seconds |")
    print("|---|---|---|---|")
    # A warm-up holds 25 * 20 steps of `fit`.
    for epochs in [500 // len(data), *[options.epochs] * (options.points - 1)]:
        estimates.append(trained(gan, data, epochs))
        distances.append(distance(gan, real))
        print(
            f"| {int(gan.optimizer['generator'].iterations)} | "
            f"{estimates[-1]:.4f} | {distances[-1]:.2f} | "
            f"{time.time() - start:.0f} |",
            flush=True,
        )
    correlation = np.corrcoef(estimates, distances)[0, 1]
    print(f"Pearson's correlation: {correlation:.3f}")


if __name__ == "__main__":
    main()
