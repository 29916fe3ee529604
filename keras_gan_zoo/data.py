"""Images as `tf.data` batches: float32 in [-1, 1], shuffled, whole batches.

The order of the images is a function of the seed and of the number of the
pass over the data, nothing else. Each dataset carries a `position`, through
which the `Backup` callback sets a restarted training to the very batch at
which the old one was killed.

Without `labels` a batch is `images` of shape `(batch, height, width,
channels)`; with labels it is `(images, labels)`, labels int32 `(batch,)`.
"""

import concurrent.futures
import functools
import os
import pathlib

import numpy as np
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import batching, pictures

IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
# Sets that take no more memory than this as 8-bit images are decoded once.
MEMORY_LIMIT = 2 * 2**30


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
    """
    builder = _prepared_builder(name, data_dir)
    features = builder.info.features
    for needed in ("image",) + (("label",) if labels else ()):
        if needed not in features:
            raise ValueError(
                f"Expected a set whose examples have {needed!r}. Received: "
                f"{name!r} with {sorted(features)}."
            )
    if split not in builder.info.splits:
        _check_split(builder, name, split)
    shape = features["image"].shape
    if image_size is None and None in shape:
        raise ValueError(
            f"The images of {name!r} have several sizes: {shape}. Expected "
            "image_size=(height, width). Received: image_size=None."
        )
    source = builder.as_dataset(
        split=split, shuffle_files=False, read_config=_in_order()
    )
    height, width = image_size or shape[:2]

    def example(features):
        image = features["image"]
        if image_size is not None:
            image = _fill(image, height, width)
        return (image, features["label"]) if labels else image

    source = source.map(example, tf.data.AUTOTUNE)
    num = builder.info.splits[split].num_examples
    if num * height * width * (shape[2] or 3) > MEMORY_LIMIT:
        return batching.streamed(source, num, batch_size, seed)
    batches = list(source.batch(1024).as_numpy_iterator())
    if labels:
        images, classes = (np.concatenate(part) for part in zip(*batches))
        return arrays(images, classes, batch_size, seed)
    return arrays(np.concatenate(batches), None, batch_size, seed)


def _in_order():
    import tensorflow_datasets

    return tensorflow_datasets.ReadConfig(interleave_cycle_length=1)


def _prepared_builder(name, data_dir):
    """A TFDS builder whose data are on disk."""
    import tensorflow_datasets

    try:
        builder = tensorflow_datasets.builder(name, data_dir=data_dir)
    except tensorflow_datasets.core.DatasetNotFoundError as error:
        lines = str(error).strip().splitlines()
        near = [line for line in lines if "mean" in line.lower()]
        raise ValueError(
            f"Expected the name of a set in the TFDS catalogue. Received: "
            f"{name!r}. {' '.join(near)} All names: "
            "https://www.tensorflow.org/datasets/catalog/overview"
        ) from error
    if not builder.data_path.exists():
        try:
            builder.download_and_prepare()
        except Exception as error:
            raise ConnectionError(
                f"The set {name!r} is not in {builder.data_path.parent} and "
                f"could not be downloaded: {type(error).__name__}: "
                f"{str(error)[:200]}. Expected a network connection, or a "
                "folder that holds the prepared set: data_dir=..."
            ) from error
    return builder


def _check_split(builder, name, split):
    try:
        builder.info.splits[split]
    except (KeyError, ValueError) as error:
        raise ValueError(
            f"Expected a part of {name!r}: {sorted(builder.info.splits)}. "
            f"Received: split={split!r}."
        ) from error


def _fill(image, height, width):
    """Resizes a uint8 tensor to cover the size and crops the middle."""
    sides = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = tf.reduce_max([height, width] / sides)
    covering = tf.cast(tf.math.ceil(sides * scale - 1e-4), tf.int32)
    image = tf.image.resize(image, covering, antialias=True)
    image = tf.image.resize_with_crop_or_pad(image, height, width)
    return tf.cast(tf.round(tf.clip_by_value(image, 0, 255)), tf.uint8)


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
    """
    root = pathlib.Path(path)
    if not root.is_dir():
        raise ValueError(
            f"Expected a folder of images. Received: {root}, which "
            f"{'is a file' if root.exists() else 'does not exist'}."
        )
    if channels not in (1, 3):
        raise ValueError(
            "Expected channels=3 (colour) or channels=1 (grey). "
            f"Received: channels={channels}"
        )
    files = sorted(
        file
        for file in root.rglob("*")
        if file.suffix.lower() in IMAGE_ENDINGS
        and not any(part.startswith(".") for part in file.parts)
    )
    if not files:
        raise ValueError(
            f"Expected images ({', '.join(IMAGE_ENDINGS)}) in {root} or its "
            "folders. Received: none."
        )
    classes = _folder_classes(root, files) if labels else None
    read = functools.partial(
        pictures.read, image_size=image_size, channels=channels
    )
    if len(files) * np.prod(image_size) * channels <= MEMORY_LIMIT:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            images = np.stack(list(pool.map(read, files)))
        return arrays(images, classes, batch_size, seed)
    _open_all(files)
    return _from_files(
        files, classes, read, (*image_size, channels), batch_size, seed
    )


def _folder_classes(root, files):
    loose = [file for file in files if file.parent == root]
    if loose:
        raise ValueError(
            f"Expected every image in a folder named after its class. "
            f"Received: {loose[0]} and {len(loose) - 1} more in {root} "
            "itself. Move them, or take labels=False."
        )
    folders = [file.relative_to(root).parts[0] for file in files]
    return np.unique(folders, return_inverse=True)[1]


def _open_all(files):
    """Finds files that are no pictures before the training does."""

    def open_one(path):
        try:
            with Image.open(path):
                pass
        except OSError as error:
            raise ValueError(
                f"Expected a picture that can be read. Received: {path}: "
                f"{error}. Repair the file or take it out."
            ) from error

    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(open_one, files))


def _from_files(files, classes, read, shape, batch_size, seed):
    """Batches of pictures that are decoded when their turn comes."""
    names = tf.constant([str(file) for file in files])

    def decode(name):
        image = tf.numpy_function(
            lambda file: read(file.decode()), [name], tf.uint8
        )
        return tf.ensure_shape(image, shape)

    def take(indices):
        batch = tf.map_fn(
            decode,
            tf.gather(names, indices),
            fn_output_signature=tf.TensorSpec(shape, tf.uint8),
            parallel_iterations=batch_size,
        )
        batch = batching.scaled(batch)
        if classes is None:
            return batch
        return batch, tf.gather(tf.constant(classes, tf.int32), indices)

    return batching.gathered(take, len(files), batch_size, seed)
