"""Features of samples for metrics, chosen by name.

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

Any Keras model that maps samples to `(num, features)` also works. Scores of
different features are not comparable. All but the first two are for images.

The networks that were trained on ImageNet resize the images to their training
size. The method of resizing changes the scores, so it is part of the name:
`"inception:legacy"` resizes like the reference implementation of the FID,
`"inception:clean"` resizes with antialiasing. Without a mode, the name stands
for `"inception:legacy"`, `"efficientnet:clean"` and `"mobilenet:clean"`. See
`keras_gan_zoo.metrics.resizing`.

MobileNetV2 and Inception are downloaded. EfficientNet-Lite0 (Google, Apache
License 2.0) and the last four ship with the package.
`benchmarks/classifiers.py` trained the last four.
"""

import functools
import hashlib

import keras
import numpy as np

from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.metrics import networks, resizing
from keras_gan_zoo.metrics.class_scores import classes, probabilities
from keras_gan_zoo.metrics.extractor import (
    FeatureExtractor,
    check_images,
    in_color,
)
from keras_gan_zoo.metrics.networks import EXTRACTORS, RESIZED

__all__ = [
    "EXTRACTORS",
    "RESIZED",
    "FeatureExtractor",
    "check_images",
    "classes",
    "classifier",
    "get",
    "in_color",
    "num_features",
    "probabilities",
    "with_resize",
]

SOFTMAX = "_softmax"  # suffix of the name of a classifier's probabilities


def get(identifier):
    """Resolves a feature extractor.

    Args:
        identifier: a name of the table above, with or without a mode of
            resizing; a Keras model that maps samples to `(num, features)`;
            or a `FeatureExtractor`. A model is identified by its name and a
            hash of its current weights. So train the model first, and give
            it a name: an automatic name such as `functional_3` changes from
            program to program.

    Returns:
        `FeatureExtractor`. Its name includes the mode of resizing.

    Raises:
        ValueError: if there is no such extractor, or it has no such mode.

    Example:

    >>> get("pixels")(np.zeros((5, 4, 4, 3), "float32")).shape
    (5, 48)
    """
    if isinstance(identifier, FeatureExtractor):
        return identifier
    if isinstance(identifier, keras.Model):
        name = f"{identifier.name}-{_weights_hash(identifier)}"
        return FeatureExtractor(name, lambda x: networks.predict(identifier, x))
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
    """Returns the name of an extractor with its mode of resizing.

    Args:
        identifier: an extractor, as for `get`.
        mode: string, a mode of `keras_gan_zoo.metrics.resizing`, or None
            to return the identifier unchanged.

    Returns:
        String, the name of the extractor with the mode.

    Raises:
        ValueError: if the extractor does not resize, or if there is no such
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
            "or use another extractor."
        )
    return f"{name}:{mode}"


def classifier(identifier):
    """Resolves a classifier: `"mnist_softmax"` for `"mnist"`.

    Args:
        identifier: an extractor, as for `get`.

    Returns:
        `FeatureExtractor`. A model or an extractor is used as it is.

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
        f"{', '.join(known)}, or your own model that ends in a softmax. "
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


def _weights_hash(model):
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(str(weight.shape).encode())
        array = keras.ops.convert_to_numpy(weight)
        digest.update(np.ascontiguousarray(array, "float32"))
    return digest.hexdigest()[:8]
