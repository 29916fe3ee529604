"""Finds and reads data sets of the TensorFlow Datasets catalogue."""

import numpy as np
import tensorflow as tf

from keras_gan_zoo.data import folder, order
from keras_gan_zoo.data.arrays import arrays


def examples(name, split, image_size, data_dir, labels=False):
    """Reads the images of a set, one by one, always in the same order.

    Args:
        name: string, name in the catalogue, e.g. `"mnist"`, or
            `"mnist:3.0.1"`.
        split: string, part of the set.
        image_size: tuple `(height, width)` in pixels to cover and crop to, or
            None if all images have one size.
        data_dir: path of a folder of prepared sets, or None for TFDS' own.
        labels: bool, whether to return the labels, too.

    Returns:
        `tf.data.Dataset` of uint8 images or `(image, label)`, the number of
        images, and the shape of each image.

    Raises:
        ValueError: if the set is unknown, has no images or labels, or has
            images of several sizes and `image_size` is None.
        ConnectionError: if the set is missing and cannot be downloaded.
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

    num = builder.info.splits[split].num_examples
    source = source.map(example, tf.data.AUTOTUNE)
    return source, num, (height, width, shape[2] or 3)


def _class_names(name, data_dir):
    """Returns the names of a set's classes, or None without names."""
    label = _prepared_builder(name, data_dir).info.features["label"]
    names = getattr(label, "names", None)
    return names and list(names)


def _in_order():
    import tensorflow_datasets

    return tensorflow_datasets.ReadConfig(interleave_cycle_length=1)


def _prepared_builder(name, data_dir):
    """Returns a TFDS builder whose data are on disk."""
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
    """Resizes a uint8 tensor to cover the size and crops the center."""
    sides = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = tf.reduce_max([height, width] / sides)
    covering = tf.cast(tf.math.ceil(sides * scale - 1e-4), tf.int32)
    image = tf.image.resize(image, covering, antialias=True)
    image = tf.image.resize_with_crop_or_pad(image, height, width)
    return tf.cast(tf.round(tf.clip_by_value(image, 0, 255)), tf.uint8)


def tfds(
    name,
    batch_size=128,
    image_size=None,
    data_dir=None,
    labels=False,
    split="train",
    seed=0,
):
    """Reads any image set of TensorFlow Datasets, and downloads it if needed.

    Args:
        name: string, name in the catalogue, e.g. `"mnist"`, or
            `"mnist:3.0.1"`.
        batch_size: int, images per batch.
        image_size: tuple `(height, width)` in pixels. Images are resized to
            cover this size and cropped at the center. None: all images have
            one size already.
        data_dir: path of a folder of prepared sets, or None for TFDS' own.
        labels: bool, whether to yield the set's labels, too.
        split: string, part of the set.
        seed: int, seed of the order.

    Returns:
        `tf.data.Dataset`.

    Raises:
        ValueError: if the set is unknown, has no images or labels, or has
            images of several sizes and `image_size` is None.
        ConnectionError: if the set is missing and cannot be downloaded.

    Example, with a dummy of TFDS instead of `"mnist"`:

    >>> import contextlib, tempfile
    >>> from tensorflow_datasets.testing import DummyMnist
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with contextlib.redirect_stdout(None):
    ...         DummyMnist(data_dir=folder).download_and_prepare()
    ...     batches = tfds("dummy_mnist", batch_size=4, data_dir=folder)
    >>> next(iter(batches)).shape
    TensorShape([4, 28, 28, 1])
    """
    source, num, shape = examples(name, split, image_size, data_dir, labels)
    names = _class_names(name, data_dir) if labels else None
    if num * np.prod(shape) > folder.MEMORY_LIMIT:
        dataset = order.streamed(source, num, batch_size, seed)
        dataset.class_names = names
        return dataset
    batches = list(source.batch(1024).as_numpy_iterator())
    if labels:
        images, classes = (np.concatenate(part) for part in zip(*batches))
        dataset = arrays(images, classes, batch_size, seed)
        dataset.class_names = names
        return dataset
    return arrays(np.concatenate(batches), None, batch_size, seed)
