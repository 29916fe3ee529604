"""Searches for good settings with KerasTuner, which can be killed.

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

Needs the extra `tuner`. `help(kgz.VanillaGAN.search_space)` says what is tuned.
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
        f"Searches need {error.name}, which is not installed. Install what "
        'they need: pip install "keras_gan_zoo[tuner]".'
    ) from error

#: Trials before Bayesian optimization makes its first guess.
RANDOM_TRIALS = 8
ALGORITHMS = {
    "random": keras_tuner.oracles.RandomSearchOracle,
    "bayesian": lambda **kwargs: keras_tuner.oracles.BayesianOptimizationOracle(
        num_initial_points=RANDOM_TRIALS, **kwargs
    ),
}


class HyperGAN(keras_tuner.HyperModel):
    """An architecture with its search space and a measure of its images.

    `tune` searches it. KerasTuner's own tuners do, too:
    `keras_tuner.Hyperband(hyper, hyper.objective, ...).search(images)`.

    Args:
        cls: the model's class.
        arguments: dict, its arguments that are not tuned; at least
            `image_shape`.
        settings: dict, arguments of its `compile` that are not tuned.
        space: function that says what is tuned. It takes a
            `keras_gan_zoo.families.asker.Asker` and returns two
            dicts: arguments of the class, and arguments of its `compile`.
            None for the class's own, `cls.search_space`.
        metric: name in `keras_gan_zoo.metrics`, e.g. `"fid"`, or a metric.
            The first of its values is the objective. Where a model
            translates in two directions, it is the value of the way to `b`.
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`. None: the one of the
            modality.
        num_images: int, how many are generated to be measured.
        held_out: real images to measure against, see
            `keras_gan_zoo.evaluate`; None for those of the training.
        seed: int, of each training and of the images that are measured.

    Raises:
        ValueError: if there is no such metric, or the shape of the images
            is missing.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> hyper = HyperGAN(kgz.VanillaGAN, {"image_shape": (8, 8, 1)})
    >>> gan = hyper.build(keras_tuner.HyperParameters())  # the default
    >>> gan.compiled, hyper.objective.name, hyper.objective.direction
    (True, 'frechet_distance', 'min')

    A space of one's own, of a width and a learning rate:

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
        # A wrong name is told now and not after the first training.
        shape = self.arguments[modality.argument]
        self.extractor = extractor or modality(shape).features
        self._example = metrics.get(metric, self.extractor, shape)[0]

    @property
    def objective(self):
        """`keras_tuner.Objective`: the metric's name and direction."""
        direction = {"down": "min", "up": "max"}[self._example.direction]
        return keras_tuner.Objective(self._example.name, direction)

    def describe(self):
        """What a search of it depends on, a dict for JSON."""
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
        """What is tuned, as arguments: of the class and of `compile`.

        Args:
            hp: `keras_tuner.HyperParameters`.

        Returns:
            Two dicts, without what was given to the constructor.
        """
        fixed = {**self.arguments, **self.settings}
        arguments, settings = self.space(Asker(self.cls, hp, fixed))
        return (
            _without(self.arguments, arguments),
            _without(self.settings, settings),
        )

    def build(self, hp):
        """A compiled model, with the same random numbers each time."""
        keras.utils.set_random_seed(self.seed)
        arguments, settings = self.options(hp)
        return made(
            self.cls,
            {**_renewed(self.arguments), **arguments},
            {**_renewed(self.settings), **settings},
        )

    def fit(self, hp, model, dataset, **kwargs):
        """Trains and measures a model, as KerasTuner's tuners want it.

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
        """As `model.fit`.

        Raises:
            tuning_search.Diverged: if losses or weights are not finite.
        """
        with warnings.catch_warnings():
            # Here it is no mishap but a result.
            warnings.filterwarnings("ignore", "Training stopped|No backup")
            watched = [StopOnNaN(), *callbacks]
            model.fit(dataset, callbacks=watched, **kwargs)
        state = [*model.variables, *model.metrics_variables]
        if storage.first_not_finite(state) is not None:
            raise Diverged("Its losses or its weights were not finite.")

    def measure(self, model, dataset, cache=None):
        """The `keras_gan_zoo.metrics.Score` of a trained model.

        Args:
            model: the model.
            dataset: what it was trained on.
            cache: folder for the statistics of the real images, or None.

        Raises:
            tuning_search.Diverged: if the objective is not finite.
        """
        real = dataset if self.held_out is None else self.held_out
        # Which images a pass leaves out depends on where the last one ended.
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
    """The same for one more model: networks and optimizers have a state."""
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
    """Tries settings, each in a training of its own.

    The first trial is the default setting of the class, so that the best of
    a search is never worse. Trials that diverge are marked as failed, as are
    those whose setting raises an error; the search goes on.

    Killed at any moment, a search goes on when the same call is made again:
    trials that are finished are not repeated, and the interrupted one goes on
    from its `Backup`. What a trial tries and what it finds depend on its
    number, the seed and the trials before it alone, so that the same call in
    a new folder finds the same, as exactly as `Backup` says. `trials` may be
    raised later.

    The folder holds `report.md` and `report.png`, up to date after each
    trial, the best model so far, `best.keras`, and a folder of each trial.

    Args:
        hyper: `HyperGAN`.
        dataset: batches as the model's `fit` takes them.
        directory: the folder, new or of this search.
        trials: int, how many settings, the default among them.
        epochs: int, of each training.
        algorithm: `"random"`, or `"bayesian"`, which prefers what is
            promising after eight random trials.
        source: anything for JSON that tells these data from others: a
            search goes on only with the same. Or None.
        verbose: 1 to print each trial.

    Returns:
        `keras_gan_zoo.tuning.report.Report`.

    Raises:
        ValueError: if the folder holds another search or other files, or
            the default setting cannot be trained on these data.

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
    directory = pathlib.Path(directory)
    search = Search(hyper, dataset, directory, epochs, algorithm, verbose)
    # KerasTuner writes its own state, which a kill may tear: it is not used.
    with tempfile.TemporaryDirectory() as unused, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN")  # of failed trials
        tuner = _Tuner(search, trials, unused)  # builds: may raise errors
        search.claim(source)
        try:
            tuner.search(verbose=0)
        except keras_tuner.errors.FatalError as error:
            raise error.__cause__ from None
    return search.report()


class _Tuner(keras_tuner.Tuner):
    """KerasTuner's loop over the trials of a `Search`.

    A search that was killed is begun anew, and each trial that ended before
    tells at once how.
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
            # KerasTuner would take it for the fault of the setting.
            raise keras_tuner.errors.FatalError(str(error)) from error
        # NaN stands for failure, as does an error, with which KerasTuner
        # would print where in the code it came from.
        failed = done.status == "failed"
        value = float("nan") if failed else done.objective
        return {self.oracle.objective.name: value}


class _Oracle(keras_tuner.Oracle):
    """Proposes the default setting, then those of an algorithm.

    Each trial asks an oracle of its own, so that nothing need be remembered
    from one to the next but their results.
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
            seed=1 + int(state) % 2**31,  # KerasTuner takes 0 for none
        )
        oracle.trials = self.trials
        return oracle
