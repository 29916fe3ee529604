"""Steps that are not all alike: each variant is compiled by itself.

A penalty that is due at every n-th step, or a network that grows, makes steps
of several kinds. Python chooses the kind between two steps; the compiled step
of each kind holds no more than that kind needs.
"""

import contextlib
import functools
import math

import keras
from keras import ops

from keras_gan_zoo import engine


class Variants(keras.Model):
    """Abstract base: compiles and runs one step for each variant."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.regularizers = []
        #: The regularizers that belong to the losses of the step that runs.
        self.due = []
        self._step = 0  # as Python counts them
        self._calls_left = 0

    def check_regularizers(self, regularizers, steps_per_execution):
        """Checks the regularizers of a model that is being compiled.

        Args:
            regularizers: list of `Regularizer`.
            steps_per_execution: int, as given to `compile`.

        Raises:
            ValueError: if one belongs to no player, two have one name, or
                steps that differ would have to run in one execution.
        """
        for regularizer in regularizers:
            if regularizer.player not in self.players():
                raise ValueError(
                    "A regularizer belongs to a player of the model. "
                    f"Expected player as one of {', '.join(self.players())}. "
                    f"Received: player={regularizer.player!r}"
                )
        names = [regularizer.name for regularizer in regularizers]
        if len(set(names)) < len(names):
            raise ValueError(
                "Each regularizer has a log of its own. Expected different "
                f"names. Received: {', '.join(names)}. Give them: "
                "Regularizer(..., name=...)."
            )
        lazy = [r.name for r in regularizers if r.every > 1]
        if lazy and steps_per_execution != 1:
            raise ValueError(
                "Steps with and without a penalty that is due at every n-th "
                "step are compiled apart. Expected steps_per_execution=1. "
                f"Received: steps_per_execution={steps_per_execution} with "
                f"{', '.join(lazy)}."
            )

    @property
    def has_variants(self):
        """Whether not all steps are alike."""
        return any(r.every > 1 for r in self.regularizers)

    def look(self):
        """Reads between two steps where the training is.

        Returns:
            For how many calls of the train function nothing has to be read
            again.
        """
        # Reading a counter makes each step wait for the one before.
        self._step = number(self.steps)
        return math.inf

    def variant(self):
        """Sets up the step that comes next; returns what tells it apart."""
        self.due = [r for r in self.regularizers if r.is_due(self._step)]
        return tuple(r.name for r in self.due)

    @contextlib.contextmanager
    def stepping(self):
        """Scope of `fit`, at whose end all that Python counted is forgotten."""
        self._calls_left = 0
        try:
            yield
        finally:
            self._calls_left = 0

    def make_train_function(self, force=False):
        """A train function that runs the compiled step of each variant."""
        self.due = list(self.regularizers)
        if not self.has_variants:
            super().make_train_function(force)
            return
        if self.train_function is not None and not force:
            return
        compiled = {}

        def look():
            self._calls_left = self.look()

        def train_function(*arguments):
            if self._calls_left < 1:
                arguments = engine.between_steps(self, look, arguments)
            variant = self.variant()
            self._calls_left -= 1
            self._step += self.steps_per_execution
            if variant not in compiled:
                self.forget(compiled, variant)
                compiled[variant] = self._compiled_step()
                self.train_function = train_function
            return compiled[variant](*arguments)

        self.train_function = train_function

    def forget(self, compiled, variant):
        """Removes compiled steps that are not needed again.

        Args:
            compiled: dict of variants to their compiled steps.
            variant: the one that comes next.
        """

    def _compiled_step(self):
        make = functools.partial(super().make_train_function, force=True)
        engine.retraced(self, "train_step", make)
        return self.train_function


def number(variable):
    """The value of a scalar variable outside of a step, a Python number."""
    return ops.convert_to_numpy(variable).item()
