"""Sliced Wasserstein distance of image patches (Karras et al., 2018)."""

import keras
import numpy as np

from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric
from keras_gan_zoo.metrics.reservoir import Reservoir

PATCH = 7  # height and width in pixels
PATCHES_PER_IMAGE = 128
SMALLEST_LEVEL = 16  # height and width in pixels
REPEATS = 4
DIRECTIONS = 128  # in each repeat


@keras.saving.register_keras_serializable("keras_gan_zoo")
class SlicedWassersteinDistance(SampleMetric):
    """Distance of local image structure at each scale.

    ProGAN, https://arxiv.org/abs/1710.10196, section 5. Lower is better.
    Each image becomes a Laplacian pyramid, from its own resolution down to
    16x16 by halves. From each level 128 random patches of 7x7 pixels are
    taken. Over all images, they are normalized to mean 0 and deviation 1 per
    channel. The distance of a level is the mean, over 4 x 128 random
    directions, of the Wasserstein distance between the patches' projections.

    Values are multiplied by 1,000 as in the paper's tables. The paper uses
    all patches of 16,384 images (`max_patches=2**21`: 1.2 GB for each level,
    in color, for real and again for generated images). Here a random sample
    of the patches is kept, which raises small distances. So compare scores
    of equal numbers.

    Memory: `4 * 49 * channels * max_patches` bytes for each level, for real
    and again for generated images: 37 MiB in color by default.

    Args:
        max_patches: int, how many patches of each level are kept, of real and
            of generated images.
        seed: int, seed of patches and directions.
        name: string, name of the metric.

    Images: `(num, height, width, channels)`, floats in [-1, 1], at least
    16 pixels high and wide.

    Result: `swd`, the mean over the levels, and `swd_<height>` for each
    level, e.g. `swd_64`, `swd_32`, `swd_16`. Lower is better for all.
    `Score.better_than` compares the first value. A level exists if the level
    above has an even height and width of at least 32 pixels.

    Raises:
        ValueError: if the samples are not images, or are too small.

    Example:

    >>> rng = np.random.default_rng(0)
    >>> metric = SlicedWassersteinDistance(max_patches=1024)
    >>> metric.update_real(rng.uniform(-1, 1, (8, 32, 32, 1)))
    >>> metric.update_fake(rng.uniform(-1, 1, (8, 32, 32, 1)))
    >>> list(metric.result())
    ['swd', 'swd_32', 'swd_16']
    """

    def __init__(self, max_patches=2**16, name="sliced_wasserstein", **kwargs):
        self.max_patches = max_patches
        super().__init__(name=name, **kwargs)

    @property
    def extractor_name(self):
        return "laplacian_patches"

    def make_state(self, seed):
        return _Patches(self.max_patches, seed)

    def num_used(self, num):
        return min(num, self.max_patches / PATCHES_PER_IMAGE)

    def describe(self, images):
        features.check_images(images, type(self).__name__)
        if min(images.shape[1:3]) < SMALLEST_LEVEL:
            raise ValueError(
                "The images are too small for the sliced Wasserstein "
                f"distance. Expected: at least {SMALLEST_LEVEL} pixels high "
                f"and wide. Received: {images.shape[1:3]}. Enlarge them, or "
                'use FrechetDistance("pixels").'
            )
        return images

    def compute(self, real, fake):
        distances = {}
        for height in real.levels:
            rng = np.random.default_rng((self.seed, 2, height))
            ours, theirs = real.levels[height].rows, fake.levels[height].rows
            num = min(len(ours), len(theirs))
            distances[f"swd_{height}"] = 1000 * sliced_wasserstein(
                _normalized(rng.permutation(ours)[:num]),
                _normalized(rng.permutation(theirs)[:num]),
                rng,
            )
        return {"swd": np.mean(list(distances.values())), **distances}

    def get_config(self):
        return {**super().get_config(), "max_patches": self.max_patches}


class _Patches:
    """Keeps a reservoir of patches for each level, by its height."""

    def __init__(self, max_patches, seed):
        self.count = 0
        self.levels = {}
        self._max_patches = max_patches
        self._seed = seed
        self._rng = np.random.default_rng((*seed, 0))

    def update(self, images):
        for level in laplacian_pyramid(images):
            height = level.shape[1]
            patches = random_patches(level, PATCHES_PER_IMAGE, self._rng)
            self._level(height).update(patches)
        self.count += len(images)

    def _level(self, height):
        if height not in self.levels:
            seed = (*self._seed, height)
            self.levels[height] = Reservoir(self._max_patches, seed)
        return self.levels[height]

    def arrays(self):
        state = {"count": np.array(self.count)}
        for height, level in self.levels.items():
            for name, array in level.arrays().items():
                state[f"{height}/{name}"] = array
        return state

    def restore(self, arrays):
        self.count = int(arrays["count"])
        self.levels = {}
        for key in arrays:
            height, _, name = key.partition("/")
            if name == "rows":
                self._level(int(height)).restore(
                    {n: arrays[f"{height}/{n}"] for n in ("rows", "count")}
                )


def laplacian_pyramid(images):
    """Computes band-passed images of halved sizes, and the low-passed rest.

    Burt & Adelson (1983), https://doi.org/10.1109/TCOM.1983.1095851: each
    level minus its prediction from the next level.

    Args:
        images: array `(num, height, width, channels)`.

    Returns:
        List of arrays, the finest first. Levels are halved while their
        height and width are even and at least 32 pixels.
    """
    levels = [images]
    while _can_be_halved(levels[-1]):
        smaller = _blurred(levels[-1])[:, ::2, ::2]
        levels[-1] = levels[-1] - _enlarged(smaller)
        levels.append(smaller)
    return levels


def _can_be_halved(images):
    return all(
        side % 2 == 0 and side // 2 >= SMALLEST_LEVEL
        for side in images.shape[1:3]
    )


def _blurred(images):
    """Applies a binomial filter of 5x5 pixels, with mirrored edges."""
    weights = np.array([1, 4, 6, 4, 1], "float32") / 16
    for axis in (1, 2):
        padding = [(2, 2) if a == axis else (0, 0) for a in range(4)]
        windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(images, padding, mode="reflect"), 5, axis
        )
        images = windows @ weights
    return images


def _enlarged(images):
    num, height, width, channels = images.shape
    spread = np.zeros((num, 2 * height, 2 * width, channels), "float32")
    spread[:, ::2, ::2] = images
    return 4 * _blurred(spread)  # three of four pixels were empty


def random_patches(images, patches_per_image, rng):
    """Draws patches of 7x7 pixels at random places, with repetition.

    Args:
        images: array `(num, height, width, channels)`.
        patches_per_image: int, number of patches of each image.
        rng: numpy random generator.

    Returns:
        Array `(num * patches_per_image, 7, 7, channels)`.
    """
    num, height, width, _ = images.shape
    shape = (num, patches_per_image)
    top = rng.integers(0, height - PATCH + 1, shape)[..., None, None]
    left = rng.integers(0, width - PATCH + 1, shape)[..., None, None]
    image = np.arange(num)[:, None, None, None]
    offset = np.arange(PATCH)
    patches = images[image, top + offset[:, None], left + offset]
    return patches.reshape(-1, *patches.shape[2:])


def _normalized(patches):
    """Normalizes each channel to mean 0 and deviation 1, one row a patch."""
    mean = patches.mean(axis=(0, 1, 2), dtype="float64")
    std = patches.std(axis=(0, 1, 2), dtype="float64")
    # A channel without contrast, e.g. of black images, stays 0.
    patches = (patches - mean) / np.where(std > 0, std, 1)
    return patches.reshape(len(patches), -1)


def sliced_wasserstein(a, b, rng):
    """Computes the mean Wasserstein-1 distance over random projections.

    Rabin et al. (2011), https://doi.org/10.1007/978-3-642-24785-9_37. In one
    dimension the distance of two sets is the distance of their sorted values.

    Args:
        a: array `(num, features)`.
        b: array of the same shape.
        rng: numpy random generator, for the directions.

    Returns:
        Float.
    """
    distances = []
    for _ in range(REPEATS):
        directions = rng.normal(size=(a.shape[1], DIRECTIONS))
        directions /= np.linalg.norm(directions, axis=0)
        sorted_a = np.sort(a @ directions, axis=0)
        sorted_b = np.sort(b @ directions, axis=0)
        distances.append(np.mean(np.abs(sorted_a - sorted_b)))
    return float(np.mean(distances))
