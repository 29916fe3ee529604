"""CIFAR-10 in memory, for the scripts that use it.

The images come from a folder with `train/CLASS/*.jpg` and `test/CLASS/*.jpg`
(any file that Pillow reads), or from TFDS. Either way they are uint8 arrays
`(num, height, width, channels)` with int32 labels, in the order of
`CLASSES`. A folder is read once: `cache` keeps the arrays in an `.npz` file.
"""

import hashlib
import pathlib

import numpy as np
from PIL import Image

from keras_gan_zoo.files import atomic

CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer",
    "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
SPLITS = ("train", "test")


def load(data, data_dir=None, cache=None):
    """Reads both splits.

    Args:
        data: path of a folder, or `"tfds"`.
        data_dir: folder of prepared TFDS sets, or None.
        cache: folder for the arrays of an image folder, or None.

    Returns:
        Dict of `"train"` and `"test"` to tuples `(images, labels)`.
    """
    if str(data) == "tfds":
        return {split: _prepared(split, data_dir) for split in SPLITS}
    folder = pathlib.Path(data).expanduser().resolve()
    if cache is None:
        return {split: _folder(folder / split) for split in SPLITS}
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    path = pathlib.Path(cache) / f"images_{name}.npz"
    if not path.exists():
        both = {split: _folder(folder / split) for split in SPLITS}
        arrays = {
            f"{split}_{kind}": array
            for split, pair in both.items()
            for kind, array in zip(("images", "labels"), pair)
        }

        def write(temporary):
            with open(temporary, "wb") as file:
                np.savez(file, **arrays)

        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_atomically(path, write)
        return both
    with np.load(path) as file:
        return {
            split: (file[f"{split}_images"], file[f"{split}_labels"])
            for split in SPLITS
        }


def mixed(images, labels):
    """Scales images to [-1, 1], in random order: a folder's go by class."""
    order = np.random.default_rng(0).permutation(len(images))
    return images[order].astype("float32") / 127.5 - 1, labels[order]


def _folder(folder):
    """Reads the pictures of one split, class by class."""
    images, labels = [], []
    for label, name in enumerate(CLASSES):
        files = sorted(p for p in (folder / name).glob("*") if p.is_file())
        if not files:
            raise FileNotFoundError(
                f"Expected the pictures of a class in {folder / name}. "
                "Received: no files. Pass the folder that contains "
                "train/airplane and test/airplane."
            )
        for file in files:
            with Image.open(file) as picture:
                images.append(np.asarray(picture.convert("RGB")))
            labels.append(label)
    return np.stack(images), np.array(labels, "int32")


def _prepared(split, data_dir):
    """Reads one split from TFDS, whose classes have the same order."""
    import keras_gan_zoo as kgz

    batches = kgz.data.tfds(
        "cifar10", batch_size=1, labels=True, split=split, data_dir=data_dir
    )
    images, labels = zip(*batches.unbatch().as_numpy_iterator())
    pixels = np.stack(images) * 127.5 + 127.5
    return np.rint(pixels).astype("uint8"), np.array(labels, "int32")
