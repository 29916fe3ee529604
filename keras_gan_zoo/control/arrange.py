"""Pictures of the controls of a latent model.

Each function runs `generate` and returns images in rows and columns, a float
array `(rows, columns, height, width, channels)` in [-1, 1]. `picture` lays
them out. Everything else stays fixed: within a column of `class_grid` and
`traverse`, along a row of `interpolate` and `interpolate_classes`.
"""

import numpy as np

from keras_gan_zoo.families import controls
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.modalities import pictures, row_names


def picture(images, gap=1, names=None):
    """Lays images out in a grid.

    Args:
        images: float array `(rows, columns, height, width, channels)` in
            [-1, 1].
        gap: int, white pixels between neighboring images.
        names: list of strings to write in front of the rows, or None.

    Returns:
        uint8 array `(picture height, picture width, 3)`.

    Example:

    >>> picture(np.zeros((2, 3, 8, 8, 1)), gap=0).shape
    (16, 24, 3)
    """
    rows, columns, *shape = np.shape(images)
    flat = np.reshape(images, (rows * columns, *shape))
    found = pictures.grid(flat, columns=columns, gap=gap)
    return found if names is None else row_names.named(found, names)


def class_grid(gan, columns=10, labels=None, seed=0, truncation=None):
    """Makes images: a row for each class, a column for each latent vector.

    Args:
        gan: a model with classes.
        columns: int, number of images of each class.
        labels: list of ints, the classes of the rows; None for all.
        seed: int, seed of the latents.
        truncation: float or None, as in `LatentGAN.generate`.

    Returns:
        Float array `(classes, columns, height, width, channels)`.

    Raises:
        ValueError: if the model has no classes.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ConditionalGAN(image_shape=(8, 8, 1), filters=8)
    >>> class_grid(gan, columns=3).shape
    (10, 3, 8, 8, 1)
    """
    classes = _control(gan, controls.Labels, "classes")
    labels = range(classes.num_classes) if labels is None else labels
    return np.stack(
        [
            gan.generate(
                columns, labels=label, seed=seed, truncation=truncation
            )
            for label in labels
        ]
    )


def traverse(gan, code, values=None, columns=10, codes=None, seed=0):
    """Makes images: a row for each value of a code, a column for each latent.

    Args:
        gan: a model with codes.
        code: name of the code, e.g. `"continuous_0"`, or its position.
        values: list of the code's values. None: all values of a categorical
            or binary code, and nine values from -2 to 2 of a continuous code,
            as in figure 2 of the InfoGAN paper (for all its numbers
            together, if it has several).
        columns: int, number of latent vectors.
        codes: dict of other codes to fix, as in `InfoGAN.generate`. Codes
            that are not in it are drawn for each column.
        seed: int, seed of the latents and the codes that are drawn.

    Returns:
        Float array `(values, columns, height, width, channels)`.

    Raises:
        ValueError: if the model has no codes, not this code, or not its
            values.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.InfoGAN(image_shape=(8, 8, 1), filters=8, units=32)
    >>> traverse(gan, "continuous_0", values=[-1, 0, 1], columns=4).shape
    (3, 4, 8, 8, 1)
    """
    book = _control(gan, controls.Codes, "codes").book
    place = book.index(code)
    fixed = {book.index(key): value for key, value in (codes or {}).items()}
    if values is None:
        values = book.members[place].shown_values
    return np.stack(
        [
            gan.generate(columns, codes={**fixed, place: value}, seed=seed)
            for value in values
        ]
    )


def interpolate(
    gan,
    rows=8,
    columns=10,
    mode="spherical",
    seed=0,
    latents=None,
    truncation=None,
    **condition,
):
    """Makes images: a row for each pair of latent vectors, and between them.

    Args:
        gan: a latent model.
        rows: int, number of pairs.
        columns: int, number of images of a row, including both ends.
        mode: `"linear"`, or `"spherical"`, which keeps the typical length of
            vectors from a Gaussian prior (White, 2016,
            https://arxiv.org/abs/1609.04468).
        seed: int, seed of the pairs and, for each row, of codes not given.
        latents: pair of float arrays `(rows, latent_dim)`, the ends, or None
            to draw them.
        truncation: float, the bound of ends that are drawn, as in
            `LatentGAN.generate`, or None.
        **condition: `labels` or `codes` of `gan.generate`, one value for all
            rows or one for each row.

    Returns:
        Float array `(rows, columns, height, width, channels)`.

    Raises:
        ValueError: if the mode is unknown or the latents do not fit.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1))
    >>> interpolate(gan, rows=2, columns=5).shape
    (2, 5, 8, 8, 1)
    """
    way = look_up(mode, MODES, "mode of interpolation")
    if latents is None:
        rng = np.random.default_rng(seed)
        latents = [
            gan.given_or_drawn(rows, None, rng, truncation) for _ in range(2)
        ]
    start, end = (np.asarray(ends, "float32") for ends in latents)
    if start.shape != end.shape or start.ndim != 2:
        raise ValueError(
            "Expected latents as a pair of arrays of one shape (rows, "
            f"latent_dim). Received: shapes {start.shape} and {end.shape}"
        )
    # One seed for all columns: codes that are drawn stay equal along a row.
    images = [
        gan.generate(
            len(start), latents=way(start, end, t), seed=seed, **condition
        )
        for t in np.linspace(0, 1, columns)
    ]
    return np.stack(images, axis=1)


def interpolate_classes(
    gan, first, second, rows=4, columns=10, seed=0, truncation=None
):
    """Makes images: a row for each latent vector, from one class to another.

    The label of each image is a mixture of two one-hot labels,
    (1 - t) first + t second, with t from 0 to 1. The model was trained on
    whole classes only: what is between them is its own idea.

    Args:
        gan: a model with classes.
        first: int or name, the class at the left end; or one for each row.
        second: int or name, the class at the right end; or one for each row.
        rows: int, number of latent vectors.
        columns: int, number of images of a row, including both ends.
        seed: int, seed of the latents.
        truncation: float or None, as in `LatentGAN.generate`.

    Returns:
        Float array `(rows, columns, height, width, channels)`.

    Raises:
        ValueError: if the model has no classes, or not these.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ConditionalGAN(image_shape=(8, 8, 1), filters=8)
    >>> interpolate_classes(gan, 3, 8, rows=2, columns=5).shape
    (2, 5, 8, 8, 1)
    """
    _control(gan, controls.Labels, "classes")
    (start,), (end,) = (
        gan.given_or_all_labels(rows, label) for label in (first, second)
    )
    latents = gan.given_or_drawn(rows, None, seed, truncation)
    images = [
        gan.run_generator([latents, linear(start, end, t)], rows)
        for t in np.linspace(0, 1, columns, dtype="float32")
    ]
    return np.stack(images, axis=1)


def latent_arithmetic(gan, start, minus, plus, seed=0, **condition):
    """Makes images of three concepts and of first - second + third.

    As in figure 7 of DCGAN (Radford et al., 2015,
    https://arxiv.org/abs/1511.06434): each concept is the mean of the latent
    vectors of a few images that show the concept, for example "smiling woman"
    - "neutral woman" + "neutral man".

    Args:
        gan: a latent model.
        start: float array `(num, latent_dim)`, latents of the first concept.
        minus: float array `(num, latent_dim)`, latents of the concept to
            subtract.
        plus: float array `(num, latent_dim)`, latents of the concept to add.
        seed: int, seed of codes that are not given.
        **condition: `labels` or `codes` of `gan.generate`, one value for all
            images.

    Returns:
        Float array `(1, 4, height, width, channels)`: the three means and
        the result.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> a, b, c = np.random.default_rng(0).normal(size=(3, 3, 5))
    >>> latent_arithmetic(gan, a, b, c).shape
    (1, 4, 8, 8, 1)
    """
    a, b, c = (np.mean(concept, axis=0) for concept in (start, minus, plus))
    latents = np.stack([a, b, c, a - b + c])[:, np.newaxis]
    images = [
        gan.generate(1, latents=point, seed=seed, **condition)
        for point in latents
    ]
    return np.stack(images, axis=1)


def linear(start, end, t):
    """Computes (1 - t) start + t end, row by row.

    Args:
        start: float array `(rows, latent_dim)`, vectors at t = 0.
        end: float array `(rows, latent_dim)`, vectors at t = 1.
        t: float in [0, 1].

    Example:

    >>> linear(np.array([[0.0, 4.0]]), np.array([[2.0, 0.0]]), 0.5)
    array([[1., 2.]])
    """
    return (1 - t) * start + t * end


def spherical(start, end, t):
    """Computes the point at t on the great circle, row by row.

    White (2016), https://arxiv.org/abs/1609.04468, section 2.1:
    (sin((1 - t) w) start + sin(t w) end) / sin w, where w is the angle between
    the ends. Vectors with (nearly) equal or opposite directions have no such
    circle, and are interpolated linearly.

    Args:
        start: float array `(rows, latent_dim)`, vectors at t = 0.
        end: float array `(rows, latent_dim)`, vectors at t = 1.
        t: float in [0, 1].

    Example:

    >>> east, north = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    >>> spherical(east, north, 0.5).round(4)  # of length 1, as both are
    array([[0.7071, 0.7071]], dtype=float32)
    """
    lengths = np.linalg.norm(start, axis=1) * np.linalg.norm(end, axis=1)
    cosine = np.sum(start * end, axis=1) / np.maximum(lengths, 1e-12)
    angle = np.arccos(np.clip(cosine, -1, 1))[:, np.newaxis]
    sine = np.sin(angle)
    straight = sine < 1e-4
    sine = np.where(straight, 1.0, sine)
    arc = (np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / sine
    return np.where(straight, linear(start, end, t), arc).astype("float32")


MODES = {"linear": linear, "spherical": spherical}


def _control(gan, kind, what):
    """Returns a model's control of this kind, or raises an error."""
    for control in gan.controls:
        if isinstance(control, kind):
            return control
    raise ValueError(
        f"Expected a model with {what}. Received: {type(gan).__name__}"
    )
