"""Weight normalization: the length of a kernel apart from its direction."""

import contextlib

import keras
from keras import ops

from keras_gan_zoo.engine import keras_private
from keras_gan_zoo.layers.kernels import called_with

_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class WeightNormalization(keras.layers.Wrapper):
    """Divides the kernel of each unit by its length, times a scale.

    Salimans & Kingma (2016), https://arxiv.org/abs/1602.07868. Calls `layer`
    with the kernel `s v / |v|`. Here v is the kernel variable of a unit, `|v|`
    its length over all inputs of the unit, and s the scale of the unit. The
    kernel variable does not change. `initialize_by_data` sets scales and
    biases so that the outputs of each unit have mean 0 and a given deviation.

    Args:
        layer: a `Dense` or convolution layer, also a transposed one, without
            an activation. The outputs are what is normalized.
        train_scale: bool, whether the scales are trained. If not, they keep
            what `initialize_by_data` has set.
        deviation: float, the standard deviation of the outputs of each unit
            after `initialize_by_data`.

    Raises:
        ValueError: if the layer has no kernel, or an activation.

    Example:

    >>> dense = keras.layers.Dense(1, kernel_initializer="ones")
    >>> layer = WeightNormalization(dense)
    >>> float(layer(ops.ones((1, 4)))[0, 0])  # 4 / 2
    2.0
    """

    def __init__(self, layer, train_scale=False, deviation=1.0, **kwargs):
        super().__init__(layer, **kwargs)
        self.train_scale = train_scale
        self.deviation = deviation
        self._initializes = False

    def build(self, input_shape):
        super().build(input_shape)
        activation = getattr(self.layer, "activation", keras.activations.linear)
        if (
            not hasattr(self.layer, "kernel")
            or activation is not keras.activations.linear
        ):
            raise ValueError(
                "Weight normalization belongs to a layer with a kernel and "
                "linear outputs. Expected a Dense or convolution layer "
                "without an activation. Received: "
                f"{type(self.layer).__name__} with activation="
                f"{getattr(activation, '__name__', activation)!r}. Put the "
                "activation into a layer of its own."
            )
        self.scale = self.add_weight(
            shape=(self.layer.kernel.shape[self._unit_axis],),
            initializer="ones",
            trainable=self.train_scale,
            autocast=False,
            name="scale",
        )

    @property
    def _unit_axis(self):
        return -2 if isinstance(self.layer, _TRANSPOSED) else -1

    def call(self, inputs):
        if self._initializes:
            return self._initialized(inputs)
        return self._outputs(inputs)

    def _outputs(self, inputs):
        kernel = self.layer.kernel
        own = ops.cast(kernel, self.scale.dtype)
        unit = len(kernel.shape) + self._unit_axis
        axes = [axis for axis in range(len(kernel.shape)) if axis != unit]
        lengths = ops.sqrt(ops.sum(ops.square(own), axes, keepdims=True))
        shape = [1] * len(kernel.shape)
        shape[unit] = -1
        scale = ops.reshape(ops.convert_to_tensor(self.scale), shape)
        # A unit of zeros has no direction; 0 / 0 would be NaN.
        normalized = scale * own / ops.maximum(lengths, 1e-12)
        return called_with(self.layer, normalized, inputs)

    def _initialized(self, inputs):
        """Sets scale and bias by a batch, and returns the new outputs."""
        self.scale.assign(ops.ones(self.scale.shape, self.scale.dtype))
        bias = getattr(self.layer, "bias", None)
        if bias is not None:
            bias.assign(ops.zeros(bias.shape, bias.dtype))
        outputs = ops.cast(self._outputs(inputs), self.scale.dtype)
        axes = list(range(len(outputs.shape) - 1))
        mean = ops.mean(outputs, axes)
        scale = self.deviation * ops.rsqrt(ops.var(outputs, axes) + 1e-8)
        self.scale.assign(scale)
        if bias is not None:
            bias.assign(ops.cast(-mean * scale, bias.dtype))
        return self._outputs(inputs)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "train_scale": self.train_scale,
            "deviation": self.deviation,
        }


def initialize_by_data(network, *inputs):
    """Sets the scales and biases of weight normalization by one batch.

    Salimans & Kingma (2016), https://arxiv.org/abs/1602.07868, section 3. The
    batch passes through the network once, as in training. Each layer with
    weight normalization gets scales and biases with which the outputs of each
    of its units have mean 0 and the layer's `deviation`.

    Args:
        network: `keras.Model`. One without such layers does not change.
        *inputs: arrays, a batch of inputs of the network.

    Example:

    >>> network = keras.Sequential([keras.Input((2,))])
    >>> network.add(WeightNormalization(keras.layers.Dense(3)))
    >>> import numpy as np
    >>> batch = np.random.default_rng(0).normal(5, 3, (100, 2))
    >>> initialize_by_data(network, batch)
    >>> bool(abs(np.std(network.predict(batch, verbose=0)) - 1) < 1e-3)
    True
    """
    normalized = [
        layer
        for layer in keras_private.layers_of(network)
        if isinstance(layer, WeightNormalization)
    ]
    with contextlib.ExitStack() as stack:
        for layer in normalized:
            layer._initializes = True
            stack.callback(setattr, layer, "_initializes", False)
        if normalized:
            network(inputs[0] if len(inputs) == 1 else inputs, training=True)
