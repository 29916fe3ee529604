"""Images that were not made here, and the real ones to compare them with."""

import os
import pathlib

import numpy as np

from keras_gan_zoo.data import folder
from keras_gan_zoo.metrics import features
from keras_gan_zoo.modalities import Image, pictures

GRAY = ("1", "L", "LA", "I;16", "I", "F")  # modes of Pillow


def is_folder(source):
    """Whether images are named by a path.

    Args:
        source: path, array, or batches.
    """
    return isinstance(source, (str, os.PathLike))


class PictureFolder:
    """Reads all pictures in a folder and its folders, in order of name.

    Args:
        path: path of the folder.
        batch_size: int, how many are read at a time.
        image_size: tuple `(height, width)` that they are resized to cover
            and cropped to, or None to take them as they are.

    Attributes:
        names: list of the paths of the pictures inside of the folder,
            without endings, sorted.
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
                f"Received: {' and '.join(received)} pixels. Give "
                "image_size=(height, width), --image-size on the command "
                "line, for the real pictures too."
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
    """Size and mode of a picture, which is not decoded."""
    with pictures.opened(file) as image:
        width, height = image.size
        turned = image.getexif().get(0x0112, 1) > 4  # by a quarter
        return (width, height) if turned else (height, width), image.mode


class GivenImages:
    """Images that somebody else made, beside real ones, for `evaluate`.

    Args:
        images: iterable of batches that can be read more than once, such as
            a `PictureFolder`. uint8, or floats in [-1, 1].
        real: iterable of batches of real images.
        name: string, what the images are called in the report.

    Attributes:
        name: string.
        steps: None: nobody knows how long their model was trained.
        num: int, how many images there are.
        shape: tuple, the shape of a real image.
        real: iterable of batches of real images, floats in [-1, 1].
        offers: set of what is known beside the images: their targets, if
            there are as many real images, in two folders of the same names.
        features: string, name of the extractor that suits the images.
    """

    steps = None

    def __init__(self, images, real, name):
        sides = [images, real]
        folders = [s for s in sides if isinstance(s, PictureFolder)]
        if len(folders) == 2:  # gray is compared with color in color
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
        """Yields batches of images, and a dict of their targets.

        Args:
            num: int, not used: all images are taken.
            seed: int, not used: nothing is drawn.
        """
        if not self.offers:
            for images in self._images:
                yield images, {}
            return
        for images, targets in _side_by_side(self._images, self.real):
            yield images, {"targets": targets}


class _InRange:
    """Batches as floats in [-1, 1]; every pass is the same."""

    def __init__(self, batches):
        self._batches = batches

    def __iter__(self):
        for batch in self._batches:
            if batch.dtype == "uint8":
                batch = batch.astype("float32") / 127.5 - 1
            yield batch


def _side_by_side(some, others):
    """Batches of `some`, each with as many of `others`."""
    others = iter(others)
    waiting = next(others)
    for batch in some:
        while len(waiting) < len(batch):
            waiting = np.concatenate([waiting, next(others)])
        yield batch, waiting[: len(batch)]
        waiting = waiting[len(batch) :]
