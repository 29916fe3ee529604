"""The results of a search: a file for each trial, a table and a plot."""

import dataclasses
import json
import pathlib

from keras_gan_zoo.files import atomic
from keras_gan_zoo.metrics.score import Score


@dataclasses.dataclass(frozen=True)
class Trial:
    """A setting and its result.

    Attributes:
        number: int; 0 is the default setting.
        status: `"running"` (or interrupted), `"finished"` or `"failed"`.
        values: dict, the values that KerasTuner chose.
        arguments: dict, the resulting arguments of the model's class.
        settings: dict, the resulting arguments of `compile`.
        score: `keras_gan_zoo.metrics.Score`, or None.
        message: string, why the trial failed.
    """

    number: int
    status: str
    values: dict
    arguments: dict
    settings: dict
    score: Score | None = None
    message: str = ""

    @property
    def name(self):
        """Returns the name of the score's first value, the objective."""
        return next(iter(self.score.values))

    @property
    def objective(self):
        """Returns the value that the search minimizes or maximizes."""
        return self.score.values[self.name]

    @property
    def interval(self):
        """Returns the objective's 95 % interval `(low, high)`, or None."""
        return self.score.intervals.get(self.name)

    def words(self):
        """Returns the values in a line, floats with three digits."""
        return ", ".join(
            f"{name}={value:.3g}"
            if isinstance(value, float)
            else f"{name}={value}"
            for name, value in self.values.items()
        )

    def result(self):
        """Returns the result in a line."""
        if self.score is None:
            return f"{self.status}. {self.message}"
        return f"{self.name} {self.objective:.4g}"

    def write(self, directory):
        """Writes the trial into the folder of its search, atomically."""
        text = json.dumps(dataclasses.asdict(self), indent=2) + "\n"
        atomic.write_text(folder(directory, self.number) / "trial.json", text)


def folder(directory, number):
    """Returns the folder of a trial."""
    return pathlib.Path(directory) / f"trial-{number:03d}"


def read(directory):
    """Reads the results of a search so far.

    Args:
        directory: path of the folder of the search, which may still run.

    Returns:
        `Report`.

    Raises:
        FileNotFoundError: if there is no search.
    """
    directory = pathlib.Path(directory)
    path = directory / "search.json"
    if not path.exists():
        raise FileNotFoundError(
            "Expected the folder of a search, with search.json. "
            f"Received: {directory}"
        )
    numbers = range(len(list(directory.glob("trial-*/trial.json"))))
    trials = [read_trial(directory, number) for number in numbers]
    return Report(json.loads(path.read_text(encoding="utf-8")), trials)


def read_trial(directory, number):
    """Returns the `Trial` of this number, or None if there is none."""
    path = folder(directory, number) / "trial.json"
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    score = found.pop("score")
    return Trial(**found, score=None if score is None else Score(**score))


class Report:
    """The trials of a search.

    Args:
        search: dict, what the search was called with.
        trials: list of `Trial`, by number.

    Attributes:
        trials: list of `Trial`, sorted by number.
    """

    def __init__(self, search, trials):
        self.search = search
        self.trials = trials

    @property
    def finished(self):
        """Returns the trials that have a score, the best first."""
        done = [trial for trial in self.trials if trial.status == "finished"]
        sign = 1 if self.search["direction"] == "down" else -1
        return sorted(done, key=lambda t: (sign * t.objective, t.number))

    @property
    def failed(self):
        """Returns the list of the trials that failed."""
        return [trial for trial in self.trials if trial.status == "failed"]

    @property
    def best(self):
        """Returns the best trial; of equal ones the first."""
        if not self.finished:
            raise ValueError(
                "There is no best trial. Expected at least one finished "
                f"trial. Received: {len(self.failed)} failed of "
                f"{len(self.trials)}."
            )
        return self.finished[0]

    @property
    def default(self):
        """Returns the trial of the default setting."""
        return self.trials[0]

    def table(self):
        """Returns all trials, the best first, as a Markdown table."""
        lines = [
            f"| trial | {self.search['objective']} | 95 % interval | "
            "settings |",
            "|---|---|---|---|",
        ]
        rest = [t for t in self.trials if t.status != "finished"]
        for trial in [*self.finished, *rest]:
            value, between = trial.status, ""
            if trial.status == "finished":
                value = f"{trial.objective:.4g}"
                between = " to ".join(f"{e:.4g}" for e in trial.interval or ())
            number = f"{trial.number}"
            if trial is self.default:
                number += ", the default"
            lines.append(
                f"| {number} | {value} | {between} | {trial.words()} |"
            )
        return "\n".join(lines)

    def text(self):
        """Returns the table, its context and reasons of failures."""
        lines = [f"# Search for {self.search['class']}", "", self._summary()]
        lines += ["", self.table()]
        for trial in self.failed:
            lines += ["", f"Trial {trial.number} failed: {trial.message}"]
        return "\n".join(lines) + "\n"

    def _summary(self):
        better = "lower" if self.search["direction"] == "down" else "higher"
        text = (
            f"Trials: {len(self.trials)}; epochs of each: "
            f"{self.search['epochs']}; seed: {self.search['seed']}. "
            f"{self.search['objective']}: {better} is better."
        )
        if self.finished:
            score = self.best.score
            text += (
                f" Of {score.num_fake} generated and {score.num_real} real "
                f"images, in the features of {score.extractor}. Best: trial "
                f"{self.best.number}, {self.best.objective:.4g}."
            )
        if self.failed:
            text += f" Failed: {len(self.failed)}."
        return text

    def plot(self, path):
        """Draws the objective of each trial and the best so far.

        Args:
            path: path of the picture file to write.
        """
        from matplotlib.figure import Figure  # an extra, and slow to import

        figure = Figure(figsize=(6, 4), layout="constrained")
        axis = figure.subplots()
        self._draw_finished(axis)
        if self.default.status == "finished":
            axis.axhline(
                self.default.objective, ls=":", color="grey", label="default"
            )
        for trial in self.failed:
            label = "failed" if trial is self.failed[0] else None
            at = {"transform": axis.get_xaxis_transform(), "clip_on": False}
            axis.plot(trial.number, 0, "x", color="tab:red", label=label, **at)
        axis.set_xlabel("trial")
        axis.set_ylabel(self.search["objective"])
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
        axis.legend()
        atomic.write_atomically(path, figure.savefig)

    def _draw_finished(self, axis):
        done = sorted(self.finished, key=lambda trial: trial.number)
        numbers = [trial.number for trial in done]
        values = [trial.objective for trial in done]
        axis.plot(numbers, values, "o", color="tab:blue", label="trial")
        for trial in done:
            if trial.interval is not None:
                ends = [trial.number] * 2, trial.interval
                axis.plot(*ends, "-", color="tab:blue")
        best = min if self.search["direction"] == "down" else max
        so_far = [best(values[: i + 1]) for i in range(len(values))]
        axis.step(
            numbers,
            so_far,
            color="tab:orange",
            where="post",
            label="best so far",
        )
        if values and 0 < 10 * min(values) < max(values):
            axis.set_yscale("log")
