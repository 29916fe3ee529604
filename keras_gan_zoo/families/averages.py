"""Exponential moving averages of networks."""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.files import warned


class Averages(keras.Model):
    """Keeps averages of the networks that users will run. Abstract.

    The average of the network `generator` is the attribute `ema_generator`.
    """

    #: Names of the networks that `compile(ema_decay=...)` averages.
    averages = ()

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.averaged = False
        self.ema_decay = None
        self.ema_start = 0

    def check_average(self, ema_decay, ema_start):
        """Raises a `ValueError` unless both can be used by `average`."""
        given = ema_decay is not None and not callable(ema_decay)
        if given and not 0 < ema_decay < 1:
            raise ValueError(
                "Expected ema_decay between 0 and 1, or a schedule, or None "
                f"for no average. Received: ema_decay={ema_decay}"
            )
        if int(ema_start) != ema_start or ema_start < 0:
            raise ValueError(
                "The average starts after a number of steps. Expected "
                "ema_start as an int of at least 0. "
                f"Received: ema_start={ema_start!r}"
            )

    def average(self, ema_decay, ema_start=0):
        """Starts or stops averaging.

        Args:
            ema_decay: float in (0, 1) or schedule, the decay. None stops
                averaging.
            ema_start: int, number of steps before the average begins.
        """
        if ema_decay is None and self.averaged and self._averages_differ():
            warned.warn(
                f"This {type(self).__name__} has an average of the weights of "
                "its training, which compile() without ema_decay drops. "
                "Pass ema_decay to continue the average."
            )
        self.ema_decay = ema_decay
        self.ema_start = int(ema_start)
        self.keep_averages(ema_decay is not None)

    def keep_averages(self, wanted):
        """Creates the averages, or stops using them.

        Args:
            wanted: bool. True creates the averages as copies of the networks
                if there are none yet.
        """
        if wanted and not self.averaged:
            for name in self.averages:
                network = getattr(self, name)
                average = getattr(self, f"ema_{name}", None)
                if average is None:
                    average = keras.models.clone_model(network)
                    average.trainable = False
                    setattr(self, f"ema_{name}", average)
                average.set_weights(network.get_weights())
        self.averaged = wanted and bool(self.averages)

    def _averages_differ(self):
        """Says whether an average is no longer a copy of its network."""
        return any(
            not np.array_equal(a, b)
            for name in self.averages
            for a, b in zip(
                getattr(self, f"ema_{name}").get_weights(),
                getattr(self, name).get_weights(),
            )
        )

    def best(self, name):
        """Returns the network to use after training: its average, if any.

        Args:
            name: str, attribute name of a network.
        """
        if self.averaged and name in self.averages:
            return getattr(self, f"ema_{name}")
        return getattr(self, name)

    def update_averages(self, step):
        """Moves the averages toward the weights after an update.

        During the first `ema_start` steps the averages are copies.

        Args:
            step: int scalar, number of training steps including this one.
        """
        if not self.averaged:
            return
        copies = step <= self.ema_start
        decay = self.ema_decay
        if callable(decay):
            decay = decay(step - 1)  # as the schedules of the optimizers
        elif not self.ema_start:
            step = ops.cast(step, "float32")
            decay = ops.minimum(decay, (1 + step) / (10 + step))
        for name in self.averages:
            for average, variable in self.averaged_variables(name):
                # Moving statistics of normalizations are averaged too.
                change = (1 - decay) * (variable - average)
                change = ops.cast(change, average.dtype)
                if self.ema_start:
                    value = ops.cast(variable, average.dtype)
                    average.assign(ops.where(copies, value, average + change))
                else:
                    average.assign_add(change)

    def averaged_variables(self, name):
        """Returns pairs of an average and its variable that this step updates.

        Args:
            name: str, attribute name of a network.
        """
        return zip(
            getattr(self, f"ema_{name}").weights, getattr(self, name).weights
        )


def decay_of_half_life(batch_size, images=10_000):
    """Returns the `ema_decay` with which old weights fade at a given pace.

    After this number of images an old weight counts half (Karras et al., 2018,
    https://arxiv.org/abs/1710.10196, and later papers of the authors).

    Args:
        batch_size: int, images of a training step.
        images: float, the half-life in images.

    Example:

    >>> round(decay_of_half_life(batch_size=32), 5)
    0.99778
    """
    return 0.5 ** (batch_size / images)
