"""What a metric looks at: features of samples, chosen by name.

======================  ========  =========================================
name                    features  what
======================  ========  =========================================
"pixels"                h w c     the numbers themselves, for small samples
"spectrum"              1,000     loudness by frequency and time, of sounds
"efficientnet"          1,280     EfficientNet-Lite0 trained on ImageNet
"efficientnet_softmax"  1,000     its class probabilities
"mobilenet"             1,280     MobileNetV2 trained on ImageNet
"inception"             2,048     the Inception network that defines the FID
"inception_softmax"     1,008     its class probabilities, for the score
"mnist"                 128       a small CNN for MNIST's 28x28 digits
"mnist_softmax"         10        its class probabilities
"digits"                128       a small CNN for scikit-learn's 8x8 digits
"digits_softmax"        10        its class probabilities
======================  ========  =========================================

or any Keras model that makes `(num, features)` of samples. Scores of
different features are not comparable. All but the first two are for images.

The networks that were trained on ImageNet resize the images to the size that
they were trained on. How they do it changes the scores, so it is part of the
name: `"inception:legacy"` resizes as the reference implementation of the FID,
`"inception:clean"` with antialiasing. Without a mode, the name stands for
`"inception:legacy"`, `"efficientnet:clean"` and `"mobilenet:clean"`. See
`keras_gan_zoo.metrics.resizing`.

MobileNetV2 and Inception are downloaded. EfficientNet-Lite0 (Google, Apache
License 2.0) and the last four ship with the package; the last four were
trained by `benchmarks/classifiers.py`.
"""

import functools
import hashlib
import math

import keras
import numpy as np

from keras_gan_zoo.files import shipped, storage
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.metrics import efficientnet, inception, resizing
from keras_gan_zoo.modalities import spectrum

BANDS = 32  # of a spectrum, at most
SPECTRUM = 1000  # numbers of it, at most
SOFTMAX = "_softmax"  # behind the name of the features of a classifier


class FeatureExtractor:
    """A function from samples to features, with a name.

    The features of the last batch are kept: metrics that share an extractor
    and are updated with the same batch in turn compute them once. A name of
    the table above always gives the same extractor; of your own model, make
    one with `get` and pass that to all metrics.

    Args:
        name: string. It stands in every report, and statistics are only
            combined with those of the same name: another function needs
            another name.
        function: function of samples, numpy float32 `(num, ...)` in
            [-1, 1], that returns an array `(num, features)`. Images are
            `(num, height, width, channels)`, sounds `(num, length,
            channels)`.

    Example:

    >>> mean = FeatureExtractor("mean", lambda images: images.mean((1, 2)))
    >>> mean(np.zeros((5, 4, 4, 3), "float32")).shape
    (5, 3)
    """

    def __init__(self, name, function):
        self.name = name
        self._function = function
        self._last = (None, None)  # hash of the last batch, its features

    def __call__(self, samples):
        samples = np.ascontiguousarray(samples, "float32")
        batch = samples.shape, hashlib.blake2b(samples).digest()
        if self._last[0] != batch:
            self._last = (batch, self._features(samples))
        return self._last[1]

    def _features(self, samples):
        rows = np.asarray(self._function(samples))
        if rows.ndim != 2 or len(rows) != len(samples):
            raise ValueError(
                f"The feature extractor {self.name!r} returned the wrong "
                f"shape. Expected ({len(samples)}, features) for "
                f"{len(samples)} samples. Received: {rows.shape}. End the "
                "model with a Flatten or pooling layer."
            )
        if not np.isfinite(rows).all():
            raise ValueError(
                f"The feature extractor {self.name!r} returned NaN or "
                "infinity. Expected finite features. Received: samples in "
                f"[{samples.min():.3g}, {samples.max():.3g}]. Look for what "
                "it divides by, or for weights that have diverged."
            )
        return rows


def get(identifier):
    """Resolves a feature extractor.

    Args:
        identifier: a name of the table above, with a mode of resizing or
            without; a Keras model that makes `(num, features)` of samples;
            or a `FeatureExtractor`. A model goes by its name and a hash of
            the weights that it has now: give it a name (an automatic one
            such as `functional_3` changes from program to program) and
            train it before.

    Returns:
        `FeatureExtractor`. Its name has the mode of resizing.

    Raises:
        ValueError: if there is no such extractor, or no such mode of it.

    Example:

    >>> get("pixels")(np.zeros((5, 4, 4, 3), "float32")).shape
    (5, 48)
    """
    if isinstance(identifier, FeatureExtractor):
        return identifier
    if isinstance(identifier, keras.Model):
        name = f"{identifier.name}-{_weights_hash(identifier)}"
        return FeatureExtractor(name, lambda x: _predict(identifier, x))
    name, _, mode = _split(identifier)
    look_up(name, EXTRACTORS, "feature extractor")
    return _named(with_resize(name, mode or RESIZED.get(name)))


@functools.cache
def _named(identifier):
    name, _, mode = _split(identifier)
    modes = [mode] if mode else []
    return FeatureExtractor(identifier, EXTRACTORS[name](*modes))


def _split(identifier):
    return str(identifier).partition(":")


def with_resize(identifier, mode):
    """Names an extractor together with the way it resizes.

    Args:
        identifier: as `get`.
        mode: string, a mode of `keras_gan_zoo.metrics.resizing`, or None
            for the identifier as it is.

    Returns:
        String, the name of the extractor with the mode.

    Raises:
        ValueError: if the extractor does not resize, or there is no such
            mode.

    Example:

    >>> with_resize("inception", "clean")
    'inception:clean'
    """
    if mode is None:
        return identifier
    look_up(mode, resizing.MODES, "mode of resizing")
    name = _split(identifier)[0] if isinstance(identifier, str) else None
    if name not in RESIZED:
        raise ValueError(
            "Only some feature extractors resize images. Expected one of "
            f"{', '.join(RESIZED)} with resize={mode!r}. Received: "
            f"{getattr(identifier, 'name', identifier)!r}. Leave resize out, "
            "or take another extractor."
        )
    return f"{name}:{mode}"


def classifier(identifier):
    """Resolves what tells classes: `"mnist_softmax"` for `"mnist"`.

    Args:
        identifier: as `get`.

    Returns:
        `FeatureExtractor`; a model or an extractor is taken as it is.

    Raises:
        ValueError: if no classifier belongs to the name.

    Example:

    >>> classifier("digits").name
    'digits_softmax'
    """
    if not isinstance(identifier, str):
        return get(identifier)
    name, colon, mode = _split(identifier)
    if name.endswith(SOFTMAX):
        return get(identifier)
    if name + SOFTMAX in EXTRACTORS:
        return get(name + SOFTMAX + colon + mode)
    known = [name for name in EXTRACTORS if name.endswith(SOFTMAX)]
    raise ValueError(
        "Metrics of classes need a classifier. Expected one of "
        f"{', '.join(known)}, or a model of yours that ends in a softmax. "
        f"Received: {identifier!r}."
    )


def num_features(extractor, shape):
    """Counts the features that an extractor makes of a sample.

    Args:
        extractor: `FeatureExtractor`.
        shape: tuple, the shape of one sample, such as `(height, width,
            channels)`.

    Returns:
        Int.

    Example:

    >>> num_features(get("pixels"), (8, 8, 3))
    192
    """
    return extractor(np.zeros((1, *shape), "float32")).shape[1]


def classes(classify, images, num_classes):
    """The class with the largest score of each image, ints `(num,)`.

    Args:
        classify: `FeatureExtractor` that makes a score for each class.
        images: float array `(num, height, width, channels)` in [-1, 1].
        num_classes: int, how many classes there are.

    Raises:
        ValueError: if `classify` does not give `num_classes` scores.

    Example, where the pixels are the scores:

    >>> images = np.array([-1.0, 0.5, 1.0, -1.0]).reshape(2, 1, 2, 1)
    >>> classes(get("pixels"), images, num_classes=2)
    array([1, 0])
    """
    scores = classify(images)
    if scores.shape[1] != num_classes:
        raise ValueError(
            f"The classifier {classify.name!r} does not fit. Expected: one "
            f"score for each of {num_classes} classes. Received: "
            f"{scores.shape[1]}. Take another classifier or another number "
            "of classes."
        )
    return np.argmax(scores, axis=1)


def probabilities(classify, images):
    """The probability of each class, float64 `(num, classes)`.

    Args:
        classify: `FeatureExtractor` that makes them.
        images: float array `(num, height, width, channels)` in [-1, 1].

    Raises:
        ValueError: if `classify` returns something else.

    Example, where the pixels are the probabilities:

    >>> probabilities(get("pixels"), np.array([0.25, 0.75]).reshape(1, 1, 2, 1))
    array([[0.25, 0.75]])
    """
    p = classify(images).astype("float64")
    sums = p.sum(axis=1)
    if p.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"The classifier {classify.name!r} does not give probabilities. "
            "Expected: numbers from 0 that add up to 1 for each image. "
            f"Received: a minimum of {p.min():.4g} and sums from "
            f"{sums.min():.4g} to {sums.max():.4g}. If these are logits, "
            "append keras.layers.Softmax() to the model."
        )
    return p


def _predict(model, images):
    return keras.ops.convert_to_numpy(model.predict_on_batch(images))


def _weights_hash(model):
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(str(weight.shape).encode())
        array = keras.ops.convert_to_numpy(weight)
        digest.update(np.ascontiguousarray(array, "float32"))
    return digest.hexdigest()[:8]


def check_images(images, user):
    """Checks that samples are images.

    Args:
        images: array of samples `(num, ...)`.
        user: string, what wants images, for the error.

    Raises:
        ValueError: if the samples do not have the four axes of images.

    Example:

    >>> check_images(np.zeros((5, 1024, 1)), "MSSSIM")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: MSSSIM is for images. Expected (num, height, width, ...
    """
    if images.ndim != 4:
        raise ValueError(
            f"{user} is for images. Expected (num, height, width, channels). "
            f"Received: {images.shape}. Grey images lack their last axis: "
            "images[..., None]. For other samples take FrechetDistance, "
            "KernelDistance or PrecisionRecall, and features that are for "
            'them, such as "spectrum" for sounds.'
        )


def _pixels():
    return lambda samples: samples.reshape(len(samples), -1)


def _spectrum():
    def function(sounds):
        if sounds.ndim != 3:
            raise ValueError(
                "The feature extractor 'spectrum' is for sounds. Expected "
                f"(num, length, channels). Received: {sounds.shape}. Take "
                "'pixels' or a model of your own."
            )
        return np.stack([_pooled_spectrogram(sound) for sound in sounds])

    return function


def _pooled_spectrogram(sound):
    loudness = spectrum.spectrogram(sound)  # (frames, frequencies, channels)
    steps = max(1, SPECTRUM // (BANDS * sound.shape[1]))
    return _pooled(_pooled(loudness, steps, 0), BANDS, 1).ravel()


def _pooled(array, num, axis):
    """Means of at most `num` parts of an axis, as equal as they can be."""
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
    return lambda images: _predict(
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
                "Take 'pixels', 'inception' or a model of your own."
            )
        return _predict(model, images)

    return function


def _inception(output, mode):
    model = inception.load()
    model = keras.Model(model.input, model.get_layer(output).output)
    return lambda images: _predict(
        model, inception.preprocess(in_color(images), mode)
    )


def in_color(images):
    """Gives images three channels: gray ones three times the same.

    Args:
        images: array `(num, height, width, channels)`.

    Raises:
        ValueError: if they are no images of one or three channels.

    Example:

    >>> in_color(np.zeros((5, 8, 8, 1))).shape
    (5, 8, 8, 3)
    """
    check_images(images, "This feature extractor")
    channels = images.shape[-1]
    if channels not in (1, 3):
        raise ValueError(
            "This feature extractor takes gray or color images. Expected: 1 "
            f"or 3 channels. Received: {channels}. Take 'pixels' or a model "
            "of your own."
        )
    return np.repeat(images, 3 // channels, axis=-1)


# Functions that make the function, as some download its weights. Those of the
# names in `RESIZED` are given the mode.
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
#: Extractors that resize images, and how they do it unless told.
RESIZED = {
    "efficientnet": "clean",
    "efficientnet_softmax": "clean",
    "mobilenet": "clean",
    "inception": "legacy",
    "inception_softmax": "legacy",
}
