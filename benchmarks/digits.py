"""How good are generated digits? Fréchet distance and classes, in pixels.

    python benchmarks/digits.py run/model.keras

Prints the Fréchet distance in pixel space (values in [-1, 1]) between 1,797
generated and the 1,797 real 8x8 digits, the same for two halves of the real
ones, and the share of every class among the samples by a classifier that was
trained on the real digits.
"""

import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

import keras_gan_zoo as kgz


def frechet_distance(a, b):
    """Between two arrays of images `(num, 8, 8, 1)`."""
    metric = kgz.metrics.FrechetDistance("pixels")
    metric.update_state(a, b)
    return metric.result()["frechet_distance"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="a .keras file of a model of 8x8 digits")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    real, classes = load_digits(return_X_y=True)
    real = (real / 8 - 1).reshape(-1, 8, 8, 1)
    order = np.random.default_rng(arguments.seed).permutation(len(real))
    half = frechet_distance(real[order[:898]], real[order[898:]])
    gan = kgz.load(arguments.file, compile=False)
    fake = gan.generate(len(real), seed=arguments.seed)
    classifier = SVC(C=10.0)
    flat, found = real.reshape(-1, 64), fake.reshape(-1, 64)
    accuracy = cross_val_score(classifier, flat, classes, cv=5).mean()
    shares = np.bincount(
        classifier.fit(flat, classes).predict(found), minlength=10
    ) / len(fake)
    print(f"Fréchet distance, two halves of the real set: {half:.3f}")
    print(
        f"Fréchet distance, samples to real: {frechet_distance(fake, real):.3f}"
    )
    print(f"classifier's accuracy on real digits (5 folds): {accuracy:.3f}")
    print("share of each class: " + " ".join(f"{s:.3f}" for s in shares))
    print(f"smallest share: {shares.min():.3f}")


if __name__ == "__main__":
    main()
