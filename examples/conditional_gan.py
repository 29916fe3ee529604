"""
Title: A digit on request, with a conditional GAN
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: Tell both networks the class, and check that they obey.
Accelerator: None
"""

"""
## Introduction

A GAN makes a digit, and chance decides which. A conditional GAN
([Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784)) tells both players
the class. The generator has to make it, and the discriminator rejects a perfect
3 that was announced as a 7:

    min_G max_D  E log D(x|y) + E log(1 - D(G(z|y)|y)).

Training needs labels y. The reward is `generate(n, labels=7)`.

There are several ways to tell a network a class, and `conditioning=` chooses:

* `"concatenate"`: the label is one more input, as in the paper;
* `"embedding"`: a learned plane for each class joins the image (Denton et al.,
  2015);
* `"projection"`: the discriminator's features are compared with an embedding
  of the class (Miyato & Koyama, 2018);
* `"auxiliary"`: the discriminator is not told but asked (AC-GAN, Odena et
  al., 2016).

The first is hardly more than one line in each network of
`keras_gan_zoo/models/conditional_gan/networks.py`, where labels are one-hot:

    x = layers.Concatenate()([latents, labels])  # generator
    x = layers.Concatenate()([x, _planes(labels, x)])  # discriminator

The generator of a class may only be judged by images of that class. So each
batch of generated images has the labels of the real batch.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np
from sklearn.svm import SVC

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/conditional_gan.py` takes about a minute, with `--quick` a few
seconds. They are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="Conditional GAN on digits.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="conditional_gan")
options = parser.parse_args()

conditioning = "concatenate"
batch_size = 64
filters = 4 if options.quick else 32
epochs = 1 if options.quick else 120

keras.utils.set_random_seed(0)

"""
## Data

The 1,797 handwritten digits that come with scikit-learn, 8x8 pixels, now as
pairs `(images, labels)`. `kgz.data.emoji(labels=True)` gives emoji and their
groups in the same way. Digits are better here: a classifier can say what they
are.
"""

digits = kgz.data.digits(batch_size=batch_size, labels=True)

"""
## Model and training

Without arguments, `compile` takes the settings of the papers. The average of
the generator's weights (`ema_decay`) makes steadier images than the weights
of the last step.

`ClassGrid` draws a row for each class every few epochs, always of the same
latent vectors: a column shows one "handwriting".
"""

gan = kgz.ConditionalGAN(
    image_shape=(8, 8, 1), conditioning=conditioning, filters=filters
)
gan.compile(ema_decay=0.99)
gan.fit(
    digits,
    epochs=epochs,
    verbose=2,
    callbacks=[
        kgz.callbacks.ClassGrid(
            options.output / "samples", every_epochs=max(1, epochs // 6)
        )
    ],
)

"""
## Does it obey?

Looking is not proof. We ask for 100 images of each class and let a classifier
that has only ever seen real digits say what they are.
"""

images, labels = next(
    kgz.data.digits(batch_size=1797, labels=True).as_numpy_iterator()
)
judge = SVC(C=10).fit(images.reshape(1797, -1), labels)
wanted = np.repeat(np.arange(10), 100)
generated = gan.generate(1000, labels=wanted, seed=0)
right = judge.predict(generated.reshape(1000, -1)) == wanted
print(f"asked and given agree in {right.mean():.1%} of 1,000 images")
print("by class:", right.reshape(10, 100).mean(axis=1))

"""
## Between handwritings

The class and the latent vector are told separately. So one can be held while
the other moves: each row walks from one latent vector to another, and stays the
digit it is.
"""

way = kgz.control.interpolate(gan, rows=10, columns=10, labels=np.arange(10))
picture = kgz.control.picture(way)
print(kgz.pictures.save(options.output / "interpolation.png", picture))

"""
## What we learned

A label that both players see turns a GAN into a machine for requests, and a
classifier trained on real data measures how well it obeys.

## Where to go next

Set `conditioning = "auxiliary"` at the top. The discriminator is then a
classifier, too, and punishes ambiguous digits. Nearly all requests are met, but
handwriting varies less. `benchmarks/control.py` prints the table
of all four kinds, on these digits and on MNIST. For the real thing take
`kgz.data.tfds("mnist", labels=True)`, `image_shape=(28, 28, 1)` and leave
`filters` away. `data_augmentation.py` asks what such images are good for;
`infogan.py` finds the classes without labels.
"""
