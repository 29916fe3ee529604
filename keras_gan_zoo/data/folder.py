"""Finds picture files in folders and reads them in batches."""

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
# Sets that take at most this memory as 8-bit images are decoded once.
MEMORY_LIMIT = 2 * 2**30


def find(path):
    """Finds the picture files in a folder and its subfolders, sorted.

    Links to folders are followed. Names that begin with a dot are left out.
    A warning names files with other endings.

    Args:
        path: path of the folder. `~` is the user's home folder.

    Returns:
        List of `pathlib.Path`.

    Raises:
        ValueError: if there is no such folder, or no picture in it.
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
            f"subfolders. Received: none, and {others} other files."
        )
    if others:
        endings = {file.suffix.lower() or "none" for file in found}
        endings = sorted(endings.difference(IMAGE_ENDINGS))
        warned.warn(
            f"{others} of {len(found)} files in {root} were skipped, because "
            "their endings are not endings of pictures: "
            f"{', '.join(endings[:5])}.",
        )
    return files


def _files_in(folder, above=()):
    """Lists the files in a folder and its subfolders, without loops."""
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

    Images are decoded now if they fit into `MEMORY_LIMIT`. Otherwise each is
    decoded when it is needed. In both cases, all files are opened now.

    Args:
        files: list of paths, or of tuples of the paths of one example.
        read: function of an entry of `files` that returns a uint8 array
            `(height, width, channels)`, of the same shape for all entries.

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
    import tensorflow as tf  # slow, and not needed to find files

    with tf.device("CPU"):
        images = tf.constant(images)
    return lambda indices: tf.gather(images, indices)


def _open_all(files):
    """Opens all files, so that broken ones are found before training."""
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
    path,
    image_size=(64, 64),
    batch_size=64,
    labels=False,
    channels=3,
    seed=0,
    flip=False,
):
    """Reads all images in a folder and its subfolders.

    Args:
        path: path of the folder.
        image_size: tuple `(height, width)` in pixels. Images are resized to
            cover this size and cropped at the center. The EXIF orientation
            is applied. Transparent pixels become white.
        batch_size: int, images per batch.
        labels: bool, whether to yield classes, too. The class is the
            position of the image's folder in the sorted list of the folders
            in `path`. If all names are numbers, they are sorted as numbers.
        channels: int, 3 for color, 1 for gray.
        seed: int, seed of the order.
        flip: bool, whether to mirror a random half of the images.

    Returns:
        `tf.data.Dataset`. With labels, its `class_names` is the list of the
        folders' names, in the order of the classes.

    Raises:
        ValueError: if there are no images, one of them cannot be read, or
            labels are wanted and an image is not in a folder of a class.

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

    augment = order.mirrored if flip else None
    dataset = order.gathered(take, len(files), batch_size, seed, augment)
    dataset.class_names = names
    return dataset


def _folder_classes(root, files, labels):
    """Returns class names and the class of each file, or None and None."""
    if not labels:
        return None, None
    loose = [file for file in files if file.parent == root]
    if loose:
        raise ValueError(
            f"Expected every image in a folder named after its class. "
            f"Received: {loose[0]} and {len(loose) - 1} more in {root} "
            "itself. Move them, or pass labels=False."
        )
    folders = [file.relative_to(root).parts[0] for file in files]
    names = sorted(set(folders))
    if all(name.isdecimal() for name in names):
        names.sort(key=int)
    numbers = {name: number for number, name in enumerate(names)}
    return names, np.array([numbers[name] for name in folders], "int32")
