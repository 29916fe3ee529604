"""
Title: Two kinds of images, no pairs: CycleGAN
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: Translation in both directions, learned from two separate sets.
Accelerator: None
"""

"""
## Introduction

There are no photographs of the same horse as a zebra. CycleGAN ([Zhu et al.,
2017](https://arxiv.org/abs/1703.10593)) learns from a set of horses and a set
of zebras. It has one generator for each direction and one discriminator for
each set. An image that is translated and translated back must be the same
again:

    G: a -> b,   F: b -> a,   F(G(a)) = a   and   G(F(b)) = b.

Without the way back, G could map every image to the same convincing zebra. The
generators minimize

    fool D_a + fool D_b + 10 (E |F(G(a)) - a| + E |G(F(b)) - b|),

in `keras_gan_zoo/models/cyclegan/losses.py`:

    fake_b = gan.generator_ab(a)
    fake_a = gan.generator_ba(b)
    cycle_loss = distance(gan.generator_ba(fake_b), a) + distance(
        gan.generator_ab(fake_a), b
    )
    loss = gan.adversarial_weight * g_loss + gan.cycle_weight * cycle_loss

To check the result we take a case with a known answer. Domain b holds digits
that were inverted and turned by 20 degrees. They are other digits than those
in domain a. The model is never told which digits belong together.

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

`python examples/cyclegan.py` takes about eight minutes. With `--quick` it
takes a few seconds, which are not enough to learn anything.
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

The first half of scikit-learn's digits is domain a. The second half, inverted
and turned, is domain b. For folders of pictures use
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

`total_steps` sets the learning rate of the paper: constant for the first half
of the training, then linearly to zero. There is no identity loss here. An
identity loss asks the generator to leave an image of b as it is, so it keeps
colors, and this translation must change them. The discriminators see whole
digits (patches of 34 pixels): half a digit does not show that it should be
turned.
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

The rows show an image of a, its translation, and the way back; then the same
for b. The number is the answer of a classifier that knows only domain b and
looks at the translations.
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

The cycle and the discriminators together determine quite well which image
belongs to which, but not completely. A translation that consistently exchanged
two digits would satisfy both. Which consistent translation is found depends on
what the networks find simple, and on luck.

## Where to go next

Turn the digits by 90 degrees instead of 20, and see a translation that is
consistent and wrong. For real use take two folders of pictures,
`image_shape=(256, 256, 3)`, the paper's networks (leave out `filters`,
`num_blocks`, `patch` and `identity_weight`) and 200 epochs on a GPU. If you
have pairs, use them: `pix2pix.py`.
"""
