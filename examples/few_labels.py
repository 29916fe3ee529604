"""
Title: A classifier from a few labels
Author: keras_gan_zoo contributors
Date created: 2026/11/28
Last modified: 2026/11/28
Description: Many images, three labels of each class, and a GAN that helps.
Accelerator: None
"""

"""
## Introduction

Images are cheap, labels are not. The [semi-supervised
GAN](https://arxiv.org/abs/1606.03498) learns a classifier from a few labels and
many images without a label. Its discriminator is the classifier: besides the
classes of the labels it learns one more, "generated". To tell real images from
generated ones it has to find out how digits look, and for that every image
counts.

The generator is a help for the classifier. It learns by feature matching: the
means of the discriminator's features shall be equal for real and generated
images. Its pictures are not the purpose.

## Setup

The plot needs matplotlib: `pip install "keras_gan_zoo[plots]"`.
"""

import argparse
import pathlib

import keras
import numpy as np
from matplotlib import pyplot as plt
from sklearn.semi_supervised import LabelSpreading

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/few_labels.py` takes about five minutes on two cores, with
`--quick` less than a minute.
"""

parser = argparse.ArgumentParser(description="A classifier from few labels.")
parser.add_argument("--quick", action="store_true", help="a minute")
parser.add_argument("--output", type=pathlib.Path, default="few_labels")
options = parser.parse_args()

epochs = 1 if options.quick else 40
seeds = range(1) if options.quick else range(3)
numbers = (3,) if options.quick else (1, 3, 10)  # of labels of each class

options.output.mkdir(parents=True, exist_ok=True)

"""
## Data

1,797 digits of 8x8 pixels. 597 are held out for the test. Of the others we know
the labels of a few, chosen by the seed. `data.semi_supervised` makes batches:
the first half has labels, and for the second half the label is -1.
"""

everything = kgz.data.digits(batch_size=1797, labels=True)
images, labels = next(everything.as_numpy_iterator())
known, known_labels = images[:1200], labels[:1200]
test, test_labels = images[1200:], labels[1200:]


def batches_of(number, seed):
    return kgz.data.semi_supervised(
        known, known_labels, labels_per_class=number, batch_size=60, seed=seed
    )


first, _ = next(batches_of(3, seed=0).as_numpy_iterator())
labeled = kgz.pictures.grid(first[:30], columns=10)
print(kgz.pictures.save(options.output / "labeled.png", labeled))

"""
## Training

The same network learns from the few labels alone, with
`unsupervised_weight=0`, and from all images. Which labels are known matters, so
there are three seeds.

`LabelSpreading` of scikit-learn needs no network: each image takes the label of
its nearest neighbors. It is hard to beat if images that are near in pixels are
alike, as these small digits are.
"""


def trained(number, seed, weight):
    keras.utils.set_random_seed(seed)
    gan = kgz.SemiSupervisedGAN(
        (8, 8, 1),
        latent_dim=32,
        generator_units=(128, 128),
        discriminator_units=(200, 100, 100),
        seed=seed,
    )
    gan.compile(
        unsupervised_weight=weight, ema_decay=0.99, updates="simultaneous"
    )
    gan.fit(batches_of(number, seed), epochs=epochs, verbose=0)
    return gan


def spread(number, seed):
    """Predictions of label spreading from the same labels."""
    pairs = list(batches_of(number, seed).as_numpy_iterator())
    seen, given = map(np.concatenate, zip(*pairs))
    labeled_first = np.argsort(-given, kind="stable")
    seen, given = seen[labeled_first], given[labeled_first]
    _, once = np.unique(seen, axis=0, return_index=True)
    flat = seen[once].reshape(len(once), -1)
    classifier = LabelSpreading(kernel="knn", n_neighbors=7, max_iter=100)
    with np.errstate(invalid="ignore"):  # of images that no label reaches
        classifier.fit(flat, given[once])
        return classifier.predict(test.reshape(len(test), -1))


errors = {"labels alone": [], "all images": [], "label spreading": []}
for number in numbers:
    for seed in seeds:
        for name, weight in (("labels alone", 0.0), ("all images", 1.0)):
            gan = trained(number, seed, weight)
            errors[name].append(gan.classify(test) != test_labels)
        errors["label spreading"].append(spread(number, seed) != test_labels)

shape = len(numbers), len(seeds)
for name, wrong in errors.items():
    rates = np.mean(wrong, axis=1).reshape(shape)
    for number, each in zip(numbers, rates):
        print(
            f"{number:2} labels a class, {name:15} "
            f"{each.mean():.1%} wrong ({each.min():.1%} to {each.max():.1%})"
        )

"""
## Errors by the number of labels
"""

figure, axes = plt.subplots(figsize=(6, 4))
for name, wrong in errors.items():
    rates = np.mean(wrong, axis=1).reshape(shape).mean(axis=1)
    axes.plot(numbers, 100 * rates, "o-", label=name)
axes.set(xlabel="labels of each class", ylabel="wrong, %", xscale="log")
axes.legend()
figure.savefig(options.output / "errors.png", dpi=100)
plt.close(figure)
print(options.output / "errors.png")

"""
## What it sees

The last model. Above: what its generator makes. Below: test digits that it
takes for another one.
"""

mistakes = test[gan.classify(test) != test_labels][:20]
generated = kgz.pictures.grid(gan.generate(40, seed=0), columns=10)
print(kgz.pictures.save(options.output / "generated.png", generated))
if len(mistakes):
    wrong = kgz.pictures.grid(mistakes, columns=10)
    print(kgz.pictures.save(options.output / "mistakes.png", wrong))

"""
## What we learned

The images without labels help: the same network makes a quarter fewer errors,
with one, three or ten labels of each class. Which labels are known matters as
much: with three of each class, the errors are between 8 % and 23 %. Never
believe a comparison with one choice of labels.

Label spreading is better here. The 1,200 images are few, and small enough that
near in pixels means alike. With larger images this does not hold, and the
network wins: on MNIST with ten labels of each class and 60,000 images, the
paper's network has less than 2 % errors. The results in the documentation have
the numbers.

The generated digits are rough, as they should be: a perfect generator would
teach the classifier nothing.

## Where to go next

`transfer_discriminator.py` uses the features of a discriminator that was
trained without any label. `data_augmentation.py` adds generated images to the
training set. On the command line, `keras-gan-zoo train semi_supervised_gan
--data tfds:mnist,10` keeps ten labels of each class.
"""
