"""Feature extractors: names, shapes, and what they refuse."""

import keras
import numpy as np
import pytest

from keras_gan_zoo.metrics import FrechetDistance, PrecisionRecall, features
from keras_gan_zoo.metrics.features import FeatureExtractor


def small_model(seed=0, name="small"):
    inputs = keras.Input((4, 4, 1))
    x = keras.layers.Flatten()(inputs)
    initializer = keras.initializers.RandomNormal(seed=seed)
    outputs = keras.layers.Dense(3, kernel_initializer=initializer)(x)
    return keras.Model(inputs, outputs, name=name)


def test_pixels(rng):
    images = rng.uniform(-1, 1, (5, 4, 6, 3)).astype("float32")
    found = features.get("pixels")(images)
    np.testing.assert_array_equal(found, images.reshape(5, 72))


def test_own_model(rng):
    model = small_model()
    images = rng.uniform(-1, 1, (5, 4, 4, 1)).astype("float32")
    kernel = keras.ops.convert_to_numpy(model.layers[-1].kernel)
    found = features.get(model)(images)
    assert type(found) is np.ndarray
    np.testing.assert_allclose(
        found, images.reshape(5, 16) @ kernel, rtol=1e-4, atol=1e-6
    )


def test_own_models_go_by_their_weights():
    names = [
        features.get(small_model(seed, name)).name
        for seed, name in [(0, "small"), (0, "small"), (1, "small"), (0, "b")]
    ]
    assert names[0].startswith("small-")
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_shared_extractor_computes_once(rng):
    calls = []

    def function(images):
        calls.append(len(images))
        return images.reshape(len(images), -1)

    extractor = FeatureExtractor("counted", function)
    sharing = [FrechetDistance(extractor), PrecisionRecall(extractor)]
    images = rng.uniform(-1, 1, (4, 8, 3, 3, 1))
    for batch in images:
        for metric in sharing:
            metric.update_real(batch)
            metric.update_fake(batch)
    assert len(calls) == 4
    # A buffer that is filled anew is another batch.
    images[0] *= 0.5
    sharing[0].update_fake(images[0])
    assert len(calls) == 5
    assert features.get("pixels") is features.get("pixels")


@pytest.mark.parametrize("channels", [1, 3])
def test_mobilenet(channels, rng, monkeypatch):
    def network(input_shape, include_top, weights, pooling):
        assert (input_shape, include_top) == ((224, 224, 3), False)
        assert (weights, pooling) == ("imagenet", "avg")
        inputs = keras.Input(input_shape)
        outputs = keras.layers.GlobalAveragePooling2D()(inputs)
        return keras.Model(inputs, outputs)

    monkeypatch.setattr(keras.applications, "MobileNetV2", network)
    images = rng.uniform(-1, 1, (2, 32, 32, channels)).astype("float32")
    extractor = FeatureExtractor("mobilenet", features._mobilenet())
    found = extractor(images)
    expected = np.broadcast_to(images.mean((1, 2)), (2, 3))
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_errors(rng):
    images = np.zeros((5, 4, 4, 1), "float32")
    with pytest.raises(ValueError, match="Did you mean 'inception'"):
        features.get("inceptoin")
    with pytest.raises(ValueError, match=r"\(5, features\).*\(5, 4, 4, 1\)"):
        FeatureExtractor("flat", lambda x: x)(images)
    with pytest.raises(ValueError, match="NaN or infinity"):
        FeatureExtractor("nan", lambda x: x[:, 0, 0] * np.nan)(images)
    with pytest.raises(ValueError, match=r"1 or 3 channels. Received: 2"):
        features._in_colour(np.zeros((5, 4, 4, 2)))
