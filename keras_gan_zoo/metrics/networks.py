"""The functions that feature extractors of each name call."""

import functools
import math

import keras
import numpy as np

from keras_gan_zoo.files import shipped, storage
from keras_gan_zoo.metrics import efficientnet, inception, resizing
from keras_gan_zoo.metrics.extractor import in_color
from keras_gan_zoo.modalities import spectrum

BANDS = 32  # frequency bands of a spectrum, at most
SPECTRUM = 1000  # numbers of a spectrum, at most


def predict(model, images):
    """Computes a model's output for images, in numpy.

    Args:
        model: Keras model.
        images: array `(num, ...)`.
    """
    return keras.ops.convert_to_numpy(model.predict_on_batch(images))


def _pixels():
    return lambda samples: samples.reshape(len(samples), -1)


def _spectrum():
    def function(sounds):
        if sounds.ndim != 3:
            raise ValueError(
                "The feature extractor 'spectrum' is for sounds. Expected "
                f"(num, length, channels). Received: {sounds.shape}. Use "
                "'pixels' or your own model."
            )
        return np.stack([_pooled_spectrogram(sound) for sound in sounds])

    return function


def _pooled_spectrogram(sound):
    loudness = spectrum.spectrogram(sound)  # (frames, frequencies, channels)
    steps = max(1, SPECTRUM // (BANDS * sound.shape[1]))
    return _pooled(_pooled(loudness, steps, 0), BANDS, 1).ravel()


def _pooled(array, num, axis):
    """Returns means of at most `num` parts of an axis, of similar size."""
    size = array.shape[axis]
    num = min(num, size)
    starts = [math.ceil(part * size / num) for part in range(num)]
    widths = np.diff([*starts, size])
    shape = [num if a == axis else 1 for a in range(array.ndim)]
    sums = np.add.reduceat(array, starts, axis)
    return sums / widths.astype(array.dtype).reshape(shape)


def _mobilenet(mode):
    size = (224, 224)
    model = keras.applications.MobileNetV2(
        (*size, 3), include_top=False, weights="imagenet", pooling="avg"
    )
    return lambda images: predict(
        model, resizing.resized(in_color(images), size, mode)
    )


def _efficientnet(output, mode):
    model = efficientnet.load(output)

    def function(images):
        prepared = efficientnet.preprocess(in_color(images), mode)
        parts = efficientnet.run(model, prepared)
        return np.concatenate([part for (part,) in parts])

    return function


def _shipped(name, output):
    model = storage.load_quickly(shipped.path(name))
    model = keras.Model(model.input, model.get_layer(output).output)

    def function(images):
        if images.shape[1:] != model.input_shape[1:]:
            raise ValueError(
                f"The {name} does not fit. Expected images of shape "
                f"{model.input_shape[1:]}. Received: {images.shape[1:]}. "
                "Use 'pixels', 'inception' or your own model."
            )
        return predict(model, images)

    return function


def _inception(output, mode):
    model = inception.load()
    model = keras.Model(model.input, model.get_layer(output).output)
    return lambda images: predict(
        model, inception.preprocess(in_color(images), mode)
    )


# Functions that make the function, as some download weights. The functions of
# the names in `RESIZED` take the mode.
EXTRACTORS = {
    "pixels": _pixels,
    "spectrum": _spectrum,
    "efficientnet": functools.partial(_efficientnet, "pool"),
    "efficientnet_softmax": functools.partial(_efficientnet, "softmax"),
    "mobilenet": _mobilenet,
    "inception": functools.partial(_inception, "pool3"),
    "inception_softmax": functools.partial(_inception, "softmax"),
    "mnist": lambda: _shipped("mnist_classifier", "features"),
    "mnist_softmax": lambda: _shipped("mnist_classifier", "probabilities"),
    "digits": lambda: _shipped("digits_classifier", "features"),
    "digits_softmax": lambda: _shipped("digits_classifier", "probabilities"),
}
#: Extractors that resize images, and their default mode.
RESIZED = {
    "efficientnet": "clean",
    "efficientnet_softmax": "clean",
    "mobilenet": "clean",
    "inception": "legacy",
    "inception_softmax": "legacy",
}
