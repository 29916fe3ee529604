"""Batch, layer and instance normalization that can be differentiated twice.

Gradient penalties differentiate normalization twice. The layers of Keras call
TensorFlow's `tf.nn.moments`, which stops a gradient that matters only for the
second derivative. Then the gradient of the penalty is wrong by up to 87 %. The
layers here compute the statistics with plain operations, which are correct for
derivatives of every order on every backend.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.layers.precision import precise


class _Normalization(keras.layers.Layer):
    """Returns gamma * (x - mean) / sqrt(variance + epsilon) + beta.

    Gamma and beta have one value for each channel. Without `scale` there is
    no gamma, without `center` there is no beta. Abstract.
    """

    def __init__(
        self,
        epsilon=1e-5,
        gamma_initializer="ones",
        center=True,
        scale=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.gamma_initializer = keras.initializers.get(gamma_initializer)
        self.has_shift = center
        self.has_scale = scale

    def build(self, input_shape):
        self.add_scales((input_shape[-1],))

    def add_scales(self, shape):
        """Adds the weights gamma and beta, both of this shape."""
        if self.has_scale:
            self.gamma = self.add_weight(
                shape=shape, initializer=self.gamma_initializer, name="gamma"
            )
        if self.has_shift:
            self.beta = self.add_weight(
                shape=shape, initializer="zeros", name="beta"
            )

    def _scaled(self, x, mean, variance):
        scale = ops.rsqrt(variance + self.epsilon)
        if self.has_scale:
            scale = scale * precise(self.gamma, self)
        outputs = (x - mean) * scale
        if self.has_shift:
            outputs = outputs + precise(self.beta, self)
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        initializer = keras.initializers.serialize(self.gamma_initializer)
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "gamma_initializer": initializer,
            "center": self.has_shift,
            "scale": self.has_scale,
        }


def moments(x, axes):
    """Returns mean and variance, with which `x` can be broadcast.

    Args:
        x: tensor.
        axes: list of ints, the axes over which they are taken.
    """
    mean = ops.mean(x, axes, keepdims=True)
    return mean, ops.mean(ops.square(x - mean), axes, keepdims=True)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class BatchNormalization(_Normalization):
    """Normalizes the batch (Ioffe & Szegedy, 2015).

    https://arxiv.org/abs/1502.03167. The statistics are over all axes except
    the last, and over the global batch under tf.distribute. They are computed
    in float32.

    Args:
        momentum: float in [0, 1), decay of the moving statistics, which are
            used outside training.
        epsilon: float > 0, added to the variance.
        gamma_initializer: initializer of the scale.
        center: bool, whether to add a trained shift to each channel.
        scale: bool, whether to multiply each channel by a trained scale.

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
        self.add_statistics((input_shape[-1],))

    def add_statistics(self, shape):
        """Adds the moving mean and variance, both of this shape."""
        self.moving_mean = self.add_weight(
            shape=shape,
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="moving_mean",
        )
        self.moving_variance = self.add_weight(
            shape=shape,
            initializer="ones",
            trainable=False,
            autocast=False,
            name="moving_variance",
        )

    def call(self, inputs, training=False):
        if training and engine.fused_batch_normalization is not None:
            return self._fused(inputs)
        x = precise(inputs, self)
        return self._scaled(x, *self.statistics(x, training))

    def _fused(self, inputs):
        """Does the same in training as `call`, by one operation."""
        outputs, *moments = engine.fused_batch_normalization(
            inputs,
            precise(self.gamma, self) if self.has_scale else None,
            precise(self.beta, self) if self.has_shift else None,
            self.epsilon,
        )
        self._follow(*moments)
        return outputs

    def statistics(self, x, training):
        """Returns mean and variance: of the batch, or the moving ones.

        Args:
            x: features `(batch, ..., channels)`.
            training: bool. In training, the moving statistics follow the
                batch.
        """
        if not training:
            return self.moving_mean, self.moving_variance
        axes = list(range(len(x.shape) - 1))
        mean = ops.mean(x, axes)
        variance = ops.mean(ops.square(x - mean), axes)
        mean, variance = engine.replica_moments(mean, variance)
        self._follow(mean, variance)
        return mean, variance

    def _follow(self, mean, variance):
        """Moves the moving statistics to the statistics of a batch."""
        for variable, value in (
            (self.moving_mean, mean),
            (self.moving_variance, variance),
        ):
            own = (1 - self.momentum) * ops.stop_gradient(value)
            variable.assign(self.momentum * variable + own)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LayerNormalization(_Normalization):
    """Normalizes each example over all its axes (Ba et al., 2016).

    https://arxiv.org/abs/1607.06450. There is a scale and a shift for each
    channel, as in the networks of WGAN-GP. The statistics are computed in
    float32.

    Args:
        epsilon: float > 0, added to the variance.
        gamma_initializer: initializer of the scale.
        center: bool, whether to add a trained shift to each channel.
        scale: bool, whether to multiply each channel by a trained scale.

    Example:

    >>> x = ops.array([[1.0, 3.0], [5.0, 5.0]])
    >>> ops.convert_to_numpy(LayerNormalization()(x)).round(2)
    array([[-1.,  1.],
           [ 0.,  0.]], dtype=float32)
    """

    def call(self, inputs):
        x = precise(inputs, self)
        return self._scaled(x, *moments(x, list(range(1, len(x.shape)))))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class InstanceNormalization(_Normalization):
    """Normalizes each channel of each image (Ulyanov et al., 2016).

    https://arxiv.org/abs/1607.08022. The statistics are over height and
    width. They are computed in float32.

    Args:
        epsilon: float > 0, added to the variance.
        gamma_initializer: initializer of the scale.
        center: bool, whether to add a trained shift to each channel.
        scale: bool, whether to multiply each channel by a trained scale.

    Example:

    >>> rows = ops.array([[[[1.0, 7.0]], [[3.0, 7.0]]]])  # (1, 2, 1, 2)
    >>> ops.convert_to_numpy(InstanceNormalization()(rows))[0, :, 0].round(2)
    array([[-1.,  0.],
           [ 1.,  0.]], dtype=float32)
    """

    def call(self, inputs):
        x = precise(inputs, self)
        return self._scaled(x, *moments(x, list(range(1, len(x.shape) - 1))))


NORMALIZATIONS = {
    "batch": BatchNormalization,
    "layer": LayerNormalization,
    "instance": InstanceNormalization,
}


def normalization(identifier, **kwargs):
    """Makes a normalization layer by name.

    Args:
        identifier: `"batch"`, `"layer"` or `"instance"`.
        **kwargs: arguments of the layer, such as `name`.

    Example:

    >>> normalization("instance").epsilon
    1e-05
    """
    return look_up(identifier, NORMALIZATIONS, "normalization")(**kwargs)
