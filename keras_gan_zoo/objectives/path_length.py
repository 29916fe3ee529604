"""A penalty of the generator that makes all steps in its input count alike."""

import keras
from keras import ops

from keras_gan_zoo import engine


def path_lengths(network, inputs, noise):
    """Computes how far images move for a small step of their input.

    Karras et al. (2020), https://arxiv.org/abs/1912.04958, section 3.2: the
    length of J^T y, the gradient of sum(G(x) y) by x, for random images y. If
    an image has several inputs (one style for each layer), their mean square
    counts.

    Args:
        network: function from inputs to images.
        inputs: float tensor `(batch, ..., features)`.
        noise: float tensor of the shape of the images, y.

    Returns:
        Float tensor `(batch,)`.

    Example:

    >>> inputs = ops.ones((2, 4))
    >>> double = lambda x: 2 * ops.reshape(x, (2, 2, 2, 1))
    >>> noise = ops.ones((2, 2, 2, 1))  # four pixels
    >>> ops.convert_to_numpy(path_lengths(double, inputs, noise)).tolist()
    [4.0, 4.0]
    """
    gradient = engine.input_gradient(
        lambda x: ops.cast(network(x), noise.dtype) * noise, inputs
    )
    squares = ops.sum(ops.square(gradient), axis=-1)
    squares = ops.mean(ops.reshape(squares, (ops.shape(squares)[0], -1)), 1)
    # The root has no derivative at 0.
    return ops.sqrt(squares + 1e-12)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PathLength(keras.layers.Layer):
    """Computes the path length penalty, E (length(J^T y) - a)^2.

    Karras et al. (2020), https://arxiv.org/abs/1912.04958, section 3.2 and
    appendix B. Here y is noise from N(0, 1), divided by the root of the number
    of pixels, and `a` is the moving average of the lengths, which is part of
    the state of the model. See `path_lengths`. It is a penalty for
    `Regularizer("generator", PathLength(), every=4)` of any architecture that
    shows its generator to regularizers.

    It is a layer only because it has a state: its arguments are those of a
    penalty.

    Args:
        decay: float in [0, 1), decay of the moving average.
        part: int. The penalty looks at every `part`-th image of the batch,
            which saves memory and time.

    Call: `penalty(network, inputs, outputs, seed)` returns a scalar. With an
    int as `seed`, as in evaluation, `a` does not move.

    Example:

    >>> penalty = PathLength()
    >>> inputs = ops.ones((2, 4))
    >>> images = lambda x: ops.reshape(x, (-1, 2, 2, 1))
    >>> seed = keras.random.SeedGenerator(0)
    >>> _ = penalty(images, inputs, images(inputs), seed)
    >>> bool(penalty.mean > 0)
    True
    """

    #: Multiplies the penalty, unless the regularizer has another weight.
    default_weight = 2.0

    def __init__(self, decay=0.99, part=2, **kwargs):
        super().__init__(**kwargs)
        self.decay = decay
        self.part = part
        self.mean = self.add_weight(
            shape=(),
            initializer="zeros",
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
            name="mean",
        )
        self.built = True

    def __call__(self, network, inputs, outputs, seed):
        inputs, like = inputs[:: self.part], outputs[:: self.part]
        dtype = keras.backend.result_type(like.dtype, "float32")
        noise = keras.random.normal(ops.shape(like), dtype=dtype, seed=seed)
        pixels = 1
        for side in outputs.shape[1:-1]:
            pixels = pixels * side
        lengths = path_lengths(network, inputs, noise / pixels**0.5)
        lengths = ops.cast(lengths, self.mean.dtype)
        batch_mean = engine.replica_mean(ops.stop_gradient(ops.mean(lengths)))
        mean = self.decay * self.mean + (1 - self.decay) * batch_mean
        if not isinstance(seed, int):
            self.mean.assign(mean)
        return ops.mean(ops.square(lengths - ops.stop_gradient(mean)))

    def get_config(self):
        return {
            **super().get_config(),
            "decay": self.decay,
            "part": self.part,
        }
