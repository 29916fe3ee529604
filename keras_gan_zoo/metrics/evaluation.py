"""Metrics of a model against a real set, with confidence intervals."""

import dataclasses
import json

import numpy as np
import tqdm

from keras_gan_zoo.metrics import features, given, real_set, source
from keras_gan_zoo.metrics import get as get_metrics
from keras_gan_zoo.metrics.intervals import dealt, intervals

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

    Instead of a model, you can give the images themselves, as an array or as
    a folder of pictures. The real images can be a folder, too. Each image is
    used once. Metrics of pairs (`"psnr"`, `"ssim"`, `"perceptual"`) compare
    each image with the real image at the same place; in two folders, with
    the real image of the same name.

    Each interval is a 95 % confidence interval for the mean of the metric
    over repeated samples of the same size from this model. It says nothing
    about another real set or another training. It comes from the spread of
    the metric over `subsets` disjoint, random parts of the images (subsampling;
    Politis & Romano, 1994, https://doi.org/10.1214/aos/1176325770), whose
    mean has a Student's t distribution; the metric's value itself is that of
    all images, as many metrics depend on their number. Only values whose
    intervals cover in tests have them: not counts, minima, recall, coverage
    and the sliced Wasserstein distance, and no value near its limit.

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
    """Real and generated samples side by side, from what `evaluate` takes."""
    if hasattr(generated, "comparison"):
        return source.ModelSamples(generated, dataset, controls, batch_size)
    return _given(generated, dataset, controls, batch_size, image_size)


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
                "Generate more, or take fewer subsets (0: no intervals)."
            )
        for name in metric.takes:
            if name not in sides.offers:
                raise ValueError(
                    f"{metric.name} does not fit. Expected: {NEEDED[name]}. "
                    f"Received: {sides.name}. Take other metrics."
                )


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
