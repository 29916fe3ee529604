"""A classifier's output for images, with checks."""

import numpy as np


def classes(classify, images, num_classes):
    """Returns the class with the largest score of each image.

    Args:
        classify: `FeatureExtractor` that makes a score for each class.
        images: float array `(num, height, width, channels)` in [-1, 1].
        num_classes: int, the number of classes.

    Returns:
        Int array `(num,)`.

    Raises:
        ValueError: if `classify` does not give `num_classes` scores.

    Example, in which the pixels are the scores:

    >>> images = np.array([-1.0, 0.5, 1.0, -1.0]).reshape(2, 1, 2, 1)
    >>> classes(lambda images: images[:, 0, :, 0], images, num_classes=2)
    array([1, 0])
    """
    scores = classify(images)
    if scores.shape[1] != num_classes:
        raise ValueError(
            f"The classifier {classify.name!r} does not fit. Expected: one "
            f"score for each of {num_classes} classes. Received: "
            f"{scores.shape[1]}. Use another classifier or another number "
            "of classes."
        )
    return np.argmax(scores, axis=1)


def probabilities(classify, images):
    """Returns the probability of each class.

    Args:
        classify: `FeatureExtractor` that makes probabilities.
        images: float array `(num, height, width, channels)` in [-1, 1].

    Returns:
        float64 array `(num, classes)`.

    Raises:
        ValueError: if `classify` returns something else.

    Example, in which the pixels are the probabilities:

    >>> images = np.array([0.25, 0.75]).reshape(1, 1, 2, 1)
    >>> probabilities(lambda images: images[:, 0, :, 0], images)
    array([[0.25, 0.75]])
    """
    p = classify(images).astype("float64")
    sums = p.sum(axis=1)
    if p.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"The classifier {classify.name!r} does not give probabilities. "
            "Expected: numbers of at least 0 that add up to 1 for each image. "
            f"Received: a minimum of {p.min():.4g} and sums from "
            f"{sums.min():.4g} to {sums.max():.4g}. If these are logits, "
            "append keras.layers.Softmax() to the model."
        )
    return p
