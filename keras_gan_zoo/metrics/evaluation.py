"""Metrics of a model against a real set, with confidence intervals."""

import collections.abc
import dataclasses
import json

import keras
import numpy as np
import tqdm

from keras_gan_zoo.families.batches import to_numpy
from keras_gan_zoo.files import position
from keras_gan_zoo.metrics import features, given
from keras_gan_zoo.metrics import get as get_metrics
from keras_gan_zoo.metrics.base import read_real

CONFIDENCE = 0.95
# What a metric may take beside generated images, and where that is known.
NEEDED = {
    "labels": "a model that is asked for a class",
    "targets": "a model of pairs; or as many images as real ones, of the "
    "same names if both are folders",
}


def evaluate(
    generated,
    dataset,
    metrics=("fid", "kid", "prdc"),
    extractor=None,
    num_images=10_000,
    *,
    resize=None,
    image_size=None,
    subsets=10,
    batch_size=100,
    seed=0,
    cache=None,
    verbose=0,
    **controls,
):
    """Measures how good a model's images are, or images made elsewhere.

    Latent models draw `num_images`; a model with classes is asked for the
    labels of the dataset, so that their frequencies are the real ones. Models
    that translate do so with the inputs of the dataset, once each. Images are
    made and described batch by batch, each once for all metrics.

    Instead of a model, the images themselves may be given, as an array or as
    a folder of pictures, and the real images as a folder, too. All of them
    are taken, once each. Metrics of pairs (`"psnr"`, `"ssim"`,
    `"perceptual"`) compare each image with the real one at the same place,
    or, of two folders, of the same name.

    The intervals hold with a probability of 95 % the value that many samples
    of as many generated images would have on average. They say nothing about
    another real set or another training. They come from the spread of the
    metric over `subsets` disjoint parts of the images (subsampling; Politis
    & Romano, 1994, https://doi.org/10.1214/aos/1176325770), whose mean has
    a Student's t distribution; the metric's value itself is that of all
    images, as many metrics depend on their number.

    Args:
        generated: a trained model, or images: an array `(num, height,
            width, channels)`, uint8 or floats in [-1, 1], a list of such
            arrays, or the path of a folder of pictures.
        dataset: real images: an array `(num, height, width, channels)`, a
            tuple of such an array and labels or further images, or batches
            of these, such as the datasets of `keras_gan_zoo.data`. Without
            a model also the path of a folder of pictures.
        metrics: names of `keras_gan_zoo.metrics.get`, or metrics, which
            forget the images that they have seen.
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`. None: the one of the
            modality, `"efficientnet"` for color images, `"pixels"` for
            others and `"spectrum"` for sounds.
        num_images: int, how many images a latent model generates.
        resize: `"clean"` or `"legacy"`, how extractors that need a size
            resize the images, see `keras_gan_zoo.metrics.resizing`. It is
            in the name of the extractor in each score. None: `"legacy"` for
            Inception, as the FID is defined, and `"clean"` for others.
        image_size: tuple `(height, width)`. The pictures of folders are
            resized to cover it, by an antialiased filter (Lanczos), and
            cropped, before all else. None: they are taken as they are, and
            must have one size.
        subsets: int, into how many parts the images are dealt out; 0 for no
            intervals.
        batch_size: int, how many images are made at a time.
        seed: int, decides the images and all else that is drawn.
        cache: folder for the statistics of the real images, see
            `read_real`; or None.
        verbose: 1 for a progress bar.
        **controls: arguments of the model's `generate` or `translate`, such
            as `to="a"`.

    Returns:
        `Evaluation`.

    Raises:
        ValueError: if a metric is unknown or the images do not fit it, or
            there are too few of them; if the extractor does not resize.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1))
    >>> digits = kgz.data.digits(batch_size=100)
    >>> result = kgz.evaluate(gan, digits, ["fid"], num_images=200)
    >>> result.values["frechet_distance"] > 1  # it was not trained
    True
    >>> images = gan.generate(200, seed=0)
    >>> result = kgz.evaluate(images, digits, ["fid"])  # images alone
    >>> result.values["frechet_distance"] > 1
    True
    """
    source = samples_of(generated, dataset, controls, batch_size, image_size)
    num = num_images if source.num is None else source.num
    extractor = source.features if extractor is None else extractor
    extractor = features.with_resize(extractor, resize)
    chosen = _chosen(metrics, extractor, source.shape, num, subsets, seed)
    _check(chosen, num, subsets, source)
    against = [metric for metric in chosen if metric.needs_real]
    if against:
        real = tqdm.tqdm(source.real, "real", disable=not verbose)
        read_real(against, real, cache)
    samples = {
        metric: [metric.new_sample(part + 1) for part in range(subsets)]
        for metric in chosen
    }
    with tqdm.tqdm(total=num, desc="generated", disable=not verbose) as bar:
        batches = source.batches(num, seed)
        for part, images, known in _dealt(batches, num, subsets):
            for metric in chosen:
                taken = [known[name] for name in metric.takes]
                also = samples[metric][part:][:1]
                metric.update_fake(images, *taken, also=also)
            bar.update(len(images))
    scores = []
    for metric in chosen:
        score = metric.report()
        found = intervals(metric, score.values, samples[metric])
        scores.append(dataclasses.replace(score, intervals=found))
    return Evaluation(source.name, source.steps, seed, scores)


def samples_of(generated, dataset, controls, batch_size, image_size):
    """Real and generated samples side by side, from what `evaluate` takes."""
    if hasattr(generated, "comparison"):
        return _Source(generated, dataset, controls, batch_size)
    return _given(generated, dataset, controls, batch_size, image_size)


def first_batch(dataset):
    """The first batch of a dataset, a tuple of numpy arrays."""
    batches = _batches(dataset, 100)
    with position.looking(batches):
        batch = next(iter(batches))
    members = batch if isinstance(batch, (tuple, list)) else (batch,)
    return tuple(to_numpy(member) for member in members)


def _given(images, dataset, controls, batch_size, image_size):
    """The source of images without a model."""
    if controls:
        raise ValueError(
            "Only a model has controls. Expected: none for images that were "
            f"made elsewhere. Received: {', '.join(controls)}. Leave them "
            "out, or pass the model."
        )
    sides = [
        given.PictureFolder(side, batch_size, image_size)
        if given.is_folder(side)
        else _Member(_batches(side, batch_size), 0)
        for side in (images, dataset)
    ]
    name = str(images) if given.is_folder(images) else "images"
    return given.GivenImages(*sides, name)


def _dealt(batches, num, parts):
    """Deals samples out to parts of equal length; no batch belongs to two.

    Args:
        batches: iterable of tuples: samples, and a dict of what is known of
            them, arrays of the same length.
        num: int, how many samples there are.
        parts: int.

    Yields:
        The number of the part, samples, and the dict.
    """
    done = 0
    for samples, known in batches:
        part = (done + np.arange(len(samples))) * max(parts, 1) // num
        for number in np.unique(part):
            there = part == number
            yield (
                number,
                samples[there],
                {name: values[there] for name, values in known.items()},
            )
        done += len(samples)


def _chosen(identifiers, extractor, shape, num, subsets, seed):
    if isinstance(identifiers, str):
        identifiers = [identifiers]
    found = []
    for identifier in identifiers:
        made = get_metrics(identifier, extractor, shape, num // max(subsets, 1))
        for metric in made:
            if metric is not identifier:
                metric.seed = seed
            metric.reset_state()
        found += made
    return found


def _check(chosen, num, subsets, source):
    for metric in chosen:
        needed = metric.minimum * max(subsets, 1)
        if num < needed:
            raise ValueError(
                f"{metric.name} with intervals from {subsets} parts needs "
                f"more images. Expected at least {needed}. Received: {num}. "
                "Generate more, or take fewer subsets (0: no intervals)."
            )
        for name in metric.takes:
            if name not in source.offers:
                raise ValueError(
                    f"{metric.name} does not fit. Expected: {NEEDED[name]}. "
                    f"Received: {source.name}. Take other metrics."
                )


def intervals(metric, values, samples):
    """Confidence intervals of a metric's values.

    Args:
        metric: a `SampleMetric` that has seen all images.
        values: its result.
        samples: list of its samples, disjoint parts of these images, equal
            in size; of fewer than two, no intervals follow.

    Returns:
        Dict of names to `(low, high)`. Deviations, errors and what is
        infinite have none.
    """
    from scipy import stats  # slow to import

    if len(samples) < 2:
        return {}
    results = [metric.result(sample) for sample in samples]
    # The variance falls with the number of images that a value rests on.
    share = metric.num_used(samples[0].count) / metric.num_used(metric.num_fake)
    quantile = stats.t.ppf((1 + CONFIDENCE) / 2, len(samples) - 1)
    found = {}
    for name, value in values.items():
        if name.endswith(("_std", "_error")) or not np.isfinite(value):
            continue
        deviation = np.std([result[name] for result in results], ddof=1)
        half = float(quantile * deviation * np.sqrt(share))
        found[name] = (value - half, value + half)
    return found


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        model: name of the model's class; without a model, the folder of the
            images, or `"images"`.
        steps: int, how many steps it was trained; None without a model.
        seed: int, the seed of the images.
        scores: list of `keras_gan_zoo.metrics.Score`, one for each metric.
    """

    model: str
    steps: int | None
    seed: int
    scores: list

    @property
    def values(self):
        """Dict of the names of all values to floats."""
        return {k: v for score in self.scores for k, v in score.values.items()}

    def table(self):
        """The values and their intervals, a table in Markdown."""
        lines = [
            "| metric | value | 95 % interval | extractor | real | generated |",
            "|---|---|---|---|---|---|",
        ]
        for score in self.scores:
            for name, value in score.values.items():
                between = score.intervals.get(name)
                between = "to".join(f" {end:.4g} " for end in between or ())
                lines.append(
                    f"| {name} | {value:.4g} | {between.strip()} | "
                    f"{score.extractor} | {score.num_real} | "
                    f"{score.num_fake} |"
                )
        return "\n".join(lines)

    def json(self):
        """All of it as a JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2)


class _Source:
    """Real and generated samples of a model and a dataset, side by side.

    Attributes:
        name: name of the model's class.
        steps: int, how many steps it was trained.
        num: how many samples are generated, or None for any number.
        shape: shape of a sample.
        real: iterable of batches of real samples.
        offers: set of what is known beside the samples: `"labels"` of a
            model that is asked for classes, `"targets"` of one of pairs.
        features: name of the extractor that suits the samples.
    """

    def __init__(self, gan, dataset, controls, batch_size):
        self._gan, self._controls = gan, controls
        self._batch_size = batch_size
        self._dataset = _batches(dataset, batch_size)
        self._plan = gan.comparison(**controls)
        self.name = type(gan).__name__
        self.steps = int(keras.ops.convert_to_numpy(gan.steps))
        self.real = self._member(self._plan.reference)
        self.offers = {"labels"} & set(self._plan.given)
        if self._plan.once and gan.aligned:
            self.offers = {"targets"}
        self.features = gan.modalities[self._plan.reference].features
        self.shape = tuple(next(iter(self.real)).shape[1:])
        self.num, self._pool = None, {}
        if self._plan.once:
            first = self._member(self._plan.given[0])
            self.num = sum(len(batch) for batch in first)
        else:
            self._pool = {
                name: np.concatenate(list(self._member(name)))
                for name in self._plan.given
            }

    def _member(self, name):
        return _Member(self._dataset, list(self._gan.modalities).index(name))

    def _together(self, names):
        """Yields members that belong together: two passes side by side would
        be of two orders."""
        places = [list(self._gan.modalities).index(name) for name in names]
        with position.looking(self._dataset):
            for batch in self._dataset:
                yield [to_numpy(batch[place]) for place in places]

    def batches(self, num, seed):
        """Yields generated samples, and a dict of what is known of them."""
        for number, (count, inputs, known) in enumerate(self._given(num)):
            samples = self._gan.respond(
                count, inputs, _mixed(seed, number), **self._controls
            )
            yield samples, known

    def _given(self, num):
        """Yields how many samples are wanted, what the model is given, and
        what is known of the samples."""
        names = self._plan.given
        if self._plan.once:
            also = [self._plan.reference] * len(self.offers)
            for batch in self._together([*names, *also]):
                inputs = dict(zip(names, batch))
                known = dict(zip(self.offers, batch[len(names) :]))
                yield len(batch[0]), inputs, known
            return
        for start in range(0, num, self._batch_size):
            count = min(self._batch_size, num - start)
            places = start + np.arange(count)
            inputs = {
                name: pool[places % len(pool)]
                for name, pool in self._pool.items()
            }
            yield count, inputs, {name: inputs[name] for name in self.offers}


class _Member:
    """One member of each batch, in numpy; every pass is the same."""

    def __init__(self, batches, index):
        self._batches, self._index = batches, index

    def __iter__(self):
        with position.looking(self._batches):
            for batch in self._batches:
                members = batch if isinstance(batch, (tuple, list)) else [batch]
                if self._index >= len(members):
                    raise ValueError(
                        "The model needs batches of two members, images and "
                        "labels or two sets of images. Received: images "
                        "alone."
                    )
                yield to_numpy(members[self._index])


def _batches(dataset, batch_size):
    """Batches of arrays; a dataset is one already."""
    if isinstance(dataset, collections.abc.Iterator):
        raise ValueError(
            "The data are read more than once. Expected an array, a dataset "
            f"or a list of batches. Received: {type(dataset).__name__}, which "
            "can be read once. Make it a list: list(batches)."
        )
    arrays = dataset if isinstance(dataset, tuple) else (dataset,)
    if not hasattr(arrays[0], "dtype"):
        return dataset
    cuts = range(0, len(arrays[0]), batch_size)
    return [tuple(a[cut : cut + batch_size] for a in arrays) for cut in cuts]


def _mixed(seed, number):
    """A seed for each batch, so that all images differ."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
