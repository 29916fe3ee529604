"""
Title: Colour for grey photographs, with pix2pix
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: A translation learnt from examples, and used on a larger picture.
Accelerator: None
"""

"""
## Introduction

Show a network pairs, a grey patch and the same patch in colour, and ask for
the colour. If it only minimises the distance to the true pixels, it paints
what is right on average: where a leaf may be green or brown, mud. pix2pix
([Isola et al., 2017](https://arxiv.org/abs/1611.07004)) adds a discriminator
that sees input and output side by side and judges whether they could be a
real pair, patch by patch. Averages are not real, so they no longer pay.

    generator:      fool the discriminator, + 100 x distance to the truth
    discriminator:  tell (grey, true colour) from (grey, painted colour)

In `Pix2Pix.losses`, where `discriminate(x)` looks at the input next to x:

    found = self.adversarial_losses(discriminate, targets, fake)
    l1_loss = ops.mean(ops.abs(fake - targets))

The generator minimizes its adversarial loss and 100 times `l1_loss`.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np
from sklearn.datasets import load_sample_images

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/pix2pix.py` takes about three minutes, with `--quick` a few
seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="pix2pix on photographs.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="pix2pix")
options = parser.parse_args()

size = 64  # of the patches, in pixels
batch_size = 256 if options.quick else 16
filters = 2 if options.quick else 16
epochs = 1 if options.quick else 12

keras.utils.set_random_seed(0)

"""
## Data

Patches of 64x64 pixels of the two photographs that come with scikit-learn,
grey and in colour. With a folder of your own pairs this would be
`kgz.data.paired_folder("facades/train", image_size=(256, 256))`.
"""

pairs = kgz.data.photograph_pairs(
    "colour", image_size=(size, size), batch_size=batch_size
)
shown = kgz.data.photograph_pairs(
    "colour", image_size=(size, size), batch_size=8, seed=1
)
inputs, targets = next(iter(shown))

"""
## Model and training

The U-Net halves the patch down to one point and doubles it up again; skip
connections hand the details over. A quarter of the paper's width is enough
here. The callback draws input, output and target side by side.
"""

gan = kgz.Pix2Pix((size, size, 1), filters=filters, patch=16)
gan.compile()
gan.fit(
    pairs,
    epochs=epochs,
    verbose=2,
    callbacks=[
        kgz.callbacks.TranslationGrid(
            options.output / "samples",
            (inputs, targets),
            every_epochs=max(1, epochs // 6),
        )
    ],
)

"""
## A picture of another size

The network is convolutional: `translate` takes pictures of any size, pads
them, and cuts the result back. For pictures that are too large for memory it
works in tiles that overlap: `translate(..., tile=256)`.
"""

photograph = load_sample_images().images[0]
luma = photograph @ np.array([0.299, 0.587, 0.114])
grey = (luma / 127.5 - 1).astype("float32")[None, :, :, None]
colour = gan.translate(grey, seed=0)
beside = np.concatenate([np.repeat(grey, 3, axis=-1), colour])
print(
    kgz.pictures.save(
        options.output / "photograph.png", kgz.pictures.grid(beside, columns=1)
    )
)

"""
## What we learned

The distance alone gives the right colours on average; the adversary makes
them decided. Dropout is the only noise, in training and in `translate`
(`seed=` fixes it, `noise=False` switches it off), and the paper found what you
will find: the network learns to ignore most of it. And these are patches of
two photographs: it has learnt this temple and this flower, not the world.

## Where to go next

For the real thing take a folder of pairs, `image_shape=(256, 256, 1)` or
`(256, 256, 3)`, the paper's networks (leave `filters` and `patch` away) and
200 epochs on a GPU. `kgz.data.photograph_pairs("edges")` draws photographs
from their edges. Without pairs: `cyclegan.py`.
"""
