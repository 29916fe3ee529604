"""EfficientNet-Lite0 (Tan & Le, 2019), and its weights that ship.

https://arxiv.org/abs/1905.11946. This is the Lite version, published by Google
in github.com/tensorflow/tpu. It has no squeeze and excitation, and has ReLU6
instead of Swish.

The weights ship with the package: `saved_models/efficientnet_lite0` holds
them, and its `card.json` names their origin. Google trained them on ImageNet.
They are under the Apache License 2.0. The kernels are stored in float16, which
moves the logits by 0.03 at most.
"""

import keras
import numpy as np
from keras import layers

from keras_gan_zoo.files import shipped

# Number of blocks, width of the kernel, strides of the first block, factor by
# which a block widens its input, channels of the output.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
#: Layers with the last and widest maps at strides of 2, 4, 8, 16, 32 pixels.
MAPS = (
    "b1_expand_relu",
    "b3_expand_relu",
    "b5_expand_relu",
    "b11_expand_relu",
    "head_relu",
)


def loaded():
    """Builds the network with its weights.

    Returns:
        What `build` returns. Its variables are float32, whatever Keras'
        policy is.

    Raises:
        FileNotFoundError: if the installation lacks the weights.
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")  # scores depend on the policy
    try:
        model = build()
    finally:
        keras.config.set_dtype_policy(policy)
    with np.load(shipped.path("efficientnet_lite0", "weights.npz")) as file:
        for layer in model.layers:
            names = [f"{layer.name}/{w.name}" for w in layer.weights]
            layer.set_weights([file[n].astype("float32") for n in names])
    return model


def build():
    """Builds the network without weights.

    Returns:
        `keras.Model` from images `(num, height, width, 3)`, `(x - 127) / 128`
        of 8-bit numbers, to the probabilities `(num, 1000)` of ImageNet's
        classes. Height and width may have any size. The layer `pool` has the
        features `(num, 1280)`.
    """
    inputs = keras.Input((None, None, 3))
    x = _convolution(inputs, 32, 3, "stem", strides=2)
    number = 0
    for num_blocks, kernel, strides, widening, filters in STAGES:
        for index in range(num_blocks):
            x = _block(
                x,
                filters,
                kernel,
                strides if index == 0 else 1,
                widening,
                f"b{number}",
            )
            number += 1
    x = _convolution(x, 1280, 1, "head")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(1000, kernel_initializer="zeros", name="logits")(x)
    outputs = layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="efficientnet_lite0")


def _block(x, filters, kernel, strides, widening, name):
    """Widens, filters each channel, narrows, and adds the input if it fits."""
    inputs, channels = x, x.shape[-1]
    if widening > 1:
        x = _convolution(x, widening * channels, 1, f"{name}_expand")
    x = layers.DepthwiseConv2D(
        kernel,
        strides,
        "same",
        use_bias=False,
        depthwise_initializer="zeros",
        name=f"{name}_dw",
    )(x)
    x = _normalized(x, f"{name}_dw")
    x = layers.ReLU(6.0, name=f"{name}_dw_relu")(x)
    x = _filtered(x, filters, 1, f"{name}_project")
    if strides == 1 and channels == filters:
        x = layers.Add()([inputs, x])
    return x


def _convolution(x, filters, size, name, strides=1):
    x = _filtered(x, filters, size, name, strides)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _filtered(x, filters, size, name, strides=1):
    """Applies a convolution and batch normalization."""
    x = layers.Conv2D(
        filters,
        size,
        strides,
        "same",
        use_bias=False,
        kernel_initializer="zeros",  # weights are loaded; drawing is slow
        name=name,
    )(x)
    return _normalized(x, name)


def _normalized(x, name):
    return layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x)
