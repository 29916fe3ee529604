"""Stops trainings with NaN."""

import keras
import numpy as np

from keras_gan_zoo.files import warned


class StopOnNaN(keras.callbacks.Callback):
    """Stops training after an epoch in which a logged value is not finite.

    `keras_gan_zoo.CollapseMonitor` stops within an epoch, and finds more.

    Example, with the logs that `fit` would pass:

    >>> import warnings
    >>> stop = StopOnNaN()
    >>> stop.set_model(keras.Model())
    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     stop.on_epoch_end(0, {"d_loss": float("nan")})
    >>> len(caught), stop.model.stop_training
    (1, True)
    """

    def on_epoch_end(self, epoch, logs=None):
        bad = [k for k, v in (logs or {}).items() if not np.isfinite(v)]
        if bad:
            self.model.stop_training = True
            warned.warn(
                f"Training stopped in epoch {epoch + 1}: {', '.join(bad)} "
                "not finite. The weights are lost; load an earlier "
                "checkpoint and lower the learning rates.",
            )
