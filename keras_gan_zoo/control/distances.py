"""Distances of images from targets, with gradients, for a search.

A distance has two methods. `prepare` computes once what it needs of the
targets, and `rows` returns a number for each image.
"""

from keras import ops

from keras_gan_zoo.metrics import efficientnet


class Pixels:
    """Computes the mean squared difference of pixels.

    Example:

    >>> distance = Pixels()
    >>> images = ops.ones((2, 4, 4, 1))
    >>> targets = distance.prepare(0.5 * images)
    >>> ops.convert_to_numpy(distance.rows(images, targets, 1.0)).tolist()
    [0.25, 0.25]
    """

    #: Images of a step, so that it fits into memory.
    rows_at_once = 512

    def prepare(self, targets):
        """Returns what `rows` needs of the targets, a nest of tensors."""
        return targets

    def rows(self, images, targets, weights):
        """Returns the distance of each image, a tensor `(num,)`.

        Args:
            images: tensor `(num, height, width, channels)`.
            targets: what `prepare` returned.
            weights: tensor that multiplies the differences, such as `(num,
                height, width, 1)`.
        """
        return ops.mean(weights * ops.square(images - targets), axis=(1, 2, 3))

    def variables(self):
        """Returns the list of variables of the networks of this distance."""
        return []


class Absolute(Pixels):
    """Computes the mean absolute difference of pixels.

    Example:

    >>> rows = Absolute().rows(ops.ones((1, 2, 2, 1)), 0.5, 1.0)
    >>> ops.convert_to_numpy(rows).tolist()
    [0.5]
    """

    def rows(self, images, targets, weights):
        return ops.mean(weights * ops.abs(images - targets), axis=(1, 2, 3))


class Perceptual(Pixels):
    """Computes `metrics.PerceptualDistance`, without rounding images first.

    The weights of pixels are not used.

    Example:

    >>> distance = Perceptual()
    >>> images = ops.zeros((2, 32, 32, 1))
    >>> rows = distance.rows(images, distance.prepare(images), 1.0)
    >>> ops.convert_to_numpy(rows).tolist()
    [0.0, 0.0]
    """

    rows_at_once = 64

    def prepare(self, targets):
        return [_directions(each) for each in _maps(targets)]

    def rows(self, images, targets, weights):
        squares = [
            ops.mean(ops.sum(ops.square(own - other), axis=-1), axis=(1, 2))
            for own, other in zip(self.prepare(images), targets)
        ]
        return sum(squares) / len(squares)

    def variables(self):
        return efficientnet.load(*efficientnet.MAPS).variables


DISTANCES = {"pixels": Pixels(), "perceptual": Perceptual()}


def _maps(images):
    """Computes the feature maps of images, gray or in color."""
    network = efficientnet.load(*efficientnet.MAPS)
    if images.shape[-1] == 1:
        images = ops.concatenate(3 * [images], axis=-1)
    return network((127.5 * images + 0.5) / 128, training=False)


def _directions(features):
    """Scales the channels to length 1. Zeros have a gradient, too."""
    squares = ops.sum(ops.square(features), axis=-1, keepdims=True)
    return features * ops.rsqrt(squares + 1e-10)
