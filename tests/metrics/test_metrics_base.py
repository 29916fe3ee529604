"""What all metrics share: state, memory, files, errors, reports."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import data, metrics
from keras_gan_zoo.metrics.features import FeatureExtractor
from keras_gan_zoo.metrics.real_set import ContentHash
from keras_gan_zoo.metrics.reservoir import Reservoir

CLASSES = FeatureExtractor("side", lambda x: np.eye(2)[(x[:, 0, 0, 0] > 0) * 1])
MAKERS = {
    "frechet": lambda: metrics.FrechetDistance("pixels"),
    "kernel": lambda: metrics.KernelDistance(
        "pixels", num_subsets=2, subset_size=10, max_samples=50
    ),
    "precision": lambda: metrics.PrecisionRecall("pixels", max_samples=50),
    "density": lambda: metrics.DensityCoverage("pixels", max_samples=50),
    "swd": lambda: metrics.SlicedWassersteinDistance(max_patches=500),
    "modes": lambda: metrics.ModeCoverage(CLASSES, num_modes=2),
    "ms_ssim": lambda: metrics.MSSSIM(max_samples=50),
    "inception": lambda: metrics.InceptionScore(CLASSES),
    "accuracy": lambda: metrics.ClassAccuracy(CLASSES, num_classes=2),
    "psnr": metrics.PSNR,
    "ssim": metrics.SSIM,
    "mixture": lambda: metrics.MixtureCoverage(np.eye(2), std=0.1),
}
OF_PAIRS = ("psnr", "ssim")
WITH_REAL = ("frechet", "kernel", "precision", "density", "swd", "modes")


def batches(rng, num=8, size=25):
    return list(rng.uniform(-1, 1, (num, size, 16, 16, 1)).astype("float32"))


def update_fake(metric, images):
    if isinstance(metric, metrics.ClassAccuracy):
        metric.update_fake(images, (images[:, 0, 0, 0] > 0) * 1)
    elif metric.takes == ("targets",):
        metric.update_fake(images, np.abs(images))
    elif isinstance(metric, metrics.MixtureCoverage):
        metric.update_fake(images[:, 0, :2, 0])
    else:
        metric.update_fake(images)


def state_bytes(state):
    """Bytes of all arrays that hang on a state."""
    if isinstance(state, np.ndarray):
        return state.nbytes
    if isinstance(state, dict):
        return sum(state_bytes(value) for value in state.values())
    if hasattr(state, "__dict__"):
        return state_bytes(vars(state))
    return 0


@pytest.mark.parametrize("kind", MAKERS)
def test_memory_does_not_grow(kind, rng):
    metric = MAKERS[kind]()
    sizes = []
    for images in batches(rng):
        update_fake(metric, images)
        sizes.append(state_bytes(metric._fake))
    assert metric.num_fake == 200
    assert sizes[0] == sizes[-1] > 0


@pytest.mark.parametrize("kind", MAKERS)
def test_reset_and_repeat(kind, rng):
    metric = MAKERS[kind]()
    images = batches(rng)
    results = []
    for _ in range(2):
        metric.reset_state(keep_real=bool(results))
        if kind in WITH_REAL and not results:
            for batch in images[:3]:
                metric.update_real(batch)
        for batch in images[3:]:
            update_fake(metric, batch)
        results.append(metric.result())
    assert results[0] == results[1] == metric.result()
    assert all(type(value) is float for value in results[0].values())
    num_real = {**dict.fromkeys(WITH_REAL, 75), **dict.fromkeys(OF_PAIRS, 125)}
    assert metric.num_real == num_real.get(kind, 0)
    metric.reset_state()
    assert metric.num_real == metric.num_fake == 0
    with pytest.raises(ValueError, match=r"too few images.*Received: 0\."):
        metric.result()


@pytest.mark.parametrize("kind", MAKERS)
def test_config(kind):
    metric = MAKERS[kind]()
    metric.seed = 7
    config = json.loads(json.dumps(metric.get_config()))
    assert isinstance(metric, keras.metrics.Metric)
    arguments = set(inspect.signature(type(metric)).parameters) - {"kwargs"}
    assert arguments | {"seed", "dtype"} == set(config)
    assert config["seed"] == 7
    for key in ("extractor", "classifier"):
        if config.get(key) == "side":
            config[key] = CLASSES
    again = type(metric).from_config(config)
    assert again.get_config() == metric.get_config()
    assert again.name == metric.name


def test_a_metric_of_an_own_model_says_what_it_needs():
    # The config has the name of a model only, so it is not made from it.
    config = MAKERS["inception"]().get_config()
    with pytest.raises(ValueError, match="Unknown feature extractor: 'side'"):
        metrics.InceptionScore.from_config(config)


@pytest.mark.parametrize("kind", WITH_REAL)
def test_saved_statistics(kind, rng, tmp_path):
    images = batches(rng)
    metric, again = MAKERS[kind](), MAKERS[kind]()
    for batch in images[:4]:
        metric.update_real(batch)
    metric.save_real(tmp_path / "real.npz")
    again.load_real(tmp_path / "real.npz")
    for batch in images[4:]:
        metric.update_fake(batch)
        again.update_fake(batch)
    assert again.report() == metric.report()
    # More real images can follow: sums go on, a sample is drawn anew.
    again.update_real(images[5])
    assert again.num_real == metric.num_real + 25


@pytest.mark.parametrize("num_real, num_fake", [(8, 1), (1, 8), (1, 1)])
def test_chance_is_seeded(num_real, num_fake, rng):
    # What is kept of either side, and the subsets if all is.
    images = batches(rng)
    results = []
    for seed in (0, 0, 1):
        metric = metrics.KernelDistance("pixels", 3, 10, 40, seed=seed)
        if num_real + num_fake > 2:
            metric = metrics.DensityCoverage("pixels", 3, 40, seed=seed)
        for batch in images[:num_real]:
            metric.update_real(batch)
        for batch in images[:num_fake]:
            metric.update_fake(0.9 * batch[::-1])
        results.append(metric.result())
    assert results[0] == results[1] != results[2]


class CountedReads:
    """Batches in another order each time, and how often they were read."""

    def __init__(self, batches):
        self.batches, self.reads = batches, 0

    def __iter__(self):
        self.reads += 1
        return iter(self.batches[:: (-1) ** self.reads])


def test_cache_of_the_real_set(rng, tmp_path):
    calls = []

    def function(images):
        calls.append(len(images))
        return images.reshape(len(images), -1)[:, :5]

    extractor = FeatureExtractor("five", function)
    real = CountedReads(batches(rng))
    first = metrics.FrechetDistance(extractor)
    first.read_real(real, cache=tmp_path / "cache")
    assert (real.reads, sum(calls)) == (2, 200)
    second = metrics.FrechetDistance(extractor)
    second.read_real(real, cache=tmp_path / "cache")
    assert (real.reads, sum(calls)) == (3, 200)  # no features computed
    assert len(list((tmp_path / "cache").iterdir())) == 1

    fake = batches(rng)[0]
    first.update_fake(fake)
    second.update_fake(fake)
    assert first.report() == second.report()

    # Another set, another extractor, another metric: another file.
    changed = [batch.copy() for batch in real.batches]
    changed[3][7, 0, 0, 0] += 1e-3 if changed[3][7, 0, 0, 0] < 0 else -1e-3
    second.read_real(changed, cache=tmp_path / "cache")
    other = FeatureExtractor("other", function)
    metrics.FrechetDistance(other).read_real(real, tmp_path / "cache")
    metrics.PrecisionRecall(extractor).read_real(real, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 4


def test_cache_wants_to_read_twice(rng, tmp_path):
    metric = MAKERS["frechet"]()
    with pytest.raises(ValueError, match="Received: generator"):
        metric.read_real((batch for batch in batches(rng)), cache=tmp_path)
    assert not list(tmp_path.iterdir())
    metric.read_real((batch, None) for batch in batches(rng))
    assert metric.num_real == 200


def test_cache_of_our_own_datasets(tmp_path):
    # 5 of the 1,797 digits fill no batch, others in each pass.
    for _ in range(2):
        digits = data.digits(batch_size=64, labels=True)
        metric = metrics.FrechetDistance("pixels")
        for _ in range(2):
            metric.read_real(digits, cache=tmp_path)
            assert metric.num_real == 1792
        assert digits.position.epoch == 0  # a training goes on as if not read
    assert len(list(tmp_path.iterdir())) == 1


def test_statistics_of_something_else(rng, tmp_path):
    metric = MAKERS["density"]()
    metric.update_real(batches(rng)[0])
    path = tmp_path / "real.npz"
    metric.save_real(path)
    other = metrics.DensityCoverage(
        FeatureExtractor("mine", lambda x: x[:, 0, 0]), max_samples=50
    )
    with pytest.raises(ValueError, match=r"extractor 'mine'.*\n?.*'pixels'"):
        other.load_real(path)
    with pytest.raises(ValueError, match="metric 'PrecisionRecall'"):
        MAKERS["precision"]().load_real(path)
    with pytest.raises(ValueError, match=r"settings.*'max_samples': 60"):
        metrics.DensityCoverage("pixels", max_samples=60).load_real(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="cannot be read as such"):
        MAKERS["density"]().load_real(path)
    with pytest.raises(FileNotFoundError):
        metric.load_real(tmp_path / "none.npz")


def test_report_and_comparison(rng):
    images = batches(rng)
    metric = MAKERS["frechet"]()
    metric.update_real(images[0])
    metric.update_fake(images[1])
    far = metric.report()
    metric.reset_state(keep_real=True)
    metric.update_fake(images[0])
    near = metric.report()
    assert near.better_than(far)
    assert not far.better_than(near)
    assert str(far).endswith(
        "(FrechetDistance, extractor pixels, 25 real and 25 generated "
        "images, seed 0)"
    )
    metric.update_fake(images[2])
    with pytest.raises(ValueError, match=r"same num_fake.*25 and 50"):
        near.better_than(metric.report())
    metric.update_real(images[2])
    with pytest.raises(ValueError, match="same real_set"):
        near.better_than(metric.report())
    other = metrics.FrechetDistance(FeatureExtractor("a", lambda x: x[:, 0, 0]))
    other(images[0], images[1])
    with pytest.raises(ValueError, match=r"same extractor.*'pixels' and 'a'"):
        near.better_than(other.report())
    up = MAKERS["inception"]()
    update_fake(up, images[0])
    good = up.report()
    up.reset_state()
    update_fake(up, np.abs(images[0]))
    assert good.better_than(up.report())


@pytest.mark.parametrize(
    "images, message",
    [
        (np.zeros(8), r"\(num, height, width, channels\)"),
        (np.zeros((3, 8, 8)), r"\(8, 8, 1\). Received: \(8, 8\)"),
        (np.zeros((0, 8, 8, 1)), r"Received: \(0, 8, 8, 1\)"),
        (np.zeros((3, 8, 8, 3)), r"\(8, 8, 1\). Received: \(8, 8, 3\)"),
        (np.full((3, 8, 8, 1), 255.0), "from 255 to 255"),
        (np.zeros((3, 8, 8, 1), "uint8"), "uint8"),
        (np.full((3, 8, 8, 1), np.nan), "from nan to nan"),
    ],
)
def test_wrong_images(images, message):
    metric = MAKERS["frechet"]()
    metric.update_fake(np.zeros((3, 8, 8, 1)))
    for side in ("real", "generated"):
        update = {"real": metric.update_real, "generated": metric.update_fake}
        with pytest.raises(ValueError, match=message) as error:
            update[side](images)
        assert side in str(error.value)
        assert "Expected" in str(error.value)


@pytest.mark.parametrize("shape", [(5,), (64, 2), (8, 8, 1), (2, 4, 4, 1)])
def test_metrics_of_features_take_samples_of_any_shape(shape, rng):
    samples = rng.uniform(-1, 1, (50, *shape)).astype("float32")
    for kind in ("frechet", "kernel", "precision", "density"):
        some, flat = MAKERS[kind](), MAKERS[kind]()
        some(samples[:25], samples[25:])
        samples_flat = samples.reshape(50, -1, 1, 1)
        flat(samples_flat[:25], samples_flat[25:])
        assert some.result() == flat.result()


@pytest.mark.parametrize("kind", ["swd", "ms_ssim"])
@pytest.mark.parametrize("shape", [(32, 32), (1024, 1)])
def test_metrics_of_images_want_images(kind, shape):
    metric = MAKERS[kind]()
    with pytest.raises(ValueError, match=r"is for images\. Expected") as error:
        metric.update_fake(np.zeros((3, *shape)))
    assert f"Received: (3, {shape[0]}, {shape[1]})" in str(error.value)
    assert type(metric).__name__ in str(error.value)


@pytest.mark.parametrize(
    "wrong", [np.full((2, 32, 32, 1), 255.0), np.zeros((2, 8, 8, 1))]
)
def test_refused_images_leave_no_trace(wrong, rng):
    fresh, tried = MAKERS["swd"](), MAKERS["swd"]()
    for update in (tried.update_real, tried.update_fake):
        with pytest.raises(ValueError, match="Expected"):
            update(wrong)
    real, fake = batches(rng)[:2]
    for metric in (fresh, tried):
        metric(real, fake)
    assert tried.report() == fresh.report()


def test_tensors_of_the_backend(rng):
    images = batches(rng)[0]
    results = []
    for kind in (np.asarray, keras.ops.convert_to_tensor):
        metric = MAKERS["frechet"]()
        metric(kind(images), kind(images[:10]))
        results.append(metric.result())
    assert results[0] == results[1]
    metric.update_fake(keras.ops.cast(images, "bfloat16"))
    metric.update_fake(tf.constant(images))  # of tf.data, on any backend
    assert metric.num_fake == 60


def test_reservoir_is_uniform():
    # Each of 40 rows is kept with probability 10 / 40.
    kept = np.zeros(40)
    for seed in range(2000):
        sample = Reservoir(10, seed)
        for batch in np.array_split(np.arange(40), [3, 8, 15, 37]):
            sample.update(batch)
        rows = sample.rows.astype(int)
        assert len(set(rows)) == 10
        kept[rows] += 1
    assert sample.count == 40
    # Binomial: 500 with deviation 19.4.
    assert np.abs(kept - 500).max() < 4 * 19.4


def test_content_hash(rng):
    images = rng.uniform(-1, 1, (6, 4, 4, 1))

    def hashed(images, parts=1):
        content = ContentHash()
        for part in np.array_split(images, parts):
            content.update(part)
        return content.hexdigest()

    assert hashed(images) == hashed(images[::-1], parts=3)
    assert hashed(images) != hashed(images[:5])
    assert hashed(images) != hashed(images.reshape(6, 2, 8, 1))
    # The same pixels in other images.
    mixed = images.copy()
    mixed[0, 0], mixed[1, 0] = images[1, 0], images[0, 0]
    assert hashed(images) != hashed(mixed)
