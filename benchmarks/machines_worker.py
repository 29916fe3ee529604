"""One process of machines.py: trains a DCGAN on MNIST.

Prints "ready" when it begins to train, and at its end a line of JSON: the
hash of all state, images per second of the whole cluster, and what the
workers' messages take.
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
import tensorflow as tf  # noqa: E402


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)


def messages_in_a_step():
    """How often the workers speak to each other in a step."""
    batch = next(iter(strategy.experimental_distribute_dataset(data)))
    step = tf.function(lambda batch: strategy.run(gan.train_step, (batch,)))
    graph = step.get_concrete_function(batch).graph
    return sum("Collective" in op.type for op in graph.get_operations())


def seconds_of_a_message(num=200):
    """What such a message takes, of a hundred numbers, one after another."""

    def speak(tensor):
        context = tf.distribute.get_replica_context()
        return context.all_reduce("SUM", tensor / 2)

    step = tf.function(lambda tensor: strategy.run(speak, (tensor,)))
    tensor = step(tf.zeros(100))
    began = time.perf_counter()
    for _ in range(num):
        tensor = step(tensor)
    tensor.numpy()
    return (time.perf_counter() - began) / num


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
    done["step_seconds"] = seconds / options.steps
    if strategy.num_replicas_in_sync > 1:
        done["messages"] = messages_in_a_step()
        done["message_seconds"] = seconds_of_a_message()
print(json.dumps(done), flush=True)
