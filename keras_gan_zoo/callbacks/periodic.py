"""Callbacks that act every few epochs or steps."""

import keras

from keras_gan_zoo.families.observer import Observer


class Periodic(Observer):
    """Acts every n epochs, or every n steps if `every_steps` is given.

    A subclass defines `act(name)`, where `name` is the time: `"epoch-0001"`
    or `"step-0000100"`.
    """

    def __init__(self, every_epochs=1, every_steps=None):
        super().__init__()
        for name, value in (
            ("every_epochs", every_epochs),
            ("every_steps", every_steps),
        ):
            if value is not None and value < 1:
                raise ValueError(
                    f"Expected {name} of at least 1. Received: {value}"
                )
        self.every_epochs = every_epochs
        self.every_steps = every_steps

    def act(self, name):
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        # `int` of a variable fails with tf.distribute.
        self._step = int(keras.ops.convert_to_numpy(self.model.steps))
        self._batch = -1

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._batch = epoch, -1

    def on_train_batch_end(self, batch, logs=None):
        # `batch` grows by `steps_per_execution`, also beyond the last one.
        batch = min(batch, (self.params["steps"] or batch + 1) - 1)
        before, self._step = self._step, self._step + batch - self._batch
        self._batch = batch
        every = self.every_steps
        if every is not None and self._step // every > before // every:
            self.act(f"step-{self._step:07d}")

    def on_epoch_end(self, epoch, logs=None):
        if self.every_steps is None and (epoch + 1) % self.every_epochs == 0:
            self.act(f"epoch-{epoch + 1:04d}")
