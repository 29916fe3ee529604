"""One of the machines of test_distribute.py that may be killed.

    python tests/engine/worker_with_backup.py FOLDER STEP

Trains for 6 steps with a backup after each one, and kills itself after STEP
of its own steps, unless that is "None".
"""

import os
import pathlib
import signal
import sys

import keras_gan_zoo as kgz

strategy = kgz.distribute.strategy("multi_worker")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from checks import AfterSteps, all_state  # noqa: E402

folder, kill_at = pathlib.Path(sys.argv[1]), sys.argv[2]
callbacks = [kgz.callbacks.Backup(folder, every_steps=1)]
if kill_at != "None":
    callbacks.append(
        AfterSteps(int(kill_at), lambda _: os.kill(os.getpid(), signal.SIGKILL))
    )
keras.utils.set_random_seed(0)
with strategy.scope():
    gan = kgz.VanillaGAN(
        (8, 8, 1), latent_dim=2, generator_units=(4,), discriminator_units=(4,)
    )
    gan.compile()
images = np.random.default_rng(0).uniform(-1, 1, (24, 8, 8, 1))
data = kgz.data.arrays(images.astype("float32"), batch_size=8)
gan.fit(data, epochs=2, verbose=0, callbacks=callbacks)
if kgz.distribute.is_chief(gan):
    np.savez(folder / "weights.npz", *all_state(gan))
