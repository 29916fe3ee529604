"""Images in the features that the discriminator of a model has of them."""

import functools
import math
import weakref

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.control import distances
from keras_gan_zoo.engine import keras_private
from keras_gan_zoo.files.lookup import look_up

#: How differences become one number for each image: their absolute values are
#: added, or their squares are averaged.
NORMS = {
    "absolute": lambda difference: ops.sum(ops.abs(difference), axis=1),
    "squared": lambda difference: ops.mean(ops.square(difference), axis=1),
}
_networks = weakref.WeakKeyDictionary()
_distances = weakref.WeakKeyDictionary()


def features_network(discriminator):
    """Returns the network of the features that the last layer gets.

    Args:
        discriminator: `keras.Model`, whose first input is images.

    Returns:
        `keras.Model` with the same layers and inputs. None for a network
        that is not functional or has no kernel.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN((8, 8, 1), discriminator_units=(12, 7))
    >>> features_network(gan.discriminator).output_shape
    (None, 7)
    """
    if discriminator not in _networks:
        found = None
        if getattr(discriminator, "outputs", None):
            found = keras_private.before_last_kernel(discriminator)
        if found is not None:
            found = keras.Model(discriminator.inputs, found)
        _networks[discriminator] = found
    return _networks[discriminator]


def features_of(gan):
    """Returns a function from images to the features of the discriminator.

    The discriminator runs as it does outside of training.

    Args:
        gan: a latent model of images.

    Returns:
        Function of a tensor of images, and of what `gan.judged_with` returns
        for these or other images. It returns a tensor `(num, features)`. None
        if the discriminator judges something else than single images without
        a class, or has no features.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN((8, 8, 1), discriminator_units=(12, 7))
    >>> tuple(features_of(gan)(ops.zeros((3, 8, 8, 1)), []).shape)
    (3, 7)
    """
    network = features_network(gan.discriminator)
    shape = tuple(gan.sample.shape)
    if network is None or tuple(network.inputs[0].shape[1:]) != shape:
        return None
    images = ops.zeros((2, *shape))
    also = gan.judged_with(images)
    if len(network.inputs) != 1 + len(also):
        return None

    def features(images, also):
        given = [images, *also] if also else images
        found = ops.cast(network(given, training=False), "float32")
        return ops.reshape(found, (found.shape[0], -1))

    return features if len(features(images, also)) == 2 else None


class Judged(distances.Pixels):
    """Compares pixels, and features of the discriminator.

    Args:
        gan: a latent model of images. It is not kept alive.
        norm: `"absolute"` adds absolute differences. `"squared"` takes the
            mean of squared differences.
        pixel_weight: float, weight of the pixels.
        feature_weight: float, weight of the features.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN((8, 8, 1), discriminator_units=(12, 7))
    >>> distance = Judged(gan, "squared", 1.0, 0.5)
    >>> images = ops.zeros((2, 8, 8, 1))
    >>> rows = distance.rows(images, distance.prepare(images), 1.0)
    >>> ops.convert_to_numpy(rows).tolist()
    [0.0, 0.0]
    """

    def __init__(self, gan, norm, pixel_weight, feature_weight):
        self.norm = look_up(norm, NORMS, "norm of differences")
        self.weights = pixel_weight, feature_weight
        self.features = features_of(gan) if feature_weight else None
        self.judged_with = functools.partial(
            type(gan).judged_with, weakref.proxy(gan)
        )

    def prepare(self, targets):
        if self.features is None:
            return targets, [], []
        also = self.judged_with(targets)
        return targets, also, self.features(targets, also)

    def rows(self, images, targets, weights):
        targets, also, wanted = targets
        difference = weights * (images - targets)
        size = math.prod(images.shape[1:])
        found = self.weights[0] * self.norm(ops.reshape(difference, (-1, size)))
        if self.features is not None:
            # Both images are judged with the latents of the target.
            difference = self.features(images, also) - wanted
            found = found + self.weights[1] * self.norm(difference)
        return found


def distance(gan, norm, pixel_weight, feature_weight):
    """Returns the `Judged` of a model; the same object for equal arguments.

    A search with the same object is not compiled again.

    Args:
        gan: a latent model of images.
        norm: as in `Judged`.
        pixel_weight: float, weight of the pixels.
        feature_weight: float, weight of the features.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN((8, 8, 1), discriminator_units=(12, 7))
    >>> distance(gan, "squared", 1, 0) is distance(gan, "squared", 1, 0)
    True
    """
    known = _distances.setdefault(gan, {})
    key = norm, float(pixel_weight), float(feature_weight)
    if key not in known:
        known[key] = Judged(gan, *key)
    return known[key]


def differences(measure, images, others, batch_size):
    """Measures how far images are from others, a few at a time.

    Args:
        measure: one of `control.distances`.
        images: float array `(num, height, width, channels)`, judged.
        others: float array of the same shape, what the model made of them.
        batch_size: int, images at a time.

    Returns:
        numpy float32 array `(num,)`.

    Example:

    >>> images = np.zeros((3, 4, 4, 1), "float32")
    >>> differences(distances.Absolute(), images, images + 1, 2).tolist()
    [1.0, 1.0, 1.0]
    """
    found = []
    for first in range(0, len(images), batch_size):
        targets, made = (
            ops.convert_to_tensor(each[first : first + batch_size], "float32")
            for each in (images, others)
        )
        rows = measure.rows(made, measure.prepare(targets), 1.0)
        found.append(ops.convert_to_numpy(ops.stop_gradient(rows)))
    return np.concatenate(found).astype("float32")
