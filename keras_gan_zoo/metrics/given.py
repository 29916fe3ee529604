"""Given images, and the real images to compare them with."""

import os
import pathlib

import numpy as np

from keras_gan_zoo.data import folder
from keras_gan_zoo.metrics import features
from keras_gan_zoo.modalities import Image, pictures

GRAY = ("1", "L", "LA", "I;16", "I", "F")  # modes of Pillow


def is_folder(source):
    """Returns whether images are given as a path.

    Args:
        source: path, array, or batches.
    """
    return isinstance(source, (str, os.PathLike))


class PictureFolder:
    """Reads all pictures in a folder and its subfolders, sorted by name.

    Args:
        path: path of the folder.
        batch_size: int, how many pictures are read at a time.
        image_size: tuple `(height, width)` in pixels. Pictures are resized to
            cover this size and cropped. None: pictures are not resized.

    Attributes:
        names: sorted list of the paths of the pictures, relative to the
            folder and without endings.
        channels: 1 if all pictures are gray, else 3. It may be set.

    Raises:
        ValueError: if there is no picture, one of them cannot be read, or
            they differ in size and there is no `image_size`.

    Example:

    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as path:
    ...     for name in "ab":
    ...         Image.new("L", (9, 8)).save(f"{path}/{name}.png")
    ...     batches = PictureFolder(path, batch_size=5)
    ...     batches.names, [batch.shape for batch in batches]
    (['a', 'b'], [(2, 8, 9, 1)])
    """

    def __init__(self, path, batch_size=100, image_size=None):
        root = pathlib.Path(path)
        found = {
            file: str(file.relative_to(root).with_suffix(""))
            for file in folder.find(root)
        }
        self._files = sorted(found, key=lambda file: (found[file], file))
        self._batch_size = batch_size
        self._image_size = image_size
        self.names = [found[file] for file in self._files]
        looks = [_look(file) for file in self._files]
        self.channels = 1 if all(mode in GRAY for _, mode in looks) else 3
        sizes = {size: file for file, (size, _) in zip(self._files, looks)}
        if image_size is None and len(sizes) > 1:
            received = [
                f"{file} of {height}x{width}"
                for (height, width), file in [*sizes.items()][:2]
            ]
            raise ValueError(
                f"The pictures in {path} differ in size. Expected: one size. "
                f"Received: {' and '.join(received)} pixels. Pass "
                "image_size=(height, width), or --image-size on the command "
                "line. It applies to the real pictures, too."
            )

    def __iter__(self):
        for start in range(0, len(self._files), self._batch_size):
            files = self._files[start : start + self._batch_size]
            yield np.stack(
                [
                    pictures.read(file, self._image_size, self.channels)
                    for file in files
                ]
            )


def _look(file):
    """Reads size and mode of a picture without decoding the pixels."""
    with pictures.opened(file) as image:
        width, height = image.size
        turned = image.getexif().get(0x0112, 1) > 4  # by 90 or 270 degrees
        return (width, height) if turned else (height, width), image.mode


class GivenImages:
    """Given images together with real ones, for `evaluate`.

    Args:
        images: iterable of batches that can be read more than once, such as
            a `PictureFolder`. uint8, or floats in [-1, 1].
        real: iterable of batches of real images.
        name: string, the name of the images in the report.

    Attributes:
        name: string.
        steps: None, as the number of training steps is unknown.
        num: int, how many images there are.
        shape: tuple, the shape of a real image.
        real: iterable of batches of real images, floats in [-1, 1].
        offers: set of what else is known of the images. It holds their
            targets, if the number of real images is the same, and if two
            folders have the same names.
        features: string, name of the extractor that suits the images.
    """

    steps = None

    def __init__(self, images, real, name):
        sides = [images, real]
        folders = [s for s in sides if isinstance(s, PictureFolder)]
        if len(folders) == 2:  # gray is compared with color as color
            for side in folders:
                side.channels = max(other.channels for other in folders)
        self.name = name
        self._images, self.real = _InRange(images), _InRange(real)
        self.num = sum(len(batch) for batch in self._images)
        num_real = sum(len(batch) for batch in self.real)
        first = next(iter(self.real))
        features.check_images(first, "evaluate without a model")
        self.shape = tuple(first.shape[1:])
        self.features = Image(self.shape).features
        paired = self.num == num_real
        if len(folders) == 2:
            names = [side.names for side in folders]
            paired = names[0] == names[1] and len(set(names[0])) == self.num
        self.offers = {"targets"} if paired else set()

    def batches(self, num, seed):
        """Yields batches of images, each with a dict of their targets.

        Args:
            num: int, not used: all images are returned.
            seed: int, not used: there are no random draws.
        """
        if not self.offers:
            for images in self._images:
                yield images, {}
            return
        for images, targets in _side_by_side(self._images, self.real):
            yield images, {"targets": targets}


class _InRange:
    """Converts batches to floats in [-1, 1]. Every pass is the same."""

    def __init__(self, batches):
        self._batches = batches

    def __iter__(self):
        for batch in self._batches:
            if batch.dtype == "uint8":
                batch = batch.astype("float32") / 127.5 - 1
            yield batch


def _side_by_side(some, others):
    """Yields batches of `some`, each with the same number of `others`."""
    others = iter(others)
    waiting = next(others)
    for batch in some:
        while len(waiting) < len(batch):
            waiting = np.concatenate([waiting, next(others)])
        yield batch, waiting[: len(batch)]
        waiting = waiting[len(batch) :]
