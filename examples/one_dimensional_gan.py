"""
Title: A GAN that you can see completely: the curve x, x^2
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: Two networks learn a parabola; one picture shows both.
Accelerator: None
"""

"""
## Introduction

Images have too many dimensions to draw. Here an "image" is a point of the
plane. The real points lie on a curve,

    (x, x^2),   x uniform in [-1, 1].

So we can draw everything: the real points, the generated points, and what the
discriminator says about every place. Let the data have density p and the
generator density q. Then the best discriminator is

    D(x) = p(x) / (p(x) + q(x)).

It is 1 where there are only real points, 0 where there are only generated
points, and 1/2 where both are equally dense. The generator moves its points
uphill on this map.

The data are one-dimensional, but the plane is not: away from the curve, p is
0. So a good discriminator can be right about every generated point, however
near the point is, and then it no longer helps the generator (see
`vanilla_gan.py`). The penalty R1 ([Mescheder et al.,
2018](https://arxiv.org/abs/1801.04406)) keeps the discriminator from becoming
steep at the real points,

    d_loss + weight * E |gradient of D's logit by x|^2 / 2,

which in the package (`keras_gan_zoo/objectives/penalties.py`) is

    return 0.5 * ops.mean(squared_gradient_norm(discriminator, real))

## Setup

The plots need matplotlib: `pip install "keras_gan_zoo[plots]"`.
"""

import argparse
import pathlib

import keras
import numpy as np
from matplotlib import pyplot as plt

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/one_dimensional_gan.py` takes about a minute. With `--quick`
it takes a few seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="A GAN that learns x, x^2.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument(
    "--output", type=pathlib.Path, default="one_dimensional_gan"
)
options = parser.parse_args()

num_points = 2048
batch_size = 256
units = (16,) if options.quick else (64, 64)
latent_dim = 2
learning_rate = 1e-3
penalty_weight = 0.1
epochs = 2 if options.quick else 250
num_drawings = 2 if options.quick else 24

keras.utils.set_random_seed(0)
options.output.mkdir(parents=True, exist_ok=True)

"""
## Data

For the package a point is an image of one pixel with two channels.
"""

rng = np.random.default_rng(0)
x = rng.uniform(-1, 1, num_points)
points = np.stack([x, x**2], axis=1).astype("float32")
batches = kgz.data.arrays(
    points.reshape(-1, 1, 1, 2), batch_size=batch_size, seed=0
)

"""
## Model

Two small perceptrons. The learning rates fall to 0 in the second half, so that
both players come to rest.
"""

gan = kgz.VanillaGAN(
    image_shape=(1, 1, 2),
    latent_dim=latent_dim,
    generator_units=units,
    discriminator_units=units,
    input_dropout=0.0,
    dropout=0.0,
)
rate = kgz.schedules.ConstantThenLinear.over(
    learning_rate, epochs * len(batches)
)
gan.compile(
    penalty="r1",
    penalty_weight=penalty_weight,
    ema_decay=0.99,
    generator_optimizer=keras.optimizers.Adam(rate, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(rate, beta_1=0.5),
)

"""
## A callback that draws

Every Keras callback can look at the two players. This one draws

* what the discriminator says about each place (dark: generated, bright: real),
* the curve,
* and 500 generated points.

It also measures two numbers. The first is the distance of the points from the
curve, `|y - x^2|`. The second is how evenly they lie on it: the
Kolmogorov-Smirnov distance, the largest difference between the share of points
left of a place and the share that should be there. 500 points drawn from the
real density have 0.04 on average. Most happens at the beginning, so the
callback draws most there.
"""


class Draw(keras.callbacks.Callback):
    def __init__(self, folder, at):
        super().__init__()
        self.folder, self.at = folder, set(at)
        self.files, self.scores = [], []

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 not in self.at:
            return
        generated = self.model.generate(500, seed=0).reshape(-1, 2)
        x, y = np.sort(generated[:, 0]), np.arange(500) / 500
        off_curve = np.abs(generated[:, 1] - generated[:, 0] ** 2).mean()
        uneven = np.abs((x + 1) / 2 - y).max()
        self.scores.append((epoch + 1, off_curve, uneven))
        print(
            f"epoch {epoch + 1:3d}: {off_curve:.3f} off the curve, "
            f"{uneven:.3f} uneven"
        )
        figure = draw(self.model, generated, f"epoch {epoch + 1}")
        self.files.append(self.folder / f"epoch-{epoch + 1:04d}.png")
        figure.savefig(self.files[-1], dpi=80)
        plt.close(figure)


def draw(gan, generated, title):
    across, up = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-0.5, 1, 60))
    places = np.stack([across, up], axis=-1).reshape(-1, 1, 1, 2)
    logits = gan.discriminator.predict(places, batch_size=3600, verbose=0)
    belief = 1 / (1 + np.exp(-logits.reshape(60, 60)))
    figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
    shown = axes.pcolormesh(
        across, up, belief, vmin=0.25, vmax=0.75, cmap="cividis"
    )
    figure.colorbar(shown, label="D: probability of being real")
    x = np.linspace(-1, 1, 200)
    axes.plot(x, x**2, color="white", lw=1, label="real")
    axes.scatter(*generated.T, s=4, color="tab:red", label="generated")
    axes.set(xlim=(-1, 1), ylim=(-0.5, 1), title=title)
    axes.legend(loc="lower left")
    return figure


drawings = options.output / "epochs"
drawings.mkdir(exist_ok=True)
drawing = Draw(drawings, np.geomspace(1, epochs, num_drawings).astype(int))

"""
## Training
"""

gan.fit(batches, epochs=epochs, verbose=0, callbacks=[drawing])
kgz.pictures.save_animation(options.output / "progress.gif", drawing.files)

"""
## The points during the training

Watch the background, too. Where many generated points lie next to the curve,
the background turns dark, and the points move away.
"""

chosen = np.linspace(0, len(drawing.files) - 1, 6).round().astype(int)
frames = [kgz.pictures.read(drawing.files[place]) for place in chosen]
picture = kgz.pictures.grid(np.stack(frames) / 127.5 - 1, columns=3)
print(kgz.pictures.save(options.output / "points.png", picture))

figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
epoch_numbers, off_curve, uneven = np.transpose(drawing.scores)
axes.loglog(epoch_numbers, off_curve, "o-", ms=3, label="off the curve")
axes.loglog(epoch_numbers, uneven, "o-", ms=3, label="uneven")
axes.set(xlabel="epoch")
axes.legend()
figure.savefig(options.output / "scores.png", dpi=120)

"""
## What we learned

The discriminator does not only judge single images. It is a map of where there
are too many and too few generated images, and the generator follows the slopes
of this map. Nobody gave the generator the formula of the curve.

## Where to go next

Set `penalty_weight = 0.0` at the top and watch the map become steep. Take a
curve with a gap, and see points in the gap: a continuous generator cannot
avoid them. `benchmarks/modes.py` trains on rings and grids of points in the
plane. `vanilla_gan.py` and `dcgan.py` do the same with images, where you can
see only the images and the numbers of `kgz.evaluate`.
"""
