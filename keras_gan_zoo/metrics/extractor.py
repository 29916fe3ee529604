"""A function from samples to features, with a name and checks."""

import hashlib

import numpy as np


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
