"""
Title: Use what the discriminator learned
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: Features of a discriminator for a classifier with few labels.
Accelerator: None
"""

"""
## Introduction

After the training we usually keep the generator and throw the discriminator
away. But to distinguish real from generated digits, the discriminator had to
learn what strokes and loops look like, without a single label. Section 5 of
the DCGAN paper ([Radford et al., 2015](https://arxiv.org/abs/1511.06434)) uses
that. It takes the features h(x) of the discriminator and a linear classifier,

    class of x = argmax_c  w_c . h(x) + b_c,

where only w and b are learned from labels. The features h(x) are the
activations of all convolutional layers, max-pooled to a 4x4 grid each,
flattened and concatenated. In Keras this is one model over the layers of the
discriminator, which shares their weights:

    activations = [layer.output for layer in discriminator.layers]
    features = keras.Model(discriminator.inputs, activations)

Random convolutions are good features, too. So we compare three candidates: the
pixels, an untrained discriminator and the trained discriminator.

## Setup

The plots need matplotlib: `pip install "keras_gan_zoo[plots]"`.
"""

import argparse
import pathlib

import keras
import numpy as np
from keras import layers
from matplotlib import pyplot as plt
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeClassifierCV

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/transfer_discriminator.py` takes about a minute. With
`--quick` it takes a few seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="Features of a discriminator.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument(
    "--output", type=pathlib.Path, default="transfer_discriminator"
)
options = parser.parse_args()

labels_per_class = (10,) if options.quick else (10, 20, 50)
draws = 2 if options.quick else 10  # of labelled images, for the deviation
size = 16  # of the digits, in pixels
batch_size = 64
filters = 4 if options.quick else 32
epochs = 1 if options.quick else 60

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)

"""
## Data

Half of scikit-learn's 1,797 digits are for training: all their images for the
GAN, without labels, and a few of them with labels for the classifier. The
other half is the test set. Neither the GAN nor the classifier sees it.
"""

images, labels = next(
    kgz.data.digits(
        batch_size=1797, image_size=(size, size), labels=True
    ).as_numpy_iterator()
)
pool, test = np.split(images, [900])
pool_labels, test_labels = np.split(labels, [900])

"""
## The GAN
"""

gan = kgz.DCGAN(image_shape=(size, size, 1), filters=filters)
gan.compile(ema_decay=0.99)
untrained = keras.models.clone_model(gan.discriminator)
gan.fit(kgz.data.arrays(pool, batch_size=batch_size), epochs=epochs, verbose=2)
picture = kgz.pictures.grid(gan.generate(64, seed=0))
print(kgz.pictures.save(options.output / "generated.png", picture))

"""
## Features

Each layer is divided by one number, the standard deviation of its activations
on the unlabeled images. So no layer dominates only because of its scale. The
pixels count as a layer, too.
"""


def activations(discriminator, images):
    """Of each convolutional layer `(num, features)`, on a 4x4 grid."""
    maps = []
    for layer in discriminator.layers:
        if isinstance(layer, layers.LeakyReLU):
            side = layer.output.shape[1] // 4
            maps.append(layers.Flatten()(layers.MaxPool2D(side)(layer.output)))
    network = keras.Model(discriminator.inputs, maps)
    return network.predict(images, batch_size=300, verbose=0)


def features_of(describe):
    """Features of the pool and of the test images, two arrays."""
    known, unknown = describe(pool), describe(test)
    scales = [layer.std() for layer in known]
    return tuple(
        np.concatenate([layer / scale for layer, scale in zip(part, scales)], 1)
        for part in (known, unknown)
    )


candidates = {
    "pixels": features_of(lambda x: [x.reshape(len(x), -1)]),
    "untrained": features_of(lambda x: activations(untrained, x)),
    "trained": features_of(lambda x: activations(gan.discriminator, x)),
}

"""
## The features in two dimensions

The plots show the two directions in which each kind of features varies most.
The points are test images, colored by their digit. Labels were used for the
colors only.
"""

figure, panels = plt.subplots(1, 3, figsize=(10, 3.5), layout="constrained")
for axes, (name, (_, features)) in zip(panels, candidates.items()):
    plane = PCA(2, random_state=0).fit_transform(features)
    shown = axes.scatter(*plane.T, c=test_labels, s=5, cmap="tab10")
    axes.set(title=name, xticks=[], yticks=[])
figure.colorbar(shown, label="digit", ticks=range(10))
figure.savefig(options.output / "features.png", dpi=120)

"""
## A linear classifier on a few labels

The classifier is ridge regression on the classes. Its weight decay is chosen
by leaving out one labeled image at a time, so no test image influences it. All
candidates get the same labeled images.
"""


def accuracies(num, seed):
    """Of each candidate, with `num` labels of each class."""
    rng = np.random.default_rng(seed)
    chosen = np.concatenate(
        [
            rng.choice(np.flatnonzero(pool_labels == digit), num, replace=False)
            for digit in range(10)
        ]
    )
    results = []
    for known, unknown in candidates.values():
        classifier = RidgeClassifierCV(np.logspace(-1, 5, 13))
        classifier.fit(known[chosen], pool_labels[chosen])
        results.append(classifier.score(unknown, test_labels))
    return results


print("| labels per class |", " | ".join(candidates), "|")
print("|---|---|---|---|")
figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
means, deviations = [], []
for num in labels_per_class:
    percent = 100 * np.array([accuracies(num, seed) for seed in range(draws)])
    means.append(percent.mean(axis=0))
    deviations.append(percent.std(axis=0, ddof=1))
    cells = [f"{m:.1f} ± {d:.1f}" for m, d in zip(means[-1], deviations[-1])]
    print(f"| {num} | {' | '.join(cells)} |")

for index, name in enumerate(candidates):
    axes.errorbar(
        np.arange(len(labels_per_class)) + 0.1 * (index - 1),
        np.array(means)[:, index],
        np.array(deviations)[:, index],
        fmt="o",
        capsize=3,
        label=name,
    )
axes.set_xticks(range(len(labels_per_class)), labels_per_class)
axes.set(xlabel="labels per class", ylabel="accuracy on test images, %")
axes.legend(loc="lower right")
figure.savefig(options.output / "accuracy.png", dpi=120)

"""
## What we learned

`python examples/transfer_discriminator.py` made this table on two shared cores
of an AMD EPYC. There is one GAN (seed 0), trained with
`updates="simultaneous"`, which was the default then. The table shows the
accuracy on 897 test images in percent, mean and standard deviation over ten
draws of the labeled images:

| labels per class | pixels | untrained | trained |
|---|---|---|---|
| 10 | 88.3 ± 1.5 | 92.0 ± 1.4 | 91.4 ± 1.4 |
| 20 | 90.6 ± 0.8 | 95.2 ± 0.6 | 94.9 ± 0.8 |
| 50 | 92.9 ± 0.7 | 98.5 ± 0.3 | 98.0 ± 0.3 |

The features of the discriminator are better than the pixels, but not because
of the training: random convolutions with pooling are as good, here even a
little better. Without the middle column we would have drawn the wrong
conclusion. With these small images the form of the network helps, not what it
learned from 900 of them.

## Where to go next

The paper's discriminator was larger, and it was trained on the photographs of
ImageNet before it was used on CIFAR-10. For real use train a `kgz.DCGAN` of
64x64 pixels on all images you have, labeled or not, and keep the untrained
column. `infogan.py` asks for features that mean something, and finds the
digits without any label.
"""
