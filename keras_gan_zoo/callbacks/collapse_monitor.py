"""Detects problems of a GAN's training and names a remedy."""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.callbacks import symptoms
from keras_gan_zoo.callbacks.periodic import Periodic
from keras_gan_zoo.engine import randomness
from keras_gan_zoo.files import warned


class CollapseWarning(UserWarning):
    """A warning of `CollapseMonitor`.

    Args:
        name: string, name of the alarm, e.g. `"mode collapse"`.
        text: string, the observation, its meaning, and the remedy.

    Example, in which an alarm ends a training:

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", CollapseWarning)
    ...     try:  # instead of gan.fit(...)
    ...         warnings.warn(CollapseWarning("mode collapse", "All equal."))
    ...     except CollapseWarning as alarm:
    ...         print(alarm.name)
    mode collapse
    """

    def __init__(self, name, text):
        super().__init__(text)
        self.name = name


class CollapseMonitor(Periodic):
    """Warns when a training goes wrong, with the name of the problem.

    Every `every_steps` steps it checks the losses since the last check and a
    small sample: images generated from the same latents each time, and real
    images of the first batch, with the logits of the discriminator. The
    training ends bit-identical with the callback and without it, and no other
    step waits for the callback.

    * `"not finite"`: NaN or infinity in a loss or in the images. Stops the
      training; `Backup` keeps its last finite file.
    * `"mode collapse"`: the images are equal, or a few images repeat. The
      distance from an image to its nearest neighbor is less than 5 % of this
      distance among real images (median; healthy 20 % and more, collapsed
      0.4 % and less).
    * `"generator frozen"`: the images differ from each other, but no pixel
      has changed by more than 1e-5 (healthy 0.5 and more).
    * `"discriminator wins"`: a real image gets a larger logit than a
      generated one in 99 % of pairs, and the discriminator's loss on both
      is less than 2 % of its loss when it guesses (healthy 5 % and more, far
      too strong 1.5 % and less). One of these alone is normal. The alarm is
      off for the Wasserstein loss, whose discriminator should be far ahead.
    * `"divergence"`: the median of `d_loss` is more than three times the loss
      when the discriminator guesses (healthy: less than once). With the
      Wasserstein loss, the limit is three times the most that a discriminator
      of slope 1 can reach.
    * `"oscillation"`: the standard deviation of `d_loss` from step to step
      is more than half of the same scale (healthy 20 % and less).

    All but the first must be seen at two checks in a row (mode collapse:
    three). Each warns once until it is gone. If one problem causes another,
    only the cause is reported: every discriminator wins against equal or
    frozen images.

    The values in brackets were measured on 8x8 pixels, with images in
    [-1, 1], see `keras_gan_zoo/callbacks/symptoms.py`. The threshold of mode
    collapse was also tested at 28x28 and 64x64: the pretrained models have
    93 % and more, repeated images with noise of deviation 0.01 have 2.7 % and
    less. Images that repeat with more noise raise no alarm. At 64x64 a healthy
    DCGAN had 7 % after 100 steps, so an early alarm there may be false. Nothing
    was measured on larger images, with sounds, or with other data.

    Only the losses are checked for models without a `probe`, and for data
    that cannot be read again (generators of unknown kind). If a batch has
    fewer than 8 images, everything but mode collapse is checked.

    Args:
        every_steps: int, number of steps between two checks.
        num_images: int, the largest number of images in the sample.
        seed: int, seed of the latents.

    Attributes:
        alarms: list of `(step, name, text)`, all warnings so far.

    Raises:
        ValueError: if an argument is less than 1.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.DCGAN(image_shape=(8, 8, 1), filters=16)
    >>> gan.compile()
    >>> monitor = kgz.callbacks.CollapseMonitor()
    >>> history = gan.fit(
    ...     kgz.data.digits(), verbose=0, callbacks=[monitor]
    ... )
    >>> monitor.alarms
    []
    """

    def __init__(self, every_steps=50, num_images=64, seed=0):
        if every_steps is None or every_steps < 1 or num_images < 1:
            raise ValueError(
                "Expected every_steps and num_images of at least 1. "
                f"Received: every_steps={every_steps}, "
                f"num_images={num_images}"
            )
        super().__init__(every_steps=every_steps)
        self.num_images = num_images
        self.seed = seed
        self.alarms = []
        self._examples = None

    def before_fit(self, callbacks, data, first_batch, steps_per_execution):
        """Takes the real images of the sample from the first batch."""
        self._examples = keras.tree.map_structure(
            lambda array: None if array is None else array[: self.num_images],
            first_batch,
        )
        return callbacks

    # -------------------------------------------------------------- looking

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._logs = []  # of each step since the last check
        self._last = []  # of the last step before them
        self._before = None  # the samples of the last check
        self._seen = dict.fromkeys(symptoms.PATIENCE, 0)  # checks in a row

    def on_train_batch_end(self, batch, logs=None):
        # Tensors are not converted: reading them would wait for the step.
        self._logs.append((batch + 1, logs))
        super().on_train_batch_end(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        bad = [k for k, v in (logs or {}).items() if not np.isfinite(v)]
        if bad:
            self._stop(bad)

    def act(self, name):
        logs = self._read_logs()
        games = self._play()
        bad = [k for k, values in logs.items() if not np.isfinite(values).all()]
        if not all(np.isfinite(array).all() for g in games for array in g):
            bad.append("generated images or logits")
        if bad:
            self._stop(bad)
            return
        found = symptoms.symptoms(
            self.model.loss, logs.get("d_loss", []), games, self._before
        )
        for symptom, patience in symptoms.PATIENCE.items():
            seen = self._seen[symptom] + 1 if symptom in found else 0
            self._seen[symptom] = seen
            if seen == patience:
                self._warn(symptom, found[symptom])
        self._before = games

    def _read_logs(self):
        """Returns each log's values of the single steps since the check."""
        rows, new = self._last + self._logs, len(self._logs)
        rows = [
            (num, {name: float(mean) for name, mean in logs.items()})
            for num, logs in rows
        ]
        self._last, self._logs = rows[-1:], []
        return {
            name: symptoms.of_each_step(
                [(num, means[name]) for num, means in rows]
            )[-new:]
            for name in rows[-1][1]
        }

    def _play(self):
        """Returns the result of `probe`, in numpy."""
        if self._examples is None:
            return []
        model = self.model
        with randomness.untraced(self.seed, model):
            games = model.probe(self._examples)
        return [
            tuple(ops.convert_to_numpy(t).astype("float32") for t in game)
            for game in games
        ]

    # ------------------------------------------------------------ reporting

    def _stop(self, bad):
        self.model.stop_training = True
        if not self._seen["not finite"]:
            self._seen["not finite"] = 1
            self._warn("not finite", f"NaN or infinity in {', '.join(bad)}.")

    def _warn(self, name, seen):
        text = (
            f"{name.capitalize()} at step {self._step}: {seen} "
            f"{symptoms.MEANINGS[name]} {symptoms.REMEDIES[name]}"
        )
        self.alarms.append((self._step, name, text))
        warned.warn(CollapseWarning(name, text))
