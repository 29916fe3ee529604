"""Fills holes of pictures with what a model knows (Yeh et al., 2017)."""

import numpy as np
from scipy import ndimage

from keras_gan_zoo.control import conditions, spaces
from keras_gan_zoo.control.blending import blend, checked_mask
from keras_gan_zoo.control.distances import Absolute
from keras_gan_zoo.control.projection import checked_images
from keras_gan_zoo.control.search import Goal, Schedule, search

#: Pixels across the window of the weights.
WINDOW = 7

_ABSOLUTE = Absolute()


def inpaint(
    gan,
    image,
    mask,
    *,
    labels=None,
    codes=None,
    starts=8,
    steps=300,
    learning_rate=0.05,
    prior_weight=0.003,
    weighted=True,
    blended=True,
    seed=0,
    verbose=1,
):
    """Fills the hole of a picture with what a model knows.

    Semantic inpainting (Yeh et al., 2017, https://arxiv.org/abs/1607.07539)
    searches for an image of the model that fits to the known pixels and that
    the discriminator takes for real. Known pixels near the hole count more.
    The model was not trained for this, and takes holes of any form.

    Args:
        gan: a model that makes images from latents.
        image: float array `(height, width, channels)` in [-1, 1], or several
            of them `(num, height, width, channels)`. What is in the hole
            does not matter.
        mask: array `(height, width)` or `(height, width, 1)`, 1 where the
            picture is missing. For several pictures also `(num, height,
            width)`.
        labels: the class of the picture, as in `project`. None finds it.
        codes: dict of codes of the picture, as in `project`.
        starts: int, starts of the search for each picture. The one with the
            best loss counts.
        steps: int, steps of Adam.
        learning_rate: float, as in `project`.
        prior_weight: float, weight of -log D, the discriminator's doubts
            about an image.
        weighted: bool. True weighs each known pixel by the part of the hole
            in a window of 7x7 pixels around it. False weighs all equally.
        blended: bool. True moves the filling to the brightness of its border
            with `blend`. False puts in the generated pixels.
        seed: int, seed of all that is drawn.
        verbose: 0 or 1, whether to show a progress bar.

    Returns:
        float32 array like `image`. The known pixels do not change.

    Raises:
        ValueError: if the model does not make images from latents, or the
            mask does not fit, is empty, or leaves nothing.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> (image,) = gan.generate(1, seed=0)
    >>> mask = np.zeros((8, 8))
    >>> mask[2:6, 2:6] = 1
    >>> found = inpaint(gan, image, mask, steps=100, verbose=0)
    >>> bool(np.abs(found - image)[mask == 1].mean() < 0.5)
    True
    """
    several = np.ndim(image) == 4
    images = image if several else np.asarray(image)[np.newaxis]
    images = checked_images(gan, np.nan_to_num(images))
    holes = _holes(mask, images, several)
    schedule = Schedule(starts, steps, learning_rate, seed, verbose)
    schedule.check()
    if prior_weight < 0:
        raise ValueError(
            "The discriminator's doubts have a weight. Expected prior_weight "
            f"of at least 0. Received: prior_weight={prior_weight}"
        )
    known = conditions.given(gan, len(images), labels, codes)
    weights = [context_weights(hole, weighted) for hole in holes]
    weights = np.stack(weights)[..., np.newaxis]
    goal = Goal(images, weights, _ABSOLUTE, realism=prior_weight)
    space = spaces.get(gan, "z")
    found = search(gan, space, goal, known, schedule)
    drawn = space.images(found.latents, found.condition)
    filled = [
        blend(source, target, hole)
        if blended
        else np.where(hole[..., None] > 0, source, target)
        for source, target, hole in zip(drawn, images, holes)
    ]
    return np.stack(filled) if several else filled[0]


def context_weights(hole, weighted=True):
    """Returns how much each pixel counts in the search.

    Yeh et al. (2017), equation 3. The hole does not count. The mean of all
    weights is 1.

    Args:
        hole: array `(height, width)`, 1 where the picture is missing.
        weighted: bool, as in `inpaint`.

    Returns:
        float32 array `(height, width)`.

    Example:

    >>> hole = np.zeros((5, 9))
    >>> hole[:, 0] = 1
    >>> np.round(context_weights(hole)[2].astype(float), 1).tolist()
    [0.0, 3.3, 3.3, 3.3, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    weights = 1.0 - hole
    if weighted:
        near = ndimage.uniform_filter(hole, WINDOW, mode="constant")
        weights = weights * near
    return (weights / weights.mean()).astype("float32")


def _holes(mask, images, several):
    """Returns the hole of each picture, floats of 0 and 1."""
    size = images.shape[1:3]
    if several and np.ndim(mask) > 2 and np.shape(mask)[1:3] == size:
        holes = [checked_mask(each, size) for each in mask]
    else:
        holes = [checked_mask(mask, size)] * len(images)
    holes = [(hole > 0.5).astype(float) for hole in holes]
    if len(holes) != len(images):
        raise ValueError(
            "Expected one mask for all pictures, or one for each of "
            f"{len(images)}. Received: {len(holes)} masks."
        )
    for hole in holes:
        if hole.all() or not hole.any():
            raise ValueError(
                "A hole is filled so that it fits to the rest. Expected a mask "
                "with both 1 (missing) and 0 (known). Received: a mask with "
                f"{int(hole.max())} only."
            )
    return holes
