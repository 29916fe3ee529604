"""Feature extractors: names, shapes, and what they refuse."""

import keras
import numpy as np
import pytest
from scipy import signal

from keras_gan_zoo.metrics import (
    FrechetDistance,
    PrecisionRecall,
    features,
    resizing,
)
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


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("length", [300, 1000, 20_000])
def test_spectrum(length, channels, rng):
    sounds = rng.uniform(-1, 1, (3, length, channels)).astype("float32")
    sounds[1] *= 0.01
    sounds[2] *= np.hanning(length)[:, None] ** 8  # down to silence
    found = features.get("spectrum")(sounds)
    # By other means: scipy's transform, means by indices of the parts.
    _, _, transform = signal.stft(
        sounds.astype("float64"),
        nperseg=256,
        noverlap=192,
        padded=False,
        axis=1,
    )
    with np.errstate(divide="ignore"):
        decibels = 20 * np.log10(2 * np.abs(transform))
    loudness = np.clip(decibels / 80 + 1, 0, 1)  # (num, bin, channel, frame)
    num_frames = min(1000 // 32 // channels, loudness.shape[3])
    bands = np.arange(129) * 32 // 129
    steps = np.arange(loudness.shape[3]) * num_frames // loudness.shape[3]
    expected = [
        loudness[:, bands == band][..., steps == step].mean((1, 3))
        for step in range(num_frames)
        for band in range(32)
    ]
    expected = np.stack(expected, axis=1).reshape(3, -1)
    assert found.shape == expected.shape
    assert found.shape[1] <= 1000
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert expected.std() > 0.1


def test_spectrum_wants_sounds():
    with pytest.raises(ValueError, match=r"for sounds. Expected.*length"):
        features.get("spectrum")(np.zeros((2, 8, 8, 1)))


def test_networks_for_images_want_images():
    for name in ("mnist", "digits"):
        with pytest.raises(ValueError, match=r"Expected images.*\(1024, 1\)"):
            features.get(name)(np.zeros((2, 1024, 1)))
    with pytest.raises(ValueError, match=r"for images. Expected.*\(2, 64, 1\)"):
        features.in_color(np.zeros((2, 64, 1)))


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
    monkeypatch.setattr(features, "_named", features._named.__wrapped__)
    for mode in ("clean", "legacy"):
        extractor = features.get(f"mobilenet:{mode}")
        resized = resizing.resized(images, (224, 224), mode).mean((1, 2))
        expected = np.broadcast_to(resized, (2, 3))
        np.testing.assert_allclose(extractor(images), expected, atol=1e-4)
        assert np.abs(expected - images.mean((1, 2))).max() < 0.1
    assert features.get("mobilenet").name == "mobilenet:clean"


def test_the_way_of_resizing_is_part_of_the_name():
    assert features.with_resize("inception", None) == "inception"
    assert features.with_resize("inception:legacy", "clean") == (
        "inception:clean"
    )
    assert set(features.RESIZED.values()) <= set(resizing.MODES)
    for name in features.RESIZED:
        assert features.RESIZED[name] == (
            "legacy" if name.startswith("inception") else "clean"
        )
    with pytest.raises(ValueError, match="Did you mean 'legacy'"):
        features.get("inception:legasy")
    with pytest.raises(ValueError, match=r"Expected one of.*'pixels'"):
        features.get("pixels:clean")
    with pytest.raises(ValueError, match="Received: 'counted'"):
        features.with_resize(FeatureExtractor("counted", len), "clean")


def test_errors(rng):
    images = np.zeros((5, 4, 4, 1), "float32")
    with pytest.raises(ValueError, match="Did you mean 'inception'"):
        features.get("inceptoin")
    with pytest.raises(ValueError, match=r"\(5, features\).*\(5, 4, 4, 1\)"):
        FeatureExtractor("flat", lambda x: x)(images)
    with pytest.raises(ValueError, match="NaN or infinity"):
        FeatureExtractor("nan", lambda x: x[:, 0, 0] * np.nan)(images)
    with pytest.raises(ValueError, match=r"1 or 3 channels. Received: 2"):
        features.in_color(np.zeros((5, 4, 4, 2)))
