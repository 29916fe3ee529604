"""
Title: Two losses, and a gradient that vanishes: the first GAN
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: Two networks train against each other; why one loss gets stuck.
Accelerator: None
"""

"""
## Introduction

A GAN ([Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661)) trains two
networks against each other. The generator G turns noise z into an image. The
discriminator D looks at an image x and says how likely it is that x is real. D
wants to be right, and G wants D to be wrong:

    min_G max_D  V = E log D(x) + E log(1 - D(G(z))).

Let p be how often an image occurs in the data, and q how often G makes it.
Then the best answer of D is

    D(x) = p(x) / (p(x) + q(x)).

Against this D, the generator minimizes a distance between p and q. The
distance is smallest where p = q. There D says 1/2 everywhere, and V = -log 4.

There is a problem, and the authors saw it. At the beginning G is so poor that
D is always right. Then the loss of G hardly changes when G changes, so G does
not learn. In this tutorial we measure this effect, see the remedy, and train
both networks.

## Setup

The plots need matplotlib: `pip install "keras_gan_zoo[plots]"`.
"""

import argparse
import pathlib

import keras
import numpy as np
from keras import ops
from matplotlib import pyplot as plt

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/vanilla_gan.py` takes about two minutes. With `--quick` it
takes a few seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="The first GAN, on digits.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="vanilla_gan")
options = parser.parse_args()

batch_size = 64
units = (256, 256)  # the generator's layers; the paper: (1200, 1200)
learning_rate = 5e-4  # of both players in the last part
looks = 3 if options.quick else 21  # at the gradient, 14 steps apart
stuck_epochs = 1 if options.quick else 8
epochs = 1 if options.quick else 80

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)

"""
## Data

The data are the 1,797 handwritten digits of scikit-learn: 8x8 pixels, with
values in [-1, 1].
"""

digits = kgz.data.digits(batch_size=batch_size)

"""
## Two losses for the generator

The discriminator gives a logit f, and D is its sigmoid s(f). The generator can
minimize the loss of the formula above, or the loss that the authors recommend
instead:

    minimax:         E log(1 - s(f))     slope  -s(f)
    non-saturating:  -E log s(f)         slope  -(1 - s(f))

Both fall when f rises, and both have their optimum at the same place. But look
at the slopes where D is sure that an image is generated, f = -10. There s(f) =
0.00005: the first loss is flat, and the second loss is at its steepest. In the
package each loss is one line of `keras_gan_zoo/objectives/losses.py`. It uses
softplus, which does not overflow, because log s(f) = -softplus(-f):

    class Minimax:        return -ops.mean(ops.softplus(fake_logits))
    class NonSaturating:  return ops.mean(ops.softplus(-fake_logits))

## Measure it

We freeze the generator with a learning rate of 0 and train the discriminator.
From time to time we measure the gradient that the generator would get: the
gradient of the loss with respect to the generated image. We average its length
over 256 images.
"""


def new_gan():
    return kgz.VanillaGAN(
        image_shape=(8, 8, 1),
        generator_units=units,
        input_dropout=0.0,
        dropout=0.0,
    )


def gradient_length(loss, discriminator, images):
    def summed(images):
        return len(images) * loss.generator(discriminator(images))

    squared = kgz.penalties.squared_gradient_norm(summed, images)
    return float(ops.mean(ops.sqrt(squared)))


names = ("minimax", "non_saturating")
gan = new_gan()
gan.compile(generator_optimizer=keras.optimizers.SGD(0.0))
poor_images = ops.convert_to_tensor(gan.generate(256, seed=0))
lengths = {name: [] for name in names}
print("steps of D   mean logit   " + "   ".join(names))
for look in range(looks):
    if look > 0:
        gan.fit(digits, steps_per_epoch=14, verbose=0)
    for name in names:
        length = gradient_length(
            kgz.losses.get(name), gan.discriminator, poor_images
        )
        lengths[name].append(length)
    logit = float(ops.mean(gan.discriminator(poor_images)))
    shown = "".join(f"{lengths[name][-1]:10.4f}" for name in names)
    print(f"{14 * look:10d} {logit:12.2f} {shown}")

"""
The better the discriminator, the smaller the gradient of the minimax loss, and
the larger the gradient of the non-saturating loss.
"""

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
logits = np.linspace(-10, 10, 201)
sigmoid = 1 / (1 + np.exp(-logits))
for name, slope in zip(names, (sigmoid, 1 - sigmoid)):
    left.plot(logits, slope, label=name)
    right.semilogy(14 * np.arange(looks), lengths[name], "o-", ms=3, label=name)
left.set(xlabel="logit of a generated image", ylabel="steepness of the loss")
right.set(xlabel="steps of the discriminator", ylabel="length of the gradient")
left.legend()
figure.tight_layout()
figure.savefig(options.output / "gradients.png", dpi=120)

"""
## What happens then

Now two generators train against this discriminator, which has a head start.
Each generator uses one of the losses. Both players take plain gradient steps
(SGD), as in the paper. `d_loss` is -V. Near 0 the discriminator wins. At log 4
= 1.39 it cannot distinguish the images.
"""

head_start = gan.get_weights()
histories, shown = {}, []
for name in names:
    rival = new_gan()
    rival.compile(
        loss=name,
        generator_optimizer=keras.optimizers.SGD(0.02),
        discriminator_optimizer=keras.optimizers.SGD(0.02),
    )
    rival.set_weights(head_start)
    history = rival.fit(digits, epochs=stuck_epochs, verbose=0).history
    histories[name] = history["d_loss"]
    shown.append(rival.generate(10, seed=0))

figure, axes = plt.subplots(figsize=(5, 3.5))
for name in names:
    axes.plot(1 + np.arange(stuck_epochs), histories[name], "o-", label=name)
axes.axhline(np.log(4), color="grey", ls=":", label="log 4: D cannot tell")
axes.set(xlabel="epoch", ylabel="d_loss")
axes.legend()
figure.tight_layout()
figure.savefig(options.output / "head_start.png", dpi=120)

"""
The upper row shows what the minimax generator makes now, the lower row what
the other one makes. The first generator has hardly left its noise, or has only
just left it. The second has found shapes of digits, but only a few: plain
gradient steps train a GAN poorly.
"""

picture = kgz.control.picture(np.stack(shown))
print(kgz.pictures.save(options.output / "two_losses.png", picture))

"""
## The complete training

`compile` uses the non-saturating loss by default. The step that `fit` repeats
is Algorithm 1 of the paper. `VanillaGAN.losses` computes the loss of each
player,

    latents = self.sample_latents(ops.shape(real)[0], seed)
    fake = self.generator(latents, training=training)
    return self.adversarial_losses(discriminate, real, fake)

and `VanillaGAN.train_step` changes each player's weights by the gradient of
this player's loss only:

    self.minimize(lambda: self.losses(last), "discriminator", "generator")

Two ideas of later papers make the training steadier. `penalty="r1"` keeps the
discriminator from becoming too steep around real images. `ema_decay` averages
the weights of the generator over its last steps.
"""

gan = new_gan()
gan.compile(
    penalty="r1",
    penalty_weight=3.0,
    ema_decay=0.999,
    generator_optimizer=keras.optimizers.Adam(learning_rate, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(learning_rate, beta_1=0.5),
)
gan.fit(
    digits,
    epochs=epochs,
    verbose=2,
    callbacks=[
        kgz.callbacks.SampleGrid(
            options.output / "samples", every_epochs=max(1, epochs // 20)
        )
    ],
)

"""
First the generated digits, then real digits to compare.
"""

picture = kgz.pictures.grid(gan.generate(64, seed=1))
print(kgz.pictures.save(options.output / "generated.png", picture))
picture = kgz.pictures.grid(next(digits.as_numpy_iterator())[:64])
print(kgz.pictures.save(options.output / "real.png", picture))

"""
## What we learned

* A GAN minimizes a distance between two distributions without a formula for
  either. The discriminator estimates the distance from samples.
* A discriminator that wins leaves the minimax generator without a gradient.
  The non-saturating loss keeps the gradient. (Adam divides a gradient by its
  own size, which hides much of this: with Adam, the minimax generator starts
  to learn sooner.)
* The losses do not say how good the images are. They say which player is
  ahead.

## Where to go next

For real use take `kgz.data.tfds("mnist")`, `image_shape=(28, 28, 1)`, the
paper's widths (leave out `generator_units`) and 100 epochs. Try
`loss="hinge"`, `"least_squares"`, or `"wasserstein"` with `penalty="wgan_gp"`.
`dcgan.py` uses convolutions, which know which pixels are neighbors.
`one_dimensional_gan.py` shows both players completely in one picture.
"""
