"""
Title: Quickstart: a first GAN from data to pictures
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: Train, look, measure, save, load; the whole way in one file.
Accelerator: None
"""

"""
## Introduction

A GAN learns to make images like those that it is shown. Two networks do it
together: a generator, which makes an image of random numbers z, and a
discriminator, which gives an image a logit, high if it takes it for real.
Each is trained against the other, with s the sigmoid:

    discriminator:  minimise  -E log s(D(real)) - E log(1 - s(D(G(z))))
    generator:      minimise  -E log s(D(G(z)))

Of this you write three lines:

    gan = kgz.VanillaGAN(image_shape=(8, 8, 1))
    gan.compile()
    gan.fit(images, epochs=50)

This page adds what one wants around them. `vanilla_gan.py` explains the game.

## Setup

Choose the backend, if you wish, before Keras is imported: the environment
variable `KERAS_BACKEND` may be `tensorflow`, `jax` or `torch`.
"""

import argparse
import pathlib

import keras

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/quickstart.py` takes about a minute, with `--quick` a few
seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="From data to pictures.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="quickstart")
options = parser.parse_args()

batch_size = 64
learning_rate = 5e-4
epochs = 1 if options.quick else 50
num_images = 200 if options.quick else 1797  # of the measurement

keras.utils.set_random_seed(0)

"""
## Data

Images are floats in [-1, 1] everywhere in this package, in batches of shape
`(batch, height, width, channels)`. These are scikit-learn's 1,797 handwritten
digits; `kgz.data.image_folder`, `kgz.data.tfds` and `kgz.data.arrays` give
others the same form.
"""

images = kgz.data.digits(batch_size=batch_size)
picture = kgz.pictures.grid(next(images.as_numpy_iterator()))
print(kgz.pictures.save(options.output / "real.png", picture))

"""
## Model

Architecture goes into the constructor, and training into `compile`, which
without arguments takes the settings of the paper. Here the discriminator is
regularised by a penalty on its gradient instead of the paper's dropout, and
the generator's weights are averaged.
"""

gan = kgz.VanillaGAN(
    image_shape=(8, 8, 1),
    generator_units=(256, 256),
    input_dropout=0.0,
    dropout=0.0,
)
gan.compile(
    penalty="r1",
    penalty_weight=3.0,
    ema_decay=0.999,
    generator_optimizer=keras.optimizers.Adam(learning_rate, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(learning_rate, beta_1=0.5),
)

"""
## Training

`fit` is Keras' own. `SampleGrid` draws the same 64 latent vectors again and
again and makes an animation of it, `CollapseMonitor` warns if the game goes
wrong, and `Backup` lets a training that was killed go on where it was: run
this script a second time, and there is nothing left to do.
"""

gan.fit(
    images,
    epochs=epochs,
    verbose=0,
    callbacks=[
        kgz.callbacks.Progress(),
        kgz.callbacks.SampleGrid(
            options.output / "samples", every_epochs=max(1, epochs // 25)
        ),
        kgz.callbacks.CollapseMonitor(),
        kgz.callbacks.Backup(options.output / "backup"),
    ],
)

"""
## New images

The same seed gives the same images, on every backend.
"""

picture = kgz.pictures.grid(gan.generate(64, seed=0))
print(kgz.pictures.save(options.output / "generated.png", picture))

"""
## How good are they?

The Fréchet distance compares the features of generated and real images: 0
for equal distributions. Precision tells how many generated images look real,
recall how much of the variety of the real ones is found. The features are
those of a classifier of digits that comes with the package.
"""

evaluation = kgz.evaluate(
    gan, images, ["fid", "prdc"], extractor="digits", num_images=num_images
)
print(evaluation.table())

"""
## A file and back

One file holds both networks, both optimizers and the state of all random
numbers.
"""

gan.save(options.output / "gan.keras")
again = kgz.load(options.output / "gan.keras")
difference = abs(again.generate(4, seed=0) - gan.generate(4, seed=0)).max()
print("largest difference after loading:", difference)

"""
## One that is trained already

`kgz.list_presets()` names the models that come with the package. Each row of
this picture walks from one latent vector to another.
"""

trained = kgz.from_preset("vanilla_gan_digits_8")
picture = kgz.control.picture(kgz.control.interpolate(trained, rows=8))
print(kgz.pictures.save(options.output / "preset.png", picture))

"""
## What we learned

Data, `compile`, `fit`, `generate`, `save`: the life of a Keras model, with two
players inside. The same without a line of Python:

    keras-gan-zoo train vanilla_gan --data digits --epochs 100 --out runs/digits

## Where to go next

For the real thing give it images of your own,
`kgz.data.image_folder("pictures", image_size=(64, 64))`, a `kgz.DCGAN()` and a
GPU. `conditional_gan.py` makes what it is asked for, `pix2pix.py` and
`cyclegan.py` turn images into images, `custom_gan.py` is about ideas of your
own.
"""
