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

You have a folder of a hundred pictures. A GAN that starts from random weights
needs long to learn from them what a line is. A model that was trained on
other pictures of the same kind knows that already: load it, and go on with
your own pictures. This is fine-tuning.

Its danger is overfitting. The discriminator has many weights, and soon knows a
hundred pictures by heart. FreezeD ([Mo et al.,
2020](https://arxiv.org/abs/2002.10964)) therefore does not train the layers
next to the image, which see lines and need not change. Only the layers above
them learn what is new. The generator is trained as always:

    gan = kgz.from_preset("dcgan_mnist_28")
    gan.compile(freeze_discriminator=2)
    gan.fit(my_pictures, epochs=100)

`freeze_discriminator` counts layers with weights, in the order in which the
image passes. A convolution counts together with its normalization. The
discriminator of this tutorial has four: three convolutions, which halve the
image, and the dense layer of the logits.

On the command line, a new training starts from the weights of an old one, too:

    keras-gan-zoo train --from dcgan_emoji_64 --data folder:my_pictures \\
        --epochs 100 --compile freeze_discriminator=2 --out fine_tuned

We compare a new model, fine-tuning of all layers, and three numbers of frozen
layers. All get the same number of steps on the same pictures.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo.modalities import Image

"""
## Hyper-parameters

`python examples/fine_tuning.py` takes a few minutes on two cores, with
`--quick` less than a minute. That is not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="Fine-tuning on a folder.")
parser.add_argument("--quick", action="store_true", help="a minute")
parser.add_argument("--output", type=pathlib.Path, default="fine_tuning")
options = parser.parse_args()

num_pictures = 100
batch_size = 50
epochs = 1 if options.quick else 75  # two steps each
parts = 1 if options.quick else 3  # how often all are trained and measured
num_images = 100 if options.quick else 1000  # for each measurement

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)

"""
## A small folder

The preset was trained on 60,000 digits of MNIST. The new pictures are digits,
too, but of other people, and they come from a scanner of 8x8 pixels: enlarged
to 28x28 they are soft. A hundred of them are written to a folder. It could as
well hold your own pictures.

The other 1,697 are held out. They say how good the models are.
"""

images = next(kgz.data.digits(batch_size=1797).as_numpy_iterator())
large = keras.ops.image.resize(images, (28, 28), interpolation="bicubic")
large = np.clip(keras.ops.convert_to_numpy(large), -1, 1)
folder = options.output / "pictures"
folder.mkdir(exist_ok=True)
for number in range(num_pictures):
    Image((28, 28, 1)).write_one(folder / f"{number:03}.png", large[number])
held_out = large[num_pictures:]

pictures = kgz.data.image_folder(folder, (28, 28), batch_size, channels=1)


def show(images, name):
    picture = kgz.pictures.grid(images, columns=16)
    print(kgz.pictures.save(options.output / f"{name}.png", picture))


show(next(pictures.as_numpy_iterator())[:32], "real")
preset = kgz.from_preset("dcgan_mnist_28")
show(preset.generate(32, seed=0), "preset")

"""
## Fine-tuning

Each candidate starts either from new weights or from the preset. `compile`
makes new optimizers. The number of frozen layers is saved with the model.

The Fréchet distance compares 1,000 generated digits with the held-out ones by
what a classifier of MNIST sees in them. Lower is better.
"""


def measure(gan):
    result = kgz.evaluate(
        gan,
        held_out,
        ["fid"],
        "mnist",
        num_images=num_images,
        subsets=0,
        cache=options.output / "cache",
    )
    return result.values["frechet_distance"]


def fine_tune(gan, frozen):
    keras.utils.set_random_seed(1)
    gan.compile(ema_decay=0.99, freeze_discriminator=frozen)
    found = []
    for _ in range(parts):
        gan.fit(pictures, epochs=epochs, verbose=0)
        found.append(measure(gan))
    return found


def loaded():
    return kgz.from_preset("dcgan_mnist_28")


config = {**preset.get_config(), "averaged": False}
candidates = {
    "new model": (kgz.DCGAN.from_config(config), 0),
    "all layers": (loaded(), 0),
    "1 frozen": (loaded(), 1),
    "2 frozen": (loaded(), 2),
    "3 frozen": (loaded(), 3),
}
steps = [len(pictures) * epochs * (part + 1) for part in range(parts)]
scores = {"before fine-tuning": [measure(preset), *parts * [np.nan]]}
for name, (candidate, frozen) in candidates.items():
    scores[name] = [np.nan, *fine_tune(candidate, frozen)]
    show(candidate.generate(32, seed=0), name.replace(" ", "_"))

print("| distance after steps |", " | ".join(map(str, [0, *steps])), "|")
print("|---" * (parts + 2) + "|")
for name, found in scores.items():
    cells = ["" if np.isnan(one) else f"{one:.1f}" for one in found]
    print(f"| {name} | {' | '.join(cells)} |")

"""
## What we learned

The preset saves time: after 150 steps the fine-tuned models are at 35 and 44,
and the new model is at 57. After 300 steps the new model has caught up. These
digits are easy; the harder the pictures are, the longer the head start lasts.

Then the discriminator begins to know its hundred pictures: from 300 to 450
steps the distance of the model that trains all layers rises from 13 to 20.
With one or two frozen layers it rises to less than 16. With three, only the
dense layer can learn, and the generator is never told how soft the new
pictures are.

This is one seed, and a difference of two or three may be chance.

## Where to go next

For color pictures, `kgz.from_preset("dcgan_emoji_64")` is a model of 64x64
pixels to start from; the nearer its pictures are to yours, the better.
`augmentation="color,translation,cutout"` helps a discriminator against
overfitting, too. `dcgan.py` shows how to see whether a model copies its
pictures, which is the first question with few of them.
`kgz.callbacks.Evaluate` measures during the training: with few pictures the
best model is often not the last one.
"""
