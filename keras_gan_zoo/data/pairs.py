"""Batches for image-to-image models: pairs, and domains without pairs.

All functions are offered as `keras_gan_zoo.data`. Random jitter (section 6.2
of pix2pix) is a function of seed and place in the training, like the order.
"""

import functools

import numpy as np
import tensorflow as tf

from keras_gan_zoo.data import catalogue, folder, order
from keras_gan_zoo.modalities import pictures

# The paper's jitter: images are resized to 286x286, of which 256x256 remain.
JITTER = 286 / 256


def paired_arrays(inputs, targets, batch_size=1, jitter=1, flip=False, seed=0):
    """Pairs in memory.

    Args:
        inputs: array `(num, height, width, channels)`: uint8, or floats in
            [-1, 1].
        targets: likewise, of the same height and width.
        batch_size: int, pairs per batch.
        jitter: float, at least 1: by how much the arrays are larger than
            what a random crop leaves of them, the same of both halves.
        flip: bool, whether to mirror half of the pairs.
        seed: int, decides order and jitter.

    Returns:
        `tf.data.Dataset` of `(inputs, targets)`, float32 in [-1, 1].

    Raises:
        ValueError: if the two do not fit together.

    Example:

    >>> grey, colour = np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8, 3))
    >>> [t.shape for t in next(iter(paired_arrays(grey, colour, 2)))]
    [TensorShape([2, 8, 8, 1]), TensorShape([2, 8, 8, 3])]
    """
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    if inputs.shape[:3] != targets.shape[:3] or inputs.ndim != 4:
        raise ValueError(
            "Expected inputs and targets as arrays (num, height, width, "
            "channels) of as many images of the same size. Received: shapes "
            f"{inputs.shape} and {targets.shape}."
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
    """Two domains in memory; a pass is one through the larger.

    Args:
        images_a: array `(num, height, width, channels)`: uint8, or floats in
            [-1, 1].
        images_b: likewise, perhaps of other number and channels.
        batch_size: int, images of each domain per batch.
        jitter: float, at least 1: by how much the arrays are larger than
            what a random crop leaves of them.
        flip: bool, whether to mirror half of the images.
        seed: int, decides order and jitter.

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
    """Pairs of pictures in a folder, or in two.

    Args:
        path: folder of pictures that hold both halves side by side, A left
            and B right, as pix2pix' own sets do.
        image_size: tuple `(height, width)` of each half; pictures are
            resized to cover it and cropped.
        batch_size: int, pairs per batch.
        path_b: second folder; `path` then holds A alone and this one B,
            under the same names, endings aside.
        direction: `"ab"` to translate A into B, `"ba"` for the reverse.
        channels: tuple of 3 (colour) or 1 (grey) for A and for B.
        jitter: float: pictures are loaded larger by this factor, and a
            random crop is taken, the same of both halves; 1 for none, as for
            test sets. 286/256 is the paper's.
        flip: bool, whether to mirror half of the pairs; False for writing,
            maps or test sets.
        seed: int, decides order and jitter.

    Returns:
        `tf.data.Dataset` of `(inputs, targets)`, float32 in [-1, 1].

    Raises:
        ValueError: if there are no pairs, a name lacks its partner, or a
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
    """Two folders of pictures that do not belong together.

    Args:
        path_a: folder of domain A; its folders count, too.
        path_b: folder of domain B.
        image_size: tuple `(height, width)`; pictures are resized to cover it
            and cropped.
        batch_size: int, pictures of each domain per batch.
        channels: tuple of 3 (colour) or 1 (grey) for A and for B.
        jitter: float: pictures are loaded larger by this factor, and a
            random crop is taken; 1 for none.
        flip: bool, whether to mirror half of the pictures.
        seed: int, decides order and jitter.

    Returns:
        `tf.data.Dataset` of `(images_a, images_b)`, float32 in [-1, 1]; a
        pass is one through the larger folder.

    Raises:
        ValueError: if a folder is empty or a file cannot be read.

    Example, of one picture as A and two as B:

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
    """Two parts of a set of TensorFlow Datasets as two domains.

    Args:
        name: name in the catalogue, e.g. `"cycle_gan/horse2zebra"`.
        image_size: tuple `(height, width)`, as in `unpaired_folders`.
        batch_size: int, likewise.
        data_dir: folder of prepared sets, or None for TFDS' own.
        splits: tuple of the names of the two parts.
        jitter: float, as in `unpaired_folders`.
        flip: bool, likewise.
        seed: int, likewise.

    Returns:
        `tf.data.Dataset` of `(images_a, images_b)`.

    Raises:
        ValueError: if there is no such set or part.
        ConnectionError: if it must be downloaded and cannot be.

    Example, with a dummy of TFDS in place of `"cycle_gan/horse2zebra"`:

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
    """Files of two folders that bear the same name, as tuples."""
    both = []
    for path in (path_a, path_b):
        root, named = folder.root_of(path), {}
        for file in folder.find(root):
            name = file.relative_to(root).with_suffix("")
            if named.setdefault(name, file) != file:
                raise ValueError(
                    "Expected pictures whose names differ, endings aside. "
                    f"Received: {named[name]} and {file}. Rename one of them, "
                    "and its partner."
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
    """A file with two halves, as one array with the channels of both."""
    whole = pictures.read(path)
    width = whole.shape[1]
    if width % 2:
        raise ValueError(
            "Expected pictures that hold two halves of equal width side by "
            f"side. Received: {path}, {width} pixels wide. For two folders "
            "of single pictures give path_b."
        )
    halves = whole[:, : width // 2], whole[:, width // 2 :]
    halves = [
        pictures.resized(half, image_size, number)
        for half, number in zip(halves, channels)
    ]
    return np.concatenate(halves[::-1] if reverse else halves, axis=-1)


def _read_two(paths, image_size, channels, reverse):
    """Two files, as one array with the channels of both."""
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
            f"larger than what is cropped from them. Received: {jitter}"
        )


def _loaded(image_size, jitter):
    """The size at which images are loaded, to crop `image_size` from."""
    _check_jitter(jitter)
    return tuple(round(side * jitter) for side in image_size)


def _cropped(image_size, jitter):
    _check_jitter(jitter)
    return tuple(round(side / jitter) for side in image_size)


def _paired(take, num, split, size, batch_size, flip, seed):
    """Batches of pairs whose channels lie side by side in what is taken."""

    def augment(batch, key):
        pairs = order.scaled(_jittered(batch, size, flip, key))
        return tuple(tf.split(pairs, split, axis=-1))

    return order.gathered(take, num, batch_size, seed, augment)


def _unpaired(takes, nums, size, batch_size, flip, seed):
    """Batches of two domains."""

    def augment(batch, key):
        keys = key, key + tf.constant([1, 0], tf.int64)
        return tuple(
            order.scaled(_jittered(images, size, flip, key))
            for images, key in zip(batch, keys)
        )

    return order.gathered_apart(takes, nums, batch_size, seed, augment)


def _jittered(images, size, flip, key):
    """A random window of each image, mirrored or not, by a key `(2,)`."""
    num = images.shape[0]
    random = tf.random.stateless_uniform((3, num), key)
    for axis, wanted in enumerate(size, 1):
        # random < 1, so that every start from 0 to the last is as likely.
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
