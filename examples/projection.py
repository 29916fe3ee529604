"""
Title: Find your own pictures in a GAN
Author: keras_gan_zoo contributors
Date created: 2026/11/28
Last modified: 2026/11/28
Description: Projection, editing, semantic inpainting and blending.
Accelerator: None
"""

"""
## Introduction

A generator turns latents into images. The other direction is a search: which
latents give an image that is like this picture? The answer is called the
projection of the picture, or its inversion. From there the picture can be
changed as if the model had made it.

Every model with latents can do this, without any training. Here it is a
DCGAN that was trained on MNIST, and the pictures are blurred digits that it
has never seen.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/projection.py` takes about a minute on two cores.
"""

parser = argparse.ArgumentParser(description="Projection into a preset.")
parser.add_argument("--quick", action="store_true", help="a few steps")
parser.add_argument("--output", type=pathlib.Path, default="projection")
options = parser.parse_args()

num = 4 if options.quick else 10
steps = 10 if options.quick else 500

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)


def show(rows, name):
    """Writes rows of pictures, one below the other."""
    picture = kgz.pictures.grid(np.concatenate(rows), columns=len(rows[0]))
    print(kgz.pictures.save(options.output / f"{name}.png", picture))


"""
## Does it find what it made itself?

The first test of a search is a picture of which we know that it can be found:
a sample of the model. Upper row: samples. Lower row: what was found. `mae` is
the mean absolute difference on the scale of [-1, 1]. 0.02 is 2.5 gray levels
of 255.
"""

gan = kgz.from_preset("dcgan_mnist_28")
samples = gan.generate(num, seed=123)
found = kgz.control.project(gan, samples, steps=steps, verbose=0)
print(f"within 0.02: {(found.mae <= 0.02).sum()} of {num}")
show([samples, found.images], "own_samples")

"""
## Pictures that it has never seen

scikit-learn's digits have 8x8 pixels and come from other people than MNIST's.
Enlarged to the size of MNIST they are soft. The nearest images of the model
are sharp, because the model makes nothing else.
"""

digits, _ = next(
    kgz.data.digits(batch_size=16, labels=True, seed=3).as_numpy_iterator()
)
large = keras.ops.image.resize(digits[:num], (20, 20), interpolation="bicubic")
large = np.clip(keras.ops.convert_to_numpy(large), -1, 1)
border = ((0, 0), (4, 4), (4, 4), (0, 0))  # as in MNIST
pictures = np.pad(large, border, constant_values=-1)

found = kgz.control.project(gan, pictures, steps=steps, verbose=0)
print(f"median difference: {np.median(found.mae):.3f}")
show([pictures, found.images], "digits")

"""
## Between two pictures

A mean of two pictures shows both, one over the other. The mean of their latents
shows one digit that is between both. First and
third row: latents. Second and fourth row: pixels.
"""

mix = np.linspace(0, 1, 10)[:, None]
ways = []
for first, last in ((2, 3), (0, 1)):
    latents = (1 - mix) * found.latents[first] + mix * found.latents[last]
    ways.append(gan.generate(10, latents=latents))
    pixels = mix[..., None, None]
    ways.append((1 - pixels) * pictures[first] + pixels * pictures[last])
show(ways, "between")

"""
## Edits

`directions.principal` finds directions of the latents along which images change
most. The first one leads from narrow to round digits here. `generate_from`
moves all projections along it. A picture of your own has details that the model
does not reproduce; `edit` keeps them, by adding only the change to the picture.

Rows: the digits, moved back, moved forward, and the picture itself edited.
"""

way = kgz.control.directions.principal(gan, num=1)[0]
show(
    [
        found.images,
        kgz.control.generate_from(gan, found, -0.7 * way),
        kgz.control.generate_from(gan, found, 0.7 * way),
        kgz.control.edit(gan, pictures, found, 0.7 * way),
    ],
    "moved",
)

"""
A model that has learned codes has better handles. InfoGAN found the slant of
MNIST's digits without a label. Rows: the digits, what InfoGAN makes of them,
and the same digits leaning to both sides.
"""

infogan = kgz.from_preset("infogan_mnist_28")
seen = kgz.control.project(infogan, pictures, steps=steps, verbose=0)
codes = seen.condition["codes"]
leaning = [
    infogan.generate(
        num,
        latents=seen.latents,
        codes={**codes, "continuous_1": codes["continuous_1"] + change},
    )
    for change in (-0.8, 0.8)
]
show([pictures, seen.images, *leaning], "slant")

"""
## Holes

The search can also look at a part of the picture alone. What the model makes
in the rest fills a hole of any form. This is semantic inpainting. Among the
images that fit, it prefers those that the discriminator takes for real. Rows:
the picture, the hole in gray, and the filled picture.

The pictures are samples of the model, so it can be right. The results in the
documentation have digits of MNIST's test set, which are harder.
"""

mask = np.zeros((28, 28))
mask[8:20, 8:20] = 1
filled = kgz.control.inpaint(gan, samples, mask, steps=steps, verbose=0)
holes = np.where(mask[..., None] == 1, 0, samples)
show([samples, holes, filled], "holes")

known = samples[:, mask == 0].mean(axis=1)[:, None, None]
difference = np.abs(filled - samples)[:, mask == 1].mean()
of_mean = np.abs(known - samples)[:, mask == 1].mean()
print(f"difference in the hole {difference:.2f}, of a mean color {of_mean:.2f}")

"""
## Blending

`blend` puts a part of one picture into another and moves its brightness to the
brightness around it. It is what hides the border of a filled hole. Here a digit
goes onto a gray ramp: copied on the left, blended on the right.
"""

ramp = np.linspace(-0.6, 0.6, 28) * np.ones((28, 1))
background = np.repeat(ramp[..., None].astype("float32")[None], num, axis=0)
disk = np.hypot(*(np.indices((28, 28)) - 13.5)) < 12
copied = np.where(disk[..., None], pictures, background)
blended = np.stack(
    [
        kgz.control.blend(0.5 * digit, behind, disk)
        for digit, behind in zip(pictures, background)
    ]
)
half = num // 2
show([np.concatenate([copied[:half], blended[:half]])], "blended")

"""
## What we learned

The search finds the model's own samples again. Of other pictures it finds the
nearest image that the model knows: soft digits become sharp ones, and a digit
that is hard to read may become another digit. A model can only show what it has
learned. With a model of digits you cannot edit your face.

## Where to go next

`kgz.control.project` has `distance="perceptual"` for photographs, several
`starts`, and for StyleGAN2 `space="w+"`, which gives each layer its own style
and reproduces pictures better. `keras-gan-zoo project` does the same for files,
and the view "Edit" of `keras-gan-zoo explore` has sliders. For holes in
photographs, train a network that fills them: `inpainting.py`.
"""
