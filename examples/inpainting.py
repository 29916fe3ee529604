"""
Title: Fill holes in pictures
Author: keras_gan_zoo contributors
Date created: 2026/11/28
Last modified: 2026/11/28
Description: A context encoder that fills holes of any form.
Accelerator: GPU
"""

"""
## Introduction

A scratch, a caption, a person who should not be there: something in a picture
is missing, and a network shall fill it with what could have been there. It
learns this from pictures without holes. It cuts the holes itself, so it always
knows what is right.

[Context encoders](https://arxiv.org/abs/1604.07379) have two losses. The
squared error alone gives the mean of all that could be in the hole, which is
blurred. The adversarial loss asks for one of these possibilities. This tutorial
trains both, with equal steps, and compares them.

For your own photographs, replace the emoji by
`kgz.data.image_folder(path, (128, 128), batch_size)`.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo.modalities.mask import painted

"""
## Hyper-parameters

`python examples/inpainting.py` takes about ten minutes on two cores,
with `--quick` less than a minute. That is not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="Holes in emoji.")
parser.add_argument("--quick", action="store_true", help="a minute")
parser.add_argument("--output", type=pathlib.Path, default="inpainting")
options = parser.parse_args()

side = 32 if options.quick else 64
filters = 4 if options.quick else 24
batch_size = 32
epochs = 1 if options.quick else 40

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)

"""
## Pictures and holes

Every tenth emoji is held out. The others are mirrored at random.

`RandomRegions` draws regions of any form, with a fifth to a third of the
pixels, and other ones for each picture at each step. A network fills that kind
of holes well which it has seen. Its layers are given: `filters` is the width of
the first one, `bottleneck` is how many numbers describe a whole picture.
"""

everything = kgz.data.emoji(side, batch_size=1488, seed=1)
emoji = next(everything.as_numpy_iterator())
held_out, known = emoji[::10], np.delete(emoji, np.s_[::10], axis=0)
if options.quick:
    known = known[:64]
batches = kgz.data.arrays(known, batch_size=batch_size, flip=True)


def build(adversarial_weight):
    gan = kgz.ContextEncoder(
        (side, side, 3),
        filters=filters,
        bottleneck=16 * filters,
        masks=kgz.masks.RandomRegions(0.2, 0.33),
        overlap=2,
        seed=0,
    )
    gan.compile(adversarial_weight=adversarial_weight, ema_decay=0.995)
    return gan


def show(columns, name, num=8):
    """Writes pictures in rows, one column for each way to fill the holes."""
    rows = np.stack([images[:num] for images in columns], axis=1)
    rows = rows.reshape(-1, *rows.shape[2:])
    picture = kgz.pictures.grid(rows, columns=2 * len(columns), gap=2)
    print(kgz.pictures.save(options.output / f"{name}.png", picture))


"""
## Training

`l2_loss` is the squared error, in the hole and on a band around it.
"""

gans = {}
for name, weight in (("squared_error", 0.0), ("joint", 0.001)):
    gans[name] = build(weight)
    history = (
        gans[name]
        .fit(
            batches,
            epochs=epochs,
            verbose=0,
            callbacks=[kgz.callbacks.Backup(options.output / f"{name}_backup")],
        )
        .history
    )
    print(f"{name}: squared error {history['l2_loss'][-1]:.3f}")

"""
## Held-out pictures

The same holes for both. Columns: the picture with its hole in gray, the squared
error alone, both losses, and the truth.

The table has the PSNR in the holes, in decibels: higher is nearer to the truth.
`perceptual` is the distance of feature maps of a network that knows
photographs: lower looks more alike.
"""

holes = gans["joint"].example_masks((held_out,), seed=1)
filled = {name: gan.restore(held_out, holes) for name, gan in gans.items()}
show([np.where(holes == 1, 0, held_out), *filled.values(), held_out], "filled")

color = known.mean(axis=(0, 1, 2))
candidates = {"mean_color": np.where(holes == 1, color, held_out), **filled}
distance = kgz.metrics.get("perceptual")[0]
for name, images in candidates.items():
    errors = np.square(images - held_out).sum(axis=(1, 2, 3))
    errors /= 3 * holes.sum(axis=(1, 2, 3))
    psnr = 10 * np.log10(4 / errors).mean()
    far = distance.compare(images.astype("float32"), held_out).mean()
    print(f"{name:14} PSNR {psnr:.2f} dB, perceptual {far:.4f}")

"""
## A hole that you have painted

Paint over what shall go, in one color that is nowhere else in the picture, and
save the file as PNG. `painted` finds the color. On the command line it is

    keras-gan-zoo restore model.keras painted.png restored.png \\
        --mask-color '#ff00ff'

Here somebody has drawn a thick line through each of the pictures.
"""

rows, columns = np.indices((side, side))
line = np.abs(rows - columns * 0.6 - side * 0.15) < side * 0.06
drawn = np.where(line[..., None], [1, -1, 1], held_out[:8])  # magenta
pixels = np.round(127.5 * drawn + 127.5).astype("uint8")
strokes = np.stack([painted(each, "#ff00ff") for each in pixels])
restored = gans["joint"].restore(drawn.astype("float32"), strokes)
show([drawn, restored, held_out[:8]], "painted")

"""
## What we learned

Both networks finish faces, hair and stripes: in a hole over an eye they often
draw an eye. What they draw is soft. The adversary makes it a little rougher:
its pictures look slightly more alike to the truth (0.1918 instead of 0.1930),
with nearly the same PSNR. After forty epochs the difference is small. On
photographs, with five times as many steps, it is plain: see the results in the
documentation. A straight line through the picture is easier than a large hole,
because everything is near to something known.

## Where to go next

`kgz.CompletionGAN` takes pictures of any size and compares the surroundings of
the hole with another discriminator. `projection.py` fills holes with a model
that was never trained for it.
"""
