"""Penalties of the weights of a player.

A weight penalty is an object that turns a network into a scalar. A
`Regularizer` adds it to the loss of a player, for all networks of the player:
`compile(regularizers=[Regularizer("generator", "orthogonal")])`.
"""

import keras
from keras import ops

from keras_gan_zoo.engine import keras_private

_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)


class WeightPenalty:
    """Turns a network into a scalar that depends on its weights. Abstract.

    Attributes:
        default_weight: float, the weight in the loss if none is given.

    Example, a custom penalty for `Regularizer("generator", Sum())`:

    >>> class Sum(WeightPenalty):
    ...     def __call__(self, network):
    ...         return sum(ops.sum(v) for v in network.trainable_variables)
    >>> Sum().default_weight
    1.0
    """

    default_weight = 1.0

    def __call__(self, network):
        """Computes the penalty, a scalar.

        Args:
            network: `keras.Model`, one network of the player.
        """
        raise NotImplementedError

    def begin(self, networks):
        """Prepares a state, if the penalty has one. `compile` calls it.

        Args:
            networks: list of the networks of the player.
        """

    def end_step(self, networks):
        """Moves the state, if the penalty has one, after a step.

        Args:
            networks: list of the networks of the player.
        """

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Orthogonal(WeightPenalty):
    """Draws the units of each layer to be orthogonal (Brock et al., 2019).

    https://arxiv.org/abs/1809.11096, equation 3: the sum of the squares of the
    matrix W^T W without its diagonal, added over all kernels W. The lengths of
    the units are free. A kernel is taken as a matrix whose columns are units.
    Embeddings, biases and the scales of normalizations do not count. With the
    default weight of 1e-4 in BigGAN's generator, more of the models can be
    truncated without artifacts. (The authors' PyTorch code adds a gradient
    that is half of this one's.)

    Example:

    >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    >>> network.set_weights([ops.array([[1.0, 3.0], [0.0, 4.0]]), ops.ones(2)])
    >>> float(Orthogonal()(network))  # the inner product is 3, and counts twice
    18.0
    """

    default_weight = 1e-4

    def __call__(self, network):
        # A wrapper may show the kernel of the layer in it, which comes later.
        owners = {
            id(layer.kernel): layer
            for layer in keras_private.layers_of(network)
            if isinstance(getattr(layer, "kernel", None), keras.Variable)
        }
        values = [
            _off_diagonal(_matrix(layer))
            for layer in owners.values()
            if layer.kernel.trainable
        ]
        return sum(values, ops.zeros(()))


def _matrix(layer):
    """Returns the kernel as a matrix `(inputs of a unit, units)`."""
    kernel = ops.convert_to_tensor(layer.kernel)
    if isinstance(layer, _TRANSPOSED):  # units are the last axis but one
        kernel = ops.swapaxes(kernel, -1, -2)
    return ops.reshape(kernel, (-1, kernel.shape[-1]))


def _off_diagonal(matrix):
    gram = ops.matmul(ops.transpose(matrix), matrix)
    others = gram * (1 - ops.eye(matrix.shape[-1], dtype=gram.dtype))
    return ops.sum(ops.square(others))


WEIGHT_PENALTIES = {"orthogonal": Orthogonal}
