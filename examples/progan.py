"""
Title: Growing digits from 4x4 to 16x16, with ProGAN
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: Two networks that learn coarse pictures first, then details.
Accelerator: None
"""

"""
## Introduction

Large pictures are hard to learn all at once: the discriminator finds faults
faster than the generator mends them. ProGAN
([Karras et al., 2018](https://arxiv.org/abs/1710.10196)) begins with pictures
of 4x4 pixels. When both networks have settled, it puts layers for 8x8 around
them, and so on. New layers are *faded in*: with an `alpha` that goes slowly
from 0 to 1,

    image = (1 - alpha) * upscaled(old image) + alpha * new image,

and real images are blended with their own coarse version likewise. Nothing
jumps, and most of the training happens where it is cheap. In the package
both are one function of `keras_gan_zoo/blocks/progressive.py`,

    return blend(upscale(self.to_rgb[stage - 1](smaller)), new, alpha)
    return blend(upscale(downscale(images)), images, alpha)

the first in the generator, the second for the real images.

## Setup
"""

import argparse
import pathlib

import keras

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/progan.py` takes about ten minutes, with `--quick` a few
seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="ProGAN on digits.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="progan")
options = parser.parse_args()

resolutions = (4, 8) if options.quick else (4, 8, 16)
size = resolutions[-1]
batch_size = 64
channels = 8 if options.quick else 64  # at low resolutions
phase_images = 256 if options.quick else 30_000

keras.utils.set_random_seed(0)

"""
## Data

The 1,797 digits of scikit-learn, resized from 8x8 to 16x16 pixels. The data
have the final size: the model brings them down itself.
"""

digits = kgz.data.digits(batch_size=batch_size, image_size=(size, size))

"""
## Model

The paper's networks for 1024x1024 have 512 channels at low resolutions; for
digits 64 are plenty (`2 * fmap_base / resolution`, at most `fmap_max`).

`phase_images` is the schedule: so many images at 4x4, then for each further
resolution as many while it is faded in and as many while it settles. The
paper's number, the default, is 800,000.
"""

gan = kgz.ProGAN(
    image_shape=(size, size, 1),
    latent_dim=64,
    fmap_base=8 * channels,
    fmap_max=channels,
)
gan.compile(phase_images=phase_images)
epochs = -(-gan.growth.total // (batch_size * len(digits)))

"""
## Training

One `fit`. The log tells the `resolution`, its `alpha` and the `images` seen.
At each new resolution the step is compiled once more, for the layers that
take part: watch how fast the first epochs are. `SampleGrid` draws the stage of
the moment, `Backup` lets a training that was killed go on in the middle of
any of them.
"""

gan.fit(
    digits,
    epochs=epochs,
    verbose=2,
    callbacks=[
        kgz.callbacks.SampleGrid(
            options.output / "samples", every_epochs=max(1, epochs // 40)
        ),
        kgz.callbacks.Backup(options.output / f"backup_{size}x{size}"),
    ],
)
gan.save(options.output / "progan.keras")

"""
## The same latents at every resolution

A trained model still makes smaller pictures. The layers that paint them were
left as they were when the next resolution came in, and those beneath have gone
on learning: the smallest, at 4x4, are pale by now.
"""

for resolution in resolutions:
    images = gan.generate(64, seed=0, resolution=resolution)
    images = kgz.pictures.upscaled(images, (size, size))
    name = options.output / f"digits_{resolution}.png"
    print(kgz.pictures.save(name, kgz.pictures.grid(images)))

"""
## What we learned

The networks of all resolutions live in one model: one file, one `fit`, one
optimizer for each player. The layers of a resolution sleep until it is their
turn, and cost nothing before.

## Where to go next

For the real thing take a folder of pictures,
`kgz.data.image_folder(path, image_size=(256, 256))`, leave `fmap_base`,
`fmap_max` and `latent_dim` away, and give it days of a GPU. If pictures of
your own do not look right, give the phases more images first;
`loss="non_saturating", penalty="r1"` is worth a try then.
"""
