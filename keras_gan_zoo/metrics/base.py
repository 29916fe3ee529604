"""The base class of all metrics of generated samples."""

import hashlib
import json

import keras

from keras_gan_zoo.families.batches import to_numpy
from keras_gan_zoo.metrics import features, real_set
from keras_gan_zoo.metrics.score import Score


class SampleMetric(keras.metrics.Metric):
    """Abstract: a metric of generated samples, with or without real samples.

    ```python
    metric.read_real(real_batches, cache="statistics")
    for samples in generated_batches:
        metric.update_fake(samples)
    metric.result()              # {"frechet_distance": 12.3}
    print(metric.report())       # with extractor, numbers of samples, seed
    metric.reset_state(keep_real=True)
    ```

    Samples are arrays or tensors of shape `(num, ...)`, floats in [-1, 1].
    Images have the shape `(num, height, width, channels)`, sounds the shape
    `(num, length, channels)`. Some metrics and extractors take images only.
    The methods call all samples images. The memory does not grow with their
    number.

    The state is kept in numpy on the host, most of it in float64, which JAX
    does not have by default. So updates run eagerly, between training steps
    (in a callback or a loop), not inside a compiled step, and `variables` is
    empty. The Keras backend computes the features.

    A subclass sets `direction`, `needs_real`, `extractor_name` and
    `minimum`, and defines `make_state`, `describe` and `compute`.

    Args:
        seed: int, seed of all random draws.
        name: string, name of the metric.
        **kwargs: arguments of `keras.metrics.Metric`.

    Raises:
        ValueError: by the updates, if samples have the wrong shape, type or
            range; by `result`, if there are too few samples.
    """

    direction = "down"  # lower is better
    needs_real = True
    minimum = 1  # real images, and generated images
    takes = ()  # what `update_fake` takes after images: labels or targets
    covered = {}  # see `interval_within`

    def __init__(self, seed=0, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.seed = seed
        self.reset_state()

    # What a subclass defines.

    @property
    def extractor_name(self):
        """Names what turns images into numbers, for the report."""
        raise NotImplementedError

    def make_state(self, seed):
        """Returns an empty state with `update(rows)`, `count`, `arrays()`
        and `restore(arrays)`."""
        raise NotImplementedError

    def describe(self, images):
        """Turns images `(num, ...)` into what the state is updated with."""
        raise NotImplementedError

    def compute(self, real, fake):
        """Returns the dict of values, computed from the two states."""
        raise NotImplementedError

    # What a user calls.

    def update_real(self, images):
        """Adds a batch of real images."""
        if not self.needs_real:
            raise ValueError(
                f"{type(self).__name__} uses generated images only. "
                "Expected: update_fake(images). Received: a call of "
                "update_real. For the value of real images, pass them to "
                "update_fake of a second metric."
            )
        self._real.update(self.described(images, "real"))

    def update_fake(self, *batch, also=()):
        """Adds a batch of generated images.

        Args:
            *batch: the images, and what the metric `takes`. `ClassAccuracy`
                takes labels. Metrics of pairs, such as `PSNR`, take targets.
            also: list of pairs. The first member is another sample, made by
                `new_sample`. The second is an index array or a slice that
                selects its part of the batch. The batch is described once.
        """
        rows = self.describe_fake(*batch)
        self._fake.update(rows)
        for sample, which in also:
            sample.update(rows[which])

    def new_sample(self, number):
        """Makes a separate, empty sample of generated images.

        `update_fake(images, also=[(sample, slice(None))])` fills the sample.
        `result(sample)` compares the sample with the same real images.

        Args:
            number: int > 0, seed of the sample's random draws.
        """
        return self.make_state((self.seed, 1 + number))

    def num_used(self, num):
        """Returns how many of `num` images a result uses: by default all."""
        return num

    def interval_within(self, name):
        """Returns the limits of a value that gets confidence intervals.

        Subclasses list these values in `covered`, with their limits. Only
        values are listed whose intervals have the right coverage in
        `tests/metrics/test_intervals.py`: means over images, and values that
        are nearly means. Counts, minima, and values that depend on the number
        of images in another way are not listed.

        Args:
            name: string, a name in `result()`.

        Returns:
            Tuple `(lowest, highest)`, or None for no interval.
        """
        return self.covered.get(name)

    def standard_error(self, name, values, spread, degrees):
        """Estimates the standard error of a value over repeated samples.

        Args:
            name: string, a name in `result()`.
            values: dict, the result for all generated images.
            spread: float, the error estimated from the spread over parts.
            degrees: int, the degrees of freedom of `spread`.

        Returns:
            Tuple of the error and its degrees of freedom.
        """
        return spread, degrees

    def describe_fake(self, images):
        """Turns generated images into what their state is updated with."""
        return self.described(images, "generated")

    def update_state(self, real=None, fake=None):
        """Calls `update_real` and `update_fake`. Keras calls this method."""
        if real is not None:
            self.update_real(real)
        if fake is not None:
            self.update_fake(fake)

    def read_real(self, batches, cache=None):
        """Reads a whole data set as the real images, replacing earlier ones.

        Args:
            batches: iterable of image batches, or of tuples whose first
                member is the images. With `cache` it is read twice. Both
                passes must give the same images, in any order (the datasets
                of `keras_gan_zoo.data` do).
            cache: path of a folder. The name of the file in the folder
                depends on the content of the images, the extractor and the
                metric's settings. The file is written if it is missing.
        """
        real_set.read_real([self], batches, cache)

    def result(self, sample=None):
        """Returns a dict of names to floats, the most important value first.

        Args:
            sample: what `new_sample` returned. None: all generated images.

        Raises:
            ValueError: if there are too few images.
        """
        sample = self._fake if sample is None else sample
        self._require("generated", "update_fake", sample.count)
        if self.needs_real:
            self._require("real", "update_real", self.num_real)
        values = self.compute(self._real, sample)
        return {name: float(value) for name, value in values.items()}

    def _require(self, side, method, num):
        if num < self.minimum:
            raise ValueError(
                f"{type(self).__name__} has too few images. Expected: at "
                f"least {self.minimum} {side} ones. Received: {num}. Call "
                f"{method}(images) with more of them first."
            )

    def report(self):
        """Returns a `Score`: values, extractor, numbers of images, seed."""
        return Score(
            metric=type(self).__name__,
            values=self.result(),
            direction=self.direction,
            extractor=self.extractor_name,
            num_real=self.num_real,
            num_fake=self.num_fake,
            seed=self.seed,
            settings=self.settings,
            real_set=self._content.hexdigest() if self.num_real else None,
        )

    def reset_state(self, keep_real=False):
        """Forgets the generated images, and the real ones by default."""
        self._fake = self.make_state((self.seed, 1))
        if not keep_real:
            self._reset_real()
            self._shape = None

    def _reset_real(self):
        self._real = self.make_state((self.seed, 0))
        self._content = real_set.ContentHash()

    @property
    def num_real(self):
        """Returns how many real images were seen."""
        return self._real.count

    @property
    def num_fake(self):
        """Returns how many generated images were seen."""
        return self._fake.count

    @property
    def settings(self):
        """Returns the arguments, without names and seed, for the report."""
        config = self.get_config()
        left_out = ("name", "dtype", "seed", "extractor", "classifier")
        return {k: v for k, v in config.items() if k not in left_out}

    def save_real(self, path):
        """Writes the statistics of the real images to a file, atomically.

        Args:
            path: path of the `.npz` file.

        Raises:
            ValueError: if there are too few real images.
        """
        self._require("real", "update_real", self.num_real)
        header = {
            **self._identity(),
            "content": self._content.hexdigest(),
            "shape": self._shape,
        }
        real_set.write_statistics(path, header, self._real.arrays())

    def load_real(self, path):
        """Reads the statistics of real images that `save_real` wrote.

        The statistics replace all real images so far. No code from the file
        is run.

        Raises:
            ValueError: if the file is damaged, or was written by another
                metric, with another extractor or other settings.
        """
        header, arrays = real_set.read_statistics(path, self._identity())
        self._shape = tuple(header["shape"])
        self._content.restore(header["content"])
        self._real.restore(arrays)

    def file_name(self, content):
        """Returns the name of the file of the real images' statistics.

        Args:
            content: `ContentHash` of the images.
        """
        identity = json.dumps([self._identity(), content.hexdigest()])
        key = hashlib.sha256(identity.encode()).hexdigest()[:32]
        return f"{type(self).__name__}-{key}.npz"

    def _identity(self):
        """Returns all that the statistics depend on except the images."""
        return {
            "metric": type(self).__name__,
            "extractor": self.extractor_name,
            "settings": self.settings,
            "seed": self.seed,
        }

    def described(self, images, side):
        """Checks and describes images. Rejected images change nothing."""
        images = self.checked(images, side)
        described = self.describe(images)
        self._shape = images.shape[1:]
        if side == "real":
            self._content.update(images)
        return described

    def checked(self, samples, side):
        """Checks samples and returns them in float32.

        Args:
            samples: array or tensor `(num, ...)`.
            side: string, "real" or "generated", for the error.

        Raises:
            ValueError: if the samples have the wrong shape, type or range.
        """
        samples = to_numpy(samples)
        if samples.ndim < 2 or not samples.size:
            raise ValueError(
                f"The {side} samples have the wrong shape. Expected (num, "
                "...), such as (num, height, width, channels) for images. "
                f"Received: {samples.shape}. Add the first axis to a single "
                "sample: sample[None]."
            )
        if self._shape not in (None, samples.shape[1:]):
            raise ValueError(
                f"The {side} samples have another size than earlier samples. "
                f"Expected: {self._shape}. Received: {samples.shape[1:]}. "
                "Resize all samples in the same way: what resizing loses "
                "counts as a difference."
            )
        floats = samples.astype("float32", copy=False)
        low, high = float(floats.min()), float(floats.max())
        # The comparison is written so that NaN fails.
        if samples.dtype.kind in "biu" or not (-1.001 <= low <= high <= 1.001):
            raise ValueError(
                f"The {side} samples have the wrong type or range. Expected "
                f"finite floats in [-1, 1]. Received: {samples.dtype} from "
                f"{low:.4g} to {high:.4g}. Scale 8-bit images with "
                "x.astype('float32') / 127.5 - 1."
            )
        return floats

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


class FeatureMetric(SampleMetric):
    """Abstract: a metric of the features of images.

    Args:
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`.
        seed: int, seed of all random draws.
        name: string, name of the metric.
        **kwargs: arguments of `keras.metrics.Metric`.
    """

    def __init__(self, extractor, **kwargs):
        self._extract = features.get(extractor)
        super().__init__(**kwargs)

    @property
    def extractor_name(self):
        return self._extract.name

    def describe(self, images):
        return self._extract(images)

    def get_config(self):
        return {**super().get_config(), "extractor": self.extractor_name}
