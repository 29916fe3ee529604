"""
Title: Growing digits from 4x4 to 16x16, with ProGAN
Description: Two networks that learn coarse pictures first, then details.
Accelerator: none needed
Run: python examples/progan.py
"""

"""
## The idea

Large pictures are hard to learn all at once: the discriminator finds faults
faster than the generator mends them. ProGAN
([Karras et al., 2018](https://arxiv.org/abs/1710.10196)) begins with pictures
of 4x4 pixels. When both networks have settled, it puts layers for 8x8 around
them, and so on. New layers are *faded in*: with an `alpha` that goes slowly
from 0 to 1,

    image = (1 - alpha) * upscaled(old image) + alpha * new image,

and real images are blended with their own coarse version likewise. Nothing
jumps, and most of the training happens where it is cheap.

## Setup
"""

import argparse
import pathlib

import keras

import keras_gan_zoo as kgz

parser = argparse.ArgumentParser(description="ProGAN on digits.")
parser.add_argument("--phase-images", type=int, default=30_000)
parser.add_argument("--output", type=pathlib.Path, default="progan")
options = parser.parse_args()
keras.utils.set_random_seed(0)

"""
## Data

The 1,797 digits of scikit-learn, resized from 8x8 to 16x16 pixels. The data
have the final size: the model brings them down itself.
"""

digits = kgz.data.digits(batch_size=64, image_size=(16, 16))

"""
## Model

The paper's networks for 1024x1024 have 512 channels at low resolutions; for
digits 64 are plenty (`2 * fmap_base / resolution`, at most `fmap_max`).

`phase_images` is the schedule: so many images at 4x4, then for each further
resolution as many while it is faded in and as many while it settles. The
paper's number, the default, is 800,000.
"""

gan = kgz.ProGAN(
    image_shape=(16, 16, 1), latent_dim=64, fmap_base=512, fmap_max=64
)
gan.compile(phase_images=options.phase_images)
epochs = -(-gan.growth.total // (64 * len(digits)))

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
        kgz.callbacks.SampleGrid(options.output / "samples", every_epochs=2),
        kgz.callbacks.Backup(options.output),
    ],
)
gan.save(options.output / "progan.keras")

"""
## The same latents at every resolution

A trained model still makes the small pictures it began with.
"""

for resolution in (4, 8, 16):
    images = gan.generate(64, seed=0, resolution=resolution)
    images = kgz.pictures.upscaled(images, (16, 16))
    name = options.output / f"digits_{resolution}.png"
    print(kgz.pictures.save(name, kgz.pictures.grid(images)))

"""
## What we learned

The networks of all resolutions live in one model: one file, one `fit`, one
optimizer for each player. The layers of a resolution sleep until it is their
turn, and cost nothing before. If pictures of your own do not look right, give
the phases more images first; `loss="non_saturating", penalty="r1"` is worth a
try then.
"""
