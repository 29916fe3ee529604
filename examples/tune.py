"""
Title: Search for good settings
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: A search that can be killed and started again.
Accelerator: None
"""

"""
## Introduction

A GAN has two learning rates, a loss, a penalty and its weight, widths,
averages. The papers give values for their data. For your data there may be
better values. A search trains with one setting after another and keeps the
setting that makes the best images. Let d be a distance between generated and
real images, here the Fréchet distance. The search looks for

    s* = argmin_s  d(images of the GAN trained with s, real images).

Each value of this function costs a training, and its slope is not known. So we
can only try, and random trials are not bad ([Bergstra & Bengio,
2012](https://jmlr.org/papers/v13/bergstra12a.html)). The probability that at
least one of n random settings is among the best 5 % is

    1 - 0.95^n,

which is 46 % for 12 and 64 % for 20, whatever the number of settings.

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

`python examples/tune.py` takes about ten minutes. With `--quick` it takes less
than a minute, which is not enough to find anything.
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

The data are scikit-learn's 1,797 handwritten digits, 8x8 pixels.
"""

digits = kgz.data.digits(batch_size=batch_size)

"""
## What is tuned, and for what

Each architecture knows what is worth tuning, and within which bounds:
`help(kgz.VanillaGAN.search_space)` lists it. What we pass to `HyperGAN` is not
tuned: the shape of the images, and here the generator's widths, to save time.

The metric uses the features of a classifier of digits that ships with the
package. It knows by itself whether lower or higher is better.
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

The first trial has the default settings, which `compile()` uses without
arguments. So the search cannot end with something worse than its start.

Try to kill this script, with Ctrl-C or `kill -9`, and start it again. It does
not repeat finished trials, and it continues the interrupted trial from its
last epoch. At the end the search has found what it would have found without
the kill. A trial that diverges is marked as failed, and the search continues.
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
The table is also in `search/report.md`. The picture `search/report.png` shows
the distances with their intervals, and the best so far. Both are updated after
each trial.

## The best trial looks better than it is

If a training is repeated with another seed, it ends with another distance. The
best of twelve trials is good, and it also had luck. So we compare the default
and the best setting once more, with seeds that the search has not seen.
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

A machine can search for settings if three things are right: a metric that
measures what we want, a first trial that is the default, and a second look at
the winner. These are the best settings as arguments:
"""

print(report.best.arguments)
print(report.best.settings)

"""
## Where to go next

The same without Python, with as many trials as you like:

    keras-gan-zoo tune vanilla_gan --data digits --extractor digits \\
        --trials 20 --epochs 30 --out runs/tune

For real use take your images and `extractor="inception"`, and fix what you
know, for example `{"penalty": "r1"}` as third argument of `HyperGAN`. Your own
search space is a function, `HyperGAN(..., space=...)`, or the classmethod
`search_space` of your own class. With `algorithm="bayesian"` later trials
prefer settings like the best ones so far. A small number of epochs favors
settings that learn fast. Train the winner for longer, and look at its images.
"""
