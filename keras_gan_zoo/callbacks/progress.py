"""A progress bar for the whole training."""

import sys

import keras
import tqdm


class Progress(keras.callbacks.Callback):
    """Shows one bar for the whole training: epochs, losses, time left.

    Use it with `fit(..., verbose=0)`. A resumed training continues the bar.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> settings = {"verbose": 0, "callbacks": [kgz.callbacks.Progress()]}
    """

    def on_train_begin(self, logs=None):
        self.bar = None

    def on_epoch_begin(self, epoch, logs=None):
        if self.bar is None:
            self.bar = tqdm.tqdm(
                total=self.params["epochs"],
                initial=epoch,
                unit="epoch",
                mininterval=1 if sys.stderr.isatty() else 30,
            )

    def on_epoch_end(self, epoch, logs=None):
        self.bar.set_postfix({k: f"{v:.3f}" for k, v in (logs or {}).items()})
        self.bar.update()

    def on_train_end(self, logs=None):
        if self.bar is not None:
            self.bar.close()
