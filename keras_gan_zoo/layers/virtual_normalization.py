"""Virtual batch normalization (Salimans et al., 2016): three layers.

A network with virtual batch normalization carries its reference batch with
it: `ReferenceBatch` puts it in front of the batch, `VirtualBatchNormalization`
normalizes by it, and `WithoutReference` takes it away at the end.
"""

import keras
from keras import ops

from keras_gan_zoo.layers.normalization import moments
from keras_gan_zoo.layers.precision import precise


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ReferenceBatch(keras.layers.Layer):
    """Puts a fixed batch in front of each batch.

    Args:
        num: int, number of reference examples.

    The reference is the weight `reference`, which is not trained. It starts
    as numbers from N(0, 1), right for latents. For other inputs, assign
    examples: `layer.reference.assign(images[:num])`.

    Input: `(batch, ...)`. Output: `(num + batch, ...)`.

    Example:

    >>> ReferenceBatch(3)(ops.zeros((2, 4))).shape[0]
    5
    """

    def __init__(self, num, **kwargs):
        super().__init__(**kwargs)
        self.num = num

    def build(self, input_shape):
        self.reference = self.add_weight(
            shape=(self.num, *input_shape[1:]),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            name="reference",
        )

    def call(self, inputs):
        reference = ops.cast(self.reference, inputs.dtype)
        return ops.concatenate([reference, inputs], axis=0)

    def compute_output_shape(self, input_shape):
        num = input_shape[0]
        return (None if num is None else num + self.num, *input_shape[1:])

    def get_config(self):
        return {**super().get_config(), "num": self.num}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class WithoutReference(keras.layers.Layer):
    """Takes the reference away from the front of a batch.

    Args:
        num: int, number of reference examples.

    Input: `(num + batch, ...)`. Output: `(batch, ...)`.

    Example:

    >>> WithoutReference(3)(ops.zeros((5, 4))).shape[0]
    2
    """

    def __init__(self, num, **kwargs):
        super().__init__(**kwargs)
        self.num = num

    def call(self, inputs):
        return inputs[self.num :]

    def compute_output_shape(self, input_shape):
        num = input_shape[0]
        return (None if num is None else num - self.num, *input_shape[1:])

    def get_config(self):
        return {**super().get_config(), "num": self.num}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class VirtualBatchNormalization(keras.layers.Layer):
    """Normalizes each example by the reference batch and itself.

    https://arxiv.org/abs/1606.03498, section 3.5. The statistics of an example
    are over the n reference examples and the example. So the output for an
    example does not depend on the other examples of the batch, as it does
    under batch normalization, and the same statistics serve after training.
    The reference examples are normalized by themselves. Computed in float32.

    Args:
        num: int, n, the number of reference examples in front of the batch.
        epsilon: float > 0, added to the variance.

    Input and output: `(num + batch, ..., channels)`.

    Example:

    >>> layer = VirtualBatchNormalization(num=2)
    >>> features = ops.array([[1.0], [3.0], [2.0]])  # the last is the batch
    >>> ops.convert_to_numpy(layer(features))[:, 0].round(2)
    array([-1.,  1.,  0.], dtype=float32)
    """

    def __init__(self, num, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.num = num
        self.epsilon = epsilon

    def build(self, input_shape):
        self.gamma = self.add_weight(
            shape=(input_shape[-1],), initializer="ones", name="gamma"
        )
        self.beta = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", name="beta"
        )

    def call(self, inputs):
        x = precise(inputs, self)
        axes = list(range(len(x.shape) - 1))
        mean, variance = moments(x[: self.num], axes)
        square = variance + ops.square(mean)
        examples = x[self.num :]
        own = axes[1:]  # an example of a dense layer has one value a channel
        own_mean = ops.mean(examples, own, keepdims=True) if own else examples
        own_square = ops.square(examples)
        if own:
            own_square = ops.mean(own_square, own, keepdims=True)
        part = 1 / (self.num + 1)
        both_mean = part * own_mean + (1 - part) * mean
        both_square = part * own_square + (1 - part) * square
        both_variance = both_square - ops.square(both_mean)
        outputs = ops.concatenate(
            [
                self._normalized(x[: self.num], mean, variance),
                self._normalized(examples, both_mean, both_variance),
            ],
            axis=0,
        )
        scaled = outputs * precise(self.gamma, self) + precise(self.beta, self)
        return ops.cast(scaled, self.compute_dtype)

    def _normalized(self, x, mean, variance):
        return (x - mean) * ops.rsqrt(variance + self.epsilon)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "num": self.num,
            "epsilon": self.epsilon,
        }
