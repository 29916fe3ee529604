"""One process of machines.py: trains a DCGAN on MNIST.

Prints "ready" when it begins to train, and at its end a line of JSON: the
hash of all state, and images per second of the whole cluster.
"""

import argparse
import hashlib
import json
import os
import statistics
import time

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--data-dir")
parser.add_argument("--core", type=int)
parser.add_argument("--folder")
parser.add_argument("--steps", type=int, required=True)
parser.add_argument("--epochs", type=int, required=True)
options = parser.parse_args()
if options.core is not None:  # before TensorFlow counts the cores
    os.sched_setaffinity(0, {options.core})

import keras_gan_zoo as kgz  # noqa: E402

strategy = kgz.distribute.strategy("auto")

import keras  # noqa: E402
import numpy as np  # noqa: E402


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)


keras.utils.set_random_seed(0)
batch_size = 64 * strategy.num_replicas_in_sync
data = kgz.data.tfds(
    "mnist",
    batch_size=batch_size,
    data_dir=options.data_dir,
    split=f"train[:{options.steps * batch_size}]",
)
with strategy.scope():
    gan = kgz.DCGAN((28, 28, 1), filters=8)
    gan.compile(ema_decay=0.99)
clock = Clock()
callbacks = [clock]
if options.folder:
    backup = kgz.callbacks.Backup(options.folder, every_steps=4)
    callbacks.append(backup)
print("ready", flush=True)
gan.fit(data, epochs=options.epochs, verbose=0, callbacks=callbacks)

digest = hashlib.sha256()
for variable in gan.variables + gan.optimizer.variables:
    value = np.asarray(keras.ops.convert_to_numpy(variable))
    digest.update(value.tobytes())
done = {"digest": digest.hexdigest()}
if len(clock.seconds) > 1:  # the first epoch compiles
    seconds = statistics.median(clock.seconds[1:])
    done["rate"] = options.steps * batch_size / seconds
print(json.dumps(done), flush=True)
