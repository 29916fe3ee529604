"""A function from samples to features, with a name and checks."""

import hashlib

import numpy as np


class FeatureExtractor:
    """A function from samples to features, with a name.

    An extractor keeps the features of the last batch. Metrics that share an
    extractor and are updated with the same batch in turn compute the features
    once. `get` always returns the same extractor for a name. For your own
    model, call `get` once and pass the result to all metrics.

    Args:
        name: string. It is in every report, and statistics are only combined
            with statistics of the same name. So another function needs
            another name.
        function: function that takes samples, numpy float32 `(num, ...)` in
            [-1, 1], and returns an array `(num, features)`. Images have the
            shape `(num, height, width, channels)`, sounds the shape `(num,
            length, channels)`.

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
                f"[{samples.min():.3g}, {samples.max():.3g}]. Check the model "
                "for divisions by zero and diverged weights."
            )
        return rows


def check_images(images, user):
    """Checks that samples are images.

    Args:
        images: array of samples `(num, ...)`.
        user: string, name of the class or function that needs images, for
            the error.

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
            f"Received: {images.shape}. Add the last axis to gray images: "
            "images[..., None]. For other samples use FrechetDistance, "
            "KernelDistance or PrecisionRecall, with features for these "
            'samples, such as "spectrum" for sounds.'
        )


def in_color(images):
    """Gives images three channels. Gray images get three equal channels.

    Args:
        images: array `(num, height, width, channels)`.

    Raises:
        ValueError: if the samples are not images of one or three channels.

    Example:

    >>> in_color(np.zeros((5, 8, 8, 1))).shape
    (5, 8, 8, 3)
    """
    check_images(images, "This feature extractor")
    channels = images.shape[-1]
    if channels not in (1, 3):
        raise ValueError(
            "This feature extractor takes gray or color images. Expected: 1 "
            f"or 3 channels. Received: {channels}. Use 'pixels' or your own "
            "model."
        )
    return np.repeat(images, 3 // channels, axis=-1)
