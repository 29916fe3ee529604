"""The random numbers of networks: apart on each replica, the same on demand."""

import contextlib

import keras
from keras import ops

from keras_gan_zoo import engine


class ReplicaSeedGenerator(keras.random.SeedGenerator):
    """A seed generator whose stream differs on each tf.distribute replica.

    A plain `keras.random.SeedGenerator` is mirrored, so that all replicas
    draw the same noise. On one device the two are identical.
    """

    def next(self, ordered=True):
        seed = super().next(ordered)
        context = engine.replica_context()
        if context is None:
            return seed
        replica = ops.cast(context.replica_id_in_sync_group, seed.dtype)
        # A large odd stride: seeds of the same base stay apart.
        return seed + ops.stack([replica * 1_000_003, replica * 0])


def uniform(shape, images, seed):
    """Uniform in [0, 1), of the type of `images`."""
    dtype = keras.backend.standardize_dtype(images.dtype)
    return keras.random.uniform(shape, dtype=dtype, seed=seed)


def one_number_per_image(images, seed):
    """The same of shape `(batch, 1, ...)`, with as many axes as `images`."""
    shape = (ops.shape(images)[0],) + (1,) * (len(images.shape) - 1)
    return uniform(shape, images, seed)


def separate_replica_noise(network):
    """Gives the Dropout and noise layers of `network` a stream per replica."""
    for generator in _seed_generators(network):
        # Layers lock their attributes once built; the state stays.
        generator.__class__ = ReplicaSeedGenerator
        # Keras' Dropout on PyTorch leaves a generator whose seed was None
        # for PyTorch's global one, which no file holds.
        if generator._initial_seed is None:
            generator._initial_seed = 0


def _seed_generators(network):
    """The seed generators of all layers, a list in their order."""
    return [
        generator
        for layer in network._flatten_layers()
        for generator in layer._seed_generators
    ]


@contextlib.contextmanager
def drawn_with(seed, network):
    """Scope in which `network` draws its noise from `seed`.

    Afterwards its state (seeds, moving statistics) is what it was: looking
    at a network leaves its training alone.

    Args:
        seed: int, or None to go on from the state there is.
        network: `keras.Model`.
    """
    state = [
        (v, ops.convert_to_numpy(v)) for v in network.non_trainable_variables
    ]
    generators = _seed_generators(network)
    if seed is not None:
        for index, generator in enumerate(generators):
            generator.state.assign([seed, index])
    try:
        yield
    finally:
        for variable, value in state:
            variable.assign(value)


@contextlib.contextmanager
def untraced(seed, model):
    """Scope in which `model` may be run as in training, without a trace.

    What is written to variables (seeds, moving statistics, pools) is dropped
    at its end; no value is changed and changed back. Random numbers are the
    same each time, and no gradients are recorded.

    Args:
        seed: int.
        model: `keras.Model`.
    """
    mapping = [
        (generator.state, ops.array([seed, index], generator.state.dtype))
        for index, generator in enumerate(_seed_generators(model))
    ]
    with keras.StatelessScope(state_mapping=mapping), engine.no_gradient():
        yield
