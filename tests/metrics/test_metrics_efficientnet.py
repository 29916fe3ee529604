"""EfficientNet-Lite0 against another builder of it, on every backend.

`REFERENCE` is what `weights/efficientnet_lite0.py` of the real data makes of
`pictures()` on TensorFlow. The slow test computes all of it anew.
"""

import importlib.util

import keras
import numpy as np
import pytest

from keras_gan_zoo.metrics import efficientnet, features

REFERENCE = {
    "features": [
        [
            0.0,
            0.0,
            0.0,
            0.0,
            0.72238,
            1.81749,
            4.90745,
            6.0,
            0.0,
            0.0,
            1.80687,
            0.0,
        ],
        [
            1.33747,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            3.6481,
            6.0,
            0.0,
            0.2964,
            0.0,
            3.86356,
        ],
    ],
    "means of maps": [
        [2.06944, 1.96543],
        [1.43634, 1.58725],
        [1.13077, 1.07548],
        [0.42792, 0.47738],
        [0.74856, 0.63572],
    ],
}


def pictures():
    """Two uint8 pictures of waves, one side of an odd number of pixels."""
    y, x, channel = np.ogrid[:33, :40, :3]
    some = np.sin(x / 5 + y / 9 + channel)
    others = np.cos(x * y / 40) + 0 * channel
    waves = 127.5 + 127.5 * np.stack([some, others])
    return np.round(waves).astype("uint8")


@pytest.fixture(scope="module")
def outputs():
    """Features and five maps, of a network that a mixed policy surrounds."""
    policy = keras.config.dtype_policy()
    efficientnet.load.cache_clear()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = efficientnet.load("pool", *efficientnet.MAPS)
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(policy)
    images = pictures().astype("float32") / 127.5 - 1
    images = efficientnet.preprocess(images, resize=None)
    (found,) = efficientnet.run(network, images)
    return found


def test_outputs_are_those_of_the_reference(outputs):
    pooled, *maps = outputs
    found = {
        "features": pooled[:, :12],
        "means of maps": [array.mean(axis=(1, 2, 3)) for array in maps],
    }
    for name, expected in REFERENCE.items():
        np.testing.assert_allclose(found[name], expected, atol=1e-4)
    sides = [array.shape[1:3] for array in maps]
    assert sides == [(17, 20), (9, 10), (5, 5), (3, 3), (2, 2)]


def test_parameters_are_as_many_as_published(outputs):
    network = efficientnet.load()
    num = sum(weight.size for weight in network.get_weights())
    normalizations = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    running = sum(2 * layer.gamma.shape[0] for layer in normalizations)
    assert num - running == 4_652_008
    assert len(normalizations) == 49


@pytest.mark.slow
def test_outputs_are_those_of_the_reference_builder(outputs, real_data):
    folder = real_data / "weights"
    spec = importlib.util.spec_from_file_location(
        "reference", folder / "efficientnet_lite0.py"
    )
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    weights = folder / "efficientnet_lite0_imagenet_f16.npz"
    images = pictures().astype("float32")
    pooled = reference.build(weights, include_top=False)(images)
    maps = reference.build(weights, taps=True)(images)
    for found, expected in zip(outputs, [pooled, *maps]):
        expected = keras.ops.convert_to_numpy(expected)
        np.testing.assert_allclose(found, expected, atol=1e-4)
    expected = keras.ops.softmax(reference.build(weights)(images))
    prepared = efficientnet.preprocess(images / 127.5 - 1, resize=None)
    ((found,),) = efficientnet.run(efficientnet.load("softmax"), prepared)
    expected = keras.ops.convert_to_numpy(expected)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def small_network(*outputs):
    """In its place: the mean of each channel, as the network gets it."""
    assert outputs in [("pool",), ("softmax",)]
    inputs = keras.Input((*efficientnet.SIZE, 3))
    x = keras.layers.GlobalAveragePooling2D()(inputs)
    return keras.Model(inputs, x if outputs == ("pool",) else -x)


@pytest.mark.parametrize("channels", [1, 3])
def test_extractor(channels, rng, monkeypatch):
    monkeypatch.setattr(efficientnet, "load", small_network)
    monkeypatch.setattr(efficientnet, "TOGETHER", 2)
    monkeypatch.setattr(features, "_named", features._named.__wrapped__)
    # From 8 bits up to 224: the mean stays, and what overshoots is cut off.
    images = rng.integers(100, 156, (5, 8, 8, channels))
    expected = (images.mean(axis=(1, 2)) - 127) / 128
    expected = np.broadcast_to(expected, (5, 3))
    extractor = features.get("efficientnet")
    assert extractor.name == "efficientnet:clean"
    between = (images + 0.4) / 127.5 - 1  # which no file can hold
    np.testing.assert_allclose(extractor(between), expected, atol=2e-3)
    classifier = features.classifier("efficientnet:legacy")
    assert classifier.name == "efficientnet_softmax:legacy"
    # TensorFlow 1's places lie half a pixel off: another mean, a little.
    legacy = classifier(images / 127.5 - 1)
    assert 2e-3 < np.abs(-legacy - expected).max() < 0.1
