"""Batches for super-resolution: images, and the same images made smaller.

`keras_gan_zoo.data` exports all functions. Windows are cut at random places.
Like the order, they depend only on the seed and the position in the training.
"""

import concurrent.futures
import functools
import os

import numpy as np
import tensorflow as tf

from keras_gan_zoo.data import folder, order
from keras_gan_zoo.modalities import bicubic, pictures

ROTATED = (5, 6, 7, 8)  # values of the EXIF orientation


def super_resolution_arrays(
    images,
    scale=4,
    image_size=None,
    batch_size=16,
    crop="random",
    flip=True,
    seed=0,
):
    """Makes batches of windows of images in memory, and smaller inputs.

    The inputs are the windows resized by bicubic interpolation with
    antialiasing, as Pillow and MATLAB's `imresize` do it, and rounded to 8
    bits.

    Args:
        images: array `(num, height, width, channels)`: uint8, or floats in
            [-1, 1]. Or a list of arrays `(height, width, channels)` of any
            sizes.
        scale: int, at least 2, how many times smaller the inputs are.
        image_size: tuple `(height, width)` of the windows in pixels,
            multiples of `scale`. None: the largest windows that fit into all
            images.
        batch_size: int, windows per batch.
        crop: `"random"`, for training, or `"center"`, for test sets.
        flip: bool, whether to mirror a random half of the windows. Use False
            for test sets.
        seed: int, seed of order, windows and mirroring.

    Returns:
        `tf.data.Dataset` of `(inputs, targets)`, float32 in [-1, 1].

    Raises:
        ValueError: if the images are too small or an argument is out of
            range.

    Example:

    >>> images = np.zeros((4, 20, 24, 3), "uint8")
    >>> pairs = super_resolution_arrays(images, 4, (16, 16), batch_size=2)
    >>> [t.shape for t in next(iter(pairs))]
    [TensorShape([2, 4, 4, 3]), TensorShape([2, 16, 16, 3])]
    """
    images = [np.asarray(image) for image in images]
    shapes = {image.shape[2:] for image in images}
    if any(image.ndim != 3 for image in images) or len(shapes) != 1:
        found = sorted({str(image.shape) for image in images})
        raise ValueError(
            "Expected images as an array (num, height, width, channels), or "
            "a list of arrays (height, width, channels) with equal channels. "
            f"Received: images of shapes {', '.join(found[:3])}."
        )
    if image_size is None:
        sides = np.min([image.shape[:2] for image in images], axis=0)
        image_size = tuple(int(side) // scale * scale for side in sides)
    images = [i if i.dtype == "uint8" else i.astype("float32") for i in images]
    named = [
        (f"image {number}", image.shape[:2])
        for number, image in enumerate(images)
    ]
    return _pairs(
        images.__getitem__, named, images[0].dtype, images[0].shape[2],
        scale, image_size, batch_size, crop, flip, seed,
    )  # fmt: skip


def super_resolution_folder(
    path,
    scale=4,
    image_size=(96, 96),
    batch_size=16,
    channels=3,
    crop="random",
    flip=True,
    seed=0,
):
    """Reads windows of all pictures in a folder, and makes smaller inputs.

    The pictures are not resized. The inputs are made as in
    `super_resolution_arrays`. JPEG files of low quality teach a model to
    paint their blocks: shrink such pictures first.

    Args:
        path: path of the folder. Its subfolders are read, too.
        scale: int, at least 2, how many times smaller the inputs are.
        image_size: tuple `(height, width)` of the windows in pixels,
            multiples of `scale`.
        batch_size: int, windows per batch. A pass has one window of each
            picture.
        channels: int, 3 for color, 1 for gray.
        crop: `"random"`, for training, or `"center"`, for test sets.
        flip: bool, whether to mirror a random half of the windows. Use False
            for test sets.
        seed: int, seed of order, windows and mirroring.

    Returns:
        `tf.data.Dataset` of `(inputs, targets)`, float32 in [-1, 1].

    Raises:
        ValueError: if there are no pictures, one of them is too small or
            cannot be read, or an argument is out of range.

    Example, with one picture in the folder:

    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as path:
    ...     Image.new("RGB", (90, 80)).save(f"{path}/black.png")
    ...     pairs = super_resolution_folder(path, 4, (64, 64), batch_size=1)
    >>> [t.shape for t in next(iter(pairs))]
    [TensorShape([1, 16, 16, 3]), TensorShape([1, 64, 64, 3])]
    """
    pictures.check_channels(channels)
    files = folder.find(path)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        sizes = list(pool.map(_size, files))
        read = functools.partial(pictures.read, channels=channels)
        if channels * sum(h * w for h, w in sizes) <= folder.MEMORY_LIMIT:
            look_up = list(pool.map(read, files)).__getitem__
        else:
            look_up = lambda number: read(files[number])  # noqa: E731
    return _pairs(
        look_up, list(zip(files, sizes)), np.dtype("uint8"), channels,
        scale, image_size, batch_size, crop, flip, seed,
    )  # fmt: skip


def _size(path):
    """Returns height and width of a picture, without decoding it."""
    with pictures.opened(path) as file:
        width, height = file.size
        rotated = file.getexif().get(0x0112) in ROTATED
    return (width, height) if rotated else (height, width)


def _pairs(
    look_up, named, dtype, channels, scale, image_size, batch_size, crop,
    flip, seed,
):  # fmt: skip
    """Makes batches of windows of the images that `look_up(number)` returns.

    `named` is a list of the name and the size of each image.
    """
    _check(named, scale, image_size, crop)
    shape = (batch_size, *image_size, channels)
    weights = [
        tf.constant(bicubic.weights_of(side, side // scale))
        for side in image_size
    ]

    def cut(numbers, places):
        windows = np.empty(shape, dtype)
        for window, number, place in zip(windows, numbers, places):
            image = look_up(number)
            # place < 1, so every start from 0 to the last is equally likely.
            top, left = (
                int(share * (side - wanted + 1))
                for share, side, wanted in zip(place, image.shape, image_size)
            )
            window[...] = image[
                top : top + image_size[0], left : left + image_size[1]
            ]
        return windows

    def augment(numbers, key):
        places = tf.fill((batch_size, 2), 0.5)
        if crop == "random":
            places = tf.random.stateless_uniform((batch_size, 2), key)
        windows = tf.numpy_function(cut, [numbers, places], dtype)
        windows = tf.ensure_shape(windows, shape)
        if flip:
            windows = order.mirrored(
                windows, key + tf.constant([1, 0], "int64")
            )
        targets = order.scaled(windows)
        return _reduced(targets, weights), targets

    return order.gathered(
        lambda numbers: numbers, len(named), batch_size, seed, augment
    )


def _reduced(images, weights):
    """Makes images in [-1, 1] smaller, in 8 bits.

    As in Pillow, the rows become shorter first, and are rounded.
    """
    rows, columns = weights
    numbers = 127.5 * images + 127.5
    numbers = _rounded(tf.einsum("bhwc,jw->bhjc", numbers, columns))
    numbers = _rounded(tf.einsum("bhjc,ih->bijc", numbers, rows))
    return numbers / 127.5 - 1.0


def _rounded(numbers):
    return tf.round(tf.clip_by_value(numbers, 0.0, 255.0))


def _check(named, scale, image_size, crop):
    if crop not in ("random", "center"):
        raise ValueError(
            f"Expected crop='random' or crop='center'. Received: crop={crop!r}"
        )
    if scale < 2 or scale % 1:
        raise ValueError(
            "Expected scale as a whole number of at least 2. "
            f"Received: scale={scale}"
        )
    if any(side % scale or side < scale for side in image_size):
        raise ValueError(
            f"The inputs are {scale} times smaller than the windows. Expected "
            f"image_size as two multiples of {scale}. "
            f"Received: image_size={tuple(image_size)}"
        )
    for name, size in named:
        if any(side < wanted for side, wanted in zip(size, image_size)):
            raise ValueError(
                "A window cannot be larger than the image that it is cut "
                f"from. Expected images of at least {image_size[0]}x"
                f"{image_size[1]} pixels (height x width). Received: {name} "
                f"of {size[0]}x{size[1]}. Remove it, or choose a smaller "
                "image_size."
            )
