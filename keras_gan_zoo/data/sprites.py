"""The emoji in the package, with their groups and captions."""

import functools
import json
import pathlib

import numpy as np
import tensorflow as tf
from PIL import Image

from keras_gan_zoo.data import order
from keras_gan_zoo.data.arrays import arrays
from keras_gan_zoo.data.pairs import paired_arrays
from keras_gan_zoo.modalities import pictures

FOLDER = pathlib.Path(__file__).parent / "noto_emoji"
# An outline is drawn where a channel differs by this much, of 255.
EDGE = 40


def emoji(
    image_size=(32, 32),
    batch_size=64,
    labels=False,
    captions=False,
    task=None,
    groups=None,
    seed=0,
):
    """Loads the 1,488 Noto emoji of the package, on a white background.

    The pictures are 64x64 pixels large. They are resized with an antialiasing
    filter (Lanczos). The groups and their names are from Unicode:
    `"smileys-emotion"`, `"people-body"`, `"animals-nature"`, `"food-drink"`,
    `"travel-places"`, `"activities"`, `"objects"`, `"symbols"`, `"flags"`.

    Credit: Noto Emoji by Google (https://github.com/googlefonts/noto-emoji),
    Apache License 2.0. The names are from the Unicode CLDR. The notices are
    in a file next to the pictures: `keras_gan_zoo/data/noto_emoji`.

    Args:
        image_size: int, or tuple `(height, width)`, in pixels.
        batch_size: int, images per batch.
        labels: bool, whether to yield the number of each image's group.
        captions: bool, whether to yield the English name of each image, a
            string such as `"red apple"`.
        task: `"outlines"` for pairs of an outline drawing, black on white,
            and its picture. Half of the pairs are mirrored. None for images.
        groups: list of the names of groups, or one name, or None for all
            groups.
        seed: int, seed of the order.

    Returns:
        `tf.data.Dataset` of images, of `(images, labels)`, of `(images,
        captions)` or of `(outlines, images)`. With labels, its `class_names`
        is the list of the groups' names, in the order of the labels.

    Raises:
        ValueError: if more than one of labels, captions and a task is given,
            or a group or a task is unknown.

    Example:

    >>> next(iter(emoji(batch_size=16))).shape
    TensorShape([16, 32, 32, 3])
    >>> batches = emoji(labels=True, groups=["food-drink", "flags"])
    >>> batches.class_names
    ['food-drink', 'flags']
    >>> apples = emoji(captions=True, batch_size=1488)
    >>> b"red apple" in next(iter(apples))[1].numpy()
    True
    >>> outlines, images = next(iter(emoji(task="outlines", batch_size=4)))
    >>> outlines.shape, images.shape
    (TensorShape([4, 32, 32, 1]), TensorShape([4, 32, 32, 3]))
    """
    if bool(labels) + bool(captions) + (task is not None) > 1:
        raise ValueError(
            "Only one thing is given with the images. Expected: labels=True, "
            "captions=True or task='outlines'. Received: labels="
            f"{labels}, captions={captions}, task={task!r}."
        )
    if task not in (None, "outlines"):
        raise ValueError(
            "The emoji have no such task. Expected: task='outlines' or None. "
            f"Received: task={task!r}."
        )
    images, about = _sheet()
    groups = _known(groups, about["groups"])
    places = [
        place
        for place, one in enumerate(about["emoji"])
        if one["group"] in groups
    ]
    drawn, images = images[places], _resized(images[places], image_size)
    about = [about["emoji"][place] for place in places]
    if task is not None:
        outlines = _resized(_outlines(drawn), image_size)
        return paired_arrays(outlines, images, batch_size, flip=True, seed=seed)
    if captions:
        texts = [one["caption"] for one in about]
        return _captioned(images, texts, batch_size, seed)
    classes = np.array([groups.index(one["group"]) for one in about])
    dataset = arrays(images, classes if labels else None, batch_size, seed)
    dataset.class_names = groups if labels else None
    return dataset


@functools.cache
def _sheet():
    """Returns all pictures, `(num, 64, 64, 3)`, and their data."""
    text = (FOLDER / "emoji.json").read_text(encoding="utf-8")
    about = json.loads(text)
    side, num = about["side"], len(about["emoji"])
    with Image.open(FOLDER / "sheet.webp") as file:
        sheet = np.asarray(file.convert("RGB"))
    rows, columns = (length // side for length in sheet.shape[:2])
    images = sheet.reshape(rows, side, columns, side, 3).swapaxes(1, 2)
    return images.reshape(-1, side, side, 3)[:num], about


def _known(groups, known):
    """Returns the names of groups as a list."""
    if groups is None:
        return list(known)
    groups = [groups] if isinstance(groups, str) else list(groups)
    unknown = [group for group in groups if group not in known]
    if unknown or not groups:
        raise ValueError(
            f"The emoji are sorted into groups. Expected some of {known}. "
            f"Received: groups={groups}."
        )
    return groups


def _resized(images, image_size):
    if isinstance(image_size, int):
        image_size = image_size, image_size
    if tuple(image_size) == images.shape[1:3]:
        return images
    channels = images.shape[-1]
    images = images[..., 0] if channels == 1 else images
    return np.stack(
        [pictures.resized(image, image_size, channels) for image in images]
    )


def _outlines(images):
    """Draws black where a pixel differs from the one below or to the right."""
    around = ((0, 0), (0, 1), (0, 1), (0, 0))
    images = np.pad(images.astype("int16"), around, "edge")
    here = images[:, :-1, :-1]
    down = np.abs(images[:, 1:, :-1] - here)
    right = np.abs(images[:, :-1, 1:] - here)
    edges = np.maximum(down, right).max(axis=-1, keepdims=True) > EDGE
    return np.where(edges, 0, 255).astype("uint8")


def _captioned(images, texts, batch_size, seed):
    with tf.device("CPU"):
        images, texts = tf.constant(images), tf.constant(texts)

    def take(indices):
        shown = order.scaled(tf.gather(images, indices))
        return shown, tf.gather(texts, indices)

    return order.gathered(take, len(images), batch_size, seed)
