"""
Title: Quickstart: a first GAN, from data to pictures
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: Train, look, measure, save and load: the whole way in one file.
Accelerator: None
"""

"""
## Introduction

A GAN learns to make images like the images that it is shown. It has two
networks. The generator G makes an image from random numbers z. The
discriminator D gives an image a logit, which is high if D takes the image for
real. Each network is trained against the other one. With the sigmoid s:

    discriminator:  minimize  -E log s(D(real)) - E log(1 - s(D(G(z))))
    generator:      minimize  -E log s(D(G(z)))

You write three lines for that:

    gan = kgz.VanillaGAN(image_shape=(8, 8, 1))
    gan.compile()
    gan.fit(images, epochs=50)

This tutorial adds what you want around these lines. `vanilla_gan.py` explains
how the two networks train each other.

## Setup

You can choose the backend before Keras is imported: set the environment
variable `KERAS_BACKEND` to `tensorflow`, `jax` or `torch`.
"""

import argparse
import pathlib

import keras

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/quickstart.py` takes about a minute. With `--quick` it takes a
few seconds, which are not enough to learn anything.
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
`(batch, height, width, channels)`. Here the data are scikit-learn's 1,797
handwritten digits. `kgz.data.image_folder`, `kgz.data.tfds` and
`kgz.data.arrays` bring your own data into the same form.
"""

images = kgz.data.digits(batch_size=batch_size)
picture = kgz.pictures.grid(next(images.as_numpy_iterator()))
print(kgz.pictures.save(options.output / "real.png", picture))

"""
## Model

The architecture goes into the constructor. The training goes into `compile`,
which uses the settings of the paper if you pass no arguments. Here a penalty
on the gradient regularizes the discriminator, instead of the paper's dropout,
and the generator's weights are averaged.
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

`fit` is the method of Keras. `SampleGrid` draws the same 64 latent vectors
again and again and makes an animation. `CollapseMonitor` warns if the training
goes wrong. `Backup` continues a killed training: if you run this script a
second time, there is nothing left to do.
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

The Fréchet distance compares the features of generated and real images. It is
0 if both have the same distribution. Precision is the share of generated
images that look real. Recall is the share of real images that the generator
could have made. The features come from a classifier of digits that ships with
the package.
"""

evaluation = kgz.evaluate(
    gan, images, ["fid", "prdc"], extractor="digits", num_images=num_images
)
print(evaluation.table())

"""
## Save and load

One file holds both networks, both optimizers and the state of all random
numbers.
"""

gan.save(options.output / "gan.keras")
again = kgz.load(options.output / "gan.keras")
difference = abs(again.generate(4, seed=0) - gan.generate(4, seed=0)).max()
print("largest difference after loading:", difference)

"""
## A pretrained model

`kgz.list_presets()` names the models that ship with the package. Each row of
this picture goes from one latent vector to another.
"""

trained = kgz.from_preset("vanilla_gan_digits_8")
picture = kgz.control.picture(kgz.control.interpolate(trained, rows=8))
print(kgz.pictures.save(options.output / "preset.png", picture))

"""
## What we learned

Data, `compile`, `fit`, `generate`, `save`: a GAN is used like any Keras model,
and it has two networks inside. You can do the same without Python:

    keras-gan-zoo train vanilla_gan --data digits --epochs 100 --out runs/digits

## Where to go next

For real use take your own images,
`kgz.data.image_folder("pictures", image_size=(64, 64))`, a `kgz.DCGAN()` and a
GPU. `conditional_gan.py` makes images of a class that you choose. `pix2pix.py`
and `cyclegan.py` turn images into images. `custom_gan.py` is for your own
ideas.
"""
