"""
Title: Colour for grey photographs, with pix2pix
Description: A translation learnt from examples, and used on a larger picture.
Accelerator: none needed
Run: python examples/pix2pix.py
"""

"""
## The idea

Show a network pairs, a grey patch and the same patch in colour, and ask for
the colour. If it only minimises the distance to the true pixels, it paints
what is right on average: where a leaf may be green or brown, mud. pix2pix
([Isola et al., 2017](https://arxiv.org/abs/1611.07004)) adds a discriminator
that sees input and output side by side and judges whether they could be a
real pair, patch by patch. Averages are not real, so they no longer pay.

    generator:      fool the discriminator, + 100 x distance to the truth
    discriminator:  tell (grey, true colour) from (grey, painted colour)

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np
from sklearn.datasets import load_sample_images

import keras_gan_zoo as kgz

parser = argparse.ArgumentParser(description="pix2pix on photographs.")
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--output", type=pathlib.Path, default="pix2pix")
options = parser.parse_args()
keras.utils.set_random_seed(0)

"""
## Data

Patches of 64x64 pixels of the two photographs that come with scikit-learn,
grey and in colour. With a folder of your own pairs this would be
`kgz.data.paired_folder("facades/train", image_size=(256, 256))`.
"""

pairs = kgz.data.photograph_pairs("colour", image_size=(64, 64), batch_size=16)
inputs, targets = next(iter(kgz.data.photograph_pairs(batch_size=8, seed=1)))

"""
## Model and training

The U-Net halves the patch down to one point and doubles it up again; skip
connections hand the details over. A quarter of the paper's width is enough
here. The callback draws input, output and target side by side.
"""

gan = kgz.Pix2Pix((64, 64, 1), filters=16, patch=16)
gan.compile()
gan.fit(
    pairs,
    epochs=options.epochs,
    verbose=2,
    callbacks=[
        kgz.translation_callbacks.TranslationGrid(
            options.output, (inputs, targets), every_epochs=2
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
"""
