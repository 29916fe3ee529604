"""Evaluation: the right images, once each, and intervals that hold."""

import json
import types

import keras
import numpy as np
import pytest
from checks import EAGERLY

import keras_gan_zoo as kgz
from keras_gan_zoo import metrics
from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.metrics import evaluation, intervals, source
from keras_gan_zoo.metrics.features import FeatureExtractor
from keras_gan_zoo.modalities import Audio, Image, Label

SHAPE = (8, 8, 1)


def real_images(num, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (num, *SHAPE)).astype("float32")


def small_gan():
    keras.utils.set_random_seed(0)
    # So wide that no two latents fall where all rectifiers are 0.
    return kgz.VanillaGAN(
        SHAPE,
        latent_dim=4,
        generator_units=[64],
        discriminator_units=[8],
        seed=0,
    )


def test_values_are_those_of_the_generated_images():
    gan, real = small_gan(), real_images(100)
    found = kgz.evaluate(
        gan, real, ["fid"], num_images=90, batch_size=40, seed=5
    )
    fake = [
        gan.generate(num, seed=source.mixed(5, number))
        for number, num in enumerate([40, 40, 10])
    ]
    flat = np.concatenate(fake).reshape(90, -1).astype("float64")
    pixels = real.reshape(100, -1).astype("float64")
    a, b = np.cov(pixels.T), np.cov(flat.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(a @ b).real, 0))
    expected = (
        np.sum((pixels.mean(0) - flat.mean(0)) ** 2)
        + np.trace(a + b)
        - 2 * roots.sum()
    )
    np.testing.assert_allclose(
        found.values["frechet_distance"], expected, rtol=1e-5
    )
    score = found.scores[0]
    assert (score.num_real, score.num_fake) == (100, 90)
    low, high = score.intervals["frechet_distance"]
    assert low < expected < high


def test_data_that_can_be_read_once_are_refused():
    batches = (real_images(50, seed) for seed in range(2))
    with pytest.raises(ValueError, match=r"generator.*list\(batches\)"):
        kgz.evaluate(small_gan(), batches, ["fid"], num_images=20)
    assert len(list(batches)) == 2


@pytest.mark.parametrize(
    "modality, extractor, expected",
    [
        (Image(SHAPE), None, "pixels"),
        (Image((8, 8, 3)), None, "efficientnet:clean"),
        (Audio((1024, 1)), None, "spectrum"),
        (Label(10), None, "pixels"),
        (Audio((1024, 1)), "pixels", "pixels"),
    ],
)
def test_features_are_those_of_the_modality(modality, extractor, expected):
    model = types.SimpleNamespace(
        steps=0,
        modalities={"data": modality},
        comparison=lambda: Comparison("data", (), once=False),
    )
    sides = source.ModelSamples(model, modality.example(4), {}, 4)
    extractor = sides.features if extractor is None else extractor
    chosen = evaluation._chosen(["fid"], extractor, sides.shape, 100, 0, 0)
    assert [metric.extractor_name for metric in chosen] == [expected]


def test_every_image_is_described_once():
    described = []

    def function(images):
        described.append(images)
        return images.reshape(len(images), -1)

    real = real_images(95)
    kgz.evaluate(
        small_gan(),
        kgz.data.arrays(real, batch_size=19),
        ["fid", "prdc", "kid"],
        FeatureExtractor("counted", function),
        num_images=103,
        batch_size=25,
        subsets=4,
    )
    images = np.concatenate(described)
    assert len(images) == 95 + 103
    assert len(np.unique(images, axis=0)) == 95 + 103
    assert [len(batch) for batch in described[5:]] == [25] * 4 + [3]


def test_parts_are_equal_and_random():
    parts = intervals.dealt(103, 4, seed=0)
    assert sorted(np.bincount(parts)) == [25, 26, 26, 26]
    assert {0, 1, 2, 3} == set(parts[:26])
    assert not np.array_equal(parts, intervals.dealt(103, 4, seed=1))


def test_intervals_do_not_depend_on_the_order_of_images():
    """Pictures in a folder are often sorted by class."""
    brightness = np.linspace(-0.9, 0.9, 400)[:, None, None, None]
    images = brightness + real_images(400) / 10
    widths = []
    for order in (np.arange(400), np.random.default_rng(0).permutation(400)):
        found = kgz.evaluate(images[order], real_images(100), "fid", "pixels")
        low, high = found.scores[0].intervals["frechet_distance"]
        widths.append(high - low)
    assert 0.4 < widths[0] / widths[1] < 2.5  # as chance has it


def test_limited_samples_give_wider_intervals():
    """Where a result rests on fewer images, more of them do not help."""

    class Capped(metrics.FrechetDistance):
        def num_used(self, num):
            return min(num, 40)

    widths = []
    for cls in (metrics.FrechetDistance, Capped):
        metric = cls("pixels")
        metric.update_real(real_images(100))
        samples = [metric.new_sample(part) for part in (1, 2, 3, 4)]
        for part, sample in enumerate(samples):
            metric.update_fake(
                real_images(40, seed=part + 1), also=[(sample, slice(None))]
            )
        values = metric.result()
        low, high = intervals.intervals(metric, values, samples)[
            "frechet_distance"
        ]
        widths.append(high - low)
    assert widths[1] == pytest.approx(2 * widths[0])


def test_conditional_models_get_the_labels_of_the_set():
    asked = []

    class Recorded(kgz.ConditionalGAN):
        def generate(self, num_images, *, labels=None, **kwargs):
            asked.extend(labels)
            return super().generate(num_images, labels=labels, **kwargs)

    gan = Recorded(SHAPE, num_classes=3, filters=4)
    labels = np.array([2] * 30 + [0] * 10)
    classes = FeatureExtractor("second", lambda x: np.eye(3)[[1] * len(x)])
    found = kgz.evaluate(
        gan,
        (real_images(40), labels),
        "accuracy",
        classes,
        num_images=80,
        subsets=2,
    )
    assert np.bincount(asked).tolist() == [20, 0, 60]
    assert found.values["class_accuracy"] == 0
    with pytest.raises(ValueError, match="asked for a class"):
        kgz.evaluate(small_gan(), real_images(20), "accuracy", classes)


def test_translations_are_held_against_the_other_domain():
    gan = kgz.CycleGAN((8, 8, 1), filters=4, num_blocks=1, patch=16, seed=0)
    a, b = real_images(30), real_images(30, seed=1) / 2
    for to, inputs, partners in (("b", a, b), ("a", b, a)):
        metric = metrics.FrechetDistance("pixels")
        metric.update_state(partners, gan.translate(inputs, to=to))
        found = kgz.evaluate(gan, (a, b), "fid", to=to, subsets=2)
        expected = metric.result()["frechet_distance"]
        assert found.values["frechet_distance"] == pytest.approx(expected)
    with pytest.raises(ValueError, match="two members"):
        kgz.evaluate(gan, a, "fid")


def test_cache_of_several_metrics(tmp_path):
    arguments = small_gan(), real_images(60), ["fid", "kid"]
    found = [
        kgz.evaluate(*arguments, num_images=60, subsets=3, cache=tmp_path)
        for _ in range(2)
    ]
    assert len(list(tmp_path.iterdir())) == 2
    assert found[0].values == found[1].values


def test_report(tmp_path):
    found = kgz.evaluate(
        small_gan(), real_images(40), "fid", num_images=40, seed=3
    )
    read = json.loads(found.json())
    assert read["model"] == "VanillaGAN"
    assert read["seed"] == read["scores"][0]["seed"] == 3
    assert read["scores"][0]["extractor"] == "pixels"
    header, _, row = found.table().splitlines()
    assert header.count("|") == row.count("|")
    assert row.startswith("| frechet_distance |")


def test_errors():
    with pytest.raises(ValueError, match="Did you mean 'fid'"):
        kgz.evaluate(small_gan(), real_images(20), "fed")
    with pytest.raises(ValueError, match=r"at least 20\. Received: 15"):
        kgz.evaluate(small_gan(), real_images(20), "fid", num_images=15)
    with pytest.raises(ValueError, match=r"\(28, 28, 1\).*\(8, 8, 1\)"):
        kgz.evaluate(small_gan(), real_images(20), "fid", "mnist")
    with pytest.raises(ValueError, match="need a classifier"):
        kgz.evaluate(small_gan(), real_images(20), "is", "pixels")


def test_shipped_classifier_knows_held_out_images():
    images, labels = next(
        kgz.data.digits(batch_size=1797, labels=True).as_numpy_iterator()
    )
    # What benchmarks/classifiers.py kept from it.
    images, labels = images[1437:], labels[1437:]
    scores = metrics.features.get("digits_softmax")(images)
    assert np.mean(scores.argmax(axis=1) == labels) > 0.98
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)


# -------------------------------------------------------------- the callback


STEPS = 2  # of an epoch


def trained(callbacks, epochs=3, rate=2e-4):
    keras.utils.set_random_seed(0)
    gan = small_gan()
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(rate, beta_1=0.5),
        ema_decay=0.9,
        **EAGERLY,
    )
    digits = kgz.data.digits(batch_size=1797 // STEPS)
    history = gan.fit(digits, epochs=epochs, verbose=0, callbacks=callbacks)
    return gan, history.history


def evaluate_callback(directory=None, **kwargs):
    return kgz.callbacks.Evaluate(
        kgz.data.digits(batch_size=100),
        directory,
        metrics=["fid"],
        num_images=100,
        **kwargs,
    )


def test_logs_are_those_of_the_model_then():
    gan, history = trained([evaluate_callback()])
    found = kgz.evaluate(
        gan,
        kgz.data.digits(batch_size=100),
        ["fid"],
        num_images=100,
        subsets=0,
    )
    logged = history["val_frechet_distance"]
    assert logged[-1] == found.values["frechet_distance"]
    assert len(set(logged)) == 3


def test_measuring_leaves_the_training_alone():
    weights = [
        trained(callbacks)[0].get_weights()
        for callbacks in ([], [evaluate_callback()])
    ]
    for without, with_it in zip(*weights):
        np.testing.assert_array_equal(without, with_it)


def test_keras_callbacks_see_the_logs(tmp_path):
    # A generator at rest: nothing improves on the first measurement.
    stop = keras.callbacks.EarlyStopping(
        "val_frechet_distance", mode="min", patience=2
    )
    keep = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras",
        monitor="val_frechet_distance",
        mode="min",
        save_best_only=True,
    )
    _, history = trained([evaluate_callback(), stop, keep], 9, rate=0.0)
    assert len(history["d_loss"]) == 3
    assert (tmp_path / "best.keras").exists()


@pytest.mark.slow
def test_best_model_curve_and_resume(tmp_path):
    whole = tmp_path / "whole"
    _, history = trained([evaluate_callback(whole)], epochs=4)
    logged = history["val_frechet_distance"]
    best = kgz.load(whole / "best.keras")
    assert int(best.steps) == STEPS * (1 + np.argmin(logged))
    assert (whole / "metrics.png").stat().st_size > 1000

    parts = tmp_path / "parts"
    for epochs in (2, 4):
        if epochs == 4:  # killed after a measurement, before the backup
            with open(parts / "metrics.csv", "a") as file:
                file.write(f"3,{3 * STEPS},0.0\n")
        trained(
            [
                evaluate_callback(parts),
                kgz.callbacks.Backup(tmp_path / "backup"),
            ],
            epochs,
        )
    table = (whole / "metrics.csv").read_text()
    assert (parts / "metrics.csv").read_text() == table
    assert len(table.splitlines()) == 5


def test_every_few_epochs_and_wrong_arguments():
    _, history = trained([evaluate_callback(every_epochs=2)], epochs=5)
    assert len(history["val_frechet_distance"]) == 2
    with pytest.raises(ValueError, match="every_epochs=0"):
        evaluate_callback(every_epochs=0)


def test_translations_are_compared_with_their_own_targets():
    """A dataset has another order in each pass; pairs stay pairs."""

    class Copies(kgz.Pix2Pix):
        def respond(self, num, given, seed, **controls):
            (images,) = given.values()
            return images * 0.9 + 0.05

    gan = Copies(SHAPE, output_channels=1, filters=2, patch=1)
    images = real_images(24)
    pairs = kgz.data.paired_arrays(images, images, batch_size=8)
    found = kgz.evaluate(gan, pairs, ["psnr"], subsets=0)
    assert found.values["psnr"] > 25
    assert pairs.position.epoch == 0
