"""Folders of picture files: what is in them, and reading it in batches."""

import concurrent.futures
import functools
import os
import pathlib

import numpy as np
import tensorflow as tf

from keras_gan_zoo.data import order
from keras_gan_zoo.files import warned
from keras_gan_zoo.files.places import root_of
from keras_gan_zoo.modalities import pictures

IMAGE_ENDINGS = (
    ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff",
    ".jfif", ".jpe", ".avif", ".apng", ".dib", ".jp2", ".pbm", ".pgm",
    ".pnm", ".ppm", ".tga",
)  # fmt: skip
# Sets that take no more memory than this as 8-bit images are decoded once.
MEMORY_LIMIT = 2 * 2**30


def find(path):
    """Finds the picture files in a folder and its folders, sorted.

    Links to folders are followed. What begins with a dot is left out. It
    warns of files with other endings.

    Args:
        path: the folder. `~` is the user's own.

    Returns:
        List of `pathlib.Path`.

    Raises:
        ValueError: if there is no such folder, or nothing in it.
    """
    root = root_of(path)
    if not root.is_dir():
        raise ValueError(
            f"Expected a folder of images. Received: {root}, which "
            f"{'is a file' if root.exists() else 'does not exist'}."
        )
    found = sorted(_files_in(root))
    files = [file for file in found if file.suffix.lower() in IMAGE_ENDINGS]
    others = len(found) - len(files)
    if not files:
        raise ValueError(
            f"Expected images ({', '.join(IMAGE_ENDINGS)}) in {root} or its "
            f"folders. Received: none, and {others} other files."
        )
    if others:
        endings = {file.suffix.lower() or "none" for file in found}
        endings = sorted(endings.difference(IMAGE_ENDINGS))
        warned.warn(
            f"{others} of {len(found)} files in {root} were not taken, as "
            "their endings are not those of pictures: "
            f"{', '.join(endings[:5])}.",
        )
    return files


def _files_in(folder, above=()):
    """The files in a folder and its folders, not in one that holds itself."""
    here = os.path.realpath(folder)
    if here in above:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from _files_in(entry.path, (*above, here))
            else:
                yield pathlib.Path(entry.path)


def lookup(files, read):
    """Makes a function that reads the files with given numbers.

    What fits into `MEMORY_LIMIT` is decoded now, the rest when its turn
    comes; then, too, all files are opened now.

    Args:
        files: list of paths, or of tuples of the paths of one example.
        read: function of an entry of `files` that gives a uint8 array
            `(height, width, channels)`, the same shape for all.

    Returns:
        Function from int64 indices `(batch,)` to uint8 images `(batch,
        height, width, channels)`.

    Raises:
        ValueError: if a file cannot be read.
    """
    first = read(files[0])
    if len(files) * first.size > MEMORY_LIMIT:
        _open_all([file for entry in files for file in np.atleast_1d(entry)])
        return _decoder(files, read, first.shape)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        images = np.stack(list(pool.map(read, files)))
    import tensorflow as tf  # slow, and who only finds files needs none

    with tf.device("CPU"):
        images = tf.constant(images)
    return lambda indices: tf.gather(images, indices)


def _open_all(files):
    """Finds files that are no pictures before the training does."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(pictures.check_file, files))


def _decoder(files, read, shape):
    import tensorflow as tf

    def decode(index):
        image = tf.numpy_function(lambda i: read(files[i]), [index], tf.uint8)
        return tf.ensure_shape(image, shape)

    def take(indices):
        return tf.map_fn(
            decode,
            indices,
            fn_output_signature=tf.TensorSpec(shape, tf.uint8),
            parallel_iterations=os.cpu_count(),
        )

    return take


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
            image's folder among the sorted folders in `path`. Names that
            all are numbers are sorted as numbers.
        channels: 3 for colour, 1 for grey.
        seed: int, decides the order.

    Returns:
        `tf.data.Dataset`. With labels, its `class_names` is the list of the
        folders' names, in the order of the classes.

    Raises:
        ValueError: if there are no images, one of them cannot be read, or
            labels are wanted and images lie in no folder of their own.

    Example, with one picture in the folder:

    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (90, 80)).save(f"{folder}/black.png")
    ...     batches = image_folder(folder, (64, 64), batch_size=1)
    >>> next(iter(batches)).shape
    TensorShape([1, 64, 64, 3])
    """
    files = find(path)
    names, classes = _folder_classes(root_of(path), files, labels)
    pictures.check_channels(channels)
    look_up = lookup(
        files,
        functools.partial(
            pictures.read, image_size=image_size, channels=channels
        ),
    )

    def take(indices):
        images = order.scaled(look_up(indices))
        return (images, tf.gather(classes, indices)) if labels else images

    dataset = order.gathered(take, len(files), batch_size, seed)
    dataset.class_names = names
    return dataset


def _folder_classes(root, files, labels):
    """The names of the classes and the class of each file, or twice None."""
    if not labels:
        return None, None
    loose = [file for file in files if file.parent == root]
    if loose:
        raise ValueError(
            f"Expected every image in a folder named after its class. "
            f"Received: {loose[0]} and {len(loose) - 1} more in {root} "
            "itself. Move them, or take labels=False."
        )
    folders = [file.relative_to(root).parts[0] for file in files]
    names = sorted(set(folders))
    if all(name.isdecimal() for name in names):
        names.sort(key=int)
    numbers = {name: number for number, name in enumerate(names)}
    return names, np.array([numbers[name] for name in folders], "int32")
