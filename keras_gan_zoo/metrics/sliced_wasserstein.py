"""Sliced Wasserstein distance of image patches (Karras et al., 2018)."""

import keras
import numpy as np

from keras_gan_zoo.metrics import features
from keras_gan_zoo.metrics.base import SampleMetric
from keras_gan_zoo.metrics.reservoir import Reservoir

PATCH = 7  # pixels on a side
PATCHES_PER_IMAGE = 128
SMALLEST_LEVEL = 16  # pixels on a side
REPEATS = 4
DIRECTIONS = 128  # in each repeat


@keras.saving.register_keras_serializable("keras_gan_zoo")
class SlicedWassersteinDistance(SampleMetric):
    """Distance of local image structure at each scale.

    ProGAN, https://arxiv.org/abs/1710.10196, section 5, lower is better.
    Each image becomes a Laplacian pyramid, from its own resolution down to
    16x16 by halves; of each level 128 random patches of 7x7 pixels are
    taken, over all images normalised to mean 0 and deviation 1 per channel.
    The distance of a level is the mean, over 4 x 128 random directions, of
    the Wasserstein distance between the patches' projections.

    Values are multiplied by 1,000 as in the paper's tables. The paper takes
    all patches of 16,384 images (`max_patches=2**21`: 1.2 GB for each level
    and side in colour); here a random sample of them is kept, which raises
    small distances, so compare scores of equal numbers.

    Memory: `4 * 49 * channels * max_patches` bytes for each level and side,
    37 MiB in colour by default.

    Args:
        max_patches: int, patches of each level and side that are kept.
        seed: int, decides patches and directions.
        name: string.

    Images: `(num, height, width, channels)`, floats in [-1, 1], at least
    16 pixels high and wide.

    Result: `swd`, the mean over the levels, and `swd_<height>` for each
    level, e.g. `swd_64`, `swd_32`, `swd_16`. Lower is better of all;
    `Score.better_than` compares the first. A level exists as long as the
    one above has even sides and is at least 32 pixels high and wide.

    Raises:
        ValueError: if the samples are no images, or are too small.

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
                'take FrechetDistance("pixels").'
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
    """A reservoir of patches for each level, by its height."""

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
    """Band-passed images of halved sides, and the low-passed rest.

    Burt & Adelson (1983), https://doi.org/10.1109/TCOM.1983.1095851: each
    level less what can be predicted of it from the next.

    Args:
        images: array `(num, height, width, channels)`.

    Returns:
        List of arrays, the finest first. Levels are halved while they have
        even sides of at least 32 pixels.
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
    """Binomial filter of 5 pixels in both directions, edges mirrored."""
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
    """Patches of 7x7 pixels at random places, in random repetition.

    Args:
        images: array `(num, height, width, channels)`.
        patches_per_image: int.
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
    """Mean 0 and deviation 1 of each channel, then one row per patch."""
    mean = patches.mean(axis=(0, 1, 2), dtype="float64")
    std = patches.std(axis=(0, 1, 2), dtype="float64")
    # A channel without any contrast, e.g. of black images, stays 0.
    patches = (patches - mean) / np.where(std > 0, std, 1)
    return patches.reshape(len(patches), -1)


def sliced_wasserstein(a, b, rng):
    """Mean Wasserstein-1 distance over random projections, a float.

    Rabin et al. (2011), https://doi.org/10.1007/978-3-642-24785-9_37. In one
    dimension the distance of two sets is that of their sorted values.

    Args:
        a, b: arrays `(num, features)` of equal shapes.
        rng: numpy random generator, for the directions.
    """
    distances = []
    for _ in range(REPEATS):
        directions = rng.normal(size=(a.shape[1], DIRECTIONS))
        directions /= np.linalg.norm(directions, axis=0)
        sorted_a = np.sort(a @ directions, axis=0)
        sorted_b = np.sort(b @ directions, axis=0)
        distances.append(np.mean(np.abs(sorted_a - sorted_b)))
    return float(np.mean(distances))
