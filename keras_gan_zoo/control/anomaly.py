"""Scores images by how badly a model can make them: what is odd, and where."""

import dataclasses

import numpy as np
from scipy import stats

from keras_gan_zoo.control import conditions, judged, spaces
from keras_gan_zoo.control.projection import checked_images
from keras_gan_zoo.control.search import Goal, Schedule, search
from keras_gan_zoo.files.lookup import look_up


@dataclasses.dataclass(frozen=True)
class AnomalyScores:
    """Says how odd images are, and where.

    Attributes:
        scores: float32 array `(num,)`, the larger the odder.
        maps: float32 array `(num, height, width)`, the difference of each
            pixel from what the model made of it.
        images: float32 array `(num, height, width, channels)`, the images
            that the model made.

    Example:

    >>> found = AnomalyScores(np.array([0.1, 3.0, 0.2]), None, None)
    >>> found.auroc([False, True, False])
    1.0
    """

    scores: np.ndarray
    maps: np.ndarray
    images: np.ndarray

    def auroc(self, odd):
        """Returns the area under the ROC curve.

        It is the probability that an odd image has a larger score than one
        that is not odd. Scores without a meaning have 0.5.

        Args:
            odd: array `(num,)`, true or 1 for the odd images.

        Raises:
            ValueError: if all images are odd, or none, or there is not one
                truth for each image.
        """
        odd = np.asarray(odd)
        if odd.shape != self.scores.shape or len(np.unique(odd)) != 2:
            raise ValueError(
                "Odd images are compared with others. Expected odd as an "
                f"array of shape {self.scores.shape} with two different "
                f"values, such as 0 and 1. Received: shape {odd.shape} with "
                f"{len(np.unique(odd))} different values."
            )
        odd = odd == odd.max()
        num, others = odd.sum(), (~odd).sum()
        # The number of pairs in which the odd image is ahead (Mann & Whitney).
        ahead = stats.rankdata(self.scores)[odd].sum() - num * (num + 1) / 2
        return float(ahead / (num * others))


def anomaly_scores(
    gan,
    images,
    method=None,
    *,
    norm=None,
    pixel_weight=None,
    feature_weight=None,
    labels=None,
    codes=None,
    starts=1,
    steps=500,
    learning_rate=0.05,
    batch_size=256,
    seed=0,
    verbose=1,
):
    """Scores images by their distance from the nearest image of a model.

    A model that has learned from normal images cannot make odd ones. The
    score is

        pixel_weight * d(x, G(z)) + feature_weight * d(f(x), f(G(z)))

    where d is a distance, see `norm`, and f are the features that the last
    layer of the discriminator gets.
    There are two ways to z. The search with Adam takes any latent model
    (AnoGAN, Schlegl et al., 2017, https://arxiv.org/abs/1703.05921). An
    encoder gives z at once: of a model that has learned it together with the
    generator (Zenati et al., 2018, https://arxiv.org/abs/1802.06222), or of
    `LearnedEncoder` (f-AnoGAN, Schlegl et al., 2019).

    Args:
        gan: a model that makes images from latents, trained on images that
            are not odd.
        images: float array `(num, height, width, channels)` in [-1, 1].
        method: `"search"`, or `"encoder"` for a model with an encoder. None
            is the encoder if there is one.
        norm: `"absolute"` adds the absolute differences of all pixels, and of
            all features. `"squared"` takes means of squared differences. None
            is what the model's method has: `"squared"` for a
            `LearnedEncoder`, `"absolute"` for all others.
        pixel_weight: float, weight of the pixels. None is what the model's
            method has: 1 for a `LearnedEncoder`, 0.9 for all others.
        feature_weight: float, weight of the features. None is what the
            model's method has: the weight of the training for a
            `LearnedEncoder`, 0.1 for all others, and 0 if the discriminator
            has no features of single images, e.g. if it looks at classes.
        labels: the classes of the images, as in `project`, for the search.
        codes: dict of codes, as in `project`, for the search.
        starts: int, starts of the search for each image.
        steps: int, steps of Adam in the search.
        learning_rate: float, the highest rate of the search.
        batch_size: int, images per call of the networks.
        seed: int, seed of all that the search draws.
        verbose: 0 or 1, whether the search shows a progress bar.

    Returns:
        `AnomalyScores`.

    Raises:
        ValueError: if the model does not make images from latents, it has no
            encoder or no features where they are asked for, the images do
            not fit, or an argument is out of range.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> image = gan.generate(1, seed=0)
    >>> odd = image.copy()
    >>> odd[0, :2] = 1.0  # a bright line
    >>> both = np.concatenate([image, odd])
    >>> found = anomaly_scores(gan, both, steps=100, verbose=0)
    >>> bool(found.scores[1] > 2 * found.scores[0]), found.maps.shape
    (True, (2, 8, 8))
    """
    images = checked_images(gan, images)
    usual = gan.scoring
    method = look_up(
        usual["method"] if method is None else method, METHODS, "method"
    )
    settings = [
        usual[name] if given is None else given
        for name, given in (
            ("norm", norm),
            ("pixel_weight", pixel_weight),
            ("feature_weight", feature_weight),
        )
    ]
    if min(settings[1:]) < 0:
        raise ValueError(
            "A score adds differences. Expected pixel_weight and "
            "feature_weight of at least 0. Received: "
            f"pixel_weight={settings[1]}, feature_weight={settings[2]}"
        )
    if settings[2] and judged.features_of(gan) is None:
        if feature_weight is not None:
            raise ValueError(
                "Features are those of a discriminator that looks at single "
                "images alone. Expected feature_weight=0 for a "
                f"{type(gan).__name__}. Received: "
                f"feature_weight={feature_weight}"
            )
        settings[2] = 0.0
    measure = judged.distance(gan, *settings)
    schedule = Schedule(starts, steps, learning_rate, seed, verbose)
    schedule.check()
    known = conditions.given(gan, len(images), labels, codes)
    made = method(gan, images, measure, schedule, known, batch_size)
    change = np.abs(images - made)
    if settings[0] == "squared":
        change = np.square(change)
    return AnomalyScores(
        scores=judged.differences(measure, images, made, batch_size),
        maps=change.mean(axis=-1),
        images=made,
    )


def _searched(gan, images, measure, schedule, known, batch_size):
    """Returns the nearest images that the search has found."""
    place = spaces.get(gan, "z")
    goal = Goal(images, np.ones_like(images[..., :1]), measure)
    found = search(gan, place, goal, known, schedule)
    return place.images(found.latents, found.condition)


def _encoded(gan, images, measure, schedule, known, batch_size):
    """Returns the images of the latents that the encoder gives."""
    if gan.scoring["method"] != "encoder":
        raise ValueError(
            "Only a model with an encoder finds latents at once. Expected "
            "method='search', or a LearnedEncoder of this model. Received: "
            f"method='encoder' for a {type(gan).__name__}."
        )
    return gan.reconstruct(images, batch_size)


METHODS = {"search": _searched, "encoder": _encoded}
