"""
Title: Two kinds of images, no pairs: CycleGAN
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: Translation both ways, learnt from two separate sets.
Accelerator: None
"""

"""
## Introduction

There are no photographs of the same horse as a zebra. CycleGAN
([Zhu et al., 2017](https://arxiv.org/abs/1703.10593)) learns from a set of
horses and a set of zebras: one generator for each direction, one discriminator
for each set, and the demand that going there and back ends where it began,

    G: a -> b,   F: b -> a,   F(G(a)) = a   and   G(F(b)) = b.

Without the way back, G could map every image onto the same convincing zebra.
The generators minimise

    fool D_a + fool D_b + 10 (E |F(G(a)) - a| + E |G(F(b)) - b|),

in `keras_gan_zoo/models/cyclegan/losses.py`:

    fake_b = gan.generator_ab(a)
    fake_a = gan.generator_ba(b)
    cycle_loss = distance(gan.generator_ba(fake_b), a) + distance(
        gan.generator_ab(fake_a), b
    )
    loss = gan.adversarial_weight * g_loss + gan.cycle_weight * cycle_loss

To see whether it works we take a case whose answer is known: domain b holds
digits that were inverted and turned by 20 degrees, none of those of domain a.
Nobody tells the model which digit belongs to which.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np
from scipy import ndimage
from sklearn.svm import SVC

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/cyclegan.py` takes about eight minutes, with `--quick` a few
seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="CycleGAN on digits.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="cyclegan")
options = parser.parse_args()

num_images = 300 if options.quick else 1797
batch_size = 50 if options.quick else 4
filters = 4 if options.quick else 16
num_blocks = 1 if options.quick else 3
epochs = 1 if options.quick else 20

keras.utils.set_random_seed(0)

"""
## Data

The first half of scikit-learn's digits is domain a; the second half, inverted
and turned, is domain b. Folders of pictures would be
`kgz.data.unpaired_folders("horses", "zebras", image_size=(256, 256))`.
"""

images, labels = next(
    kgz.data.digits(
        batch_size=num_images, image_size=(32, 32), labels=True
    ).as_numpy_iterator()
)
half = len(images) // 2
turned = -ndimage.rotate(
    images, 20, axes=(2, 1), reshape=False, order=1, cval=-1
).clip(-1, 1)
domains = kgz.data.unpaired_arrays(
    images[:half], turned[half:], batch_size=batch_size
)

"""
## Model and training

`total_steps` gives the paper's learning rate: constant for the first half of
the training, then linearly to zero. There is no identity loss here: it asks
that an image of b stay what it is, and so keeps colours, which is just what
this translation must change. The discriminators see whole digits (patches of
34 pixels): of half a digit they could not tell that it should be turned.
"""

gan = kgz.CycleGAN(
    (32, 32, 1), filters=filters, num_blocks=num_blocks, patch=34
)
gan.compile(identity_weight=0.0, total_steps=epochs * len(domains))
gan.fit(
    domains,
    epochs=epochs,
    verbose=2,
    callbacks=[
        kgz.callbacks.TranslationGrid(
            options.output / "samples",
            (images[:8], turned[half : half + 8]),
            every_epochs=max(1, epochs // 4),
        )
    ],
)

"""
## Did it find the right translation?

Rows: an image of a, its translation, the way back; below the same from b. And
a number: a classifier that knows only domain b looks at the translations.
"""

there = gan.translate(images[:half], to="b", batch_size=256)
judge = SVC(C=10).fit(turned[half:].reshape(-1, 32 * 32), labels[half:])
for name, shown in (
    ("the true partners", turned[:half]),
    ("the digits inverted and not turned", -images[:half]),
    ("the translations", there),
):
    found = judge.predict(shown.reshape(half, -1))
    print(f"{np.mean(found == labels[:half]):.1%} in their class: {name}")
picture = kgz.callbacks.translation_picture(
    gan, images[:16], turned[half : half + 16]
)
print(kgz.pictures.save(options.output / "domains.png", picture))

"""
## What we learned

The cycle and the adversary together say surprisingly much about which image
belongs to which, but not everything: a translation that exchanged two digits
consistently would satisfy both. Which of the consistent translations is found
is a matter of what the networks find simple, and of luck.

## Where to go next

Turn the digits by 90 degrees instead of 20, and see a translation that is
consistent and wrong. For the real thing take two folders of pictures,
`image_shape=(256, 256, 3)`, the paper's networks (leave `filters`,
`num_blocks`, `patch` and `identity_weight` away) and 200 epochs on a GPU. If
there are pairs, use them: `pix2pix.py`.
"""
