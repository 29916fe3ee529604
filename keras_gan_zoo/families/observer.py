"""Callbacks that want to know what `fit` is about to do."""

import keras


class Observer(keras.callbacks.Callback):
    """A callback that `GAN.fit` asks before training begins."""

    def before_fit(self, callbacks, data, first_batch, steps_per_execution):
        """Looks at the training, and may put the callbacks in order.

        Args:
            callbacks: list of all callbacks of this `fit`.
            data: what `fit` trains on.
            first_batch: the first batch in numpy arrays, or None if there is
                no way to look at it.
            steps_per_execution: int, as given to `compile`.

        Returns:
            The list of callbacks to train with.

        Raises:
            ValueError: if the callback cannot do its work in this training.
        """
        return callbacks
