"""Standing statistics: exact averages in place of moving statistics."""

import contextlib

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.engine import keras_private, randomness
from keras_gan_zoo.layers import BatchNormalization

KINDS = (BatchNormalization, keras.layers.BatchNormalization)


def normalizations(network):
    """Returns the list of batch normalizations in a network.

    Args:
        network: `keras.Model`.

    Example:

    >>> network = keras.Sequential(
    ...     [keras.Input((2,)), keras.layers.Dense(2), BatchNormalization()]
    ... )
    >>> len(normalizations(network))
    1
    """
    layers = keras_private.layers_of(network)
    return [layer for layer in layers if isinstance(layer, KINDS)]


def set_statistics(network, batches):
    """Sets moving statistics to their averages over batches, in equal parts.

    The network runs as in training. Nothing else in the network changes.

    Args:
        network: `keras.Model` with batch normalizations.
        batches: iterable of pairs of a seed for the noise of the network, an
            int, and the inputs of the network.

    Example:

    >>> network = keras.Sequential([keras.Input((1,)), BatchNormalization()])
    >>> batches = [ops.array([[1.0], [3.0]]), ops.array([[5.0], [5.0]])]
    >>> set_statistics(network, enumerate(batches))
    >>> [float(v[0]) for v in network.non_trainable_variables]
    [3.5, 0.5]
    """
    variables = [
        variable
        for layer in normalizations(network)
        for variable in (layer.moving_mean, layer.moving_variance)
    ]
    sums = [np.zeros(variable.shape) for variable in variables]  # float64
    num = 0
    with _unsmoothed(network):
        for seed, inputs in batches:
            with randomness.untraced(seed, network):
                network(inputs, training=True)
                for total, variable in zip(sums, variables):
                    total += ops.convert_to_numpy(variable.value)
            num += 1
    for total, variable in zip(sums, variables):
        variable.assign(total / num)


@contextlib.contextmanager
def _unsmoothed(network):
    """Opens a scope in which moving statistics are those of the last batch."""
    layers = normalizations(network)
    kept = [(layer.momentum, layer.trainable) for layer in layers]
    try:
        for layer in layers:
            layer.momentum = 0.0
            layer.trainable = True  # Keras' own does not follow if frozen
        yield
    finally:
        for layer, (momentum, trainable) in zip(layers, kept):
            layer.momentum, layer.trainable = momentum, trainable
