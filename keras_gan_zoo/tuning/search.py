"""The trials of a search: each runs once, also after interruptions.

One file for each trial, written atomically, holds the state. This module does
not depend on KerasTuner, which chooses the settings.
"""

import dataclasses
import gc
import json

from keras_gan_zoo import callbacks
from keras_gan_zoo.files import atomic
from keras_gan_zoo.tuning import report as tuning_report
from keras_gan_zoo.tuning.report import Trial


class Diverged(ArithmeticError):
    """A training or a measurement that ended with NaN or infinity."""


class Search:
    """Runs trials in separate folders, each trial once.

    Args:
        hyper: `tuning.HyperGAN`.
        dataset: batches as the model's `fit` takes them.
        directory: `pathlib.Path` of the folder.
        epochs: int, number of epochs of each training.
        algorithm: string, the method that chooses the settings.
        verbose: int, 1 to print each trial.
    """

    def __init__(self, hyper, dataset, directory, epochs, algorithm, verbose):
        self.hyper = hyper
        self.directory = directory
        self.algorithm = algorithm
        self._dataset = dataset
        self._epochs = epochs
        self._verbose = verbose

    def claim(self, source):
        """Writes down what the folder holds, or compares it with the notes.

        Args:
            source: description of the data, for JSON.
        """
        search = {
            **self.hyper.describe(),
            "source": source,
            "batch": str(getattr(self._dataset, "element_spec", None)),
            "epochs": self._epochs,
            "algorithm": self.algorithm,
        }
        search = json.loads(json.dumps(search))
        path = self.directory / "search.json"
        if path.exists():
            self._check(search, json.loads(path.read_text(encoding="utf-8")))
        elif list(self.directory.glob("[!.]*")):
            raise ValueError(
                "Expected a new folder, or one of an earlier search. "
                f"Received: {self.directory}, which holds other files."
            )
        else:
            atomic.write_text(path, json.dumps(search, indent=2) + "\n")

    def _check(self, search, found):
        different = [k for k in search if search[k] != found.get(k)]
        if different:
            raise ValueError(
                f"{self.directory} holds another search. Expected the same, "
                "to go on with it, or a new folder. Received: "
                + "; ".join(
                    f"{k}={search[k]!r} where it has {found.get(k)!r}"
                    for k in different
                )
            )

    def recorded(self, number):
        """Returns the `Trial` of a number, or None if it has not begun."""
        return tuning_report.read_trial(self.directory, number)

    def run(self, number, hp):
        """Runs a trial to its end, or reads its result.

        Args:
            number: int, number of the trial.
            hp: `keras_tuner.HyperParameters` with the trial's values.

        Returns:
            `Trial`, finished or failed.
        """
        trial = self.recorded(number)
        if trial is None or trial.status == "running":
            trial = self._run(number, hp)
        self._backup(trial).path.unlink(missing_ok=True)
        return trial

    def _run(self, number, hp):
        options = self.hyper.options(hp)
        trial = Trial(number, "running", dict(hp.values), *options)
        trial.write(self.directory)
        self._say(f"Trial {number}: {trial.words()}")
        trial = self._ended(trial, hp)
        trial.write(self.directory)
        self._say(f"Trial {number}: {trial.result()}")
        self.report()
        return trial

    def _ended(self, trial, hp):
        """Returns the trial, finished or failed."""
        try:
            return self._finished(trial, hp)
        except Diverged as error:
            message = str(error)
        except OSError:  # a full disk is not a failure of the setting
            raise
        except Exception as error:
            if trial.number == 0:  # the default setting must work
                raise
            message = f"{type(error).__name__}: {error}"
        return dataclasses.replace(trial, status="failed", message=message)

    def _finished(self, trial, hp):
        """Trains and measures; keeps the model if it is the best so far."""
        gc.collect()  # the model of the last trial
        gan = self.hyper.build(hp)
        shown = [callbacks.Progress()] if self._verbose else []
        self.hyper.train(
            gan,
            self._dataset,
            epochs=self._epochs,
            verbose=0,
            callbacks=[*shown, self._backup(trial)],
        )
        cache = self.directory / "statistics"
        score = self.hyper.measure(gan, self._dataset, cache)
        trial = dataclasses.replace(trial, status="finished", score=score)
        found = tuning_report.read(self.directory)
        others = [t for t in found.trials if t.number != trial.number]
        if tuning_report.Report(found.search, [*others, trial]).best is trial:
            gan.save(self.directory / "best.keras")
        return trial

    def _backup(self, trial):
        folder = tuning_report.folder(self.directory, trial.number)
        return callbacks.Backup(folder)

    def report(self):
        """Returns the trials so far, and writes a report file of them."""
        report = tuning_report.read(self.directory)
        atomic.write_text(self.directory / "report.md", report.text())
        report.plot(self.directory / "report.png")
        return report

    def _say(self, text):
        if self._verbose:
            print(text, flush=True)
