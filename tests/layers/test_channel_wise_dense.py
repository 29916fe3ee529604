"""The channel-wise fully connected layer against numpy."""

import keras
import numpy as np
from checks import to_numpy

from keras_gan_zoo.layers import ChannelWiseDense

RNG = np.random.default_rng(0)


def test_each_channel_has_its_own_matrix():
    keras.utils.set_random_seed(0)
    layer = ChannelWiseDense()
    inputs = RNG.normal(size=(2, 3, 4, 5)).astype("float32")
    outputs = to_numpy(layer(inputs))
    assert layer.count_params() == 5 * 12**2
    kernel = to_numpy(layer.kernel)
    for image in range(2):
        for channel in range(5):
            expected = inputs[image, ..., channel].ravel() @ kernel[channel]
            np.testing.assert_allclose(
                outputs[image, ..., channel].ravel(), expected, atol=1e-5
            )


def test_it_is_saved_with_its_initializer():
    layer = ChannelWiseDense(keras.initializers.RandomNormal(stddev=0.5))
    copy = ChannelWiseDense.from_config(layer.get_config())
    assert copy.kernel_initializer.stddev == 0.5
