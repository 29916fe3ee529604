"""Random numbers of networks: separate on replicas, or from a given seed.

Networks draw inside `engine.noise_scope()`, which every step of a model
enters. The scope does not change the networks, which may belong to the user.
"""

import contextlib

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import keras_private


class ReplicaSeedGenerator(keras.random.SeedGenerator):
    """Generates seeds that differ on each tf.distribute replica.

    A plain `keras.random.SeedGenerator` is mirrored, so that all replicas
    draw the same noise outside of a step. On one device both generators give
    the same seeds.
    """

    def next(self, ordered=True):
        with engine.noise_scope():
            return super().next(ordered)


def uniform(shape, images, seed):
    """Draws uniform numbers in [0, 1).

    Args:
        shape: tuple, the shape of the result.
        images: tensor whose dtype the result has.
        seed: int or seed generator.
    """
    dtype = keras.backend.standardize_dtype(images.dtype)
    return keras.random.uniform(shape, dtype=dtype, seed=seed)


def one_number_per_image(images, seed):
    """Draws a uniform number in [0, 1) for each image.

    Args:
        images: tensor `(batch, ...)` whose dtype the result has.
        seed: int or seed generator.

    Returns:
        Tensor `(batch, 1, ...)` with the number of axes of `images`.
    """
    shape = (ops.shape(images)[0],) + (1,) * (len(images.shape) - 1)
    return uniform(shape, images, seed)


@contextlib.contextmanager
def drawn_with(seed, network):
    """Opens a scope in which `network` draws its noise from `seed`.

    The scope restores the state of the network (seeds, moving statistics) at
    its end, so that training is not affected.

    Args:
        seed: int, or None to continue from the current state.
        network: `keras.Model`.
    """
    state = [
        (v, ops.convert_to_numpy(v)) for v in network.non_trainable_variables
    ]
    if seed is not None:
        generators = keras_private.seed_generators(network)
        for index, generator in enumerate(generators):
            # PyTorch's states have 31 bits.
            generator.state.assign([seed % 2**31, index])
    try:
        with engine.noise_scope():
            yield
    finally:
        for variable, value in state:
            variable.assign(value)


@contextlib.contextmanager
def untraced(seed, model):
    """Opens a scope in which `model` runs as in training, without changes.

    New values of variables (seeds, moving statistics, pools) are dropped at
    the end. The variables themselves never change. Random numbers are the
    same each time, and no gradients are recorded.

    Args:
        seed: int, the seed of all random numbers.
        model: `keras.Model`.
    """
    generators = keras_private.seed_generators(model)
    mapping = [
        (generator.state, ops.array([seed, index], generator.state.dtype))
        for index, generator in enumerate(generators)
    ]
    with (
        keras.StatelessScope(state_mapping=mapping),
        engine.no_gradient(),
        engine.noise_scope(),
    ):
        yield
