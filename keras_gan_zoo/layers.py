"""Layers that two models share or that a paper names.

The normalisations exist beside Keras' own because gradient penalties
differentiate them twice: TensorFlow's `tf.nn.moments`, which Keras calls,
stops a gradient that only matters for the second derivative, so that the
penalty's own gradient is off by up to 87 %. Here the statistics are written
out with plain operations and right to every order on every backend.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.names import look_up


class _Normalization(keras.layers.Layer):
    """gamma * (x - mean) / sqrt(variance + epsilon) + beta, by channel."""

    def __init__(self, epsilon=1e-5, gamma_initializer="ones", **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.gamma_initializer = keras.initializers.get(gamma_initializer)

    def build(self, input_shape):
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(
            shape=channels, initializer=self.gamma_initializer, name="gamma"
        )
        self.beta = self.add_weight(
            shape=channels, initializer="zeros", name="beta"
        )

    def _precise(self, x):
        """Casts to float32 at least: half precision has no statistics."""
        return ops.cast(
            x, keras.backend.result_type(self.compute_dtype, "float32")
        )

    def _scaled(self, x, mean, variance):
        scale = ops.rsqrt(variance + self.epsilon) * self._precise(self.gamma)
        outputs = (x - mean) * scale + self._precise(self.beta)
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        initializer = keras.initializers.serialize(self.gamma_initializer)
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "gamma_initializer": initializer,
        }


def _moments(x, axes):
    mean = ops.mean(x, axes, keepdims=True)
    return mean, ops.mean(ops.square(x - mean), axes, keepdims=True)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class BatchNormalization(_Normalization):
    """Batch normalisation (Ioffe & Szegedy, 2015).

    https://arxiv.org/abs/1502.03167. Over all axes but the last; under
    tf.distribute over the global batch. Statistics are computed in float32.

    Args:
        momentum: float in [0, 1), decay of the moving statistics that are
            used when not training.
        epsilon: float > 0, added to the variance.
        gamma_initializer: initializer of the scale.

    Example:

    >>> x = ops.array([[1.0], [3.0]])
    >>> ops.convert_to_numpy(BatchNormalization()(x, training=True)).round(2)
    array([[-1.],
           [ 1.]], dtype=float32)
    """

    def __init__(self, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum

    def build(self, input_shape):
        super().build(input_shape)
        channels = (input_shape[-1],)
        self.moving_mean = self.add_weight(
            shape=channels,
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="moving_mean",
        )
        self.moving_variance = self.add_weight(
            shape=channels,
            initializer="ones",
            trainable=False,
            autocast=False,
            name="moving_variance",
        )

    def call(self, inputs, training=False):
        x = self._precise(inputs)
        if not training:
            return self._scaled(x, self.moving_mean, self.moving_variance)
        axes = list(range(len(x.shape) - 1))
        mean = ops.mean(x, axes)
        variance = ops.mean(ops.square(x - mean), axes)
        mean, variance = engine.replica_moments(mean, variance)
        self._update(self.moving_mean, mean)
        self._update(self.moving_variance, variance)
        return self._scaled(x, mean, variance)

    def _update(self, variable, value):
        value = ops.stop_gradient(value)
        variable.assign(self.momentum * variable + (1 - self.momentum) * value)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LayerNormalization(_Normalization):
    """Layer normalisation (Ba et al., 2016) over all axes of an example.

    https://arxiv.org/abs/1607.06450. With a scale and shift per channel, as
    in WGAN-GP's networks. Statistics are computed in float32.

    Args:
        epsilon: float > 0, added to the variance.
        gamma_initializer: initializer of the scale.

    Example:

    >>> x = ops.array([[1.0, 3.0], [5.0, 5.0]])
    >>> ops.convert_to_numpy(LayerNormalization()(x)).round(2)
    array([[-1.,  1.],
           [ 0.,  0.]], dtype=float32)
    """

    def call(self, inputs):
        x = self._precise(inputs)
        return self._scaled(x, *_moments(x, list(range(1, len(x.shape)))))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class InstanceNormalization(_Normalization):
    """Instance normalisation (Ulyanov et al., 2016).

    https://arxiv.org/abs/1607.08022. Over height and width of each channel
    of each image. Statistics are computed in float32.

    Args:
        epsilon: float > 0, added to the variance.
        gamma_initializer: initializer of the scale.

    Example:

    >>> rows = ops.array([[[[1.0, 7.0]], [[3.0, 7.0]]]])  # (1, 2, 1, 2)
    >>> ops.convert_to_numpy(InstanceNormalization()(rows))[0, :, 0].round(2)
    array([[-1.,  0.],
           [ 1.,  0.]], dtype=float32)
    """

    def call(self, inputs):
        x = self._precise(inputs)
        return self._scaled(x, *_moments(x, list(range(1, len(x.shape) - 1))))


NORMALIZATIONS = {
    "batch": BatchNormalization,
    "layer": LayerNormalization,
    "instance": InstanceNormalization,
}


def normalization(identifier, **kwargs):
    """Makes a normalisation layer by name.

    Args:
        identifier: `"batch"`, `"layer"` or `"instance"`.
        **kwargs: arguments of the layer, such as `name`.

    Example:

    >>> normalization("instance").epsilon
    1e-05
    """
    return look_up(identifier, NORMALIZATIONS, "normalization")(**kwargs)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Maxout(keras.layers.Layer):
    """Maxout (Goodfellow et al., 2013), https://arxiv.org/abs/1302.4389.

    The largest of each group of `pieces` neighbouring features: put it
    behind a `Dense` layer with `units * pieces` units.

    Args:
        pieces: int, how many linear pieces each unit takes the maximum of.

    Input: `(batch, units * pieces)`. Output: `(batch, units)`.

    Example:

    >>> ops.convert_to_numpy(Maxout(2)(ops.array([[1.0, 5.0, 2.0, 0.0]])))
    array([[5., 2.]], dtype=float32)
    """

    def __init__(self, pieces, **kwargs):
        super().__init__(**kwargs)
        self.pieces = pieces

    def call(self, inputs):
        units = inputs.shape[-1] // self.pieces
        return ops.max(ops.reshape(inputs, (-1, units, self.pieces)), axis=2)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] // self.pieces)

    def get_config(self):
        return {**super().get_config(), "pieces": self.pieces}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Pack(keras.layers.Layer):
    """Packing (Lin et al., 2018), https://arxiv.org/abs/1712.04086.

    Groups of `size` neighbours in the batch become one image with all their
    channels, which the discriminator behind judges as one: a set of images
    that lacks modes is easier to tell than a single image. Where the batch
    does not divide, its first images fill the last group.

    Args:
        size: int, images of a group.

    Input: `(batch, height, width, channels)`. Output:
    `(ceil(batch / size), height, width, channels * size)`.

    Example:

    >>> tuple(Pack(2)(ops.zeros((8, 4, 4, 3))).shape)
    (4, 4, 4, 6)
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, inputs):
        batch = ops.shape(inputs)[0]
        groups = (batch + self.size - 1) // self.size
        x = ops.take(inputs, ops.arange(groups * self.size) % batch, axis=0)
        x = ops.reshape(x, (groups, self.size, *inputs.shape[1:]))
        x = ops.transpose(x, (0, 2, 3, 1, 4))
        height, width, channels = inputs.shape[1:]
        return ops.reshape(x, (groups, height, width, channels * self.size))

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        groups = None if batch is None else -(-batch // self.size)
        return (groups, *sides, channels * self.size)

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class SpectralNormalization(keras.layers.Wrapper):
    """Spectral normalisation (Miyato et al., 2018).

    https://arxiv.org/abs/1802.05957. Calls `layer` with its kernel W divided
    by its largest singular value, estimated by one step of power iteration
    per call in training (Algorithm 1), W as a matrix of all inputs of a unit
    by units. The kernel itself stays as it is (Keras' layer of this name
    overwrites it in the forward pass, which gives other results on JAX).

    Args:
        layer: a `Dense` or convolution layer.

    Example:

    >>> ones = keras.layers.Dense(1, kernel_initializer="ones")
    >>> layer = SpectralNormalization(ones)
    >>> float(layer(ops.ones((1, 4)), training=True)[0, 0])  # 4 / 2
    2.0
    """

    def build(self, input_shape):
        super().build(input_shape)
        if not hasattr(self.layer, "kernel"):
            raise ValueError(
                "SpectralNormalization divides the kernel of a Dense or "
                "convolution layer, and the layer it was given has none. "
                f"Received: layer={self.layer}"
            )
        self.u = self.add_weight(
            shape=(1, self.layer.kernel.shape[-1]),
            initializer="random_normal",
            trainable=False,
            autocast=False,
            name="u",
        )

    def call(self, inputs, training=False):
        kernel = self.layer.kernel
        weights = [
            kernel / self._largest_singular_value(training)
            if variable is kernel
            else variable
            for variable in self.layer.trainable_variables
        ]
        outputs, _ = self.layer.stateless_call(
            weights, self.layer.non_trainable_variables, inputs
        )
        return outputs

    def _largest_singular_value(self, training):
        # Drawn at first, not of length 1 as those that training writes.
        u = _unit(ops.convert_to_tensor(self.u))
        kernel = ops.cast(self.layer.kernel, u.dtype)
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        fixed = ops.stop_gradient(matrix)
        v = _unit(ops.matmul(u, ops.transpose(fixed)))
        if training:
            u = _unit(ops.matmul(v, fixed))
            self.u.assign(u)
        sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))
        return ops.reshape(sigma, ())

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)


def _unit(vector):
    return vector / (ops.sqrt(ops.sum(ops.square(vector))) + 1e-12)


def maybe_spectral(layer, wanted):
    """The layer, with its kernel spectrally normalised if `wanted`.

    Args:
        layer: a `Dense` or convolution layer.
        wanted: bool.

    Example:

    >>> maybe_spectral(keras.layers.Dense(1, name="logits"), True).name
    'logits_sn'
    """
    if wanted:
        return SpectralNormalization(layer, name=f"{layer.name}_sn")
    return layer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class ReflectionPadding2D(keras.layers.Layer):
    """Continues images beyond their rim by their mirror image.

    The pixels of the rim themselves are not repeated: `abc` becomes
    `cbabcba` for a padding of 2. Needs sides greater than `padding`.

    Args:
        padding: int, pixels on each side.

    Input: `(batch, height, width, channels)`. Output: `(batch, height + 2 *
    padding, width + 2 * padding, channels)`.

    Example:

    >>> abc = ops.reshape(ops.array([1.0, 2.0, 3.0] * 3), (1, 3, 3, 1))
    >>> ops.convert_to_numpy(ReflectionPadding2D(2)(abc))[0, 0, :, 0].tolist()
    [3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]
    """

    def __init__(self, padding, **kwargs):
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs):
        around = (self.padding, self.padding)
        return ops.pad(inputs, ((0, 0), around, around, (0, 0)), "reflect")

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        sides = [s if s is None else s + 2 * self.padding for s in sides]
        return (batch, *sides, channels)

    def get_config(self):
        return {**super().get_config(), "padding": self.padding}


def _transposed(features, kernel_size, name, **kwargs):
    return keras.layers.Conv2DTranspose(
        features, kernel_size, strides=2, padding="same", name=name, **kwargs
    )


def _resize(features, kernel_size, name, **kwargs):
    # An even kernel would shift the picture by half a pixel.
    kernel_size -= 1 - kernel_size % 2
    return keras.Sequential(
        [
            keras.layers.UpSampling2D(2, name=f"{name}_nearest"),
            keras.layers.Conv2D(
                features, kernel_size, padding="same", name=name, **kwargs
            ),
        ],
        name=f"{name}_resize",
    )


UPSAMPLINGS = {"transposed": _transposed, "resize": _resize}


def upsampling(identifier, features, kernel_size, name, **kwargs):
    """Makes a convolution that doubles the sides of its input.

    `"transposed"`: a transposed convolution of stride 2. `"resize"`: each
    pixel becomes four, then a convolution of stride 1, which avoids the
    checkerboards of the former (Odena et al., 2016,
    https://distill.pub/2016/deconv-checkerboard).

    Args:
        identifier: `"transposed"` or `"resize"`.
        features: int, channels of the output.
        kernel_size: int, side of the kernel; `"resize"` takes the odd number
            below an even one.
        name: name of the layer.
        **kwargs: arguments of the convolution, such as `use_bias`.

    Example:

    >>> upsampling("resize", 8, 4, "up").compute_output_shape((1, 2, 2, 3))
    (1, 4, 4, 8)
    """
    make = look_up(identifier, UPSAMPLINGS, "upsampling")
    return make(features, kernel_size, name, **kwargs)
