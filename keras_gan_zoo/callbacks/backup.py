"""Saves and resumes trainings that were interrupted."""

import json
import pathlib
import warnings

import h5py
import keras

from keras_gan_zoo.callbacks import changes
from keras_gan_zoo.callbacks.periodic import Periodic
from keras_gan_zoo.engine import distribute, keras_private
from keras_gan_zoo.files import atomic, storage, warned


class Backup(Periodic):
    """Resumes a training after an interruption, exactly where it was.

    Start the same script again. The finished model is bit-identical to the
    model of an uninterrupted run. One file, written atomically, holds the
    weights, both optimizers, the seeds, the average weights, the step counter,
    the means of the logs and the position in the data. The file is kept after
    training. Running the script again does nothing, or continues if you raised
    `epochs`. Delete the folder to start over. Weights that are not finite are
    not written: `Backup` warns, and keeps the last good file.

    The result is bit-identical only if the backend can repeat a run.
    TensorFlow on a busy processor needs
    `tf.config.threading.set_inter_op_parallelism_threads(1)` first. Otherwise
    two uninterrupted runs may also differ in the last bits.

    The order of the data must be known: use the datasets of
    `keras_gan_zoo.data` (`data.arrays` for numpy arrays). The order of other
    data starts over, with a warning. The memory of other callbacks
    (`EarlyStopping`, `ReduceLROnPlateau`) is not restored.

    In a training on several machines the chief writes the file, in a folder
    that all machines share. Start all workers again after one was lost. If
    their number has changed, the training continues with a warning, because
    each replica has a stream of random numbers.

    A training is not resumed with other arguments of the model or of
    `compile`, or with data in another order: the result would equal neither
    training. `changed="take"` continues with the new settings. The `seed` of
    the model may differ: the random noise continues from its saved state.

    Args:
        directory: path of the folder for the file `backup.weights.h5`.
        every_epochs: int, number of epochs between two backups.
        every_steps: int, number of steps between two backups, instead of
            epochs, or None.
        changed: string, what to do if settings differ from the settings of
            the backup, such as a learning rate, the penalty or the seed of
            the data. `"refuse"`: raise an error that names them. `"take"`:
            continue with the new settings, with a warning that names them.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> backup = kgz.callbacks.Backup("run", every_epochs=1)
    """

    def __init__(
        self, directory, every_epochs=1, every_steps=None, changed="refuse"
    ):
        super().__init__(every_epochs, every_steps)
        if changed not in ("refuse", "take"):
            raise ValueError(
                "Expected changed='refuse' or changed='take', what to do "
                "if settings differ from the settings of the backup. "
                f"Received: changed={changed!r}"
            )
        self.changed = changed
        folder = pathlib.Path(directory).expanduser()
        self.path = folder / "backup.weights.h5"
        self.skipped = 0  # batches of this epoch that an earlier run trained

    def before_fit(self, callbacks, data, first_batch, steps_per_execution):
        """Moves this callback to the end and the restoring one to the start."""
        position = getattr(data, "position", None)
        if position is None:
            self._check_unordered(data)
        elif len(data) % steps_per_execution:
            # Keras starts a step for which no batch is left. It may draw
            # noise before it is cancelled.
            raise ValueError(
                "Backup needs steps_per_execution to divide the number of "
                f"batches. Received: {len(data)} batches, "
                f"steps_per_execution={steps_per_execution}."
            )
        others = [c for c in callbacks if c is not self]
        batches = None if position is None else len(data)
        self.order = dict(getattr(position, "order", None) or {})
        names = getattr(data, "class_names", None)
        if names is not None:
            self.order["class_names"] = list(names)
        return [_Resume(self, position, batches), *others, self]

    def _check_unordered(self, data):
        """Raises or warns, because the order of the data is not known."""
        if self.every_steps is not None:
            raise ValueError(
                "Backup(every_steps=...) needs data whose order is known. "
                "Expected a dataset of keras_gan_zoo.data (data.arrays for "
                f"numpy arrays). Received: {type(data).__name__}. Or back "
                "up every_epochs."
            )
        warned.warn(
            "Backup restores the model exactly, but not the order of data "
            f"of type {type(data).__name__}: pass a dataset of "
            "keras_gan_zoo.data (data.arrays for numpy arrays, data.mapped "
            "to change batches) to make a restarted training equal to an "
            "undisturbed one.",
        )

    def act(self, name):
        done = self.skipped + self._batch + 1
        if self.every_steps is None or done == self.params["steps"]:
            self._save(self._epoch + 1, 0)
        else:
            self._save(self._epoch, done)

    def on_train_end(self, logs=None):
        if self._batch >= 0:  # not if there was nothing left to do
            self._save(self._epoch + 1, 0)

    def _save(self, epoch, batch):
        model = self.model
        lost = storage.first_not_finite(
            model.variables + model.optimizer.variables
        )
        if lost is not None:
            warned.warn(
                f"No backup at step {self._step}: {lost.path!r} holds NaN or "
                f"infinity. {self.path} stays as it was.",
            )
            return
        position = {
            "epoch": epoch,
            "batch": batch,
            # Unknown (0) for data without a length.
            "steps": self.params["steps"] or 0,
            "parts": distribute.num_parts(model),
        }
        # Every worker reads the value, because it is a sum over all workers.
        means = [keras.ops.convert_to_numpy(v) for v in model.metrics_variables]
        settings = json.dumps([self.begun, changes.compiled(model)])

        def write(path):
            keras.Model.save_weights(model, path)
            with h5py.File(path, "a") as file:
                file.attrs.update(position)
                file["settings"] = settings
                for index, mean in enumerate(means):
                    file[f"logs/{index}"] = mean

        if distribute.is_chief(model):
            atomic.write_atomically(self.path, write)


class _Resume(keras.callbacks.Callback):
    """Restores the model for `Backup`, before all other callbacks.

    The other callbacks must find the restored model when training begins. But
    the backup must be written after the other callbacks.
    """

    def __init__(self, backup, position, batches):
        super().__init__()
        self.backup = backup
        self.position = position
        self.batches = batches

    def on_train_begin(self, logs=None):
        if self.batches not in (None, self.params["steps"]):
            raise ValueError(
                "Backup counts whole passes over the data: resumed within "
                "one, the training would see other examples. Expected no "
                "steps_per_epoch, and more epochs or smaller ones by "
                f"dataset.take(n). Received: steps_per_epoch="
                f"{self.params['steps']} of {self.batches} batches."
            )
        self.epoch = self.batch = 0
        backup = self.backup
        backup.begun = changes.settings(self.model, backup.order)
        if backup.path.exists():
            self._restore()

    def _restore(self):
        path, model = self.backup.path, self.model
        steps, found = self.params["steps"] or 0, self._read()
        if found != steps:
            raise ValueError(
                f"The backup {path} belongs to another training. Expected "
                f"{steps} batches per epoch, as the data have now. Received: "
                f"a backup with {found}. Train on the same data with the "
                "same batch size, or back up to a new folder."
            )
        changed = self._changed()
        rates = changes.given_rates(model, changed)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("error", "Skipping")
                model.load_weights(path)
        except (ValueError, KeyError, OSError, UserWarning) as error:
            raise ValueError(
                f"The backup {path} was not made by this model. Expected "
                "the same class, arguments and compile(). Received: "
                f"{str(error)[:300]}. Back up to a new folder."
            ) from error
        for player, rate in rates.items():
            model.optimizer[player].learning_rate = rate
        keras_private.set_initial_epoch(model, self.epoch)
        parts = distribute.num_parts(model)
        if parts != self.parts:
            warned.warn(
                f"The backup {path} was written with {self.parts} replicas "
                f"and is restored with {parts}. Each has a stream of random "
                "numbers, so the training continues with other random "
                "numbers than before.",
            )

    def _changed(self):
        """Compares the settings; returns the new ones that are accepted."""
        backup = self.backup
        if not self.settings:  # from an earlier version
            return {}
        found = changes.differences(backup.begun, *self.settings)
        if not found:
            # As at the start, not as callbacks have changed it since.
            backup.begun = self.settings[0]
            return {}
        said = "; ".join(found.values())
        if backup.changed == "refuse":
            raise ValueError(
                f"The training in {backup.path} had other settings. Expected "
                f"the same settings, to continue it. Received: {said}. "
                "Pass the earlier settings, back up to a new folder, or go "
                'on with the new ones by Backup(..., changed="take").'
            )
        warned.warn(
            f"The training in {backup.path} goes on with other settings: "
            f"{said}.",
        )
        return found

    def _read(self):
        """Reads the position of the training; returns its steps per epoch."""
        try:
            with h5py.File(self.backup.path, "r") as file:
                self.epoch = int(file.attrs["epoch"])
                self.batch = int(file.attrs["batch"])
                self.parts = int(file.attrs.get("parts", 1))
                # The means of the interrupted epoch, which Keras resets
                # once more before the epoch begins.
                logs = file["logs"]
                self.logs = [logs[str(i)][()] for i in range(len(logs))]
                self.settings = []
                if "settings" in file:
                    self.settings = json.loads(file["settings"][()])
                return int(file.attrs["steps"])
        except (OSError, KeyError) as error:
            raise ValueError(
                f"The backup {self.backup.path} cannot be read. Expected a "
                f"whole file that Backup wrote. Received: {error}. Restore it "
                "from a copy, or move it away to start over."
            ) from error

    def on_epoch_begin(self, epoch, logs=None):
        skipped = self.batch if epoch == self.epoch else 0
        self.backup.skipped = skipped
        if self.position is not None:
            self.position.epoch, self.position.batch = epoch, skipped
        means = self.model.metrics_variables
        if skipped and len(means) == len(self.logs):  # not for new penalties
            for variable, value in zip(means, self.logs):
                variable.assign(value)

    def on_train_batch_end(self, batch, logs=None):
        skipped = self.backup.skipped
        if skipped and skipped + batch + 1 >= self.params["steps"]:
            # The pass ends with the batches that were skipped at its
            # beginning: leave the loop before these batches.
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        if self.backup.skipped:
            self.model.stop_training = False

    def on_train_end(self, logs=None):
        keras_private.set_initial_epoch(self.model, None)
