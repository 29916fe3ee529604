"""
Title: A folder of your own pictures
Author: keras_gan_zoo contributors
Date created: 2026/11/28
Last modified: 2026/11/28
Description: StyleGAN2 with adaptive augmentation, and settings from rules.
Accelerator: GPU
"""

"""
## Introduction

You have a folder of a few hundred pictures, and want more of the same kind.
[StyleGAN2](https://arxiv.org/abs/1912.04958) with [adaptive
augmentation](https://arxiv.org/abs/2006.06676) is made for that. It has many
settings, and four of them matter:

* **gamma**, the weight of the penalty R1. If it is too small, the training
  becomes unstable; if it is too large, pictures stay blurred. The right value
  grows with the number of pixels and falls with the batch;
* **augmentation**. A discriminator soon knows a few hundred pictures by heart,
  and then teaches nothing. Adaptive augmentation changes the pictures that it
  sees, as often as it needs to stay in doubt;
* **mirrored pictures**, which are twice as many, unless left and right differ;
* **the width** of the networks and the size of the batch, which decide what
  fits on your machine.

`kgz.StyleGAN2.settings_for` chooses them by the rules of the authors.

For your own pictures, replace the folder, take `side = 256` or what your
pictures have, leave out `narrow`, and use a GPU for a day. For a few minutes on
two cores, this tutorial takes small pictures and narrow networks.

## Setup
"""

import argparse
import pathlib

import keras

import keras_gan_zoo as kgz
from keras_gan_zoo.modalities import Image

"""
## Hyper-parameters

`python examples/own_pictures.py` takes about a quarter of an hour on two cores,
with `--quick` less than a minute. That is not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="StyleGAN2 on a folder.")
parser.add_argument("--quick", action="store_true", help="a minute")
parser.add_argument("--output", type=pathlib.Path, default="own_pictures")
options = parser.parse_args()

side = 32  # pixels
batch_size = 16
epochs = 1 if options.quick else 500
narrow = {"channel_base": 2048, "channel_max": 64}
narrow |= {"latent_dim": 64, "style_dim": 64}

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)

"""
## The folder

Any pictures will do, in any sizes: they are cut to squares. Here they are the
smileys of the emoji that the package contains.
"""

folder = options.output / "pictures"
folder.mkdir(exist_ok=True)
emoji = kgz.data.emoji(side, batch_size=1, groups="smileys-emotion")
for number, (picture,) in enumerate(emoji.as_numpy_iterator()):
    Image((side, side, 3)).write_one(folder / f"{number:03}.png", picture)

pictures = kgz.data.image_folder(folder, (side, side), batch_size, flip=True)
print(f"{number + 1} pictures, {len(pictures)} batches")


def show(images, name, columns=12):
    picture = kgz.pictures.grid(images, columns=columns)
    print(kgz.pictures.save(options.output / f"{name}.png", picture))


show(next(pictures.as_numpy_iterator())[:12], "real")

"""
## The settings

The function returns two dicts: arguments of the class, and arguments of
`compile`. Look at them before you train.
"""

arguments, settings = kgz.StyleGAN2.settings_for((side, side, 3), batch_size)
print(arguments)
print(f"gamma: {settings['penalty_weight']:.4f}")
print(f"decay of the average: {settings['ema_decay']:.5f}")

gan = kgz.StyleGAN2(**{**arguments, **narrow})
gan.compile(**settings)

"""
## Training

`ada_p` in the logs is the probability of each augmentation. It rises when the
discriminator is too sure of the real pictures, and falls when it is in doubt.
`Backup` makes the training safe: run the script again after a crash, and it
continues where it was.
"""

history = gan.fit(
    pictures,
    epochs=epochs,
    verbose=0,
    callbacks=[
        kgz.callbacks.SampleGrid(
            options.output / "samples", every_epochs=max(1, epochs // 20)
        ),
        kgz.callbacks.Backup(options.output / "backup"),
    ],
).history
probabilities = history["ada_p"]
for part in (1, 2, 3, 4):
    epoch = len(probabilities) * part // 4
    print(f"epoch {epoch}: ada_p {probabilities[epoch - 1]:.2f}")
show(gan.generate(48, seed=0), "generated")

"""
## Better pictures, with less variety

`truncation_psi` draws the styles to their mean.
"""

show(gan.generate(48, seed=0, truncation_psi=0.6), "truncated")

"""
## Mixed styles

Each picture in the middle has the coarse styles of its column, and the fine
ones of its row: shape from above, colors from the left.
"""

grid = kgz.control.style_grid(gan, range(2), truncation_psi=0.7)
picture = kgz.control.picture(grid)
print(kgz.pictures.save(options.output / "styles.png", picture))

"""
## A video

A smooth walk through the latents, which ends where it began.
"""

frames = kgz.control.video.loop(gan, num=9, frames=40, truncation_psi=0.7)
print(kgz.control.video.save_video(options.output / "walk.gif", frames))

"""
## What we learned

After 4,500 steps the model draws yellow faces with eyes and mouths, red hearts
and some monsters. Many faces are dented and few are sharp: the networks are
narrow, and the authors train a hundred times as long. The probability of the
augmentations rose to 0.08. Without them, the discriminator would have learned
the 147 pictures by heart. Truncation at 0.6 makes rounder faces, and nearly all
of them yellow. In the grid of styles, columns decide the shape and rows the
colors, as far as this small model keeps the two apart.

## Where to go next

`fine_tuning.py` starts from a trained model, which saves most of the time.
`gan.save("mine.keras")` keeps the model with all its state;
`keras-gan-zoo explore mine.keras` opens a page on which you can mix styles,
and `keras-gan-zoo generate mine.keras --seeds 0-63 --each looked_at` makes
pictures whose seeds you can note. If a training fails, try five times gamma,
then a fifth.
"""
