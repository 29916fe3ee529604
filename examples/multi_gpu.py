"""
Title: Several GPUs, one training
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/28
Description: Data parallelism with tf.distribute, tried without any GPU.
Accelerator: GPU, as many as there are; none needed
"""

"""
## Introduction

In data parallelism each of R devices, a *replica*, holds a copy of both
networks and gets a part of each batch. The gradients of the parts are
averaged, and every copy takes the same step,

    gradient = 1/R * sum over replicas r of (gradient of the mean loss of r).

For equal parts this is the gradient of the mean loss of the whole batch. So R
devices train as one device with the whole batch would, only faster.

A GAN needs some things that a classifier does not need. The package takes care
of them:

* Each replica draws different latent vectors. With the same seed everywhere, a
  batch of 128 would hold 64 images twice. See `_of_this_replica` in
  `keras_gan_zoo/engine/tensorflow.py`:

      return seed + ops.stack([replica * 1_000_003, replica * 0])

* Losses are divided by the number of replicas, because Keras adds up the
  gradients. In the same file, for each player:

      losses[player] / num

* Statistics over the batch (batch normalization, CycleGAN's pool) are computed
  over the whole batch. Both optimizers, the averaged weights and the step
  counter are the same on all replicas.

You write one line, `with strategy.scope():`. The model and `compile` go into
it. `fit` may stay outside.

## Setup

`tf.distribute` belongs to TensorFlow, so `KERAS_BACKEND` must be `tensorflow`,
which is the default. (For JAX, Keras has `keras.distribution.DataParallel`.)
"""

import argparse
import pathlib

import keras
import numpy as np
import tensorflow as tf

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/multi_gpu.py` takes about two minutes without GPUs. With
`--quick` it takes a few seconds, which are not enough to learn anything.
"""

parser = argparse.ArgumentParser(description="Data parallel training.")
parser.add_argument("--quick", action="store_true", help="a few seconds")
parser.add_argument("--output", type=pathlib.Path, default="multi_gpu")
options = parser.parse_args()

images_per_replica = 64
units = (16, 16) if options.quick else (256, 256)
learning_rate = 5e-4
epochs = 1 if options.quick else 80

keras.utils.set_random_seed(0)

"""
## Devices

We use all GPUs that TensorFlow sees. If there are none, we split the processor
into two devices. That is not faster, but everything else is the same, so you
can try a script on a laptop before it waits in a queue. This must happen
before TensorFlow computes anything.
"""

gpus = tf.config.list_physical_devices("GPU")
if not gpus:
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 2,
    )

"""
`"mirrored"` takes all GPUs, or all logical processors. It is a
`tf.distribute.MirroredStrategy` whose reductions work with two optimizers and
with `steps_per_execution`. A strategy that you make yourself works, too.
"""

strategy = kgz.distribute.strategy("mirrored")
replicas = strategy.num_replicas_in_sync
print(f"{replicas} replicas, each with {images_per_replica} images a step")

"""
## Model and training

`batch_size` is the number of images of all replicas together. Each replica
gets an equal part, so the batch size must be a multiple of the number of
replicas, and all batches must have the same size. The datasets of
`keras_gan_zoo.data` ensure that.

Only the scope is new. XLA, which compiles the step further, does not work with
several replicas on one processor.
"""

digits = kgz.data.digits(batch_size=images_per_replica * replicas)
with strategy.scope():
    gan = kgz.VanillaGAN(
        image_shape=(8, 8, 1),
        generator_units=units,
        input_dropout=0.0,
        dropout=0.0,
    )
    gan.compile(
        penalty="r1",
        penalty_weight=3.0,
        ema_decay=0.999,
        generator_optimizer=keras.optimizers.Adam(learning_rate, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(
            learning_rate, beta_1=0.5
        ),
        jit_compile="auto" if gpus else False,
    )
gan.fit(
    digits,
    epochs=epochs,
    verbose=2,
    callbacks=[
        kgz.callbacks.SampleGrid(
            options.output / "samples", every_epochs=max(1, epochs // 10)
        ),
        kgz.callbacks.Backup(options.output / f"backup_{units[0]}"),
    ],
)

"""
## Is it still one model?

Each replica has seen other images and other noise. After all these steps, the
copies of the weights must be the same to the last bit.
"""

largest = 0.0
for variable in gan.generator.trainable_variables:
    copies = strategy.experimental_local_results(variable.value)
    copies = np.stack([copy.numpy() for copy in copies])
    largest = max(largest, np.ptp(copies, axis=0).max())
print(f"largest difference between the copies: {largest}")


@tf.function
def latents_of_a_replica():
    return gan.sample_latents(2)


drawn = strategy.experimental_local_results(strategy.run(latents_of_a_replica))
for number, latents in enumerate(drawn):
    print(f"replica {number} draws {latents.numpy()[0, :4]} ...")

"""
The model makes images like any other model. Its file knows nothing about
replicas.
"""

picture = kgz.pictures.grid(gan.generate(64, seed=0))
print(kgz.pictures.save(options.output / "generated.png", picture))
gan.save(options.output / "gan.keras")

"""
## Under SLURM

On one machine nothing changes: SLURM shows the script the GPUs that it may
use.

    #!/bin/bash
    #SBATCH --nodes=1
    #SBATCH --gpus-per-node=4
    #SBATCH --cpus-per-task=16
    #SBATCH --time=08:00:00
    srun python multi_gpu.py --output "$SCRATCH/multi_gpu"

`Backup` helps with the time limit of a queue. Submit the script again, with
`sbatch --dependency=afterany:JOB` even before the first job has ended. It
continues from the last backup; there is one each epoch. Write to a file system
that all nodes see.

Several machines need `kgz.distribute.strategy("multi_worker")` right after the
imports, one task per machine, and the variable `TF_CONFIG` that names them.
`docs/scale.md` has the lines for SLURM and Kubernetes. The `fit` of Keras 3
alone does not work there
([keras-team/keras#20585](https://github.com/keras-team/keras/issues/20585)).
The `fit` of this package works.

## What we learned

With a scope around the model, several devices train as one. More devices help
if each has enough to do. Raise `images_per_replica` until the images per
second no longer grow. Watch the quality, because larger batches mean fewer
steps in an epoch. A higher learning rate makes up for some of that.

## Where to go next

For real use take `kgz.data.tfds` or `kgz.data.image_folder`, a `kgz.DCGAN` or
`kgz.ProGAN`, and `dtype="mixed_bfloat16"` on GPUs that support it. Batch
normalization takes its statistics from the whole batch, which costs two small
messages per layer. `discriminator_normalization="layer"` needs no messages.
"""
