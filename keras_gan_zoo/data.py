"""Images as `tf.data` batches: float32 in [-1, 1], shuffled, whole batches.

The order of the images is a function of the seed and of the number of the
pass over the data, nothing else. Each dataset carries a `position`, through
which the `Backup` callback sets a restarted training to the very batch at
which the old one was killed.

Without `labels` a batch is `images` of shape `(batch, height, width,
channels)`; with labels it is `(images, labels)`, labels int32 `(batch,)`.
"""

import functools
import pathlib

import numpy as np
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import batching, catalogue, folders, pictures
from keras_gan_zoo.photographs import photograph_domains, photograph_pairs
from keras_gan_zoo.translation_data import (
    paired_arrays,
    paired_folder,
    unpaired_arrays,
    unpaired_folders,
    unpaired_tfds,
)

__all__ = [
    "arrays",
    "digits",
    "image_folder",
    "paired_arrays",
    "paired_folder",
    "photograph_domains",
    "photograph_pairs",
    "tfds",
    "unpaired_arrays",
    "unpaired_folders",
    "unpaired_tfds",
]


def digits(batch_size=64, image_size=None, labels=False, seed=0):
    """The 1,797 real handwritten digits that come with scikit-learn.

    Args:
        batch_size: int, images per batch.
        image_size: tuple `(height, width)` to resize to (bicubic), or None
            for the 8x8 pixels they have.
        labels: bool, whether to yield the digits' classes 0 to 9 too.
        seed: int, decides the order.

    Returns:
        `tf.data.Dataset`, images in one channel.

    Example:

    >>> next(iter(digits(batch_size=32))).shape
    TensorShape([32, 8, 8, 1])
    """
    from sklearn.datasets import load_digits

    images, classes = load_digits(return_X_y=True)
    images = (images.reshape(-1, 8, 8) / 8 - 1).astype("float32")
    if image_size is not None:
        height, width = image_size
        images = np.stack(
            [
                Image.fromarray(image).resize(
                    (width, height), Image.Resampling.BICUBIC
                )
                for image in images
            ]
        )
        images = np.clip(images, -1, 1)
    images = images[..., np.newaxis]
    return arrays(images, classes if labels else None, batch_size, seed)


def arrays(images, labels=None, batch_size=64, seed=0):
    """Images in memory.

    Args:
        images: array `(num, height, width, channels)`: uint8, which is
            scaled to [-1, 1] batch by batch, or floats in [-1, 1].
        labels: int array `(num,)` or None.
        batch_size: int, images per batch.
        seed: int, decides the order.

    Returns:
        `tf.data.Dataset`.

    Raises:
        ValueError: if the arrays have wrong shapes or are too short.

    Example:

    >>> zeros = np.zeros((10, 4, 4, 1), "uint8")
    >>> float(next(iter(arrays(zeros, batch_size=2)))[0, 0, 0, 0])
    -1.0
    """
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(
            "Expected images of shape (num, height, width, channels). "
            f"Received: images.shape={images.shape}. A set of grey images "
            "lacks its last axis: images[..., None]."
        )
    if labels is not None:
        labels = _class_labels(labels, len(images))
    if images.dtype != "uint8":
        images = images.astype("float32")
    with tf.device("CPU"):
        images = tf.constant(images)
        labels = None if labels is None else tf.constant(labels)

    def take(indices):
        batch = batching.scaled(tf.gather(images, indices))
        return batch if labels is None else (batch, tf.gather(labels, indices))

    return batching.gathered(take, len(images), batch_size, seed)


def _class_labels(labels, num):
    labels = np.asarray(labels)
    if labels.shape != (num,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"Expected one integer label for each of the {num} images, shape "
            f"({num},). Received: shape {labels.shape}, type {labels.dtype}."
        )
    return labels.astype("int32")


def tfds(
    name,
    batch_size=128,
    image_size=None,
    data_dir=None,
    labels=False,
    split="train",
    seed=0,
):
    """Any image set of TensorFlow Datasets, downloaded if it must be.

    Args:
        name: name in the catalogue, e.g. `"mnist"`, or `"mnist:3.0.1"`.
        batch_size: int, images per batch.
        image_size: tuple `(height, width)` to resize to (the smaller side
            first, then cropped in the middle), or None if all have one size.
        data_dir: folder of prepared sets, or None for TFDS' own.
        labels: bool, whether to yield the set's labels too.
        split: str, part of the set.
        seed: int, decides the order.

    Returns:
        `tf.data.Dataset`.

    Raises:
        ValueError: if the set is unknown, has no images or labels, or has
            images of several sizes and `image_size` is None.
        ConnectionError: if it must be downloaded and cannot be.

    Example, with a dummy of TFDS in place of `"mnist"`:

    >>> import contextlib, tempfile
    >>> from tensorflow_datasets.testing import DummyMnist
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with contextlib.redirect_stdout(None):
    ...         DummyMnist(data_dir=folder).download_and_prepare()
    ...     batches = tfds("dummy_mnist", batch_size=4, data_dir=folder)
    >>> next(iter(batches)).shape
    TensorShape([4, 28, 28, 1])
    """
    source, num, shape = catalogue.examples(
        name, split, image_size, data_dir, labels
    )
    if num * np.prod(shape) > folders.MEMORY_LIMIT:
        return batching.streamed(source, num, batch_size, seed)
    batches = list(source.batch(1024).as_numpy_iterator())
    if labels:
        images, classes = (np.concatenate(part) for part in zip(*batches))
        return arrays(images, classes, batch_size, seed)
    return arrays(np.concatenate(batches), None, batch_size, seed)


def image_folder(
    path, image_size=(64, 64), batch_size=64, labels=False, channels=3, seed=0
):
    """All images in a folder and its folders.

    Args:
        path: the folder.
        image_size: tuple `(height, width)`; images are resized to cover it
            and cropped in the middle. EXIF orientation is obeyed,
            transparency is laid on white.
        batch_size: int, images per batch.
        labels: bool, whether to yield classes too, the number of the
            image's folder among the sorted folders in `path`.
        channels: 3 for colour, 1 for grey.
        seed: int, decides the order.

    Returns:
        `tf.data.Dataset`.

    Raises:
        ValueError: if there are no images, one of them cannot be read, or
            labels are wanted and images lie in no folder of their own.

    Example, with one picture in the folder:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (90, 80)).save(f"{folder}/black.png")
    ...     batches = image_folder(folder, (64, 64), batch_size=1)
    >>> next(iter(batches)).shape
    TensorShape([1, 64, 64, 3])
    """
    files = folders.find(path)
    classes = _folder_classes(pathlib.Path(path), files) if labels else None
    pictures.check_channels(channels)
    look_up = folders.lookup(
        files,
        functools.partial(
            pictures.read, image_size=image_size, channels=channels
        ),
    )

    def take(indices):
        images = batching.scaled(look_up(indices))
        return (images, tf.gather(classes, indices)) if labels else images

    return batching.gathered(take, len(files), batch_size, seed)


def _folder_classes(root, files):
    loose = [file for file in files if file.parent == root]
    if loose:
        raise ValueError(
            f"Expected every image in a folder named after its class. "
            f"Received: {loose[0]} and {len(loose) - 1} more in {root} "
            "itself. Move them, or take labels=False."
        )
    names = [file.relative_to(root).parts[0] for file in files]
    return np.unique(names, return_inverse=True)[1].astype("int32")
