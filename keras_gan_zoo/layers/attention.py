"""Self-attention over the positions of a map (Zhang et al., 2019)."""

import keras
from keras import layers, ops

from keras_gan_zoo.layers.precision import precise
from keras_gan_zoo.layers.spectral import SpectralNormalization


@keras.saving.register_keras_serializable("keras_gan_zoo")
class SelfAttention(keras.layers.Layer):
    """Adds to each position what all positions have (SAGAN).

    Zhang et al. (2019), https://arxiv.org/abs/1805.08318, in the form of the
    authors' code, which BigGAN (https://arxiv.org/abs/1809.11096) shares. Of
    C channels, 1x1 convolutions without biases make queries and keys of C / 8
    channels and values of C / 2 channels. The largest of 2x2 keys and of 2x2
    values count. A softmax over the positions of the keys weighs the values,
    without a division by the root of the channels. A last convolution has C
    channels again. Its output is multiplied by a learned number, gamma, and
    added to the input. Gamma starts at 0, so that the layer begins as the
    identity. The softmax is computed in float32.

    Args:
        spectral_normalization: bool, divide each kernel by its largest
            singular value, as in both papers.
        kernel_initializer: initializer of the four kernels.
        **kwargs: arguments of `keras.layers.Layer`, such as `name`.

    Input: `(batch, height, width, channels)`, with at least 8 channels and an
    even height and width. Output: the same shape.

    Raises:
        ValueError: if there are fewer than 8 channels, or the height or width
            is odd.

    Example:

    >>> features = ops.ones((2, 4, 4, 16))
    >>> layer = SelfAttention()
    >>> bool(ops.all(layer(features) == features)), float(layer.gamma)
    (True, 0.0)
    """

    def __init__(
        self,
        spectral_normalization=True,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.spectral_normalization = spectral_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        _, height, width, channels = input_shape
        if channels < 8 or (height or 0) % 2 or (width or 0) % 2:
            raise ValueError(
                "Self-attention makes an eighth of the channels, and halves "
                "the height and width. Expected at least 8 channels, and an "
                f"even height and width. Received: shape {tuple(input_shape)}."
            )
        wide = (*input_shape[:-1], channels // 2)
        self.query = self._convolution(channels // 8, "query", input_shape)
        self.key = self._convolution(channels // 8, "key", input_shape)
        self.value = self._convolution(channels // 2, "value", input_shape)
        self.output_layer = self._convolution(channels, "output", wide)
        self.gamma = self.add_weight(
            shape=(), initializer="zeros", autocast=False, name="gamma"
        )

    def _convolution(self, filters, name, input_shape):
        convolution = layers.Conv2D(
            filters,
            1,
            use_bias=False,
            kernel_initializer=self.kernel_initializer.clone(),
            dtype=self.dtype_policy,
            name=name,
        )
        if self.spectral_normalization:
            convolution = SpectralNormalization(
                convolution, dtype=self.dtype_policy, name=f"{name}_sn"
            )
        convolution.build(input_shape)
        return convolution

    def call(self, inputs, training=False):
        arguments = (
            {"training": training} if self.spectral_normalization else {}
        )
        query = _positions(self.query(inputs, **arguments))
        key = _positions(_largest(self.key(inputs, **arguments)))
        value = _positions(_largest(self.value(inputs, **arguments)))
        scores = ops.matmul(query, ops.transpose(key, (0, 2, 1)))
        weights = ops.softmax(precise(scores, self), axis=-1)
        mixed = ops.matmul(ops.cast(weights, value.dtype), value)
        shape = ops.shape(inputs)
        mixed = ops.reshape(mixed, (*shape[:3], value.shape[-1]))
        mixed = self.output_layer(mixed, **arguments)
        outputs = precise(inputs, self) + self.gamma * precise(mixed, self)
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        initializer = keras.initializers.serialize(self.kernel_initializer)
        return {
            **super().get_config(),
            "spectral_normalization": self.spectral_normalization,
            "kernel_initializer": initializer,
        }


def _positions(x):
    """Returns `(batch, positions, channels)`."""
    return ops.reshape(x, (ops.shape(x)[0], -1, x.shape[-1]))


def _largest(x):
    """Returns the largest value of each square of 2x2 positions.

    As maxima of slices: TensorFlow has the second derivative of these.
    """
    rows = ops.maximum(x[:, ::2], x[:, 1::2])
    return ops.maximum(rows[:, :, ::2], rows[:, :, 1::2])
