"""Distance of translations in the feature maps of a network."""

import keras
import numpy as np

from keras_gan_zoo.metrics import efficientnet, features
from keras_gan_zoo.metrics.pairs import PairMetric


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PerceptualDistance(PairMetric):
    """Distance of images and their targets in EfficientNet-Lite0's features.

    Lower is better. At each place of five feature maps, with strides of 2,
    4, 8, 16 and 32 pixels, the channels are scaled to a vector of length 1.
    The distance is the squared length of the difference of the two vectors,
    averaged over the places of a map and then over the maps.

    Zhang et al. (2018, https://arxiv.org/abs/1801.03924) introduced this
    form. Here all weights are equal. The distance is not LPIPS: it has no
    weights learned from human judgments, and it uses another network. Its
    values cannot be compared with values of LPIPS.

    Images are rounded to 8 bits and keep their size, so values of different
    image sizes are not comparable. Gray images are converted to color images
    with three equal channels. The network ships with the package; see
    `keras_gan_zoo.metrics.efficientnet`.

    Args:
        seed: int, not used by this metric. Every report includes the seed.
        name: string, name of the metric and of its value.

    Images and targets: `(num, height, width, channels)`, floats in [-1, 1],
    one or three channels.

    Result: `{"perceptual_distance": ...}` in [0, 2], 0 for equal images.

    Raises:
        ValueError: if images and targets do not fit together.

    Example:

    >>> metric = PerceptualDistance()
    >>> metric.extractor_name, metric.direction
    ('efficientnet_maps', 'down')
    """

    extractor_name = "efficientnet_maps"
    limits = (0, 2)

    def __init__(self, name="perceptual_distance", **kwargs):
        super().__init__(name=name, **kwargs)

    def compare(self, images, targets):
        network = efficientnet.load(*efficientnet.MAPS)
        parts = [
            efficientnet.run(
                network,
                efficientnet.preprocess(features.in_color(side), resize=None),
            )
            for side in (images, targets)
        ]
        return np.concatenate([distances(*maps) for maps in zip(*parts)])


def distances(maps_a, maps_b):
    """Computes distances of images from their feature maps.

    Args:
        maps_a: list of arrays `(num, height, width, channels)`, one for each
            map.
        maps_b: list of arrays of the same shapes, of the other images.

    Returns:
        Array `(num,)`.

    Example, with orthogonal directions in one of two maps:

    >>> one, other = np.array([[[[3.0, 0.0]]]]), np.array([[[[0.0, 5.0]]]])
    >>> distances([one, one], [other, one])
    array([1.])
    """
    squares = [
        np.square(_directions(a) - _directions(b)).sum(axis=-1)
        for a, b in zip(maps_a, maps_b)
    ]
    return np.mean([square.mean(axis=(1, 2)) for square in squares], axis=0)


def _directions(array):
    """Returns vectors of length 1, or of 0 where all channels are 0."""
    lengths = np.linalg.norm(array, axis=-1, keepdims=True)
    return array / np.maximum(lengths, 1e-10)
