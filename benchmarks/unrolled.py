"""Do unrolled steps find all modes of a ring? The experiment of their paper.

    python benchmarks/unrolled.py --unrolled-steps 0
    python benchmarks/unrolled.py --unrolled-steps 5

Metz et al. (2017), https://arxiv.org/abs/1611.02163, section 3.1, with the
settings of their notebook where the paper has none: eight Gaussians with a
standard deviation of 0.02 on a circle of radius 2; two networks of two hidden
layers of 128 tanh units, initialized orthogonally with a gain of 1.4; 256
normal latents; batches of 512; Adam(beta_1=0.5) with a rate of 1e-3 for the
generator and 1e-4 for the discriminator; 25,000 steps; the generator maximizes
the discriminator's loss. The angles are those of eight modes. (In the notebook
the first and the last mode are the same one.)

Points are divided by 2.5, because samples are in [-1, 1]; the networks see the
paper's. There are 256,000 of them, in an order that is new in each epoch.

Prints a row of a table at every 2,500th step: the modes that 2,500 samples
find, the share within three standard deviations of a mode, and the seconds of
processor time so far. The same command resumes a killed training.
"""

import argparse
import pathlib
import time

import keras
import modes
import numpy as np
from keras import layers

import keras_gan_zoo as kgz

NUM_MODES, RADIUS, STD = 8, 2.0, 0.02
SCALE = 2.5
BATCH_SIZE, LATENT_DIM = 512, 256
EPOCH = 500  # steps
NUM_SAMPLES = 2500


def ring():
    """Centres of the modes, as the paper has them."""
    angle = np.arange(NUM_MODES) * 2 * np.pi / NUM_MODES
    return RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def mlp(inputs, units):
    """Two hidden layers, and one without an activation."""
    x = inputs
    for width in (128, 128):
        x = dense(width, "tanh")(x)
    return dense(units)(x)


def dense(units, activation=None):
    """A layer with the initialization of the notebook."""
    return layers.Dense(
        units,
        activation,
        kernel_initializer=keras.initializers.Orthogonal(gain=1.4),
    )


def ring_gan(options):
    """The networks and settings of the paper, compiled."""
    keras.utils.set_random_seed(options.seed)
    latents = keras.Input((LATENT_DIM,))
    made = layers.Rescaling(1 / SCALE)(mlp(latents, 2))
    pixels = keras.Input((1, 1, 2))
    seen = layers.Rescaling(SCALE)(layers.Flatten()(pixels))
    gan = kgz.VanillaGAN(
        (1, 1, 2),
        latent_dim=LATENT_DIM,
        generator=keras.Model(
            latents, layers.Reshape((1, 1, 2))(made), name="generator"
        ),
        discriminator=keras.Model(pixels, mlp(seen, 1), name="discriminator"),
        seed=options.seed,
    )
    gan.compile(
        "saddle",
        generator_optimizer=keras.optimizers.Adam(
            1e-3, beta_1=0.5, epsilon=1e-8
        ),
        discriminator_optimizer=keras.optimizers.Adam(
            1e-4, beta_1=0.5, epsilon=1e-8
        ),
        unrolled_steps=options.unrolled_steps,
        updates="simultaneous",
        steps_per_execution=100,
    )
    return gan


class Row(keras.callbacks.Callback):
    """Prints a row of the table at the end of every n-th epoch.

    Args:
        every: int, n.
    """

    def __init__(self, every):
        super().__init__()
        self.every = every
        self.start = time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        metric = kgz.metrics.MixtureCoverage(ring(), STD)
        samples = self.model.generate(NUM_SAMPLES, seed=0)
        metric.update_fake(SCALE * samples.reshape(-1, 2))
        found = metric.result()
        seconds = time.process_time() - self.start
        print(
            f"| {(epoch + 1) * EPOCH:,} | {found['modes']:.0f} | "
            f"{found['high_quality']:.1%} | {found['reverse_kl']:.2f} | "
            f"{seconds:.0f} |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unrolled-steps", type=int, default=5)
    parser.add_argument("--steps", type=int, default=25_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("runs/unrolled")
    )
    options = parser.parse_args()
    gan = ring_gan(options)
    data = kgz.data.arrays(
        modes.points(
            ring() / SCALE, STD / SCALE, EPOCH * BATCH_SIZE, options.seed
        ),
        batch_size=BATCH_SIZE,
        seed=options.seed,
    )
    name = f"{options.unrolled_steps}_{options.seed}"
    print(
        f"| steps ({options.unrolled_steps} unrolled) | modes of {NUM_MODES} "
        "| high quality | reverse KL | seconds |"
    )
    print("|---|---|---|---|---|", flush=True)
    gan.fit(
        data,
        epochs=options.steps // EPOCH,
        verbose=0,
        callbacks=[kgz.callbacks.Backup(options.output / name), Row(every=5)],
    )


if __name__ == "__main__":
    main()
