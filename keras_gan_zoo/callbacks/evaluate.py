"""Metrics during training: logs, a curve, the best model."""

import csv
import importlib.util
import io
import pathlib

import keras

from keras_gan_zoo.engine import distribute
from keras_gan_zoo.files import atomic
from keras_gan_zoo.metrics.evaluation import evaluate

COUNTS = ("epoch", "step")  # columns of a row that are not values


class Evaluate(keras.callbacks.Callback):
    """Measures the generated images every few epochs, with `evaluate`.

    Average weights are used if there are any. The values go into the logs as
    `val_<name>`, e.g. `val_frechet_distance`. Callbacks after this one in the
    list can use them: `EarlyStopping` and `ModelCheckpoint` with
    `monitor="val_frechet_distance", mode="min"`. Epochs without a measurement
    have no such log.

    The latents of the images are the same each time, so only the model
    changes. The callback does not affect the training.

    The folder contains `metrics.csv`, its curves `metrics.png`, and the best
    model so far by the first value, `best.keras`. A resumed training continues
    all three.

    Args:
        dataset: real images, as for `keras_gan_zoo.evaluate`. Images that are
            not in the training set say more.
        directory: path of the folder for the files. It is created if it is
            missing. Needs matplotlib (`pip install keras_gan_zoo[plots]`).
            None: the values are only logged.
        every_epochs: int, number of epochs between two measurements.
        **options: arguments `metrics`, `extractor`, `resize`, `num_images`
            (default here: 2,000), `seed`, `to` and `batch_size` of
            `keras_gan_zoo.evaluate`.

    Raises:
        ImportError: if a folder is given and matplotlib is missing.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> digits = kgz.data.digits(batch_size=64)
    >>> evaluate = kgz.callbacks.Evaluate(
    ...     digits, metrics=["fid"], num_images=100
    ... )
    >>> gan = kgz.VanillaGAN((8, 8, 1), generator_units=(64,))
    >>> gan.compile()
    >>> history = gan.fit(digits.take(2), verbose=0, callbacks=[evaluate])
    >>> "val_frechet_distance" in history.history
    True
    """

    def __init__(self, dataset, directory=None, every_epochs=1, **options):
        super().__init__()
        if every_epochs < 1:
            raise ValueError(
                "Expected every_epochs of at least 1. Received: "
                f"every_epochs={every_epochs}"
            )
        if directory is not None:
            directory = pathlib.Path(directory).expanduser()
            if importlib.util.find_spec("matplotlib") is None:
                raise ImportError(
                    "The curves of Evaluate(directory=...) are drawn by "
                    "matplotlib, which is not installed. Install it: pip "
                    'install "keras_gan_zoo[plots]".'
                )
        self.dataset = dataset
        self.directory = directory
        self.every_epochs = every_epochs
        self.options = {"num_images": 2000, "subsets": 0, **options}

    def on_train_begin(self, logs=None):
        self._rows = [] if self.directory is None else self._read()

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every_epochs:
            return
        evaluation = evaluate(self.model, self.dataset, **self.options)
        for name, value in evaluation.values.items():
            logs[f"val_{name}"] = value
        if self.directory is not None and distribute.is_chief(self.model):
            self._keep(epoch + 1, evaluation)

    def _keep(self, epoch, evaluation):
        # A resumed training repeats its last epochs.
        before = [row for row in self._rows if row["epoch"] < epoch]
        row = {"epoch": epoch, "step": evaluation.steps, **evaluation.values}
        first = evaluation.scores[0]
        name = next(iter(first.values))
        sign = 1 if first.direction == "down" else -1
        if all(sign * row[name] < sign * other[name] for other in before):
            self.model.save(self.directory / "best.keras")
        self._rows = [*before, row]
        self._write()
        path = self.directory / "metrics.png"
        atomic.write_atomically(path, lambda path: plot(self._rows, path))

    def _read(self):
        path = self.directory / "metrics.csv"
        if not path.exists():
            return []
        with open(path, newline="", encoding="utf-8") as file:
            return [
                {
                    name: int(value) if name in COUNTS else float(value)
                    for name, value in row.items()
                }
                for row in csv.DictReader(file)
            ]

    def _write(self):
        text = io.StringIO()
        writer = csv.DictWriter(text, self._rows[-1], lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        atomic.write_text(self.directory / "metrics.csv", text.getvalue())


def plot(rows, path):
    """Draws a plot of each value over the epochs.

    Args:
        rows: list of dicts with `epoch`, `step` and the values by name.
        path: path of the picture file to write.

    Example:

    >>> import tempfile
    >>> rows = [
    ...     {"epoch": 1, "step": 28, "frechet_distance": 9.0},
    ...     {"epoch": 2, "step": 56, "frechet_distance": 7.0},
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     plot(rows, pathlib.Path(folder) / "metrics.png")
    ...     [file.name for file in pathlib.Path(folder).iterdir()]
    ['metrics.png']
    """
    from matplotlib.figure import Figure  # an extra, and slow to import

    names = [name for name in rows[-1] if name not in COUNTS]
    figure = Figure(figsize=(6, 2 * len(names)), layout="constrained")
    axes = figure.subplots(len(names), squeeze=False, sharex=True)[:, 0]
    for axis, name in zip(axes, names):
        there = [row for row in rows if name in row]
        axis.plot(
            [row["epoch"] for row in there], [row[name] for row in there], ".-"
        )
        axis.set_title(name, fontsize="medium")
        axis.grid(alpha=0.3)
    axes[-1].set_xlabel("epoch")
    figure.savefig(path)
