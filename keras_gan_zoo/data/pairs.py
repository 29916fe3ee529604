"""Batches for image-to-image models: pairs, and domains without pairs.

`keras_gan_zoo.data` exports all functions. Random jitter (section 6.2 of
pix2pix) depends on the seed and the position in the training, like the order.
"""

import functools

import numpy as np
import tensorflow as tf

from keras_gan_zoo.data import catalogue, folder, order
from keras_gan_zoo.modalities import pictures

# The paper's jitter: images are resized to 286x286 and cropped to 256x256.
JITTER = 286 / 256


def paired_arrays(inputs, targets, batch_size=1, jitter=1, flip=False, seed=0):
    """Makes batches of pairs in memory.

    Args:
        inputs: array `(num, height, width, channels)`: uint8, or floats in
            [-1, 1].
        targets: array `(num, height, width, channels)`: uint8, or floats in
            [-1, 1]. The same number, height and width as `inputs`.
        batch_size: int, pairs per batch.
        jitter: float, at least 1. The arrays are larger than a random crop
            by this factor. Both images of a pair have the same crop.
        flip: bool, whether to mirror half of the pairs.
        seed: int, seed of order and jitter.

    Returns:
        `tf.data.Dataset` of `(inputs, targets)`, float32 in [-1, 1].

    Raises:
        ValueError: if the two arrays do not fit together.

    Example:

    >>> grey, colour = np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8, 3))
    >>> [t.shape for t in next(iter(paired_arrays(grey, colour, 2)))]
    [TensorShape([2, 8, 8, 1]), TensorShape([2, 8, 8, 3])]
    """
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    if inputs.shape[:3] != targets.shape[:3] or inputs.ndim != 4:
        raise ValueError(
            "Expected inputs and targets as arrays (num, height, width, "
            "channels) with the same number, height and width. Received: "
            f"shapes {inputs.shape} and {targets.shape}."
        )
    with tf.device("CPU"):
        pairs = tf.concat([_in_range(inputs), _in_range(targets)], axis=-1)
    size = _cropped(inputs.shape[1:3], jitter)
    split = inputs.shape[-1], targets.shape[-1]
    return _paired(
        lambda i: tf.gather(pairs, i), len(inputs), split, size, batch_size,
        flip, seed,
    )  # fmt: skip


def unpaired_arrays(
    images_a, images_b, batch_size=1, jitter=1, flip=False, seed=0
):
    """Makes batches of two domains in memory; a pass is one through the larger.

    Args:
        images_a: array `(num, height, width, channels)`: uint8, or floats in
            [-1, 1].
        images_b: array `(num, height, width, channels)`: uint8, or floats in
            [-1, 1]. The number and the channels may differ from `images_a`.
        batch_size: int, images of each domain per batch.
        jitter: float, at least 1. The arrays are larger than a random crop
            by this factor.
        flip: bool, whether to mirror half of the images.
        seed: int, seed of order and jitter.

    Returns:
        `tf.data.Dataset` of `(images_a, images_b)`, float32 in [-1, 1].

    Example:

    >>> a, b = np.zeros((4, 8, 8, 1)), np.zeros((6, 8, 8, 3))
    >>> len(unpaired_arrays(a, b, batch_size=2))
    3
    """
    arrays = [np.asarray(images_a), np.asarray(images_b)]
    for images in arrays:
        if images.ndim != 4 or images.shape[1:3] != arrays[0].shape[1:3]:
            raise ValueError(
                "Expected both domains as arrays (num, height, width, "
                "channels) of images of the same size. Received: shapes "
                f"{arrays[0].shape} and {arrays[1].shape}."
            )
    with tf.device("CPU"):
        arrays = [_in_range(images) for images in arrays]
    takes = [functools.partial(tf.gather, images) for images in arrays]
    size = _cropped(arrays[0].shape[1:3], jitter)
    nums = [len(images) for images in arrays]
    return _unpaired(takes, nums, size, batch_size, flip, seed)


def paired_folder(
    path,
    image_size=(256, 256),
    batch_size=1,
    path_b=None,
    direction="ab",
    channels=(3, 3),
    jitter=JITTER,
    flip=True,
    seed=0,
):
    """Reads pairs of pictures from one folder or from two folders.

    Args:
        path: path of a folder of pictures that contain A on the left and B
            on the right, like the data sets of pix2pix.
        image_size: tuple `(height, width)` of each half in pixels. Pictures
            are resized to cover this size and cropped.
        batch_size: int, pairs per batch.
        path_b: path of a second folder, or None. `path` then contains A only,
            and `path_b` contains B under the same names, without endings.
        direction: `"ab"` to translate A into B, `"ba"` for the reverse.
        channels: tuple of two ints, 3 (color) or 1 (gray) for A and for B.
        jitter: float, at least 1. Pictures are loaded larger by this factor
            and cropped at random, both halves in the same way. Use 1 for test
            sets. The paper uses 286/256.
        flip: bool, whether to mirror half of the pairs; False for writing,
            maps or test sets.
        seed: int, seed of order and jitter.

    Returns:
        `tf.data.Dataset` of `(inputs, targets)`, float32 in [-1, 1].

    Raises:
        ValueError: if there are no pairs, a picture has no partner, or a
            file cannot be read.

    Example, with one pair in the folder:

    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (128, 64)).save(f"{folder}/pair.png")
    ...     batches = paired_folder(folder, (64, 64), channels=(1, 3))
    >>> [half.shape for half in next(iter(batches))]
    [TensorShape([1, 64, 64, 1]), TensorShape([1, 64, 64, 3])]
    """
    if direction not in ("ab", "ba"):
        raise ValueError(
            "Expected direction='ab' or direction='ba'. "
            f"Received: direction={direction!r}"
        )
    for number in channels:
        pictures.check_channels(number)
    files = folder.find(path) if path_b is None else _partners(path, path_b)
    read = functools.partial(
        _read_pair if path_b is None else _read_two,
        image_size=_loaded(image_size, jitter),
        channels=channels,
        reverse=direction == "ba",
    )
    split = channels if direction == "ab" else channels[::-1]
    return _paired(
        folder.lookup(files, read), len(files), split, image_size,
        batch_size, flip, seed,
    )  # fmt: skip


def unpaired_folders(
    path_a,
    path_b,
    image_size=(256, 256),
    batch_size=1,
    channels=(3, 3),
    jitter=JITTER,
    flip=True,
    seed=0,
):
    """Reads two folders of pictures that do not form pairs.

    Args:
        path_a: path of the folder of domain A, including its subfolders.
        path_b: path of the folder of domain B, including its subfolders.
        image_size: tuple `(height, width)` in pixels, to cover and crop to.
        batch_size: int, pictures of each domain per batch.
        channels: tuple of two ints, 3 (color) or 1 (gray) for A and for B.
        jitter: float, at least 1. Pictures are loaded larger by this factor
            and cropped at random. Use 1 for no jitter.
        flip: bool, whether to mirror half of the pictures.
        seed: int, seed of order and jitter.

    Returns:
        `tf.data.Dataset` of `(images_a, images_b)`, float32 in [-1, 1]. A
        pass is one pass through the larger folder.

    Raises:
        ValueError: if a folder is empty or a file cannot be read.

    Example, with one picture as A and two as B:

    >>> import pathlib, tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("a/1", "b/1", "b/2"):
    ...         file = pathlib.Path(folder, f"{name}.png")
    ...         file.parent.mkdir(exist_ok=True)
    ...         Image.new("RGB", (80, 80)).save(file)
    ...     batches = unpaired_folders(f"{folder}/a", f"{folder}/b", (64, 64))
    >>> len(batches)
    2
    """
    takes, nums = [], []
    for path, number in zip((path_a, path_b), channels):
        pictures.check_channels(number)
        files = folder.find(path)
        size = _loaded(image_size, jitter)
        read = functools.partial(
            pictures.read, image_size=size, channels=number
        )
        takes.append(folder.lookup(files, read))
        nums.append(len(files))
    return _unpaired(takes, nums, image_size, batch_size, flip, seed)


def unpaired_tfds(
    name,
    image_size=(256, 256),
    batch_size=1,
    data_dir=None,
    splits=("trainA", "trainB"),
    jitter=JITTER,
    flip=True,
    seed=0,
):
    """Reads two parts of a set of TensorFlow Datasets as two domains.

    Args:
        name: string, name in the catalogue, e.g. `"cycle_gan/horse2zebra"`.
        image_size: tuple `(height, width)` in pixels, to cover and crop to.
        batch_size: int, images of each domain per batch.
        data_dir: path of a folder of prepared sets, or None for TFDS' own.
        splits: tuple of two strings, the names of the parts.
        jitter: float, at least 1. Images are loaded larger by this factor
            and cropped at random. Use 1 for no jitter.
        flip: bool, whether to mirror half of the images.
        seed: int, seed of order and jitter.

    Returns:
        `tf.data.Dataset` of `(images_a, images_b)`.

    Raises:
        ValueError: if there is no such set or part.
        ConnectionError: if the set is missing and cannot be downloaded.

    Example, with a dummy of TFDS instead of `"cycle_gan/horse2zebra"`:

    >>> import contextlib, tempfile
    >>> from tensorflow_datasets.testing import DummyMnist
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with contextlib.redirect_stdout(None):
    ...         DummyMnist(data_dir=folder).download_and_prepare()
    ...     batches = unpaired_tfds(
    ...         "dummy_mnist", (32, 32), 4, folder, splits=("train", "test")
    ...     )
    >>> [images.shape for images in next(iter(batches))]
    [TensorShape([4, 32, 32, 1]), TensorShape([4, 32, 32, 1])]
    """
    domains = []
    for split in splits:
        source, _, _ = catalogue.examples(
            name, split, _loaded(image_size, jitter), data_dir
        )
        images = list(source.batch(256).as_numpy_iterator())
        domains.append(np.concatenate(images))
    return unpaired_arrays(*domains, batch_size, jitter, flip, seed)


# ------------------------------------------------------------------ reading


def _partners(path_a, path_b):
    """Returns tuples of files that have the same name in two folders."""
    both = []
    for path in (path_a, path_b):
        root, named = folder.root_of(path), {}
        for file in folder.find(root):
            name = file.relative_to(root).with_suffix("")
            if named.setdefault(name, file) != file:
                raise ValueError(
                    "Expected pictures with different names, apart from their "
                    f"endings. Received: {named[name]} and {file}. Rename one "
                    "of them, and its partner."
                )
        both.append(named)
    alone = both[0].keys() ^ both[1].keys()
    if alone:
        raise ValueError(
            f"Expected every picture of {path_a} to have a partner of the "
            f"same name in {path_b}, and the reverse. Received: {len(alone)} "
            f"without, among them {', '.join(map(str, sorted(alone)[:3]))}."
        )
    return [(both[0][name], both[1][name]) for name in sorted(both[0])]


def _read_pair(path, image_size, channels, reverse):
    """Reads a file with two halves as one array with the channels of both."""
    whole = pictures.read(path)
    width = whole.shape[1]
    if width % 2:
        raise ValueError(
            "Expected pictures with two halves of equal width next to each "
            f"other. Received: {path}, {width} pixels wide. For two folders "
            "of single pictures pass path_b."
        )
    halves = whole[:, : width // 2], whole[:, width // 2 :]
    halves = [
        pictures.resized(half, image_size, number)
        for half, number in zip(halves, channels)
    ]
    return np.concatenate(halves[::-1] if reverse else halves, axis=-1)


def _read_two(paths, image_size, channels, reverse):
    """Reads two files as one array with the channels of both."""
    halves = [
        pictures.read(path, image_size, number)
        for path, number in zip(paths, channels)
    ]
    return np.concatenate(halves[::-1] if reverse else halves, axis=-1)


def _in_range(images):
    return tf.constant(
        images if images.dtype == "uint8" else images.astype("float32")
    )


# ------------------------------------------------------------------- jitter


def _check_jitter(jitter):
    if jitter < 1:
        raise ValueError(
            "Expected jitter of at least 1, the factor by which images are "
            f"larger than their crops. Received: {jitter}"
        )


def _loaded(image_size, jitter):
    """Returns the size of loaded images, before they are cropped."""
    _check_jitter(jitter)
    return tuple(round(side * jitter) for side in image_size)


def _cropped(image_size, jitter):
    _check_jitter(jitter)
    return tuple(round(side / jitter) for side in image_size)


def _paired(take, num, split, size, batch_size, flip, seed):
    """Makes batches of pairs from arrays with the channels of both."""

    def augment(batch, key):
        pairs = order.scaled(_jittered(batch, size, flip, key))
        return tuple(tf.split(pairs, split, axis=-1))

    return order.gathered(take, num, batch_size, seed, augment)


def _unpaired(takes, nums, size, batch_size, flip, seed):
    """Makes batches of two domains."""

    def augment(batch, key):
        keys = key, key + tf.constant([1, 0], tf.int64)
        return tuple(
            order.scaled(_jittered(images, size, flip, key))
            for images, key in zip(batch, keys)
        )

    return order.gathered_apart(takes, nums, batch_size, seed, augment)


def _jittered(images, size, flip, key):
    """Cuts a random window from each image and may mirror it, by a key."""
    num = images.shape[0]
    random = tf.random.stateless_uniform((3, num), key)
    for axis, wanted in enumerate(size, 1):
        # random < 1, so every start from 0 to the last is equally likely.
        last = images.shape[axis] - wanted
        starts = tf.cast(random[axis] * (last + 1), tf.int32)
        places = starts[:, None] + tf.range(wanted)
        images = tf.gather(images, places, axis=axis, batch_dims=1)
    if flip:
        mirrored = tf.reverse(images, [2])
        images = tf.where(
            random[0][:, None, None, None] < 0.5, mirrored, images
        )
    return images
