"""What goes wrong in a GAN's training, by name and with a remedy."""

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
        name: which alarm it is, e.g. `"mode collapse"`.
        text: what was seen, what it means, what to do.

    Example, an alarm that ends a training instead:

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
    """Warns by name when a training goes wrong, and says what to do.

    Every `every_steps` steps it looks at the losses since the last time and
    at a small sample: images generated from the same latents each time, and
    real ones of the first batch, judged by the discriminator. The training
    ends bit-identical with it and without, and no other step waits for it.

    * `"not finite"`: NaN or infinity in a loss or in the images. Stops the
      training; `Backup` keeps its last file without.
    * `"mode collapse"`: the images are equal, or few that repeat. The
      distance from one to its nearest neighbour is less than 5 % of that
      among real images (median; healthy 20 % and more, collapsed 0.4 % and
      less).
    * `"generator frozen"`: the images differ from each other, but no pixel
      has changed by more than 1e-5 (healthy 0.5 and more).
    * `"discriminator wins"`: a real image gets a larger logit than a
      generated one in 99 % of pairs, and the discriminator's loss on both
      is less than 2 % of that of guessing (healthy 5 % and more, far too
      strong 1.5 % and less). Either alone is normal. Not with the
      Wasserstein loss, whose discriminator is meant to be far ahead.
    * `"divergence"`: the median of `d_loss` is more than three times that of
      guessing (healthy: less than once); with the Wasserstein loss, than
      what a discriminator of slope 1 can reach.
    * `"oscillation"`: the standard deviation of `d_loss` from step to step
      is more than half of the same scale (healthy 20 % and less).

    All but the first must be seen at two checks in a row (mode collapse:
    three), and warn once until they are gone. A cause stands for its effect:
    against equal or frozen images every discriminator wins.

    The values in brackets were measured on 8x8 pixels, with images in
    [-1, 1], see `keras_gan_zoo/callbacks/symptoms.py`. The threshold of mode
    collapse was also tested at 28x28 and 64x64: the pretrained models have
    93 % and more, repeated images with noise of deviation 0.01 have 2.7 % and
    less. Images that repeat with more noise raise no alarm. At 64x64 a healthy
    DCGAN had 7 % after 100 steps, so an early alarm there may be false. Nothing
    was measured on larger images, with sounds, or with other data.

    Models without a `probe` and data that cannot be looked at (generators of
    unknown kind) have their losses watched alone; batches of fewer than 8
    images, all but mode collapse.

    Args:
        every_steps: int, steps from check to check.
        num_images: int, how many images the sample has at most.
        seed: int, decides the latents.

    Attributes:
        alarms: list of `(step, name, text)`, all that was warned of.

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
        self._last = []  # and of the step before them
        self._before = None  # the games of the last check
        self._seen = dict.fromkeys(symptoms.PATIENCE, 0)  # checks in a row

    def on_train_batch_end(self, batch, logs=None):
        # Kept as the tensors they are: reading them would wait for the step.
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
        """Each log's values of the single steps since the last check."""
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
        """What `probe` gives, in numpy."""
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
