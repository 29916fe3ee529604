"""Callbacks that look at a training before it starts."""

import keras


class Observer(keras.callbacks.Callback):
    """Reacts to a call of `GAN.fit` before training starts. Abstract."""

    def before_fit(self, callbacks, data, first_batch, steps_per_execution):
        """Looks at the training, and may reorder the callbacks.

        Args:
            callbacks: list of all callbacks of this `fit`.
            data: the training data of `fit`.
            first_batch: the first batch in numpy arrays, or None if the data
                cannot be looked at.
            steps_per_execution: int, the argument of `compile`.

        Returns:
            The list of callbacks to train with.

        Raises:
            ValueError: if the callback cannot work in this training.
        """
        return callbacks
