"""
Title: Few pictures: start from a trained model
Author: keras_gan_zoo contributors
Date created: 2026/11/28
Last modified: 2026/11/28
Description: Fine-tuning, and a discriminator whose first layers are frozen.
Accelerator: None
"""

"""
## Introduction

You have a hundred pictures. A GAN that starts from random weights needs long
to learn from them what a line and a surface are. A model that was trained on
other pictures of the same kind knows that already: load it, and go on with
your own pictures. This is fine-tuning.

Its danger is overfitting. The discriminator has millions of weights, and soon
knows a hundred pictures by heart. FreezeD ([Mo et al.,
2020](https://arxiv.org/abs/2002.10964)) therefore does not train the layers
next to the image, which see edges and colors and need not change. Only the
layers above them learn what is new. The generator is trained as always:

    gan = kgz.load("trained.keras", compile=False)   # or kgz.from_preset(...)
    gan.compile(freeze_discriminator=1)
    gan.fit(my_pictures, epochs=100)

`freeze_discriminator` counts layers with weights, in the order in which the
image passes. A convolution counts together with its normalization. The
discriminator of this tutorial has four: three convolutions, which halve the
image, and the dense layer of the logits.

On the command line, a new training starts from the weights of an old one, too:

    keras-gan-zoo train --from trained.keras --data folder:my_pictures \\
        --epochs 100 --compile freeze_discriminator=1 --out fine_tuned

We compare a new model, fine-tuning of all layers, and two numbers of frozen
layers. All get the same number of steps on the same pictures.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/fine_tuning.py` takes about ten minutes on two cores, with
`--quick` less than a minute. That is not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="Fine-tuning on smileys.")
parser.add_argument("--quick", action="store_true", help="a minute")
parser.add_argument("--output", type=pathlib.Path, default="fine_tuning")
options = parser.parse_args()

size = 16 if options.quick else 32  # of the emoji, in pixels
batch_size = 32
filters = 4 if options.quick else 32
epochs_before = 1 if options.quick else 15  # on other emoji, 41 steps each
epochs = 1 if options.quick else 20  # on smileys, four steps each
parts = 2  # how often they are trained and measured
num_images = 100 if options.quick else 200  # for each measurement

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)

"""
## Data

The emoji of the package have nine groups. The 147 smileys and hearts are the
new pictures. The model learns all others first: people, animals, food, signs
and so on, without a single smiley.
"""

small = "smileys-emotion"
others = [
    "people-body",
    "animals-nature",
    "food-drink",
    "travel-places",
    "activities",
    "objects",
    "symbols",
    "flags",
]
smileys = kgz.data.emoji(size, batch_size, groups=small)
real = next(iter(kgz.data.emoji(size, 147, groups=small))).numpy()
print(
    kgz.pictures.save(
        options.output / "real.png", kgz.pictures.grid(real[:32], columns=16)
    )
)

"""
## The model to start from

A DCGAN, as in `dcgan.py`. It learns the other groups, and is saved.
"""


def new_model():
    return kgz.DCGAN(
        image_shape=(size, size, 3),
        filters=filters,
        kernel_size=4,
        augmentation="color,translation,cutout",
        seed=0,
    )


def show(gan, name):
    picture = kgz.pictures.grid(gan.generate(32, seed=0), columns=16)
    print(kgz.pictures.save(options.output / f"{name}.png", picture))


start = options.output / "start.keras"
gan = new_model()
gan.compile(ema_decay=0.99)
gan.fit(
    kgz.data.emoji(size, batch_size, groups=others),
    epochs=epochs_before,
    verbose=2,
)
gan.save(start)
show(gan, "start")

"""
## Fine-tuning

Each candidate starts either from new weights or from the file. `compile` makes
new optimizers. The number of frozen layers is saved with the model.

The kernel distance (KID) compares 200 generated images with the smileys by
what a classifier sees in them. It is 0 for equal distributions, lower is
better. Its expected value does not depend on the number of images, so that it
also works with 147.
"""


def measure(gan):
    result = kgz.evaluate(
        gan,
        real,
        [kgz.metrics.KernelDistance("efficientnet", subset_size=100)],
        num_images=num_images,
        subsets=0,
        cache=options.output / "cache",
    )
    return result.values["kernel_distance"]


def fine_tune(gan, frozen):
    keras.utils.set_random_seed(1)
    gan.compile(ema_decay=0.99, freeze_discriminator=frozen)
    found = []
    for _ in range(parts):
        gan.fit(smileys, epochs=epochs, verbose=0)
        found.append(measure(gan))
    return found


candidates = {
    "new model": (new_model(), 0),
    "all layers": (kgz.load(start, compile=False), 0),
    "1 frozen": (kgz.load(start, compile=False), 1),
    "2 frozen": (kgz.load(start, compile=False), 2),
}
steps = [len(smileys) * epochs * (part + 1) for part in range(parts)]
scores = {"before fine-tuning": [measure(kgz.load(start)), *parts * [np.nan]]}
for name, (candidate, frozen) in candidates.items():
    scores[name] = [np.nan, *fine_tune(candidate, frozen)]
    show(candidate, name.replace(" ", "_"))

print("| KID after steps |", " | ".join(map(str, [0, *steps])), "|")
print("|---" * (parts + 2) + "|")
for name, found in scores.items():
    cells = ["" if np.isnan(one) else f"{one:.3f}" for one in found]
    print(f"| {name} | {' | '.join(cells)} |")

"""
## What we learned

TODO

## Where to go next

For photographs of your own: `kgz.from_preset("dcgan_emoji_64")` is a model of
64x64 pixels to start from; the nearer its pictures are to yours, the better.
`dcgan.py` shows how to see whether a model copies its pictures, which is the
first question with few of them. `kgz.callbacks.Evaluate` measures during the
training: with few pictures the best model is often not the last one.
"""
