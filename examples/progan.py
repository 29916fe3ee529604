"""
Title: Grow digits from 4x4 to 16x16, with ProGAN
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: Two networks that learn coarse pictures first, then details.
Accelerator: None
"""

"""
## Introduction

Large pictures are hard to learn all at once: the discriminator finds faults
faster than the generator can correct them. ProGAN ([Karras et al.,
2018](https://arxiv.org/abs/1710.10196)) begins with pictures of 4x4 pixels.
When both networks have settled, it adds layers for 8x8, and so on. New layers
are *faded in*: a number `alpha` goes slowly from 0 to 1, and

    image = (1 - alpha) * upscaled(old image) + alpha * new image.

Real images are blended with their own coarse version in the same way. So
nothing changes suddenly, and most of the training happens at small sizes,
where it is cheap. In the package both blends are one function of
`keras_gan_zoo/blocks/progressive.py`,

    return blend(upscale(self.to_rgb[stage - 1](smaller)), new, alpha)
    return blend(upscale(downscale(images)), images, alpha)

The first line is in the generator, the second blends the real images.

## Setup
"""

import argparse
import pathlib

import keras

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/progan.py` takes about ten minutes. With `--quick` it takes a
few seconds, which are not enough to learn anything.
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

The data are the 1,797 digits of scikit-learn, resized from 8x8 to 16x16
pixels. Give the model images of the final size. It makes the smaller ones
itself.
"""

digits = kgz.data.digits(batch_size=batch_size, image_size=(size, size))

"""
## Model

The paper's networks for 1024x1024 have 512 channels at low resolutions. For
digits 64 are enough (`2 * fmap_base / resolution`, at most `fmap_max`).

`phase_images` is the schedule. It is the number of images that the model sees
at 4x4. At each further resolution the model sees this number while the layers
are faded in, and the same number again while they settle. The default is the
paper's number, 800,000.
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

One call of `fit` is enough. The log shows the `resolution`, its `alpha` and
the `images` seen. At each new resolution the step is compiled again, for the
layers that take part: notice how fast the first epochs are. `SampleGrid` draws
the current stage. `Backup` continues a killed training in the middle of any
stage.
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

A trained model can still make smaller pictures. But the layers that paint
small pictures stopped learning when the next resolution came, and the layers
before them continued to learn. So the smallest pictures, at 4x4, are pale.
"""

for resolution in resolutions:
    images = gan.generate(64, seed=0, resolution=resolution)
    images = kgz.pictures.upscaled(images, (size, size))
    name = options.output / f"digits_{resolution}.png"
    print(kgz.pictures.save(name, kgz.pictures.grid(images)))

"""
## What we learned

The networks of all resolutions are in one model: one file, one `fit`, one
optimizer for each player. The layers of a resolution cost nothing until it is
their turn.

## Where to go next

For real use take a folder of pictures,
`kgz.data.image_folder(path, image_size=(256, 256))`, leave out `fmap_base`,
`fmap_max` and `latent_dim`, and train for days on a GPU. If your pictures do
not look right, first give each phase more images. Then try
`loss="non_saturating", penalty="r1"`.
"""
