"""The base class of all metrics of the features of images."""

from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric


class FeatureMetric(SampleMetric):
    """Abstract: a metric of the features of images.

    Args:
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`.
        seed: int, seed of all random draws.
        name: string, name of the metric.
        **kwargs: arguments of `keras.metrics.Metric`.
    """

    def __init__(self, extractor, **kwargs):
        self._extract = features.get(extractor)
        super().__init__(**kwargs)

    @property
    def extractor_name(self):
        return self._extract.name

    def describe(self, images):
        return self._extract(images)

    def get_config(self):
        return {**super().get_config(), "extractor": self.extractor_name}
