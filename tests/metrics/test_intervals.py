"""Intervals hold what they promise, and stand nowhere else."""

import numpy as np
import pytest

import keras_gan_zoo as kgz
from keras_gan_zoo import metrics
from keras_gan_zoo.metrics import efficientnet, intervals
from keras_gan_zoo.metrics.features import FeatureExtractor
from keras_gan_zoo.metrics.pairs import PairMetric

PARTS = 10
SCORES = FeatureExtractor("scores", lambda x: x.reshape(len(x), -1))


def points(shift=0.0, std=0.3, features=3):
    def draw(rng, num):
        shape = num, 1, 1, features
        return rng.normal(shift, std, shape).clip(-1, 1)

    return draw


def chances(*concentration):
    """Class probabilities, given as pixels."""

    def draw(rng, num):
        return rng.dirichlet(concentration, num)[:, None, None, :]

    return draw


def labeled(accuracy):
    def draw(rng, num):
        asked = rng.integers(0, 10, num)
        wrong = rng.uniform(size=num) > accuracy
        return np.eye(10)[(asked + wrong) % 10][:, None, None, :], asked

    return draw


def pairs(rng, num):
    targets = rng.uniform(-1, 1, (num, 8, 8, 1))
    error = rng.gamma(1, 0.1, (num, 1, 1, 1))
    images = targets + error * rng.normal(size=targets.shape)
    return images.clip(-1, 1), targets


def few_kinds(rng, num):
    kinds = np.random.default_rng(0).uniform(-0.7, 0.7, (3, 11, 11, 1))
    noise = rng.uniform(-0.2, 0.2, (num, 11, 11, 1))
    return kinds[rng.integers(0, 3, num)] + noise


MODES = [[-1, 0], [1, 0], [0, 1]]


def mixture(outliers):
    def draw(rng, num):
        modes = np.array(MODES)[rng.integers(0, 3, num)]
        found = modes + rng.normal(0, 0.05, (num, 2))
        outside = rng.uniform(size=num) < outliers
        found[outside] = rng.uniform(-1, 1, (outside.sum(), 2))
        return found

    return draw


CASES = {
    # name of the value, metric, real images, generated ones, their number
    "fid far": (
        "frechet_distance",
        lambda: metrics.FrechetDistance("pixels"),
        (points(0.1, 0.2), 2000),
        (points(), 400),
    ),
    "fid of more features than images": (
        "frechet_distance",
        lambda: metrics.FrechetDistance("pixels"),
        (points(features=24), 100),
        (points(features=24), 200),
    ),
    "kid": (
        "kernel_distance",
        lambda: metrics.KernelDistance("pixels", 10, subset_size=20),
        (points(0.1, 0.2), 1000),
        (points(), 200),
    ),
    "kid equal": (
        "kernel_distance",
        lambda: metrics.KernelDistance("pixels", 10, subset_size=20),
        (points(), 1000),
        (points(), 200),
    ),
    "kid of small subsets": (
        "kernel_distance",
        lambda: metrics.KernelDistance("pixels", 10, subset_size=5),
        (points(0.1), 1000),
        (points(), 200),
    ),
    "precision": (
        "precision",
        lambda: metrics.PrecisionRecall("pixels"),
        (points(0.4), 200),
        (points(), 200),
    ),
    "precision high": (
        "precision",
        lambda: metrics.PrecisionRecall("pixels"),
        (points(0, 0.25), 200),
        (points(), 400),
    ),
    "density": (
        "density",
        lambda: metrics.DensityCoverage("pixels"),
        (points(0.4), 200),
        (points(), 200),
    ),
    "density equal": (
        "density",
        lambda: metrics.DensityCoverage("pixels"),
        (points(), 200),
        (points(), 200),
    ),
    "inception score": (
        "inception_score",
        lambda: metrics.InceptionScore(SCORES),
        None,
        (chances(*[0.2] * 10), 1000),
    ),
    "inception score uneven": (
        "inception_score",
        lambda: metrics.InceptionScore(SCORES),
        None,
        (chances(*[0.02] * 5, *[0.06] * 5), 1000),
    ),
    "inception score near its maximum": (
        "inception_score",
        lambda: metrics.InceptionScore(SCORES),
        None,
        (chances(*[0.005] * 10), 1000),
    ),
    "inception score of many classes": (
        "inception_score",
        lambda: metrics.InceptionScore(SCORES),
        None,
        (chances(*[0.002] * 50), 1000),
    ),
    "class accuracy": (
        "class_accuracy",
        lambda: metrics.ClassAccuracy(SCORES, 10),
        None,
        (labeled(0.9), 1000),
    ),
    "class accuracy high": (
        "class_accuracy",
        lambda: metrics.ClassAccuracy(SCORES, 10),
        None,
        (labeled(0.98), 4000),
    ),
    "high quality": (
        "high_quality",
        lambda: metrics.MixtureCoverage(MODES, 0.05),
        None,
        (mixture(0.02), 4000),
    ),
    "ms-ssim": ("ms_ssim", metrics.MSSSIM, None, (few_kinds, 300)),
    "ms-ssim of a sample": (
        "ms_ssim",
        lambda: metrics.MSSSIM(num_pairs=100, max_samples=250),
        None,
        (few_kinds, 400),
    ),
    "psnr": ("psnr", metrics.PSNR, None, (pairs, 100)),
    "ssim": ("ssim", metrics.SSIM, None, (pairs, 200)),
}


def simulated(case, repeats=300):
    """Values of repeated samples and their intervals, of one value."""
    name, make, real, (draw, num) = case
    rng = np.random.default_rng(0)
    metric = make()
    if real is not None:
        draw_real, num_real = real
        metric.update_real(draw_real(rng, num_real))
    values, found = [], []
    for _ in range(repeats):
        metric.reset_state(keep_real=True)
        samples = [metric.new_sample(part + 1) for part in range(PARTS)]
        parts = intervals.dealt(num, PARTS, seed=0)
        batch = draw(rng, num)
        metric.update_fake(
            *(batch if isinstance(batch, tuple) else (batch,)),
            also=[(s, parts == part) for part, s in enumerate(samples)],
        )
        result = metric.result()
        values.append(result[name])
        found.append(intervals.intervals(metric, result, samples).get(name))
    return np.array(values), found


def coverage(values, found):
    """Share of the intervals that hold the mean of many estimates."""
    truth = np.mean(values)
    return np.mean([low < truth < high for low, high in found])


@pytest.mark.parametrize("case", CASES)
def test_intervals_cover_what_they_promise(case):
    values, found = simulated(CASES[case])
    there = [interval for interval in found if interval is not None]
    assert len(there) > 240  # of 300
    # Four standard errors of a share of 0.95 among 300 are 0.05.
    assert coverage(values, there) >= 0.9


@pytest.mark.parametrize(
    "name, metric, draw",
    [
        ("class_accuracy", metrics.ClassAccuracy(SCORES, 10), labeled(0.99)),
        ("class_accuracy", metrics.ClassAccuracy(SCORES, 10), labeled(0.999)),
        ("high_quality", metrics.MixtureCoverage(MODES, 0.06), mixture(0)),
    ],
)
def test_near_a_limit_intervals_cover_or_are_left_out(name, metric, draw):
    """Without the rule, 64 % of those of an accuracy of 0.999 cover."""
    values, found = simulated((name, lambda: metric, None, (draw, 1000)))
    there = [interval for interval in found if interval is not None]
    assert len(there) < 300
    assert not there or coverage(values, there) >= 0.9


def test_a_distance_of_nothing_has_no_interval():
    case = (
        "frechet_distance",
        lambda: metrics.FrechetDistance("pixels"),
        (points(), 400),
        (points(), 400),
    )
    _, found = simulated(case, repeats=20)
    assert [*found].count(None) > 15


def test_the_perceptual_distance_is_a_mean_over_pairs(monkeypatch):
    def run(network, images):
        yield [images.mean((1, 2), keepdims=True)]

    monkeypatch.setattr(efficientnet, "load", lambda *maps: None)
    monkeypatch.setattr(efficientnet, "preprocess", lambda x, resize: x)
    monkeypatch.setattr(efficientnet, "run", run)

    def colored(rng, num):
        images = rng.uniform(0, 1, (2, num, 1, 1, 3))
        return tuple(images.repeat(4, axis=2).repeat(4, axis=3))

    case = "perceptual_distance", metrics.PerceptualDistance, None
    values, found = simulated((*case, (colored, 100)))
    assert None not in found
    assert coverage(values, found) >= 0.9


def all_metrics():
    return [
        metric
        for name in metrics.registry.METRICS
        for metric in metrics.get(name, "digits", (8, 8, 1))
    ] + [metrics.MixtureCoverage(MODES, 0.05)]


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda m: m.name)
def test_only_what_is_tested_here_has_intervals(metric):
    names = {
        "recall",
        "coverage",
        "modes",
        "reverse_kl",
        "worst_class_accuracy",
        "swd",
        "swd_16",
        "kernel_distance_std",
        "kernel_distance_error",
        "inception_score_std",
        "ms_ssim_error",
    }
    tested = {case[0] for case in CASES.values()} | {"perceptual_distance"}
    if isinstance(metric, PairMetric):
        # Its only value. On luminance it is a mean over pairs, too.
        assert metric.name.removesuffix("_y") in tested
        return
    given = {n for n in names | tested if metric.interval_within(n)}
    assert given <= tested


def test_evaluate_shows_values_without_intervals():
    rng = np.random.default_rng(0)
    real, fake = points()(rng, 100), points(0.4)(rng, 200)
    found = kgz.evaluate(fake, real, ["prdc"], "pixels")
    shown = [set(score.intervals) for score in found.scores]
    assert shown == [{"precision"}, {"density"}]
    rows = [row.split("|") for row in found.table().splitlines()[2:]]
    assert [row[1].strip() for row in rows if not row[3].strip()] == [
        "recall",
        "coverage",
    ]


@pytest.mark.parametrize("name", kgz.list_presets())
def test_cards_show_no_other_intervals(name):
    made = {type(metric).__name__: metric for metric in all_metrics()}
    for score in kgz.list_presets()[name]["evaluation"]["scores"]:
        if score["metric"] in made:  # others are means over pairs
            metric = made[score["metric"]]
            assert all(map(metric.interval_within, score["intervals"]))
        assert score["extractor"]  # no number stands without its features
