"""Metrics of a model against a real set, with confidence intervals."""

import dataclasses
import json

import numpy as np
import tqdm

from keras_gan_zoo.metrics import features, given, real_set, source
from keras_gan_zoo.metrics import get as get_metrics
from keras_gan_zoo.metrics.intervals import dealt, intervals

# What a metric may take after generated images, and which source has it.
NEEDED = {
    "labels": "a model that is asked for a class",
    "targets": "a model of pairs; or the same number of generated and real "
    "images, with the same names if both are folders",
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
    """Measures the quality of a model's images, or of given images.

    Latent models draw `num_images`. A model with classes gets the labels of
    the dataset, so that the frequencies of classes are the real ones. A model
    that translates gets each input of the dataset once. Images are made and
    described batch by batch, each once for all metrics.

    Instead of a model, you can pass the images themselves, as an array or as
    a folder of pictures. The real images can be a folder, too. Each image is
    used once. Metrics of pairs (`"psnr"`, `"ssim"`, `"perceptual"`) compare
    each image with the real image at the same position. In two folders, they
    compare images of the same name.

    Each interval is a 95 % confidence interval for the mean of the metric
    over repeated samples of the same size from this model. It says nothing
    about another real set or another training. It is estimated from the
    spread of the metric over `subsets` disjoint, random parts of the images
    (subsampling; Politis & Romano, 1994,
    https://doi.org/10.1214/aos/1176325770). The mean over the parts has a
    Student's t distribution. The metric's value itself is computed from all
    images, because many metrics depend on their number. Only values whose
    intervals have the right coverage in tests get intervals. Counts, minima,
    recall, coverage and the sliced Wasserstein distance get none, and no
    value near its limit does.

    Args:
        generated: a trained model, or images: an array `(num, height,
            width, channels)`, uint8 or floats in [-1, 1], a list of such
            arrays, or the path of a folder of pictures.
        dataset: real images: an array `(num, height, width, channels)`, a
            tuple of such an array and labels or more images, or batches of
            these, such as the datasets of `keras_gan_zoo.data`. Without a
            model, it can also be the path of a folder of pictures.
        metrics: names of `keras_gan_zoo.metrics.get`, or metrics. The metrics
            forget the images that they have seen.
        extractor: what makes features from images, see
            `keras_gan_zoo.metrics.features.get`. None: the modality's default,
            which is `"efficientnet"` for color images, `"pixels"` for other
            images and `"spectrum"` for sounds.
        num_images: int, how many images a latent model generates.
        resize: `"clean"` or `"legacy"`, how extractors that need a size
            resize the images, see `keras_gan_zoo.metrics.resizing`. The name
            of the extractor in each score includes it. None: `"legacy"` for
            Inception, as the FID is defined, and `"clean"` for others.
        image_size: tuple `(height, width)` in pixels. The pictures of folders
            are first resized to cover this size, with an antialiasing filter
            (Lanczos), and cropped. None: the pictures are not resized, and
            must have one size.
        subsets: int, number of parts that the images are divided into; 0 for
            no intervals.
        batch_size: int, how many images are made at a time.
        seed: int, seed of the images and of all other random draws.
        cache: path of a folder for the statistics of the real images, see
            `read_real`, or None.
            `read_real`; or None.
        verbose: 1 for a progress bar.
        **controls: arguments of the model's `generate` or `translate`, such
            as `to="a"`.

    Returns:
        `Evaluation`.

    Raises:
        ValueError: if a metric is unknown, the images do not fit the metric,
            there are too few images, or the extractor does not resize.

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
    sides = samples_of(generated, dataset, controls, batch_size, image_size)
    num = num_images if sides.num is None else sides.num
    extractor = sides.features if extractor is None else extractor
    extractor = features.with_resize(extractor, resize)
    chosen = _chosen(metrics, extractor, sides.shape, num, subsets, seed)
    _check(chosen, num, subsets, sides)
    against = [metric for metric in chosen if metric.needs_real]
    if against:
        real = tqdm.tqdm(sides.real, "real", disable=not verbose)
        real_set.read_real(against, real, cache)
    samples = {
        metric: [metric.new_sample(part + 1) for part in range(subsets)]
        for metric in chosen
    }
    left = dealt(num, subsets, seed)
    with tqdm.tqdm(total=num, desc="generated", disable=not verbose) as bar:
        for images, known in sides.batches(num, seed):
            part, left = np.split(left, [len(images)])
            there = [(p, np.flatnonzero(part == p)) for p in np.unique(part)]
            for metric in chosen:
                taken = [known[name] for name in metric.takes]
                also = [(samples[metric][p], which) for p, which in there]
                metric.update_fake(images, *taken, also=also)
            bar.update(len(images))
    scores = []
    for metric in chosen:
        score = metric.report()
        found = intervals(metric, score.values, samples[metric])
        scores.append(dataclasses.replace(score, intervals=found))
    return Evaluation(sides.name, sides.steps, seed, scores)


def samples_of(generated, dataset, controls, batch_size, image_size):
    """Returns real and generated samples, from the arguments of `evaluate`."""
    if hasattr(generated, "comparison"):
        return source.ModelSamples(generated, dataset, controls, batch_size)
    return _given(generated, dataset, controls, batch_size, image_size)


def _given(images, dataset, controls, batch_size, image_size):
    """Returns the source of images without a model."""
    if controls:
        raise ValueError(
            "Only a model has controls. Expected: none, because the images "
            f"are given. Received: {', '.join(controls)}. Leave them out, or "
            "pass the model."
        )
    sides = [
        given.PictureFolder(side, batch_size, image_size)
        if given.is_folder(side)
        else source.Member(source.batches_of(side, batch_size), 0)
        for side in (images, dataset)
    ]
    name = str(images) if given.is_folder(images) else "images"
    return given.GivenImages(*sides, name)


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


def _check(chosen, num, subsets, sides):
    for metric in chosen:
        needed = metric.minimum * max(subsets, 1)
        if num < needed:
            raise ValueError(
                f"{metric.name} with intervals from {subsets} parts needs "
                f"more images. Expected at least {needed}. Received: {num}. "
                "Generate more images, or use fewer subsets (0: no intervals)."
            )
        for name in metric.takes:
            if name not in sides.offers:
                raise ValueError(
                    f"{metric.name} does not fit. Expected: {NEEDED[name]}. "
                    f"Received: {sides.name}. Use other metrics."
                )


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The results of `evaluate`.

    Attributes:
        model: name of the model's class; without a model, the folder of the
            images, or `"images"`.
        steps: int, how many steps the model was trained; None without a
            model.
        seed: int, seed of the images.
        scores: list of `keras_gan_zoo.metrics.Score`, one for each metric.
    """

    model: str
    steps: int | None
    seed: int
    scores: list

    @property
    def values(self):
        """Returns a dict of the names of all values to floats."""
        return {k: v for score in self.scores for k, v in score.values.items()}

    def table(self):
        """Returns the values and their intervals as a Markdown table."""
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
        """Returns all results as a JSON text."""
        return json.dumps(dataclasses.asdict(self), indent=2)
