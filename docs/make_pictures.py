"""Draws the pictures of training_goes_wrong.md: trainings that are sick.

    python docs/make_pictures.py

Each shows a small VanillaGAN on scikit-learn's digits with one fault, next to a
healthy one. Prints what `CollapseMonitor` said and writes into
docs/pictures. About a minute of one core; needs matplotlib.
"""

import io
import pathlib
import warnings

import keras
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

import keras_gan_zoo as kgz

STEPS = 800
SEED = 0
FOLDER = pathlib.Path(__file__).parent / "pictures"


def adam(rate):
    return keras.optimizers.Adam(rate, beta_1=0.5)


def healthy():
    """Arguments of `compile`; the optimizers are new ones each time."""
    return {
        "penalty": "r1",
        "penalty_weight": 1.0,
        "generator_optimizer": adam(1e-3),
        "discriminator_optimizer": adam(1e-3),
    }


def sick():
    """What is made wrong, by the name of the alarm."""
    return {
        "mode collapse": {**healthy(), "generator_optimizer": adam(5e-2)},
        "generator frozen": {**healthy(), "generator_optimizer": adam(0.0)},
        "discriminator wins": {
            "generator_optimizer": adam(2e-5),
            "discriminator_optimizer": adam(5e-3),
        },
        "oscillation": {
            "generator_optimizer": adam(5e-3),
            "discriminator_optimizer": adam(4e-2),
        },
        "divergence": {
            "loss": "wasserstein",  # and nothing that bounds its slope
            "generator_optimizer": adam(1e-3),
            "discriminator_optimizer": adam(1e-3),
        },
        "not finite": {
            "loss": "least_squares",
            "discriminator_optimizer": keras.optimizers.SGD(0.5),
        },
    }


class Diary(keras.callbacks.Callback):
    """Losses of each step, images in the middle and at the end."""

    def on_train_begin(self, logs=None):
        self.losses = {"d_loss": [], "g_loss": []}
        self.images = {}

    def on_epoch_begin(self, epoch, logs=None):
        self.sums = dict.fromkeys(self.losses, 0.0)

    def on_train_batch_end(self, batch, logs=None):
        for name, values in self.losses.items():
            # Keras logs the mean of the epoch so far.
            total = logs[name] * (batch + 1)
            values.append(total - self.sums[name])
            self.sums[name] = total
        if self.steps == STEPS // 2:
            self.look()
        if self.steps == STEPS:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.look()

    def look(self):
        self.images[self.steps] = self.model.generate(24, seed=SEED)

    @property
    def steps(self):
        return len(self.losses["d_loss"])


def train(settings):
    """Trains for `STEPS` steps; returns the diary and the alarms."""
    keras.utils.set_random_seed(SEED)
    gan = kgz.VanillaGAN(
        (8, 8, 1),
        generator_units=(64, 64),
        discriminator_units=(48, 48),
        input_dropout=0,
        dropout=0,
        seed=SEED,
    )
    gan.compile(**settings)
    diary, monitor = Diary(), kgz.callbacks.CollapseMonitor()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", kgz.callbacks.CollapseWarning)
        gan.fit(
            kgz.data.digits(64),
            epochs=STEPS,
            verbose=0,
            callbacks=[diary, monitor],
        )
    return diary, [(step, name) for step, name, _ in monitor.alarms]


def draw(diaries, path):
    """A column for each training: images at two moments, and the losses."""
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots(3, len(diaries), height_ratios=(3, 3, 2))
    for (name, diary), column in zip(diaries.items(), axes.T):
        column[0].set_title(name, fontweight="bold")
        for axis, moment in zip(column, (STEPS // 2, diary.steps)):
            axis.axis("off")
            if moment in diary.images:
                picture = kgz.pictures.grid(diary.images[moment], columns=6)
                axis.imshow(picture, interpolation="nearest")
                axis.text(0, 37, f"step {moment}", va="top", fontsize=8)
        draw_losses(diary.losses, column[2])
    axes[2, 0].legend(fontsize=8)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=80)
    path.parent.mkdir(exist_ok=True)
    # A palette makes a third of the size.
    Image.open(buffer).convert("RGB").quantize(64).save(path, optimize=True)


def draw_losses(losses, axis):
    for name, values in losses.items():
        axis.plot(values, label=name, linewidth=0.8)
    if np.nanmax(np.abs(list(losses.values()))) > 100:
        axis.set_yscale("symlog", linthresh=10)
        axis.yaxis.get_major_locator().set_params(numticks=5)
    axis.set_xlabel("step")


def main():
    well, alarms = train(healthy())
    print(f"healthy: {alarms}")
    for name, settings in sick().items():
        diary, alarms = train(settings)
        print(f"{name}: {alarms}")
        path = FOLDER / f"{name.replace(' ', '_')}.png"
        draw({"healthy": well, name: diary}, path)


if __name__ == "__main__":
    main()
