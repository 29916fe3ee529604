"""Training steps of several kinds, each compiled separately.

A penalty that is due at every n-th step, or a network that grows, needs steps
of several kinds (variants). Python chooses the variant between two steps. The
compiled step of a variant holds no more than this variant needs.
"""

import contextlib
import functools
import math

import keras
from keras import ops

from keras_gan_zoo import engine


class Variants(keras.Model):
    """Compiles and runs one step for each variant. Abstract."""

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
            steps_per_execution: int, the argument of `compile`.

        Raises:
            ValueError: if a regularizer belongs to no player, if two have
                the same name, or if one execution would need steps of
                several kinds.
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
                "Each regularizer has its own log. Expected different "
                f"names. Received: {', '.join(names)}. Set names with "
                "Regularizer(..., name=...)."
            )
        lazy = [r.name for r in regularizers if r.every > 1]
        if lazy and steps_per_execution != 1:
            raise ValueError(
                "Steps with and without a penalty that is due at every n-th "
                "step are compiled separately. Expected steps_per_execution=1. "
                f"Received: steps_per_execution={steps_per_execution} with "
                f"{', '.join(lazy)}."
            )

    @property
    def has_variants(self):
        """Says whether there are steps of several kinds."""
        return any(r.every > 1 for r in self.regularizers)

    def look(self):
        """Reads the progress of training, between two steps.

        Returns:
            The number of calls of the train function until it must be read
            again.
        """
        # Reading a counter makes each step wait for the step before.
        self._step = number(self.steps)
        return math.inf

    def variant(self):
        """Prepares the next step and returns a key for its variant."""
        self.due = [r for r in self.regularizers if r.is_due(self._step)]
        return tuple(r.name for r in self.due)

    @contextlib.contextmanager
    def stepping(self):
        """Opens the scope of `fit`; Python's counts are reset at its end."""
        self._calls_left = 0
        try:
            yield
        finally:
            self._calls_left = 0

    def make_train_function(self, force=False):
        """Makes a function that runs the compiled step of each variant."""
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
            compiled: dict from variants to their compiled steps.
            variant: the variant of the next step.
        """

    def _compiled_step(self):
        make = functools.partial(super().make_train_function, force=True)
        engine.retraced(self, "train_step", make)
        return self.train_function


def number(variable):
    """Returns the value of a scalar variable, outside a step, as a number."""
    return ops.convert_to_numpy(variable).item()
