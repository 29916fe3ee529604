"""
Title: Faces from convolutions: DCGAN
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: Convolutions for both networks; does the generator only memorize?
Accelerator: None
"""

"""
## Introduction

To the perceptrons of `vanilla_gan.py` an image is a list of pixels: shuffle
them all alike, and nothing changes. DCGAN
([Radford et al., 2015](https://arxiv.org/abs/1511.06434)) builds both players
of convolutions. They know which pixels are neighbors, and an eye is the same
eye everywhere. That made GANs work on photographs. Its recipe, section 3:

* no pooling: the discriminator halves the image with strided convolutions,
  and the generator doubles it with transposed ones;
* batch normalization in both, except next to the pixels;
* no hidden dense layers;
* ReLU in the generator, tanh at its end, LeakyReLU in the discriminator.

A strided convolution looks at a patch of the image at every second place and
makes one number of it for each channel. Its transpose does the reverse: at
every second place it lays a patch into the larger image. Neighbors overlap and
add up:

    y[2 i + k] += x[i] w[k]   for all places i and kernel positions k.

The generator is a loop of such layers, `upsample` in
`keras_gan_zoo/blocks/strided.py`:

    for index in range(depth):
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.Conv2DTranspose(features, kernel_size, strides=2)(x)
    return layers.Activation("tanh")(x)

The losses are the same as in `vanilla_gan.py`: the non-saturating loss.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/dcgan.py` takes about four minutes on two cores, with
`--quick` a few seconds. They are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="DCGAN on emoji.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="dcgan")
options = parser.parse_args()

size = 16 if options.quick else 32  # of the emoji, in pixels
batch_size = 32
filters = 4 if options.quick else 32  # the paper: 128
epochs = 1 if options.quick else 600  # of four steps each

keras.utils.set_random_seed(0)

"""
## Data

The 147 smileys and hearts among the emoji that ship with the package: Noto
Emoji by Google, Apache License 2.0.
"""

emoji = kgz.data.emoji(size, batch_size, groups="smileys-emotion")
real = next(
    kgz.data.emoji(
        size, batch_size=147, groups="smileys-emotion"
    ).as_numpy_iterator()
)
print(
    kgz.pictures.save(
        options.output / "real.png", kgz.pictures.grid(real[:64], columns=16)
    )
)

"""
## Model

The latent vector becomes a map of 4x4 with many channels, and each layer
doubles its sides and halves its channels. The discriminator goes the same way
back.

A discriminator would soon know 147 pictures by heart, and then it teaches
nothing. So it only sees pictures whose color changes at random, that are
shifted, and that have a hole: real and generated ones alike. This is
`augmentation`, [DiffAugment](https://arxiv.org/abs/2006.10738), and younger
than the paper.
"""

gan = kgz.DCGAN(
    image_shape=(size, size, 3),
    filters=filters,
    augmentation="color,translation,cutout",
)
gan.generator.summary()
gan.discriminator.summary()

"""
## Training

With the settings of the paper. `ema_decay`, which is also younger, averages
the weights of the generator. Its images then change less from step to step.
"""

gan.compile(ema_decay=0.99)
gan.fit(
    emoji,
    epochs=epochs,
    verbose=2,
    callbacks=[
        kgz.callbacks.SampleGrid(
            options.output / "samples", every_epochs=max(1, epochs // 20)
        )
    ],
)
generated = gan.generate(256, seed=0)
picture = kgz.pictures.grid(generated[:64], columns=16)
print(kgz.pictures.save(options.output / "generated.png", picture))

"""
## A walk through the latent space

If the generator had learned a list of images, the way between two latent
vectors would jump from one image to the next. The paper's section 6.1 shows
that images change little by little.
"""

way = kgz.control.interpolate(gan, rows=8, columns=10, mode="linear")
print(
    kgz.pictures.save(
        options.output / "interpolation.png", kgz.control.picture(way)
    )
)

"""
## Does it memorize?

The other test: for each generated image, the real one that is nearest to it.
Generated images are above, the nearest real ones below.
"""


def nearest(images, others):
    """For each image the distance to its nearest other, and which it is."""
    images, others = (x.reshape(len(x), -1) for x in (images, others))
    squares = (images**2).sum(1)[:, None] + (others**2).sum(1)
    distances = np.sqrt(np.maximum(squares - 2 * images @ others.T, 0))
    return distances.min(axis=1), distances.argmin(axis=1)


distances, places = nearest(generated, real)
pairs = np.stack([generated[:16], real[places[:16]]])
print(
    kgz.pictures.save(
        options.output / "neighbours.png", kgz.control.picture(pairs)
    )
)

"""
A distance alone says little: how far are real images from each other? A
generator that copied them would be far below that.
"""

half = len(real) // 2
apart, _ = nearest(real[:half], real[half:])
print(f"generated to the nearest real one: {np.median(distances):.1f}")
print(f"real to the nearest of other real ones: {np.median(apart):.1f}")

"""
## What we learned

Convolutions know neighbors, and five rules keep the game steady. A walk
without jumps, and neighbors that are not copies, say that the generator
learned what faces have in common. In our run, with seed 0, generated images are
20.9 from the nearest real one, and real ones 17.3 from the nearest other. So
nothing is copied. Not all is good, either: some faces dissolve, and cats and
monkeys, of which there are few, are missing.

## Where to go next

`kgz.data.emoji()` without `groups` has all 1,488 emoji: they are much harder.
`kgz.from_preset("dcgan_emoji_64")` was trained on emoji on a GPU. For
photographs of one kind take `kgz.data.image_folder(path, image_size=(64, 64),
batch_size=128)` and `kgz.DCGAN(filters=128)`. If the images become all alike,
`kgz.callbacks.CollapseMonitor()` says so. Then try `packing=2`, or
`penalty="r1"` with `discriminator_normalization=None`.
`transfer_discriminator.py` finds a use for the discriminator, and `progan.py`
makes larger images.
"""
