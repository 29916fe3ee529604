"""What do StyleGAN2's lazy regularizers cost in steps in which none is due?

    python benchmarks/lazy.py
    python benchmarks/lazy.py --side 64 --steps 256

Trains two StyleGAN2 on noise: one with R1 at every 16th step and path length
regularization at every 4th, as the paper has it, and one without any. Counts
the steps of each kind and prints the median of their processor time, with the
ratio to a step of the model without regularizers. The two models take turns of
32 steps, so that a change of the machine's speed meets both. The first 32
steps of each, which compile, are left out.
"""

import argparse
import collections
import time

import keras
import numpy as np

import keras_gan_zoo as kgz

TURN = 32  # steps, twice the longer interval


class StepTimes(keras.callbacks.Callback):
    """Keeps the processor time of each step, by what was due in it.

    Attributes:
        seconds: dict from the names of the regularizers that were due to the
            list of the times.
    """

    def __init__(self):
        super().__init__()
        self.seconds = collections.defaultdict(list)

    def on_train_batch_begin(self, batch, logs=None):
        self._start = time.process_time()

    def on_train_batch_end(self, batch, logs=None):
        # Reading a log waits for the end of the step.
        float(logs["g_loss"])
        passed = time.process_time() - self._start
        due = tuple(regularizer.name for regularizer in self.model.due)
        self.seconds[due].append(passed)


def model(options, **settings):
    """Returns a compiled StyleGAN2 of a sixteenth of the width."""
    keras.utils.set_random_seed(0)
    gan = kgz.StyleGAN2(
        (options.side, options.side, 3),
        latent_dim=64,
        style_dim=64,
        channel_base=1024,
        channel_max=32,
        seed=0,
    )
    gan.compile(**settings)
    return gan


def run(options):
    """Trains both in turns; returns their times, `{}` and the lazy ones."""
    rng = np.random.default_rng(0)
    shape = (TURN * options.batch_size, options.side, options.side, 3)
    images = rng.uniform(-1, 1, shape).astype("float32")
    batches = kgz.data.arrays(images, batch_size=options.batch_size)
    models = (
        model(options, penalty=None, path_length_weight=0),
        model(options),
    )
    times = StepTimes(), StepTimes()
    for gan in models:
        gan.fit(batches, verbose=0)
    for _ in range(options.steps // TURN):
        for gan, kept in zip(models, times):
            gan.fit(batches, verbose=0, callbacks=[kept])
    return [kept.seconds for kept in times]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--side", type=int, default=32, help="pixels")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=128, help="of each model")
    options = parser.parse_args()
    plain, lazy = run(options)
    (without,) = plain.values()
    base = np.median(without)
    print("| model | due | steps | ms of a processor | ratio |")
    print("|---|---|---|---|---|")
    print(f"| no regularizers | - | {len(without)} | {base * 1e3:.0f} | 1.00 |")
    for due, seconds in sorted(lazy.items(), key=lambda item: len(item[0])):
        median = np.median(seconds)
        print(
            f"| lazy | {', '.join(due) or '-'} | {len(seconds)} | "
            f"{median * 1e3:.0f} | {median / base:.2f} |"
        )
    mean = sum(sum(seconds) for seconds in lazy.values()) / options.steps
    print(f"| lazy | mean of all | {options.steps} | {mean * 1e3:.0f} | "
          f"{mean / base:.2f} |")  # fmt: skip


if __name__ == "__main__":
    main()
