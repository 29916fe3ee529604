"""Trainings with equal processor time, and what is kept of them.

A minute is a minute of all processors: the processor time of the training
divided by the number of processors. So other work on the machine takes nothing
from a training. It includes the time that TensorFlow needs to build the step.
"""

import json
import os
import pathlib
import time

import h5py
import keras

import keras_gan_zoo as kgz
from keras_gan_zoo.files import atomic


def processors():
    """Number of processors that this program may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on all systems
    return len(affinity(0)) if affinity else os.cpu_count()


def default_dtype():
    """bfloat16 where the processor computes in it, else float32."""
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return "float32"
    # amx_bf16 or avx512_bf16
    return "mixed_bfloat16" if "_bf16" in flags else "float32"


class Budget(keras.callbacks.Callback):
    """Stops a training when its processor time is used.

    Keeps seconds and losses after each epoch, so that a training that `Backup`
    restores continues with the seconds of its own epoch.

    Args:
        folder: path of the folder with the backup.
        minutes: float, minutes of all processors.
    """

    def __init__(self, folder, minutes):
        super().__init__()
        self.path = folder / "progress.json"
        self.backup = folder / "backup.weights.h5"
        self.limit = 60 * minutes
        self.progress = {"0": {"seconds": 0.0}}  # by finished epochs
        if self.path.exists():
            text = self.path.read_text(encoding="utf-8")
            self.progress = json.loads(text)

    @property
    def epochs(self):
        """The epochs that the backup has."""
        if not self.backup.exists():
            return 0
        with h5py.File(self.backup, "r") as file:
            return int(file.attrs["epoch"])

    @property
    def used(self):
        """Seconds of all processors that these epochs took."""
        return self.progress[str(self.epochs)]["seconds"]

    @property
    def left(self):
        """Seconds of all processors that are left."""
        return self.limit - self.used

    def on_train_begin(self, logs=None):
        self.said = self.used
        self.begun = time.process_time() / processors() - self.said

    def on_epoch_end(self, epoch, logs=None):
        # Before Backup, which is always last: the file has its epoch.
        used = time.process_time() / processors() - self.begun
        values = {k: float(v) for k, v in (logs or {}).items()}
        self.progress[str(epoch + 1)] = {"seconds": used, **values}
        atomic.write_text(self.path, json.dumps(self.progress))
        if used >= self.limit:
            self.model.stop_training = True
        elif used < self.said + 60:
            return
        self.said = used
        losses = ", ".join(f"{k} {v:.3f}" for k, v in values.items())
        steps = int(keras.ops.convert_to_numpy(self.model.steps))
        print(f"{used / 60:.1f} minutes, {steps} steps: {losses}", flush=True)


def train(gan, batches, budget, folder):
    """Trains until the minutes of a `Budget` are used, and saves the model.

    Continues from the backup in the folder, if there is one.
    """
    print(f"{folder.name}: {budget.left / 60:.1f} minutes left", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    gan.fit(
        batches,
        # With nothing left, this only restores the backup.
        epochs=10**6 if budget.left > 0 else budget.epochs,
        verbose=0,
        callbacks=[budget, kgz.callbacks.Backup(folder)],
    )
    gan.save(folder / "model.keras")


def kept(path, key, compute):
    """The values of a file with this key, or new ones."""
    if path.exists():
        read = json.loads(path.read_text(encoding="utf-8"))
        if read["key"] == key:
            return read["values"]
    values = compute()
    atomic.write_text(path, json.dumps({"key": key, "values": values}))
    return values


def flat(evaluation):
    """Names to lists: the value and, where there is one, its interval."""
    return {
        name: [float(value), *map(float, score.intervals.get(name, ()))]
        for score in evaluation.scores
        for name, value in score.values.items()
    }


def cell(values, name, form):
    """A cell of a table: the value, and its interval where there is one."""
    if name not in values:
        return "-"
    found, *between = (form.format(v) for v in values[name])
    return f"{found} [{', '.join(between)}]" if between else found
