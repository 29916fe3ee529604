"""Inception score (Salimans et al., 2016)."""

import keras
import numpy as np

from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric


@keras.saving.register_keras_serializable("keras_gan_zoo")
class InceptionScore(SampleMetric):
    """Inception score: confident and diverse classes of generated images.

    https://arxiv.org/abs/1606.03498, section 4. Higher is better::

        exp(E KL(p(class | image) || p(class)))

    The score lies between 1 and the number of classes. It uses generated
    images only and does not compare them with real images. The images are
    divided into `splits` parts, and the score is the mean over the parts.
    Papers divide 50,000 images into 10 parts.

    Memory: `8 splits (num_classes + 2)` bytes.

    Args:
        classifier: what makes class probabilities from images, see
            `keras_gan_zoo.metrics.features.get`. The paper uses
            `"inception_softmax"`.
        splits: int, number of parts that the images are divided into.
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1].

    Result: `inception_score`, the mean over the parts, and
    `inception_score_std`, the standard deviation over the parts. `direction`
    and `Score.better_than` use the first value.

    Raises:
        ValueError: if the classifier does not give probabilities, or if
            there are fewer images than `splits`.

    Example:

    >>> classes = features.FeatureExtractor(
    ...     "bright", lambda images: np.eye(2)[(images[:, 0, 0, 0] > 0) * 1]
    ... )
    >>> metric = InceptionScore(classes, splits=1)
    >>> metric.update_fake(np.linspace(-1, 1, 100).reshape(-1, 1, 1, 1))
    >>> metric.result()["inception_score"]
    2.0
    """

    direction = "up"
    needs_real = False
    covered = {"inception_score": (1, np.inf)}

    def __init__(self, classifier, splits=10, name="inception_score", **kwargs):
        self._classify = features.get(classifier)
        self.splits = splits
        super().__init__(name=name, **kwargs)

    @property
    def extractor_name(self):
        return self._classify.name

    @property
    def minimum(self):
        return self.splits

    def make_state(self, seed):
        return _Probabilities(self.splits)

    def describe(self, images):
        return features.probabilities(self._classify, images)

    def interval_within(self, name):
        return super().interval_within(name) if self.splits > 1 else None

    def standard_error(self, name, values, spread, degrees):
        # The score is itself a mean over parts. It depends on their size, so
        # smaller parts say too little: for 200 classes, 5,000 images and 10
        # splits, intervals from `spread` cover 48 %.
        deviation = values["inception_score_std"]
        return deviation / np.sqrt(self.splits - 1), self.splits - 1

    def compute(self, real, fake):
        p = fake.sums / fake.counts[:, None]  # p(class) of each part
        # E KL = E sum p(c | x) log p(c | x) - sum p(c) log p(c)
        divergence = fake.negative_entropies / fake.counts - _p_log_p(p)
        scores = np.exp(divergence)
        return {
            "inception_score": scores.mean(),
            "inception_score_std": scores.std(),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "classifier": self.extractor_name,
            "splits": self.splits,
        }


def _p_log_p(p):
    """Returns sum p log p over the classes, with 0 log 0 = 0."""
    return np.sum(p * np.log(np.where(p > 0, p, 1)), axis=-1)


class _Probabilities:
    """Keeps, for each part, the count, the sum of p and of p log p."""

    def __init__(self, splits):
        self.count = 0
        self.counts = np.zeros(splits)
        self.negative_entropies = np.zeros(splits)
        self.sums = np.zeros((splits, 1))

    def update(self, p):
        part = (self.count + np.arange(len(p))) % len(self.counts)
        if self.count == 0:
            self.sums = np.zeros((len(self.counts), p.shape[1]))
        np.add.at(self.counts, part, 1)
        np.add.at(self.negative_entropies, part, _p_log_p(p))
        np.add.at(self.sums, part, p)
        self.count += len(p)
