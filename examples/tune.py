"""
Title: Settings that are searched for, not guessed
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: A search for good settings that a kill does not disturb.
Accelerator: None
"""

"""
## Introduction

Two learning rates, a loss, a penalty and its weight, widths, averages: the
papers give values, for their data. For yours there may be better ones. A
search trains with setting after setting and keeps the one that makes the best
images. With d a distance between generated and real images, here the Fréchet
distance, it looks for

    s* = argmin_s  d(images of the GAN trained with s, real images).

Each value of this function costs a training, and nothing is known of its
slope. What is left is to try, and trying at random is not bad
([Bergstra & Bengio, 2012](https://jmlr.org/papers/v13/bergstra12a.html)): that
at least one of n random settings is among the best 5 % has a probability of

    1 - 0.95^n,

which is 46 % for 12 and 64 % for 20, however many settings there are.

## Setup

The search needs KerasTuner and draws with matplotlib:
`pip install "keras_gan_zoo[tuner]"`.
"""

import argparse
import pathlib

import keras
import keras_tuner
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo import tuning

"""
## Hyper-parameters

`python examples/tune.py` takes about ten minutes, with `--quick` less than
one, which is not enough to find anything.
"""

parser = argparse.ArgumentParser(description="A search for settings.")
parser.add_argument("--quick", action="store_true", help="less than a minute")
parser.add_argument("--output", type=pathlib.Path, default="tune")
options = parser.parse_args()

batch_size = 64
trials = 2 if options.quick else 12
epochs = 1 if options.quick else 25
num_images = 100 if options.quick else 2000
seeds = (1,) if options.quick else (1, 2, 3)

"""
## Data

Scikit-learn's 1,797 handwritten digits, 8x8 pixels.
"""

digits = kgz.data.digits(batch_size=batch_size)

"""
## What is tuned, and what for

Each architecture knows what is worth tuning, and between which bounds:
`help(kgz.VanillaGAN.search_space)` says it. What we give to `HyperGAN` is not
tuned: the shape of the images, and here the generator's widths, to save time.

The judge looks at features of a classifier of digits that comes with the
package. Whether a metric should fall or rise, it knows itself.
"""

fixed = {"image_shape": (8, 8, 1), "generator_units": (256, 256)}
hyper = tuning.HyperGAN(
    kgz.VanillaGAN,
    fixed,
    metric="fid",
    extractor="digits",
    num_images=num_images,
)
space = keras_tuner.HyperParameters()
hyper.options(space)
for parameter in space.space:
    print(parameter)
print(hyper.objective)

"""
## The search

The first trial is the default setting, what `compile()` takes without
arguments: so the search cannot end with something worse than it began with.

Try to kill this script, with Ctrl-C or `kill -9`, and start it again. Trials
that are finished are not repeated; the one that was interrupted goes on from
its last epoch. In the end the search has found what it would have found. A
trial that diverges is marked as failed, and the search goes on.
"""

report = tuning.tune(
    hyper,
    digits,
    options.output / "search",
    trials=trials,
    epochs=epochs,
)
print(report.text())

"""
The table is also in `search/report.md`, and the picture `search/report.png`
shows the distances with their intervals and the best so far. Both are up to
date after each trial.

## The best of many is flattered

A training that is repeated with another seed ends with another distance. The
best of twelve trials is good, and had luck. So the default and the best
setting compete once more, with seeds that the search has not seen.
"""


def trained(trial, seed):
    keras.utils.set_random_seed(seed)
    gan = kgz.VanillaGAN(**fixed, **trial.arguments)
    gan.compile(**trial.settings)
    gan.fit(digits, epochs=epochs, verbose=0)
    return gan


for name, trial in (("default", report.default), ("best", report.best)):
    gans = [trained(trial, seed) for seed in seeds]
    distances = [
        kgz.evaluate(gan, digits, ["fid"], "digits", num_images).values
        for gan in gans
    ]
    distances = [values["frechet_distance"] for values in distances]
    print(name, np.round(distances, 1), "mean", np.mean(distances).round(1))

gan = gans[0]  # of the best setting
picture = kgz.pictures.grid(gan.generate(64, seed=0))
print(kgz.pictures.save(options.output / "generated.png", picture))

"""
## What we learned

Settings can be searched for by a machine, if three things are right: a judge
that sees what we want, a first trial that is no worse than the default, and a
second look at the winner. The best setting as arguments:
"""

print(report.best.arguments)
print(report.best.settings)

"""
## Where to go next

The same without a line of Python, with as many trials as you have patience:

    keras-gan-zoo tune vanilla_gan --data digits --extractor digits \
        --trials 20 --epochs 30 --out runs/tune

For the real thing give it your images and `extractor="inception"`, and fix
what you know, e.g. `{"penalty": "r1"}` as third argument of `HyperGAN`. A
space of your own is a function, `HyperGAN(..., space=...)`, or the classmethod
`search_space` of a class of your own. With `algorithm="bayesian"` later trials
prefer what looks promising. Few epochs favour what learns fast: train the
winner for longer and look at its images.
"""
