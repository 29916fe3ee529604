"""What a generator takes besides latents: classes and codes."""

import typing

import keras
import numpy as np

from keras_gan_zoo.families import controls


class Given(typing.NamedTuple):
    """The labels and codes of some pictures.

    Attributes:
        labels: int array `(num,)`, or None if they are to be found.
        codes: dict from names to arrays of one value for each picture. Codes
            that are not in it are to be found.
        inferred: dict like `codes`, guesses of all codes, or None.
    """

    labels: np.ndarray | None
    codes: dict
    inferred: dict | None


def given(gan, num, labels=None, codes=None, images=None):
    """Checks the labels and codes that a user gave.

    Args:
        gan: a latent model.
        num: int, number of pictures.
        labels: as in `ClassConditionalGAN.generate`, or None.
        codes: dict as in the `generate` of a model with codes, or None.
        images: float array `(num, height, width, channels)`, from which a
            model may infer its codes, or None.

    Returns:
        `Given`.

    Raises:
        ValueError: if the model has no classes or codes, or not these.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.ConditionalGAN((8, 8, 1), 3, 5, filters=2)
    >>> given(gan, 2, labels=1).labels.tolist()
    [1, 1]
    """
    found = {type(control): control for control in gan.controls}
    for value, kind, name in (
        (labels, controls.Labels, "labels"),
        (codes, controls.Codes, "codes"),
    ):
        if value is not None and kind not in found:
            raise ValueError(
                f"A {type(gan).__name__} takes no {name}. Expected "
                f"{name}=None. Received: {name}={value!r}"
            )
    if labels is not None:
        (labels,) = gan.given_or_all_labels(num, labels)
        labels = labels.argmax(axis=1)
    inferred = None
    if controls.Codes in found:
        book = found[controls.Codes].book
        rows = book.draw(num, np.random.default_rng(0), codes)
        wanted = {book.names[book.index(key)] for key in codes or {}}
        codes = {
            name: value
            for name, value in book.values(rows).items()
            if name in wanted
        }
        if images is not None and hasattr(gan, "infer_codes"):
            inferred = gan.infer_codes(images)
    return Given(labels, codes or {}, inferred)


def candidates(gan, known, place, num, rng):
    """Draws labels and codes for images to try.

    Args:
        gan: a latent model.
        known: `Given`.
        place: int, number of the picture.
        num: int, number of images to try.
        rng: `numpy.random.Generator`.

    Returns:
        Dict of arguments of `gan.generate`, with a value for each image.
        Classes that are to be found are taken in turn. Codes that are to be
        found are drawn, and in every second image they are those inferred.
    """
    found = {}
    for control in gan.controls:
        if isinstance(control, controls.Labels):
            if known.labels is None:
                found["labels"] = np.arange(num) % control.num_classes
            else:
                found["labels"] = np.repeat(known.labels[place], num)
        elif isinstance(control, controls.Codes):
            codes = control.book.values(control.book.draw(num, rng))
            for source, rows in ((known.inferred, 2), (known.codes, 1)):
                for name, values in (source or {}).items():
                    codes[name][::rows] = values[place]
            found["codes"] = codes
    return found


def inputs(gan, condition, num):
    """Returns what a generator takes besides latents, a list of arrays.

    Args:
        gan: a latent model.
        condition: dict of arguments of `gan.generate`, with arrays.
        num: int, number of images.
    """
    found = []
    for control in gan.controls:
        if isinstance(control, controls.Labels):
            found += gan.given_or_all_labels(num, condition["labels"])
        elif isinstance(control, controls.Codes):
            rng = np.random.default_rng(0)
            found.append(control.book.draw(num, rng, condition["codes"]))
    return found


def taken(condition, places):
    """Takes some rows of a condition.

    Args:
        condition: dict of arguments of `gan.generate`, with arrays.
        places: list of ints, the rows.

    Example:

    >>> taken({"labels": np.array([5, 6, 7])}, [2, 0])["labels"].tolist()
    [7, 5]
    """
    return keras.tree.map_structure(lambda array: array[places], condition)
