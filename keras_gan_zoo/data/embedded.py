"""Data from scikit-learn: digits, and patches of two photographs.

`keras_gan_zoo.data` exports all functions.
"""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from keras_gan_zoo.data.arrays import arrays
from keras_gan_zoo.data.pairs import paired_arrays, unpaired_arrays


def digits(batch_size=64, image_size=None, labels=False, seed=0):
    """Loads the 1,797 real handwritten digits of scikit-learn.

    Args:
        batch_size: int, images per batch.
        image_size: tuple `(height, width)` in pixels to resize to (bicubic),
            or None for the original 8x8 pixels.
        labels: bool, whether to yield the digits' classes 0 to 9, too.
        seed: int, seed of the order.

    Returns:
        `tf.data.Dataset` of images with one channel.

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
    dataset = arrays(images, classes if labels else None, batch_size, seed)
    dataset.class_names = list("0123456789") if labels else None
    return dataset


def photograph_pairs(task="colour", image_size=(64, 64), batch_size=16, seed=0):
    """Loads patches of scikit-learn's two photographs as pairs; no download.

    Args:
        task: `"colour"`, from gray to color, or `"edges"`, from edges.
        image_size: tuple `(height, width)` of the patches in pixels.
        batch_size: int, pairs per batch.
        seed: int, seed of the order.

    Returns:
        `tf.data.Dataset` of `(inputs, targets)` with 1 and 3 channels.

    Example:

    >>> inputs, targets = next(iter(photograph_pairs(batch_size=4)))
    >>> inputs.shape, targets.shape
    (TensorShape([4, 64, 64, 1]), TensorShape([4, 64, 64, 3]))
    """
    if task not in ("colour", "edges"):
        raise ValueError(
            f"Expected task='colour' or 'edges'. Received: task={task!r}"
        )
    inputs, targets = [], []
    for photograph in _photographs():
        image = Image.fromarray(photograph).convert("L")
        if task == "edges":
            image = ImageOps.invert(image.filter(ImageFilter.FIND_EDGES))
        inputs.append(_patches(np.asarray(image)[..., None], image_size))
        targets.append(_patches(photograph, image_size))
    return paired_arrays(
        np.concatenate(inputs), np.concatenate(targets), batch_size,
        flip=True, seed=seed,
    )  # fmt: skip


def photograph_domains(image_size=(64, 64), batch_size=1, seed=0):
    """Loads patches of scikit-learn's two photographs as two domains.

    Nothing is downloaded.

    Args:
        image_size: tuple `(height, width)` of the patches in pixels.
        batch_size: int, patches of each photograph per batch.
        seed: int, seed of the order.

    Returns:
        `tf.data.Dataset` of `(images_a, images_b)`: a temple, a flower.

    Example:

    >>> [t.shape for t in next(iter(photograph_domains(batch_size=2)))]
    [TensorShape([2, 64, 64, 3]), TensorShape([2, 64, 64, 3])]
    """
    temple, flower = _photographs()
    return unpaired_arrays(
        _patches(temple, image_size), _patches(flower, image_size), batch_size,
        flip=True, seed=seed,
    )  # fmt: skip


def _photographs():
    from sklearn.datasets import load_sample_images

    return load_sample_images().images


def _patches(image, image_size):
    """Returns an array of patches that overlap by half or more."""
    views = np.lib.stride_tricks.sliding_window_view(
        image, image_size, axis=(0, 1)
    )
    steps = [max(1, side // 4) for side in image_size]
    views = views[:: steps[0], :: steps[1]]
    patches = views.reshape(-1, *views.shape[2:])
    return np.ascontiguousarray(np.moveaxis(patches, 1, -1))
