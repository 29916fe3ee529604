"""Real images: reading, identity, and the file of their statistics."""

import hashlib
import json
import pathlib
import zipfile

import numpy as np

from keras_gan_zoo.files import atomic, position


def images_of(batches):
    """Yields the images of one pass. The next pass is the same.

    Args:
        batches: iterable of image batches, or of tuples whose first member
            is the images.
    """
    with position.looking(batches):
        for batch in batches:
            yield batch[0] if isinstance(batch, (tuple, list)) else batch


class ContentHash:
    """A hash of a set of images that is read batch by batch, in any order.

    The hash is the sum modulo 2^256 of the images' SHA-256 sums (as float32,
    with their shape). So a shuffled set is the same set. The hash separates
    sets that differ by accident. It does not protect against forgery.

    Example:

    >>> images = np.arange(8.0).reshape(2, 2, 2, 1)
    >>> one, other = ContentHash(), ContentHash()
    >>> one.update(images)
    >>> other.update(images[1:])
    >>> other.update(images[:1])
    >>> one.hexdigest() == other.hexdigest()
    True
    """

    def __init__(self):
        self._sum = 0

    def update(self, images):
        """Adds a batch, an array with one image per row."""
        for image in np.ascontiguousarray(images, "float32"):
            digest = hashlib.sha256(str(image.shape).encode())
            digest.update(image)
            self._sum += int.from_bytes(digest.digest(), "big")

    def hexdigest(self):
        """64 hexadecimal digits."""
        return f"{self._sum % 2**256:064x}"

    def restore(self, hexdigest):
        """Continues from a set whose hash is known."""
        self._sum = int(hexdigest, 16)


def write_statistics(path, header, arrays):
    """Writes an `.npz` file of statistics, atomically.

    Args:
        path: path of the new file.
        header: dict for JSON, what the statistics depend on.
        arrays: dict of names to arrays.
    """

    def write(temporary):
        with open(temporary, "wb") as file:
            np.savez(file, header=json.dumps(header), **arrays)

    atomic.write_atomically(path, write)


def read_statistics(path, identity):
    """Reads what `write_statistics` wrote. No code from the file is run.

    Args:
        path: path of the file.
        identity: dict of the values that the header must have.

    Returns:
        The header and the arrays, two dicts.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged or has another identity.
    """
    damages = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile)
    try:
        # NumPy does not close a damaged file that it has opened.
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = dict(file)
        header = json.loads(str(arrays.pop("header")))
    except FileNotFoundError:
        raise
    except damages as error:
        raise ValueError(
            f"Expected statistics written by save_real in {path}. Received: "
            f"a file that cannot be read as such: {error}. Delete it and "
            "compute them again."
        ) from error
    for what, value in json.loads(json.dumps(identity)).items():
        if header.get(what) != value:
            raise ValueError(
                f"The statistics in {path} do not fit this metric. "
                f"Expected: {what} {value!r}. Received: {what} "
                f"{header.get(what)!r}. Scores of different {what} are not "
                "comparable: compute the statistics of the real images with "
                "this metric."
            )
    return header, arrays


def read_real(metrics, batches, cache=None):
    """Reads the real images of several metrics in one pass.

    Args:
        metrics: list of `SampleMetric` with real images.
        batches: iterable of image batches, as for `SampleMetric.read_real`.
        cache: path of a folder, as for `SampleMetric.read_real`.
    """
    for metric in metrics:
        metric._reset_real()
    if cache is None:
        _update_real(metrics, batches)
        return
    content = ContentHash()
    for images in images_of(batches):
        content.update(metrics[0].checked(images, "real"))
    missing = {}
    for metric in metrics:
        path = pathlib.Path(cache) / metric.file_name(content)
        if path.exists():
            metric.load_real(path)
        else:
            missing[metric] = path
    if not missing:
        return
    _update_real(missing, batches)
    for metric, path in missing.items():
        if metric._content.hexdigest() != content.hexdigest():
            raise ValueError(
                "The second pass over the batches gave other images. "
                "Expected batches that can be read twice, with the same "
                f"images. Received: {type(batches).__name__}. Pass a list or "
                "a dataset instead of a generator. A dataset must not shuffle "
                "and drop its last, partial batch: it then leaves out other "
                "images in each pass."
            )
        metric.save_real(path)


def _update_real(metrics, batches):
    for images in images_of(batches):
        for metric in metrics:
            metric.update_real(images)
