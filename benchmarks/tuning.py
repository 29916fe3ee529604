"""Is the best setting of a search better than the default one?

    keras-gan-zoo tune vanilla_gan --data digits --extractor digits \\
        --trials 20 --epochs 25 --out runs/tune
    python benchmarks/tuning.py runs/tune

Trains both again, with seeds that the search did not see, and prints the
objective of each and the means. A search judges each setting once, and the
best of many is flattered by luck: this is the figure to believe.
"""

import argparse
import dataclasses
import time

import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo import tuning
from keras_gan_zoo.tuning import report as tuning_report

SEEDS = (1, 2, 3)


def measure(search, trial, seed, num_images):
    """Trains the setting of a trial; returns its score and minutes."""
    cls = getattr(kgz, search["class"])
    hyper = tuning.HyperGAN(
        cls,
        {"image_shape": (8, 8, 1), **search["arguments"], **trial.arguments},
        {**search["settings"], **trial.settings},
        space=lambda ask: ({}, {}),
        extractor=search["extractor"],
        num_images=num_images,
        seed=seed,
    )
    digits = kgz.data.digits(seed=seed, labels="labels" in cls.reads)
    gan = hyper.build(None)
    start = time.time()
    hyper.train(gan, digits, epochs=search["epochs"], verbose=0)
    return hyper.measure(gan, digits), (time.time() - start) / 60


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="of a search of the digits, by FID")
    parser.add_argument("--num", type=int, default=10_000)
    options = parser.parse_args()
    report = tuning_report.read(options.folder)
    default = dataclasses.replace(report.default, arguments={}, settings={})
    print(f"| setting | seed | {report.search['objective']} | 95 % interval | "
          "minutes |")  # fmt: skip
    print("|---|---|---|---|---|", flush=True)
    for name, trial in (("default", default), ("best", report.best)):
        values = []
        for seed in SEEDS:
            score, minutes = measure(report.search, trial, seed, options.num)
            ((key, value),) = score.values.items()
            low, high = score.intervals[key]
            values.append(value)
            print(
                f"| {name} | {seed} | {value:.2f} | {low:.2f} to {high:.2f} | "
                f"{minutes:.1f} |",
                flush=True,
            )
        print(f"| {name} | mean | {np.mean(values):.2f} | | |", flush=True)


if __name__ == "__main__":
    main()
