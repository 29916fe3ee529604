"""What a classifier says about images, with checks."""

import numpy as np


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
    >>> classes(lambda images: images[:, 0, :, 0], images, num_classes=2)
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

    >>> images = np.array([0.25, 0.75]).reshape(1, 1, 2, 1)
    >>> probabilities(lambda images: images[:, 0, :, 0], images)
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
