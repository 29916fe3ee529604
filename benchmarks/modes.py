"""How many modes of a mixture GANs find: the toy bench of VEEGAN and PacGAN.

    python benchmarks/modes.py ring
    python benchmarks/modes.py grid
    python benchmarks/modes.py stacked --data-dir DIR
    python benchmarks/modes.py ring --architecture wgan
    python benchmarks/modes.py stacked --architecture r3gan --data-dir DIR

ring: eight Gaussians on a circle; grid: 25 in a square, as in VEEGAN
    (Srivastava et al., 2017, https://arxiv.org/abs/1705.07761) and PacGAN
    (Lin et al., 2018, https://arxiv.org/abs/1712.04086), scaled to [-1, 1].
    A VanillaGAN for each packing, loss and penalty, all with the same
    networks, rates (constant, then falling to 0) and steps; 2,500 samples;
    means over the seeds. `annealed_r1` is R1 whose weight falls to 0 over the
    first half of the steps. Another `--architecture` gets the same networks
    and number of steps, and its own loss and settings, see `OTHERS`; a step
    trains its critic on `discriminator_steps` batches. `r3gan` has a row with
    R1 and R2 and a row with R1 alone. The papers' plain GAN:
    ring 1 mode, 99.3 % of high quality; grid 3.3 modes, 0.5 %. VEEGAN: 8
    modes, 52.9 %; 24.6 modes, 40 %.
stacked: three MNIST digits in the channels of an image, 1,000 modes, 26,000
    samples judged by the classifier that ships with the package. The papers:
    DCGAN 99 modes, reverse KL 3.40; PacDCGAN2 1,000 modes, 0.06. With
    `--architecture r3gan` an eighth of R3GAN's width, 32x32 pixels, and as many
    `--images` as given, of which a fifth are the burn-in; the other settings
    are the paper's, which has 1,000 modes and 0.029 after 10 million images.
    The same command resumes a killed training.

Samples within three standard deviations of a mode are of high quality.
"""

import argparse
import itertools
import pathlib
import time

import classifiers
import keras
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo.families.averages import decay_of_half_life
from keras_gan_zoo.files import registry
from keras_gan_zoo.models import vanilla_gan
from keras_gan_zoo.models.r3gan.schedules import BETAS_2, scheduled_adam

LOSSES = (
    "minimax",
    "non_saturating",
    "least_squares",
    "hinge",
    "wasserstein",
    "relativistic",
)
PENALTIES = ("none", "annealed_r1", "r1", "r1_r2", "wgan_gp", "dragan")
NUM_SAMPLES = 2500
PER_EXECUTION = 100
LATENT_DIM = 16
CRITIC_STEPS = 5
#: What `compile` gets for architectures other than VanillaGAN.
#: `wgan`: the paper's clip and rate, which falls to 0. No warm-up: such a
#: critic catches up in a few steps.
#: `wgan_gp`: the weight of the penalty in the authors' toy script, the rate of
#: the other rows.
#: `r3gan`: the rate of the other rows at first, and a fifth of the steps as
#: burn-in.
OTHERS = {
    "wgan": lambda options: {
        "warmup_steps": 0,
        "warmup_every": None,
        "clip": options.clip,
        "discriminator_steps": CRITIC_STEPS,
        **both(
            lambda rate: keras.optimizers.RMSprop(
                rate, rho=0.99, epsilon=1e-16
            ),
            options,
            5e-5,
            CRITIC_STEPS,
        ),
    },
    "wgan_gp": lambda options: {
        "dequantization": False,
        "penalty_weight": options.penalty_weight or 0.1,
        "discriminator_steps": CRITIC_STEPS,
        **both(
            lambda rate: keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.9),
            options,
            1e-3,
            CRITIC_STEPS,
        ),
    },
    "r3gan": lambda options: {
        "burn_in_steps": options.steps // 5,
        "penalty_weight": options.penalty_weight or 0.1,
        **{
            f"{player}_optimizer": scheduled_adam(
                options.steps // 5, options.rate or 1e-3
            )
            for player in ("generator", "discriminator")
        },
    },
}
#: The penalties of the rows of an architecture, if it is not its own alone.
PENALTIES_OF = {"r3gan": ("r1_r2", "r1")}


def ring():
    """Centres of eight modes and their standard deviation."""
    angle = np.arange(8) * np.pi / 4
    return 0.9 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 0.009


def grid():
    """Centres of 25 modes and their standard deviation."""
    side = np.linspace(-0.8, 0.8, 5)
    return np.array(list(itertools.product(side, side))), 0.01


def points(centres, std, num, seed):
    """Points of the mixture as images of one pixel, `(num, 1, 1, 2)`."""
    rng = np.random.default_rng(seed)
    chosen = centres[rng.integers(len(centres), size=num)]
    drawn = chosen + rng.normal(0, std, (num, 2))
    return drawn.reshape(num, 1, 1, 2).astype("float32")


def both(optimizer, options, rate, critic_steps=1):
    """Optimizers of both players; the rate is constant, then falls to 0."""
    rate = options.rate or rate
    steps = {
        "generator": options.steps,
        "discriminator": critic_steps * options.steps,
    }
    return {
        f"{player}_optimizer": optimizer(
            kgz.schedules.ConstantThenLinear.over(rate, steps[player])
        )
        for player in steps
    }


def mixture_gan(options, packing, loss, penalty, seed):
    """A VanillaGAN of points, compiled."""
    keras.utils.set_random_seed(seed)
    gan = kgz.VanillaGAN(
        (1, 1, 2),
        latent_dim=LATENT_DIM,
        generator_units=[options.units] * 2,
        discriminator_units=[64, 64],
        input_dropout=0,
        dropout=0,
        packing=packing,
        seed=seed,
    )
    gan.compile(
        loss,
        **both(
            lambda rate: keras.optimizers.Adam(rate, beta_1=0.5), options, 1e-3
        ),
        **penalty_arguments(options, penalty),
        ema_decay=0.99,
        updates=options.updates,
        steps_per_execution=PER_EXECUTION,
    )
    return gan


def other_gan(options, penalty, seed):
    """Another architecture with the networks of `mixture_gan`, compiled."""
    penalty = {} if penalty is None else {"penalty": penalty}
    keras.utils.set_random_seed(seed)
    name = registry.architecture(options.architecture).class_name
    gan = getattr(kgz, name)(
        image_shape=(1, 1, 2),
        latent_dim=LATENT_DIM,
        generator=vanilla_gan.build_generator(
            (1, 1, 2), LATENT_DIM, [options.units] * 2
        ),
        discriminator=vanilla_gan.build_discriminator(
            (1, 1, 2), [64, 64], input_dropout=0, dropout=0
        ),
        seed=seed,
    )
    gan.compile(
        **OTHERS[options.architecture](options),
        **penalty,
        ema_decay=0.99,
        updates=options.updates,
        steps_per_execution=PER_EXECUTION,
    )
    return gan


def penalty_arguments(options, penalty):
    """What `compile` gets for a penalty of the command line, a dict."""
    weight = options.penalty_weight
    if penalty == "annealed_r1":
        # Wide slopes lead to all modes; to the end, nothing blurs them.
        penalty = "r1"
        weight = kgz.schedules.ConstantThenLinear(
            weight or 0.03, constant_steps=0, decay_steps=options.steps // 2
        )
    return {"penalty": penalty, "penalty_weight": weight}


def measure(options, make, packing, loss, penalty, seed):
    """Trains one; returns modes, share of high quality, KL and seconds."""
    centres, std = make()
    if options.architecture:
        gan = other_gan(options, penalty, seed)
    else:
        gan = mixture_gan(options, packing, loss, penalty, seed)
    batch_size = gan.discriminator_steps * options.batch_size
    drawn = points(centres, std, PER_EXECUTION * batch_size, seed)
    data = kgz.data.arrays(drawn, None, batch_size, seed)
    start = time.time()
    gan.fit(data, epochs=options.steps // PER_EXECUTION, verbose=0)
    seconds = time.time() - start
    samples = gan.generate(NUM_SAMPLES, seed=seed).reshape(-1, 2)
    metric = kgz.metrics.MixtureCoverage(centres, std)
    if not np.isfinite(samples).all():
        return 0, 0.0, np.inf, seconds
    metric.update_fake(samples)
    found = metric.result()
    kind = f"{packing}_{loss}_{penalty}"
    name = f"{make.__name__}_{kind}_{seed}.png"
    save_picture(options.output / name, samples, centres)
    return *found.values(), seconds


def save_picture(path, samples, centres):
    """Samples in black, the modes as red rings."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3, 3))
    axis = figure.subplots()
    axis.scatter(*samples.T, s=1, c="black")
    axis.scatter(*centres.T, s=60, facecolors="none", edgecolors="red")
    axis.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
    figure.savefig(path)


def mixture(options, make):
    """The table of all packings, losses and penalties."""
    num_modes = len(make()[0])
    print(f"| packing | loss | penalty | modes of {num_modes} | "
          "high quality | reverse KL | seconds |")  # fmt: skip
    print("|---|---|---|---|---|---|---|", flush=True)
    kinds = itertools.product(
        options.packing, options.losses, options.penalties
    )
    if options.architecture:
        own = PENALTIES_OF.get(options.architecture, [None])
        kinds = [(1, options.architecture, penalty) for penalty in own]
    for packing, loss, penalty in kinds:
        runs = [
            measure(options, make, packing, loss, penalty, seed)
            for seed in range(options.seed, options.seed + options.seeds)
        ]
        modes, quality, divergence, seconds = np.mean(runs, axis=0)
        print(
            f"| {packing} | {loss} | {penalty or '-'} | {modes:.1f} | "
            f"{quality:.1%} | {divergence:.2f} | {seconds:.0f} |",
            flush=True,
        )


def stacked_digits(data_dir):
    """Three MNIST digits in the channels, and the metric that counts modes.

    Args:
        data_dir: folder of prepared TFDS sets.

    Returns:
        uint8 array `(64000, 28, 28, 3)`, and a `ModeCoverage` that has seen
        26,000 of these.
    """
    images, _ = classifiers.mnist("train", data_dir)
    triples = np.random.default_rng(0).integers(len(images), size=(64_000, 3))
    bytes_ = np.round((images[..., 0] + 1) * 127.5).astype("uint8")
    # (num, 3, 28, 28) to channels last.
    stacks = np.moveaxis(bytes_[triples], 1, -1)
    metric = kgz.metrics.ModeCoverage(
        kgz.metrics.features.FeatureExtractor("stacked_mnist", stacked_class),
        num_modes=1000,
    )
    for batch in range(52):
        metric.update_real(stacks[batch * 500 :][:500] / 127.5 - 1)
    return stacks, metric


def stacked(options):
    """The table of DCGAN on 1,000 modes, for each packing and penalty."""
    images, metric = stacked_digits(options.data_dir)
    if options.architecture:
        return stacked_r3gan(options, images, metric)
    print("| packing | penalty | modes of 1,000 | reverse KL | minutes |")
    print("|---|---|---|---|---|", flush=True)
    for packing, penalty in itertools.product(
        options.packing, options.penalties
    ):
        runs = [
            measure_stacked(options, images, metric, packing, penalty, seed)
            for seed in range(options.seeds)
        ]
        modes, divergence, minutes = np.mean(runs, axis=0)
        print(
            f"| {packing} | {penalty or '-'} | {modes:.1f} | "
            f"{divergence:.2f} | {minutes:.1f} |",
            flush=True,
        )


def measure_stacked(options, stacks, metric, packing, penalty, seed):
    """Trains one; returns modes, KL and minutes."""
    keras.utils.set_random_seed(seed)
    gan = kgz.DCGAN(
        (28, 28, 3),
        filters=options.filters,
        discriminator_normalization=None if penalty else "batch",
        packing=packing,
        seed=seed,
        dtype=options.dtype,
    )
    gan.compile(
        **penalty_arguments(options, penalty),
        ema_decay=0.99,
        updates=options.updates,
    )
    start = time.time()
    batches = kgz.data.arrays(stacks, batch_size=options.batch_size, seed=seed)
    epochs = -(-options.steps // len(batches))
    gan.fit(batches, epochs=epochs, verbose=0)
    minutes = (time.time() - start) / 60
    kgz.pictures.save(
        options.output / f"stacked_{packing}_{penalty}_{seed}.png",
        kgz.pictures.grid(gan.generate(64, seed=0)),
    )
    found = covered(gan, metric)
    return found["modes"], found["reverse_kl"], minutes


def covered(gan, metric):
    """What a `ModeCoverage` says of 26,000 images of a model."""
    metric.reset_state(keep_real=True)
    around = (gan.image_shape[0] - 28) // 2
    inside = slice(around, around + 28)
    for batch in range(52):
        images = gan.generate(500, seed=batch)
        metric.update_fake(images[:, inside, inside])
    return metric.result()


def stacked_r3gan(options, stacks, metric):
    """The table of R3GAN on 1,000 modes, a row for each seed."""
    around = ((0, 0), (2, 2), (2, 2), (0, 0))
    stacks = np.pad(stacks, around)  # 0 is black
    print("| images | modes of 1,000 | reverse KL | minutes |")
    print("|---|---|---|---|", flush=True)
    for seed in range(options.seed, options.seed + options.seeds):
        gan = stacked_gan(options, seed)
        # Equal epochs, which end with the last image.
        epochs = -(-options.images // len(stacks))
        batches = kgz.data.arrays(
            stacks[: options.images // epochs],
            batch_size=options.batch_size,
            seed=seed,
        )
        folder = options.output / f"stacked_r3gan_{seed}"
        start = time.time()
        gan.fit(
            batches,
            epochs=epochs,
            verbose=2,
            callbacks=[kgz.callbacks.Backup(folder, every_steps=100)],
        )
        minutes = (time.time() - start) / 60
        kgz.pictures.save(
            folder / "samples.png", kgz.pictures.grid(gan.generate(64, seed=0))
        )
        found = covered(gan, metric)
        print(
            f"| {options.images:,} | {found['modes']} | "
            f"{found['reverse_kl']:.3f} | {minutes:.1f} |",
            flush=True,
        )


def stacked_gan(options, seed):
    """R3GAN at an eighth of its width, with the paper's settings, compiled."""
    keras.utils.set_random_seed(seed)
    gan = kgz.R3GAN((32, 32, 3), filters=96, seed=seed, dtype=options.dtype)
    burn_in = options.images // 5 // options.batch_size

    def adam():
        # The rate is constant in this row of table 9.
        rate = options.rate or 2e-4
        return kgz.schedules.ScheduledAdam(
            rate,
            beta_1=0.0,
            beta_2=kgz.schedules.Cosine(*BETAS_2, max(burn_in, 1)),
            epsilon=1e-8,
        )

    gan.compile(
        generator_optimizer=adam(),
        discriminator_optimizer=adam(),
        penalty_weight=options.penalty_weight or 1.0,
        burn_in_steps=burn_in,
        # The paper: half a million images of ten million.
        ema_decay=decay_of_half_life(options.batch_size, options.images / 20),
        updates=options.updates,
    )
    return gan


def stacked_class(images):
    """The number that the three digits of each image form, one-hot."""
    judge = kgz.metrics.features.get("mnist_softmax")
    hundreds, tens, ones = (
        judge(images[..., c : c + 1]).argmax(axis=1) for c in range(3)
    )
    return np.eye(1000)[100 * hundreds + 10 * tens + ones]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["ring", "grid", "stacked"])
    parser.add_argument(
        "--architecture",
        choices=OTHERS,
        help="not VanillaGAN; of stacked, r3gan alone",
    )
    parser.add_argument("--clip", type=float, default=0.01, help="of wgan")
    parser.add_argument("--packing", nargs="+", type=int, default=[1, 2])
    parser.add_argument(
        "--losses", nargs="+", default=["non_saturating"], choices=LOSSES
    )
    parser.add_argument(
        "--penalties",
        nargs="+",
        default=["none", "annealed_r1"],
        choices=PENALTIES,
    )
    parser.add_argument("--penalty-weight", type=float)
    parser.add_argument(
        "--updates", default="simultaneous", help="see kgz.GAN.compile"
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--units", type=int, default=256, help="generator's")
    parser.add_argument("--rate", type=float, help="of both players")
    parser.add_argument(
        "--images", type=int, default=300_000, help="of r3gan and stacked"
    )
    parser.add_argument("--filters", type=int, default=16, help="of stacked")
    parser.add_argument("--dtype", default="float32", help="of stacked")
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("runs/modes")
    )
    options = parser.parse_args()
    options.penalties = [
        None if name == "none" else name for name in options.penalties
    ]
    if options.task == "stacked" and options.architecture not in (
        None,
        "r3gan",
    ):
        parser.error("stacked has rows of DCGAN and of r3gan")
    options.output.mkdir(parents=True, exist_ok=True)
    if options.task == "stacked":
        stacked(options)
    else:
        mixture(options, {"ring": ring, "grid": grid}[options.task])


if __name__ == "__main__":
    main()
