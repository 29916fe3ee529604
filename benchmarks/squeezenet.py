"""Features of SqueezeNet 1.1 trained on ImageNet, for benchmarks.

The network of Iandola et al. (2016), https://arxiv.org/abs/1602.07360, in the
form of its version 1.1, with weights in the old Keras layout: a file that the
benchmarks are given and that the package does not contain.
"""

import h5py
import keras
import numpy as np
from keras import layers

import keras_gan_zoo as kgz

# (squeezed, expanded) channels of fire modules 2 to 9, a pooling before
# those in POOLED.
FIRES = {
    2: (16, 64),
    3: (16, 64),
    4: (32, 128),
    5: (32, 128),
    6: (48, 192),
    7: (48, 192),
    8: (64, 256),
    9: (64, 256),
}
POOLED = (2, 4, 6)
# Caffe's preprocessing: blue, green, red, less the means of ImageNet.
MEANS = np.array([103.939, 116.779, 123.68], "float32")


def build():
    """Preprocessed images to 512 features, means over the last map."""
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(64, 3, strides=2, activation="relu", name="conv1")(inputs)
    for number, (squeezed, expanded) in FIRES.items():
        if number in POOLED:
            x = layers.MaxPooling2D(3, strides=2)(x)

        def convolve(x, filters, side, part, number=number):
            return layers.Conv2D(
                filters,
                side,
                padding="same",
                activation="relu",
                name=f"fire{number}_{part}",
            )(x)

        x = convolve(x, squeezed, 1, "squeeze1x1")
        x = layers.Concatenate()(
            [
                convolve(x, expanded, 1, "expand1x1"),
                convolve(x, expanded, 3, "expand3x3"),
            ]
        )
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))


def features(path):
    """A feature extractor of the weights in a file.

    Args:
        path: `squeezenet_v1.1_imagenet_notop.h5`.
    """
    network = build()
    with h5py.File(path, "r") as file:
        for layer in network.layers:
            if layer.weights:
                group = file[layer.name.replace("_", "/", 1)]
                arrays = []
                group.visititems(
                    lambda _, item, arrays=arrays: (
                        arrays.append(item[()])
                        if isinstance(item, h5py.Dataset)
                        else None
                    )
                )
                layer.set_weights(sorted(arrays, key=np.ndim, reverse=True))

    def of(images):
        pixels = (images[..., ::-1] + 1) * 127.5 - MEANS
        return network.predict(pixels, batch_size=64, verbose=0)

    return kgz.metrics.features.FeatureExtractor("squeezenet_1.1_fire9", of)
