"""
Title: From WGAN to BigGAN
Author: keras_gan_zoo contributors
Date created: 2026/11/28
Last modified: 2026/11/28
Description: Four ways to hold a critic, and the trade of truncation.
Accelerator: None
"""

"""
## Introduction

A discriminator that is much better than its generator teaches it nothing. From
2017 on papers kept the slopes of the discriminator from being too steep. Each
found a simpler way than the one before:

* WGAN ([Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875)) calls it a
  critic, and clips its weights;
* WGAN-GP ([Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028)) adds a
  penalty to its loss, which draws the slope between real and generated images
  to 1;
* SNGAN ([Miyato et al., 2018](https://arxiv.org/abs/1802.05957)) divides each
  kernel by its largest singular value;
* SAGAN ([Zhang et al., 2019](https://arxiv.org/abs/1805.08318)) does this in
  the generator, too, and adds attention; BigGAN ([Brock et al.,
  2019](https://arxiv.org/abs/1809.11096)) makes it all larger.

Here all five learn the same digits with the settings of their papers. Then
BigGAN shows its trick, truncation.

## Setup
"""

import argparse
import pathlib

import keras
import numpy as np

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/wgan_to_biggan.py` takes about ten minutes on two cores, with
`--quick` less than a minute. That is not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="Five papers on digits.")
parser.add_argument("--quick", action="store_true", help="a minute")
parser.add_argument("--output", type=pathlib.Path, default="wgan_to_biggan")
options = parser.parse_args()

filters = 4 if options.quick else 8
images_seen = 2_000 if options.quick else 200_000  # by each discriminator
num_images = 100 if options.quick else 1797  # for each measurement

keras.utils.set_random_seed(0)
shape = (8, 8, 1)
options.output.mkdir(parents=True, exist_ok=True)

"""
## Five models

Without arguments, `compile` takes the settings of each paper: losses,
penalties, optimizers, steps of the discriminator. Three papers let it take five
steps for each step of the generator: a batch holds the images of all five.
SNGAN, SAGAN and BigGAN get the classes; with `num_classes=None` they work
without.

The papers trained wide networks for days. These are narrow, and take minutes.
So WGAN, SNGAN and SAGAN get larger rates than in their papers, WGAN no long
warm-up of the critic, and BigGAN an average that begins at once.
"""

classes = {"num_classes": 10}
models = {
    "WGAN": kgz.WGAN(shape, filters=2 * filters),
    "WGANGP": kgz.WGANGP(shape, filters=filters),
    "SNGAN": kgz.SNGAN(shape, filters=filters, **classes),
    "SAGAN": kgz.SAGAN(shape, filters=filters, **classes),
    "BigGAN": kgz.BigGAN(shape, latent_dim=60, filters=filters, **classes),
}


def rates(optimizer, generator, discriminator, **arguments):
    return {
        "generator_optimizer": optimizer(generator, **arguments),
        "discriminator_optimizer": optimizer(discriminator, **arguments),
    }


adam, rmsprop = keras.optimizers.Adam, keras.optimizers.RMSprop
settings = {
    "WGAN": {
        **rates(rmsprop, 5e-4, 5e-4, rho=0.99, epsilon=1e-16),
        "warmup_steps": 2,
        "warmup_every": None,
    },
    "WGANGP": {"ema_decay": 0.99},
    "SNGAN": {
        **rates(adam, 1e-3, 1e-3, beta_1=0.0, beta_2=0.9),
        "ema_decay": 0.99,
    },
    "SAGAN": {
        **rates(adam, 4e-4, 1.6e-3, beta_1=0.0, beta_2=0.9),
        "ema_decay": 0.99,
    },
    "BigGAN": {"ema_decay": 0.99, "ema_start": 0},
}
for name, gan in models.items():
    gan.compile(**settings[name])

"""
## Training

`-d_loss` of the two Wasserstein GANs is an estimate of a distance. It should
fall while the digits get better. The other losses say nothing of the kind.
"""

for name, gan in models.items():
    labels = "labels" in gan.modalities
    batch_size = 64 * gan.discriminator_steps
    digits = kgz.data.digits(batch_size=batch_size, labels=labels)
    epochs = max(1, round(images_seen / batch_size / len(digits)))
    history = gan.fit(digits, epochs=epochs, verbose=0).history
    first, last = (
        np.mean(history["d_loss"][part])
        for part in (
            slice(0, max(1, epochs // 10)),
            slice(-max(1, epochs // 10), None),
        )
    )
    print(f"{name}: d_loss {first:.3f} at first, {last:.3f} at last")

"""
## Which digits are best?

The Fréchet distance compares generated digits with all real ones by what a
classifier of digits sees in them. Lower is better. The other two numbers are
shares. Precision: of generated digits that look like real ones. Recall: of real
digits that the generator can make.
"""

real = kgz.data.digits(batch_size=1797, labels=True)
images, labels = next(real.as_numpy_iterator())


def measure(gan, **controls):
    found = kgz.evaluate(
        gan,
        (images, labels) if "labels" in gan.modalities else images,
        ["fid", "prdc"],
        "digits",
        num_images=num_images,
        subsets=0,
        cache=options.output / "cache",
        **controls,
    )
    names = "frechet_distance", "precision", "recall"
    return [found.values[name] for name in names]


print("| model | Fréchet distance | precision | recall |")
print("|---|---|---|---|")
for name, gan in models.items():
    print(f"| {name} | {' | '.join(f'{v:.2f}' for v in measure(gan))} |")
    if "labels" in gan.modalities:
        picture = kgz.control.picture(kgz.control.class_grid(gan))
    else:
        picture = kgz.pictures.grid(gan.generate(100, seed=0), columns=10)
    print(kgz.pictures.save(options.output / f"{name.lower()}.png", picture))

"""
## Truncation

The latents of BigGAN are drawn from N(0, 1). Rare latents make rare images,
often poor ones. `truncation=0.5` draws each number again until it is between
-0.5 and 0.5. So quality can be traded for variety after the training: precision
rises and recall falls.

Batch normalization was never used on such latents. Therefore the authors
compute its statistics again for each truncation, from many batches.
"""

gan = models["BigGAN"]
print("| truncation | Fréchet distance | precision | recall |")
print("|---|---|---|---|")
for truncation in (None, 1.0, 0.5, 0.1):
    gan.set_standing_statistics(num_batches=20, truncation=truncation)
    numbers = measure(gan, truncation=truncation)
    row = " | ".join(f"{value:.2f}" for value in numbers)
    print(f"| {truncation or 'none'} | {row} |")
picture = kgz.control.picture(kgz.control.class_grid(gan, truncation=0.1))
print(kgz.pictures.save(options.output / "truncated.png", picture))

"""
## Between two classes

The class is a vector that all blocks share. What lies between two classes? In
each row the latents stay, and the class moves from one to another.
"""

gan.set_standing_statistics(num_batches=20)
way = kgz.control.interpolate_classes(
    gan, first=[0, 1, 3, 4], second=[6, 7, 8, 9], rows=4, truncation=0.5
)
picture = kgz.control.picture(way)
print(kgz.pictures.save(options.output / "classes.png", picture))

"""
## What we learned

All five discriminators saw as many images. The two Wasserstein GANs make
strokes, but few digits. SNGAN begins to tell the classes apart. These three
took one step of the generator for five of the discriminator. SAGAN and BigGAN
take one for one, and make all ten digits, at a distance of about 2. Here they
are equal: on 8x8 pixels there is nothing to attend to, and BigGAN's width and
large batches are missing.

`-d_loss` of the Wasserstein GANs, the estimate of the distance, fell while
their images got better. Hinge losses tell nothing of the kind: SAGAN's rose.

Truncation trades: from none to 0.5, precision rises from 0.83 to 0.95, and
recall falls from 0.71 to 0.06. The Fréchet distance counts both, and only
rises. Between two classes BigGAN makes digits, too; one turns into the other
within a few images.

This is one seed, on small images. The order of the first three would be another
with other rates.

## Where to go next

`python benchmarks/cifar10.py` compares the same papers on color pictures.
`fine_tuning.py` starts from a trained model instead of from noise.
"""
