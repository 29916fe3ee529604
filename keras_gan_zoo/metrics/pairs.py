"""The base class of metrics that compare an image with its target."""

import numpy as np

from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric


class PairMetric(SampleMetric):
    """Abstract: the mean over pairs of a generated image and its target.

    The target is the correct translation of an image. So these metrics are
    for models of pairs, such as pix2pix, and for pictures from such models.

    ```python
    metric.update_fake(translations, targets)
    metric.result()
    ```

    `keras_gan_zoo.evaluate` uses the standard error of the mean for its
    intervals. Memory: 16 bytes.

    A subclass sets `direction`, `extractor_name` and `limits`, the lowest and
    the highest value, and defines `compare`.

    Args:
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric and of its value.
        **kwargs: arguments of `keras.metrics.Metric`.
    """

    needs_real = False
    takes = ("targets",)
    extractor_name = "pixels"
    limits = (-np.inf, np.inf)  # of the mean

    def interval_within(self, name):
        return self.limits

    def compare(self, images, targets):
        """Compares images with their targets.

        Args:
            images: float32 array `(num, height, width, channels)` in
                [-1, 1].
            targets: array of the same shape.

        Returns:
            Array `(num,)`.
        """
        raise NotImplementedError

    def make_state(self, seed):
        return Total()

    def describe_fake(self, images, targets):
        """Compares a batch of generated images with their targets.

        Args:
            images: `(num, height, width, channels)`, floats in [-1, 1].
            targets: array of the same shape, in the same order.

        Returns:
            Array `(num,)`.
        """
        images = self.checked(images, "generated")
        targets = self.checked(targets, "target")
        features.check_images(images, type(self).__name__)
        if images.shape != targets.shape:
            raise ValueError(
                f"{type(self).__name__} compares pairs. Expected: targets of "
                f"the shape of the images, {images.shape}. Received: "
                f"{targets.shape}. Pass one target for each image, in the "
                "same order."
            )
        values = self.compare(images, targets)
        self._shape = images.shape[1:]
        self._content.update(targets)
        return values

    def update_state(self, fake, targets):
        """Calls `update_fake`. Keras calls this method."""
        self.update_fake(fake, targets)

    def reset_state(self, keep_real=False):
        """Forgets all pairs, including the real images in them."""
        super().reset_state()

    @property
    def num_real(self):
        """Returns how many targets were seen."""
        return self.num_fake

    def compute(self, real, fake):
        return {self.name: fake.mean}


class Total:
    """Keeps the number and the sum of values, in float64.

    Example:

    >>> total = Total()
    >>> total.update(np.array([1.0, 2.0]))
    >>> total.update(np.array([6.0]))
    >>> total.count, total.mean
    (3, 3.0)
    """

    def __init__(self):
        self._state = np.zeros(2)  # the number and the sum

    def update(self, values):
        """Adds values, an array `(num,)`."""
        self._state += len(values), np.sum(values, dtype="float64")

    @property
    def count(self):
        """Returns how many values were added."""
        return int(self._state[0])

    @property
    def mean(self):
        """Their mean."""
        return float(self._state[1] / self._state[0])
