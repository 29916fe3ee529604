"""Which order of updates is better, at equal steps: at once or in turns?

    python benchmarks/updates.py --data-dir DIR

Trains each task with `compile(updates="simultaneous")` and `"alternating"`,
the same seeds, settings and number of steps, and prints a table: the mean of
the seeds for each order, and the mean of the paired differences with its 95 %
interval (Student's t). Each run is a line in `<output>/runs.jsonl`; the same
command goes on after a kill, and `--table` prints the table of what is there.

ring, grid: the mixtures of `modes.py`, non-saturating loss, no penalty.
digits: the recipe of the preset `vanilla_gan_digits_8` without its penalty
    and average, so that the order of updates can matter.
mnist: a DCGAN of a quarter of the width.
stacked: the same on three digits in the channels, with `packing=2`.
"""

import argparse
import json
import pathlib
import time

import classifiers
import keras
import modes
import numpy as np
from scipy import stats

import keras_gan_zoo as kgz

ORDERS = ("simultaneous", "alternating")
#: What each task reports, and whether more is better.
BETTER = {"modes": "up", "high_quality": "up", "distance": "down"}


def mixture(make, steps):
    """Returns the function of a task of `modes.py`."""

    def run(options, updates, seed):
        options.updates, options.steps = updates, steps
        num_modes, quality, _, seconds = modes.measure(
            options, make, 1, "non_saturating", None, seed
        )
        return {"modes": num_modes, "high_quality": quality}, seconds

    return run


def digits(options, updates, seed):
    """Trains a VanillaGAN on the embedded digits."""
    gan = kgz.VanillaGAN(
        (8, 8, 1),
        generator_units=[256, 256],
        dropout=0,
        input_dropout=0,
        seed=seed,
    )
    data = kgz.data.digits(batch_size=64, seed=seed)
    gan.compile(updates=updates, steps_per_execution=len(data))
    seconds = trained(gan, data, 100)
    return {"distance": distance(gan, data, "digits")}, seconds


def mnist(options, updates, seed):
    """Trains a narrow DCGAN on MNIST."""
    images, _ = classifiers.mnist("train", options.data_dir)
    gan = kgz.DCGAN((28, 28, 1), filters=16, seed=seed)
    gan.compile(updates=updates)
    data = kgz.data.arrays(images, batch_size=128, seed=seed)
    seconds = trained(gan, data, 2)
    real = classifiers.mnist("test", options.data_dir)[0]
    return {"distance": distance(gan, real, "mnist")}, seconds


def stacked(options, updates, seed):
    """Trains a narrow DCGAN on three MNIST digits in the channels."""
    stacks, metric = modes.stacked_digits(options.data_dir)
    gan = kgz.DCGAN((28, 28, 3), filters=16, packing=2, seed=seed)
    gan.compile(updates=updates)
    data = kgz.data.arrays(stacks, batch_size=128, seed=seed)
    seconds = trained(gan, data, 3)
    return {"modes": modes.covered(gan, metric)["modes"]}, seconds


def trained(gan, data, epochs):
    """Trains for a number of epochs; returns the seconds."""
    start = time.time()
    gan.fit(data, epochs=epochs, verbose=0)
    return time.time() - start


def distance(gan, real, extractor):
    """Returns the Fréchet distance of 5,000 images."""
    found = kgz.evaluate(
        gan, real, ["fid"], extractor, num_images=5_000, subsets=0
    )
    return found.values["frechet_distance"]


TASKS = {
    "ring": mixture(modes.ring, 6_000),
    "digits": digits,
    "mnist": mnist,
    "grid": mixture(modes.grid, 6_000),
    "stacked": stacked,
}


def table(runs):
    """Prints the means of each task and the paired differences."""
    print(
        "| task | measure | simultaneous | alternating | difference (95 %) "
        "| seeds | time, ratio |"
    )
    print("|---|---|---|---|---|---|---|")
    for task in TASKS:
        mine = [run for run in runs if run["task"] == task]
        pairs = paired(mine)
        if not pairs:
            continue
        seconds = np.array([[r["seconds"] for r in p] for p in pairs])
        ratio = np.median(seconds[:, 1] / seconds[:, 0])
        for name in pairs[0][0]["scores"]:
            scores = np.array([[r["scores"][name] for r in p] for p in pairs])
            means = " | ".join(f"{mean:.4g}" for mean in scores.mean(axis=0))
            better = "higher" if BETTER[name] == "up" else "lower"
            print(
                f"| {task} | {name} ({better} is better) | {means} | "
                f"{interval(scores[:, 1] - scores[:, 0])} | {len(pairs)} | "
                f"{ratio:.2f} |"
            )


def paired(runs):
    """Returns the runs of one seed with both orders, a list of pairs."""
    found = {(run["updates"], run["seed"]): run for run in runs}
    seeds = sorted({seed for _, seed in found})
    pairs = [[found.get((order, seed)) for order in ORDERS] for seed in seeds]
    return [pair for pair in pairs if None not in pair]


def interval(differences):
    """Writes a mean with its 95 % interval."""
    mean, num = differences.mean(), len(differences)
    if num < 2:
        return f"{mean:.3g}"
    error = differences.std(ddof=1) / np.sqrt(num)
    half = stats.t.ppf(0.975, num - 1) * error
    return f"{mean:.3g} ({mean - half:.3g} to {mean + half:.3g})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--table", action="store_true", help="train nothing")
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("runs/updates")
    )
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    # What `modes.py` asks of its command line.
    options.units, options.rate, options.batch_size = 256, 1e-3, 256
    options.penalty_weight = options.architecture = None
    log = options.output / "runs.jsonl"
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    runs = [json.loads(line) for line in lines]
    done = {(run["task"], run["seed"], run["updates"]) for run in runs}
    for task in () if options.table else options.tasks:
        for seed in range(options.seeds):
            for updates in ORDERS:
                if (task, seed, updates) in done:
                    continue
                keras.utils.set_random_seed(seed)
                scores, seconds = TASKS[task](options, updates, seed)
                run = {
                    "task": task,
                    "seed": seed,
                    "updates": updates,
                    "scores": {k: float(v) for k, v in scores.items()},
                    "seconds": seconds,
                }
                runs.append(run)
                with log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(run) + "\n")
                print(json.dumps(run), flush=True)
    table(runs)


if __name__ == "__main__":
    main()
