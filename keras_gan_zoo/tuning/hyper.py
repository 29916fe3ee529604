"""Searches for good settings with KerasTuner. A search can be resumed.

For example::

    from keras_gan_zoo import tuning

    digits = kgz.data.digits()
    hyper = tuning.HyperGAN(
        kgz.VanillaGAN, {"image_shape": (8, 8, 1)}, extractor="digits"
    )
    report = tuning.tune(hyper, digits, "search", trials=20, epochs=25)
    print(report.table())
    gan = kgz.VanillaGAN((8, 8, 1), **report.best.arguments)
    gan.compile(**report.best.settings)

Needs the extra `tuner`. `help(kgz.VanillaGAN.search_space)` lists the options.
"""

import pathlib
import tempfile
import warnings

import keras
import numpy as np

from keras_gan_zoo import metrics
from keras_gan_zoo.callbacks import StopOnNaN
from keras_gan_zoo.families.asker import Asker
from keras_gan_zoo.files import storage
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.metrics.evaluation import evaluate
from keras_gan_zoo.recipes.build import made
from keras_gan_zoo.tuning.search import Diverged, Search

try:
    import keras_tuner
    import matplotlib  # noqa: F401  for the plot of a search
except ImportError as error:
    raise ImportError(
        f"Searches need {error.name}, which is not installed. Install the "
        'extra: pip install "keras_gan_zoo[tuner]".'
    ) from error

#: Number of trials before Bayesian optimization makes its first guess.
RANDOM_TRIALS = 8
ALGORITHMS = {
    "random": keras_tuner.oracles.RandomSearchOracle,
    "bayesian": lambda **kwargs: keras_tuner.oracles.BayesianOptimizationOracle(
        num_initial_points=RANDOM_TRIALS, **kwargs
    ),
}


class HyperGAN(keras_tuner.HyperModel):
    """An architecture with its search space and a measure of its images.

    `tune` searches it. KerasTuner's own tuners work, too:
    `keras_tuner.Hyperband(hyper, hyper.objective, ...).search(images)`.

    Args:
        cls: the model's class.
        arguments: dict, the class's arguments that are not tuned; at least
            `image_shape`.
        settings: dict, arguments of `compile` that are not tuned.
        space: function that defines the search space. It takes a
            `keras_gan_zoo.families.asker.Asker` and returns two
            dicts: arguments of the class, and arguments of its `compile`.
            None for the class's own, `cls.search_space`.
        metric: name in `keras_gan_zoo.metrics`, e.g. `"fid"`, or a metric.
            Its first value is the objective. For a model that translates in
            two directions, it is the value of the direction to `b`.
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`. None: the modality's
            default.
        num_images: int, how many images are generated for the metric.
        held_out: real images for the metric, see `keras_gan_zoo.evaluate`;
            None for the training images.
        seed: int, seed of each training and of the images for the metric.

    Raises:
        ValueError: if there is no such metric, or the shape of the images
            is missing.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> hyper = HyperGAN(kgz.VanillaGAN, {"image_shape": (8, 8, 1)})
    >>> gan = hyper.build(keras_tuner.HyperParameters())  # the default
    >>> gan.compiled, hyper.objective.name, hyper.objective.direction
    (True, 'frechet_distance', 'min')

    Example of a custom space, with a width and a learning rate:

    >>> def space(ask):
    ...     rate = ask.log("rate", 1e-4, 1e-2, default=1e-3)
    ...     adam = {"class_name": "Adam", "config": {"learning_rate": rate}}
    ...     arguments = {"filters": ask.choice("filters", [8, 16], default=16)}
    ...     return arguments, {"generator_optimizer": adam}
    >>> hyper = HyperGAN(kgz.DCGAN, {"image_shape": (8, 8, 1)}, space=space)
    >>> hyper.build(keras_tuner.HyperParameters()).filters
    16
    """

    def __init__(
        self,
        cls,
        arguments,
        settings=None,
        *,
        space=None,
        metric="fid",
        extractor=None,
        num_images=2000,
        held_out=None,
        seed=0,
    ):
        super().__init__(name=cls.__name__)
        modality = next(iter(cls.reads.values()))
        if modality.argument not in arguments:
            raise ValueError(
                "The shape of the samples is not tuned. Expected arguments="
                f'{{"{modality.argument}": ..., ...}}, e.g. (height, width, '
                f"channels) of images. Received: arguments={arguments}"
            )
        self.cls = cls
        self.arguments = dict(arguments)
        self.settings = dict(settings or {})
        self.space = space or cls.search_space
        self.metric = metric
        self.num_images = num_images
        self.held_out = held_out
        self.seed = seed
        # Check the name now and not after the first training.
        shape = self.arguments[modality.argument]
        self.extractor = extractor or modality(shape).features
        self._example = metrics.get(metric, self.extractor, shape)[0]

    @property
    def objective(self):
        """Returns a `keras_tuner.Objective`: the metric's name, direction."""
        direction = {"down": "min", "up": "max"}[self._example.direction]
        return keras_tuner.Objective(self._example.name, direction)

    def describe(self):
        """Returns what a search depends on, a dict for JSON."""
        fixed = {"arguments": self.arguments, "settings": self.settings}
        return {
            "class": self.cls.__name__,
            **keras.saving.serialize_keras_object(fixed),
            "objective": self._example.name,
            "direction": self._example.direction,
            "extractor": self._example.extractor_name,
            "num_images": self.num_images,
            "seed": self.seed,
        }

    def options(self, hp):
        """Returns the tuned arguments of the class and of `compile`.

        Args:
            hp: `keras_tuner.HyperParameters`, the chosen values.

        Returns:
            Two dicts, without the constructor's arguments and settings.
        """
        fixed = {**self.arguments, **self.settings}
        arguments, settings = self.space(Asker(self.cls, hp, fixed))
        return (
            _without(self.arguments, arguments),
            _without(self.settings, settings),
        )

    def build(self, hp):
        """Builds a compiled model, each time with the same random numbers."""
        keras.utils.set_random_seed(self.seed)
        arguments, settings = self.options(hp)
        return made(
            self.cls,
            {**_renewed(self.arguments), **arguments},
            {**_renewed(self.settings), **settings},
        )

    def fit(self, hp, model, dataset, **kwargs):
        """Trains and measures a model, as KerasTuner's tuners expect.

        Returns:
            Dict with the objective.
        """
        try:
            self.train(model, dataset, **kwargs)
            score = self.measure(model, dataset)
        except Diverged as error:
            raise keras_tuner.errors.FailedTrialError(str(error)) from error
        return {self.objective.name: next(iter(score.values.values()))}

    def train(self, model, dataset, callbacks=(), **kwargs):
        """Trains a model like `model.fit`.

        Raises:
            tuning_search.Diverged: if losses or weights are not finite.
        """
        with warnings.catch_warnings():
            # Here a training that diverges is a result, not an accident.
            warnings.filterwarnings("ignore", "Training stopped|No backup")
            watched = [StopOnNaN(), *callbacks]
            model.fit(dataset, callbacks=watched, **kwargs)
        state = [*model.variables, *model.metrics_variables]
        if storage.first_not_finite(state) is not None:
            raise Diverged("Its losses or its weights were not finite.")

    def measure(self, model, dataset, cache=None):
        """Returns the `keras_gan_zoo.metrics.Score` of a trained model.

        Args:
            model: the trained model.
            dataset: batches, the training data.
            cache: path of a folder for the statistics of the real images, or
                None.

        Raises:
            tuning_search.Diverged: if the objective is not finite.
        """
        real = dataset if self.held_out is None else self.held_out
        # The images that a pass leaves out depend on the end of the last one.
        position = getattr(real, "position", None)
        if position is not None:
            position.epoch = position.batch = 0
        evaluation = evaluate(
            model,
            real,
            [self.metric],
            self.extractor,
            self.num_images,
            seed=self.seed,
            cache=cache,
        )
        score = evaluation.scores[0]
        if not np.isfinite(next(iter(score.values.values()))):
            raise Diverged(f"Its images cannot be measured: {score}.")
        return score


def _without(fixed, found):
    return {name: v for name, v in found.items() if name not in fixed}


def _renewed(fixed):
    """Copies arguments for another model: networks have a state."""
    stateful = keras.Model, keras.optimizers.Optimizer
    serialize = keras.saving.serialize_keras_object
    return {
        name: keras.saving.deserialize_keras_object(serialize(value))
        if isinstance(value, stateful)
        else value
        for name, value in fixed.items()
    }


def tune(
    hyper,
    dataset,
    directory,
    trials=20,
    epochs=20,
    algorithm="random",
    source=None,
    verbose=1,
):
    """Tries settings, each in a separate training.

    The first trial is the default setting of the class, so the best setting
    is never worse than the default. Trials that diverge, or whose setting
    raises an error, are marked as failed, and the search continues.

    A search can be killed at any time. Make the same call again to resume it:
    finished trials are not repeated, and the interrupted trial is resumed from
    its `Backup`. The setting and the result of a trial depend only on its
    number, the seed and the earlier trials. So the same call in a new folder
    finds the same result, as exactly as `Backup` says. You can increase
    `trials` later.

    The folder holds `report.md` and `report.png`, updated after each trial,
    the best model so far, `best.keras`, and a folder for each trial.

    Args:
        hyper: `HyperGAN`.
        dataset: batches, as for the model's `fit`.
        directory: path of the folder, new or of the same search.
        trials: int, number of settings, including the default.
        epochs: int, number of epochs of each training.
        algorithm: `"random"`, or `"bayesian"`, which prefers promising
            settings after eight random trials.
        source: any value for JSON that identifies the data, or None. A search
            is only resumed with the same value.
        verbose: int, 1 to print each trial.

    Returns:
        `keras_gan_zoo.tuning.report.Report`.

    Raises:
        ValueError: if the folder holds another search or other files, or
            the default setting cannot be trained on the data.

    Example:

    >>> import tempfile
    >>> import keras_gan_zoo as kgz
    >>> hyper = HyperGAN(
    ...     kgz.VanillaGAN, {"image_shape": (8, 8, 1)}, num_images=100
    ... )
    >>> digits = kgz.data.digits(batch_size=600)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = tune(
    ...         hyper, digits, folder, trials=1, epochs=1, verbose=0
    ...     )
    >>> report.best is report.default
    True
    """
    look_up(algorithm, ALGORITHMS, "algorithm")
    directory = pathlib.Path(directory).expanduser()
    search = Search(hyper, dataset, directory, epochs, algorithm, verbose)
    # KerasTuner's own state is not used, as a kill may damage it.
    with tempfile.TemporaryDirectory() as unused, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN")  # from failed trials
        tuner = _Tuner(search, trials, unused)  # builds: may raise errors
        search.claim(source)
        try:
            tuner.search(verbose=0)
        except keras_tuner.errors.FatalError as error:
            raise error.__cause__ from None
    return search.report()


class _Tuner(keras_tuner.Tuner):
    """KerasTuner's loop over the trials of a `Search`.

    A killed search starts over, and each trial that ended before returns its
    result at once.
    """

    def __init__(self, search, trials, directory):
        self._search = search
        oracle = _Oracle(search, trials)
        super().__init__(oracle, search.hyper, directory=directory)

    def run_trial(self, trial, **kwargs):
        hp = trial.hyperparameters
        try:
            done = self._search.run(int(trial.trial_id), hp)
        except Exception as error:
            # KerasTuner would count it as a failure of the setting.
            raise keras_tuner.errors.FatalError(str(error)) from error
        # NaN stands for failure. So does an error, but KerasTuner would print
        # its traceback.
        failed = done.status == "failed"
        value = float("nan") if failed else done.objective
        return {self.oracle.objective.name: value}


class _Oracle(keras_tuner.Oracle):
    """Proposes the default setting, then settings of an algorithm.

    Each trial asks a separate oracle, so only the results of earlier trials
    need to be kept.
    """

    def __init__(self, search, trials):
        super().__init__(
            search.hyper.objective,
            trials,
            max_consecutive_failed_trials=trials + 1,
        )
        self._search = search

    def populate_space(self, trial_id):
        number = int(trial_id)
        recorded = self._search.recorded(number)
        if recorded is not None:
            values = recorded.values
        elif number == 0:
            hp = keras_tuner.HyperParameters()
            hp.merge(self.get_space())
            values = hp.values
        else:
            return self._adviser(number).populate_space(trial_id)
        return {"status": "RUNNING", "values": values}

    def _adviser(self, number):
        entropy = [self._search.hyper.seed, number]
        state = np.random.SeedSequence(entropy).generate_state(1)[0]
        oracle = ALGORITHMS[self._search.algorithm](
            objective=self.objective,
            hyperparameters=self.get_space(),
            seed=1 + int(state) % 2**31,  # KerasTuner takes 0 for no seed
        )
        oracle.trials = self.trials
        return oracle
