"""How often a conditional generator makes the requested class."""

import keras
import numpy as np

from keras_gan_zoo.families.batches import to_numpy
from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric
from keras_gan_zoo.metrics.histogram import Histogram
from keras_gan_zoo.modalities.label import one_hot


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ClassAccuracy(SampleMetric):
    """Share of generated images that a classifier puts in the requested class.

    Higher is better. The metric is only as good as the classifier. Compare
    the value with the classifier's accuracy on real images: pass real images
    and their labels to `update_fake` of a second metric. A generator may have
    a higher value than real images, if its images are more typical.

    Memory: `8 num_classes^2` bytes.

    Args:
        classifier: what makes a score for each class from images, see
            `keras_gan_zoo.metrics.features.get`. The class with the largest
            score counts.
        num_classes: int, the number of classes.
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1]. Labels: ints
    `(num,)` in [0, num_classes), or one-hot.

    Result: `class_accuracy`, over all images, and `worst_class_accuracy`,
    the lowest accuracy of one requested class. Both are in [0, 1]. Higher is
    better for both. `Score.better_than` compares the first value.

    Raises:
        ValueError: if images and labels do not fit, or the classifier gives
            a wrong number of scores.

    Example:

    >>> classes = features.FeatureExtractor(
    ...     "bright", lambda images: np.eye(2)[(images[:, 0, 0, 0] > 0) * 1]
    ... )
    >>> metric = ClassAccuracy(classes, num_classes=2)
    >>> metric.update_fake(np.full((4, 1, 1, 1), 0.5), [1, 1, 1, 0])
    >>> metric.result()
    {'class_accuracy': 0.75, 'worst_class_accuracy': 0.0}
    """

    direction = "up"
    needs_real = False
    takes = ("labels",)
    covered = {"class_accuracy": (0, 1)}

    def __init__(
        self, classifier, num_classes, name="class_accuracy", **kwargs
    ):
        self._classify = features.get(classifier)
        self.num_classes = num_classes
        super().__init__(name=name, **kwargs)

    @property
    def extractor_name(self):
        return self._classify.name

    def make_state(self, seed):
        return Histogram(self.num_classes**2)

    def describe(self, images):
        return features.classes(self._classify, images, self.num_classes)

    def describe_fake(self, images, labels):
        """Encodes the requested and the predicted class as one number.

        Args:
            images: `(num, height, width, channels)`, floats in [-1, 1].
            labels: the requested classes, ints `(num,)` or one-hot.
        """
        images = to_numpy(images)
        labels = one_hot(to_numpy(labels), self.num_classes)
        if len(labels) != len(images):
            raise ValueError(
                "The numbers of images and labels differ. Expected one label "
                f"for each image. Received: {len(labels)} labels for "
                f"{len(images)} images. Pass the labels that the images were "
                "generated with."
            )
        judged = self.described(images, "generated")
        asked = np.argmax(labels, axis=1)
        return asked * self.num_classes + judged

    def update_state(self, fake, labels):
        """Calls `update_fake`. Keras calls this method."""
        self.update_fake(fake, labels)

    def compute(self, real, fake):
        # Rows: the requested class; columns: the predicted class.
        confusion = fake.counts.reshape(self.num_classes, self.num_classes)
        right, asked = np.diagonal(confusion), confusion.sum(axis=1)
        there = asked > 0
        return {
            "class_accuracy": right.sum() / asked.sum(),
            "worst_class_accuracy": np.min(right[there] / asked[there]),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "classifier": self.extractor_name,
            "num_classes": self.num_classes,
        }
