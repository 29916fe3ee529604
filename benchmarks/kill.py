"""Kills a training again and again; the result must not notice.

    python benchmarks/kill.py --kills 20

Trains a small DCGAN on the digits once undisturbed. Then, for every kill, the
same training is killed (SIGKILL) at a random moment, half of the times while
a backup is being written, started again and run to its end. Prints whether
all weights, optimizer states, seeds and counters are bit-identical.
"""

import argparse
import hashlib
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

EPOCHS = 4


def train(folder):
    import keras
    import numpy as np

    import keras_gan_zoo as kgz

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # Without this, undisturbed runs differ in the last bits too.
        tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(0)
    gan = kgz.DCGAN((8, 8, 1), latent_dim=8, filters=8)
    gan.compile(penalty="r1", ema_decay=0.99)
    print("ready", flush=True)
    gan.fit(
        kgz.data.digits(batch_size=64),
        epochs=EPOCHS,
        verbose=0,
        callbacks=[kgz.callbacks.Backup(folder, every_steps=4)],
    )
    digest = hashlib.sha256()
    for variable in gan.variables + gan.optimizer.variables:
        value = np.asarray(keras.ops.convert_to_numpy(variable))
        digest.update(value.tobytes())
    print(digest.hexdigest(), flush=True)


def start(folder):
    return subprocess.Popen(
        [sys.executable, __file__, "--train", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def finish(folder):
    began = time.monotonic()
    process = start(folder)
    assert process.stdout.readline() == "ready\n"
    ready = time.monotonic()
    digest = process.stdout.readline().strip()
    return digest, ready - began, time.monotonic() - ready


def wait_for_half_a_file(folder, process):
    """Returns when a backup is being written, after at least one before."""
    whole = pathlib.Path(folder) / "backup.weights.h5"
    while process.poll() is None:
        if whole.exists() and any(
            name.startswith(".") for name in os.listdir(folder)
        ):
            return
        time.sleep(0.0002)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--train", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        return train(options.train)

    moments = random.Random(options.seed)
    identical = 0
    with tempfile.TemporaryDirectory() as root:
        expected, _, duration = finish(pathlib.Path(root) / "undisturbed")
        print(f"undisturbed: {duration:.1f} s, {expected[:16]}", flush=True)
        for kill in range(options.kills):
            folder = pathlib.Path(root) / f"kill-{kill}"
            folder.mkdir()
            process = start(folder)
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0, duration))
            writing = kill % 2 == 1
            if writing:
                wait_for_half_a_file(folder, process)
            process.kill()
            process.wait()
            died = process.returncode == -9
            left = sorted(os.listdir(folder))
            found, _, _ = finish(folder)
            identical += found == expected
            print(
                f"kill {kill + 1}: "
                f"{'while writing' if writing else 'at random'}, "
                f"{'killed' if died else 'had ended'}, left {left}, "
                f"{'identical' if found == expected else 'DIFFERENT'}",
                flush=True,
            )
        print(f"{identical} of {options.kills} bit-identical")
    return 0 if identical == options.kills else 1


if __name__ == "__main__":
    sys.exit(main())
