"""
Title: Several GPUs, one training
Author: keras_gan_zoo contributors
Date created: 2026/11/22
Last modified: 2026/11/22
Description: Data parallelism with tf.distribute, tried without any GPU.
Accelerator: GPU, as many as there are; none needed
"""

"""
## Introduction

Data parallelism: each of R devices, a *replica*, holds a copy of both
networks and gets a part of each batch. The gradients of the parts are
averaged, and every copy takes the same step,

    gradient = 1/R * sum over replicas r of (gradient of the mean loss of r),

which for equal parts is the gradient of the mean loss of the whole batch: R
devices train as one device with the whole batch would, only faster.

For a GAN some things must be right that a classifier does not have, and they
are, in the package:

* each replica draws latent vectors of its own. A mirrored seed would draw the
  same ones everywhere, and a batch of 128 would hold 64 images twice. See
  `_of_this_replica` in `keras_gan_zoo/engine/tensorflow.py`:

      return seed + ops.stack([replica * 1_000_003, replica * 0])

* losses are divided by the number of replicas, as Keras adds the gradients
  up; in the same file, for each player:

      losses[player] / num

* statistics over the batch (batch normalisation, CycleGAN's pool) are those
  of the whole batch; both optimizers, the averaged weights and the step
  counter are the same on all replicas.

Your part is one line, `with strategy.scope():`. The model and `compile` stand
in it, `fit` may stand outside.

## Setup

`tf.distribute` belongs to TensorFlow, so `KERAS_BACKEND` must be
`tensorflow`, as it is unless it is set. (For JAX Keras has
`keras.distribution.DataParallel`.)
"""

import argparse
import pathlib

import keras
import numpy as np
import tensorflow as tf

import keras_gan_zoo as kgz

"""
## Hyper-parameters

`python examples/multi_gpu.py` takes about two minutes without GPUs, with
`--quick` a few seconds, which are not enough to learn anything.
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

All GPUs that TensorFlow sees. Without any, we cut the processor in two: not
faster, but the same in all else, so that a script can be tried on a laptop
before it waits in a queue. This has to happen before TensorFlow computes
anything.
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
with `steps_per_execution`; one that you make yourself will do as well.
"""

strategy = kgz.distribute.strategy("mirrored")
replicas = strategy.num_replicas_in_sync
print(f"{replicas} replicas, each with {images_per_replica} images a step")

"""
## Model and training

`batch_size` is that of all replicas together; each gets an equal part, so it
must be a multiple of their number, and batches must be whole: those of
`keras_gan_zoo.data` are.

Nothing but the scope is new. XLA, which compiles the step further, does not
work with several replicas on one processor.
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

After all these steps, each on other images and other noise, the copies of the
weights must be the same to the last bit.
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
And it makes images as any other; the file knows nothing of the replicas.
"""

picture = kgz.pictures.grid(gan.generate(64, seed=0))
print(kgz.pictures.save(options.output / "generated.png", picture))
gan.save(options.output / "gan.keras")

"""
## Under SLURM

On one machine nothing changes: SLURM shows the script the GPUs it may use.

    #!/bin/bash
    #SBATCH --nodes=1
    #SBATCH --gpus-per-node=4
    #SBATCH --cpus-per-task=16
    #SBATCH --time=08:00:00
    srun python multi_gpu.py --output "$SCRATCH/multi_gpu"

`Backup` is what makes a queue with a time limit bearable: submit the script
once more, with `sbatch --dependency=afterany:JOB` even before the first job has
ended, and it goes on from the last backup, one each epoch. Write to a file
system that all nodes see.

Several machines need `kgz.distribute.strategy("multi_worker")` right after the
imports, one task per machine, and the variable `TF_CONFIG` that names them:
`docs/scale.md` has the lines for SLURM and Kubernetes. The `fit` of Keras 3
alone does not work there
([keras-team/keras#20585](https://github.com/keras-team/keras/issues/20585));
that of this package does.

## What we learned

With a scope around the model, several devices train as one. More devices pay
when each has enough to do: raise `images_per_replica` until the
images per second no longer grow, and watch the quality, since larger batches
take fewer steps in an epoch; a higher learning rate makes up for some of it.

## Where to go next

For the real thing: `kgz.data.tfds` or `kgz.data.image_folder`, a `kgz.DCGAN`
or `kgz.ProGAN`, `dtype="mixed_bfloat16"` on GPUs that have it. Batch
normalisation takes its statistics from the whole batch, which costs two small
messages per layer; `discriminator_normalization="layer"` needs none.
"""
