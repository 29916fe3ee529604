"""
Title: Color for drawings, with pix2pix
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: Draw an outline, and the network paints it.
Accelerator: None
"""

"""
## Introduction

Show a network pairs, an outline and the picture it belongs to, and ask for the
picture. If the network only minimizes the distance to the true pixels, it
paints what is right on average: where hair may be brown or yellow, mud. pix2pix
([Isola et al., 2017](https://arxiv.org/abs/1611.07004)) adds a discriminator.
It sees input and output side by side and judges whether they could be a real
pair, patch by patch. Averages do not look real, so they no longer pay.

    generator:      fool the discriminator, + 100 x distance to the truth
    discriminator:  tell (outline, true picture) from (outline, painted one)

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
from PIL import Image, ImageDraw

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/pix2pix.py` takes about four minutes on two cores, with
`--quick` a few seconds. They are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="pix2pix on emoji.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="pix2pix")
options = parser.parse_args()

size = 64  # of the emoji, in pixels
batch_size = 128 if options.quick else 8
filters = 2 if options.quick else 16
epochs = 1 if options.quick else 48

keras.utils.set_random_seed(0)

"""
## Data

The faces and people among the emoji that ship with the package (Noto Emoji by
Google, Apache License 2.0), and their outlines. Sixteen of them are kept for
the end: the network never sees them in training. With a folder of your own
pairs this would be `kgz.data.paired_folder("facades/train", image_size=(256,
256))`.
"""

everything = kgz.data.emoji(
    size,
    batch_size=510,
    task="outlines",
    groups=["smileys-emotion", "people-body"],
)
outlines, images = next(everything.as_numpy_iterator())
pairs = kgz.data.paired_arrays(
    outlines[16:], images[16:], batch_size=batch_size, flip=True
)
inputs, targets = outlines[:16], images[:16]

"""
## Model and training

The U-Net halves the picture down to one point and doubles it up again. Skip
connections hand the details over. A quarter of the paper's width is enough
here. The callback draws input, output and target side by side, of pictures
that are not trained on.
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
            (inputs[:8], targets[:8]),
            every_epochs=max(1, epochs // 6),
        )
    ],
)

"""
## Drawings it has never seen

In each group of three: the outline, what the network makes of it, and the true
picture. Nothing in an outline says which color a coat has, so the network
guesses. Faces it knows.
"""

made = gan.translate(inputs, seed=0)
rows = np.stack([np.repeat(inputs, 3, axis=-1), made, targets], axis=1)
picture = kgz.pictures.grid(rows.reshape(-1, size, size, 3), columns=12)
print(kgz.pictures.save(options.output / "unseen.png", picture))

"""
## A drawing of your own

A wider one than all before. The network is convolutional: `translate` takes
pictures of any size, pads them, and cuts the result back. For pictures that
are too large for memory it works in tiles that overlap: `translate(...,
tile=256)`.
"""

paper = Image.new("L", (160, 64), "white")
pen = ImageDraw.Draw(paper)
for left in (8, 92):
    pen.ellipse((left, 2, left + 59, 61), outline="black", width=2)
    for eye in (left + 17, left + 36):
        pen.ellipse((eye, 20, eye + 7, 30), outline="black", width=2)
pen.arc((22, 26, 54, 50), 20, 160, fill="black", width=2)
pen.ellipse((114, 38, 130, 54), outline="black", width=2)
drawing = np.asarray(paper, "float32")[None, :, :, None] / 127.5 - 1
painted = gan.translate(drawing, seed=0)
both = np.concatenate([np.repeat(drawing, 3, axis=-1), painted])
print(
    kgz.pictures.save(
        options.output / "drawing.png", kgz.pictures.grid(both, columns=1)
    )
)

"""
## What we learned

The distance alone gives the right colors on average. The adversary makes the
network decide. Dropout is the only noise, in training and in `translate`
(`seed=` fixes it, `noise=False` switches it off), and the paper found what you
will find: the network learns to ignore most of it. And it saw 494 emoji: it
has learned these faces, not the world.

## Where to go next

For the real thing take a folder of pairs, `image_shape=(256, 256, 1)` or
`(256, 256, 3)`, the paper's networks (leave `filters` and `patch` away) and
200 epochs on a GPU. `kgz.data.photograph_pairs("colour")` asks for the color of
gray photographs. Without pairs: `cyclegan.py`.
"""
