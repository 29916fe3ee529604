import contextlib
import gc
import weakref

import keras
import numpy as np
import pytest
from checks import set_weights
from keras import ops
from test_augmented_discriminators import SMALL

import keras_gan_zoo as kgz
from keras_gan_zoo import control, engine, metrics
from keras_gan_zoo.control import conditions, search, spaces
from keras_gan_zoo.control.distances import DISTANCES
from keras_gan_zoo.objectives.codes import Binary, Categorical, Continuous


def vivid(gan):
    """Images of new networks are all grey: nothing could be told."""
    for weight in gan.generator.trainable_variables:
        if len(weight.shape) > 1:
            weight.assign(30 * weight)
    return gan


@pytest.fixture(scope="module")
def digits():
    return kgz.from_preset("vanilla_gan_digits_8")


@pytest.fixture
def eager(monkeypatch):
    """Steps that are not compiled, for tests with few of them."""
    seen = []

    def uncompiled(step, *others):
        def run(*arguments):
            found = step(*arguments)
            seen.append(ops.convert_to_numpy(ops.stop_gradient(found)))
            return found

        return run

    monkeypatch.setattr(engine, "compiled", uncompiled)
    search._machines.clear()
    yield seen
    search._machines.clear()


def mean_error(images, others):
    return np.abs(images - others).mean(axis=(1, 2, 3))


# ------------------------------------------------------- what is to be found


def test_samples_are_found_again_in_steps_that_are_compiled_once(
    digits, monkeypatch
):
    traces, compiled = [], engine.compiled

    def counting(step, *others):
        def counted(*arguments):
            traces.append(1)
            return step(*arguments)

        return compiled(counted, *others)

    monkeypatch.setattr(engine, "compiled", counting)
    pictures = digits.generate(3, seed=7)
    settings = {"steps": 150, "starts": 3, "verbose": 0}
    found = control.project(digits, pictures, **settings)
    assert found.mae.max() < 0.05
    np.testing.assert_allclose(
        found.mae, mean_error(found.images, pictures), rtol=1e-5
    )
    np.testing.assert_allclose(
        control.generate_from(digits, found), found.images, atol=1e-5
    )
    np.testing.assert_array_equal(found.losses, found.start_losses.min(axis=1))
    assert found.start_losses.shape == (3, 3)
    num = len(traces)
    again = control.project(digits, pictures, **settings)
    np.testing.assert_array_equal(again.latents, found.latents)
    if keras.backend.backend() != "torch":
        assert len(traces) == num
    other = control.project(digits, pictures, **{**settings, "seed": 1})
    assert np.any(other.latents != found.latents)


def test_more_pictures_than_fit_into_a_batch(digits, monkeypatch, eager):
    pictures = digits.generate(3, seed=7)
    settings = {"steps": 5, "starts": 2, "verbose": 0}
    found = control.project(digits, pictures, **settings)
    monkeypatch.setattr(DISTANCES["pixels"], "rows_at_once", 4)
    parts = control.project(digits, pictures, **settings)
    np.testing.assert_allclose(parts.latents, found.latents, atol=1e-3)
    np.testing.assert_allclose(parts.losses, found.losses, rtol=1e-3)


def test_the_rate_rises_and_falls():
    schedule = search.Schedule(1, 1000, 0.2, 0, 0)
    rates = [schedule.rate(step) for step in range(1000)]
    assert rates[0] == pytest.approx(0.2 / 50)
    assert rates[49] == rates[400] == rates[750] == pytest.approx(0.2)
    assert rates[875] == pytest.approx(0.1)
    assert 0 < rates[999] < 1e-5


# The tests below have further ones.
QUICK = ("ProGAN",)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow)
        for name in SMALL
    ],
)
def test_every_latent_architecture(name, eager):
    gan = getattr(kgz, name)((8, 8, 1), latent_dim=4, **SMALL[name])
    gan.compile(run_eagerly=True)
    if hasattr(gan, "stage_of"):
        gan.stage.assign(gan.num_stages - 1)
        gan.alpha.assign(1.0)
    set_weights(gan.generator, 0.05)
    pictures = gan.generate(2, seed=1)
    settings = {"steps": 10, "starts": 2, "learning_rate": 0.01}
    found = control.project(
        gan, pictures, **settings, space="z", verbose=0, prior_weight=0
    )
    first, *_, last, end = eager
    assert last.mean() < first.mean()
    np.testing.assert_array_equal(end.reshape(2, 2), found.start_losses)
    again = control.generate_from(gan, found)
    np.testing.assert_allclose(again, found.images, atol=1e-5)
    np.testing.assert_allclose(
        found.losses, np.square(again - pictures).mean(axis=(1, 2, 3)),
        rtol=0.02, atol=1e-5,
    )  # fmt: skip


def test_the_average_of_the_weights_is_used(eager):
    gan = kgz.VanillaGAN((8, 8, 1), 4, [8], [8])
    gan.compile(ema_decay=0.9)
    vivid(gan)
    gan.ema_generator.set_weights([2 * w for w in gan.generator.get_weights()])
    pictures = gan.generate(2, seed=1)
    found = control.project(gan, pictures, steps=2, starts=1, verbose=0)
    np.testing.assert_allclose(
        found.losses, np.square(found.images - pictures).mean(axis=(1, 2, 3)),
        rtol=0.01, atol=1e-4,
    )  # fmt: skip


# ------------------------------------------------- classes, codes and styles


def test_classes_are_given_or_found(eager):
    gan = vivid(kgz.ConditionalGAN((8, 8, 1), 3, 5, filters=2))
    # Latents of zeros: only the classes make a difference.
    latents = np.zeros((4, 5), "float32")
    gan.draw_latents = lambda num, rng: np.zeros((num, 5), "float32")
    pictures = gan.generate(4, labels=[2, 0, 1, 2], latents=latents)
    settings = {"steps": 3, "starts": 3, "verbose": 0}
    found = control.project(gan, pictures, **settings)
    assert found.condition["labels"].tolist() == [2, 0, 1, 2]
    found = control.project(gan, pictures, labels=1, **settings)
    assert found.condition["labels"].tolist() == 4 * [1]
    found = control.project(gan, pictures, labels=[0, 1, 1, 0], **settings)
    assert found.condition["labels"].tolist() == [0, 1, 1, 0]


def test_starts_in_different_classes_come_first(eager):
    gan = kgz.ConditionalGAN((8, 8, 1), 3, 5, filters=2)
    pictures = gan.generate(1, seed=3)
    known = conditions.given(gan, 1)
    goal = search.Goal(pictures, np.ones((1, 8, 8, 1)), DISTANCES["pixels"])
    schedule = search.Schedule(4, 1, 0.1, 0, 0)
    _, condition, *_ = search._begin(
        gan, spaces.get(gan), goal, known, 0, schedule
    )
    assert set(condition["labels"][:3]) == {0, 1, 2}


def test_codes_stay_at_given_values(eager):
    codes = [Categorical(4), Continuous(2), Binary()]
    gan = vivid(kgz.InfoGAN((8, 8, 1), codes, latent_dim=5, filters=2, units=8))
    given = {"categorical_0": 2, "continuous_0": [[0.5, -1], [0.25, 1]]}
    pictures = gan.generate(2, codes=given, seed=3)
    settings = {"steps": 2, "starts": 3, "verbose": 0}
    found = control.project(gan, pictures, codes=given, **settings)
    assert found.condition["codes"]["categorical_0"].tolist() == [2, 2]
    np.testing.assert_array_equal(
        found.condition["codes"]["continuous_0"], given["continuous_0"]
    )
    assert set(found.condition["codes"]) == set(gan.codes.names)
    again = control.generate_from(gan, found)
    np.testing.assert_allclose(again, found.images, atol=1e-5)


def test_codes_are_inferred_for_every_second_start():
    codes = [Categorical(4), Continuous()]
    gan = kgz.InfoGAN((8, 8, 1), codes, latent_dim=5, filters=2, units=8)
    known = conditions.given(gan, 2)._replace(
        inferred={"categorical_0": np.array([1, 3]), "continuous_0": [5, 6]}
    )
    rng = np.random.default_rng(0)
    found = conditions.candidates(gan, known, 1, 64, rng)["codes"]
    assert set(found["categorical_0"][::2]) == {3}
    assert set(found["categorical_0"][1::2]) == {0, 1, 2, 3}
    assert set(found["continuous_0"][::2]) == {6}
    assert np.abs(found["continuous_0"][1::2]).max() <= 1


@pytest.fixture(scope="module")
def styled():
    gan = kgz.StyleGAN2(
        (8, 8, 1),
        num_classes=2,
        latent_dim=4,
        style_dim=5,
        mapping_layers=2,
        channel_max=4,
    )
    return vivid(gan)


def test_a_search_for_styles_begins_at_their_mean(styled, eager):
    pictures = styled.generate(2, seed=0)
    drawn = styled.styles(4000, labels=1, seed=1)[:, 0]
    settings = {"starts": 1, "learning_rate": 1e-6, "verbose": 0}
    found = control.project(styled, pictures, labels=1, steps=1, **settings)
    assert found.space == "w" and found.condition == {}
    assert found.latents.shape == (2, styled.generator.num_styles, 5)
    bound = 5 * drawn.std(axis=0) / 4000**0.5
    away = np.abs(found.latents[:, 0] - drawn.mean(axis=0))
    assert np.all(away < bound + 1e-3)


def test_each_layer_may_have_its_style(styled, eager):
    pictures = styled.generate(1, seed=0)
    settings = {"steps": 3, "starts": 1, "verbose": 0}
    one = control.project(styled, pictures, space="w", **settings)
    each = control.project(styled, pictures, space="w+", **settings)
    latent = control.project(styled, pictures, space="z", **settings)
    assert np.ptp(one.latents, axis=1).max() == 0
    assert np.ptp(each.latents, axis=1).max() > 0
    assert latent.latents.shape == (1, 4) and "labels" in latent.condition
    for found in (one, each, latent):
        again = control.generate_from(styled, found)
        np.testing.assert_allclose(again, found.images, atol=1e-5)


# ------------------------------------------------------------- the prior


def test_latents_stay_where_the_prior_draws_them(eager):
    settings = {"steps": 5, "starts": 2, "learning_rate": 1.0, "verbose": 0}
    gan = vivid(kgz.DCGAN((8, 8, 1), latent_dim=5, filters=2))
    pictures = gan.generate(1, latents=np.full((1, 5), 3.0))
    found = control.project(gan, pictures, **settings)
    assert np.abs(found.latents).max() == 1
    gan = kgz.ProGAN((8, 8, 1), latent_dim=5, fmap_base=32, fmap_max=4)
    pictures = np.ones_like(gan.generate(1))
    found = control.project(gan, pictures, **settings)
    np.testing.assert_allclose(np.square(found.latents).mean(), 1, rtol=1e-3)


def test_the_prior_pulls(digits, styled, eager):
    pictures = digits.generate(1, seed=7)
    settings = {"steps": 15, "starts": 1, "verbose": 0, "learning_rate": 0.3}
    free = control.project(digits, pictures, prior_weight=0, **settings)
    pulled = control.project(digits, pictures, prior_weight=10, **settings)
    assert np.abs(pulled.latents).mean() < 0.3 * np.abs(free.latents).mean()
    assert pulled.losses > free.losses


# ------------------------------------------------------------- distances


def test_the_perceptual_distance_is_that_of_the_metric(rng):
    images, targets = rng.integers(0, 256, (2, 3, 32, 32, 3)) / 127.5 - 1
    expected = metrics.PerceptualDistance().compare(images, targets)
    distance = DISTANCES["perceptual"]
    targets = distance.prepare(ops.convert_to_tensor(targets, "float32"))
    images = ops.convert_to_tensor(images, "float32")
    found = ops.convert_to_numpy(
        ops.stop_gradient(distance.rows(images, targets, 1.0))
    )
    np.testing.assert_allclose(found, expected, atol=1e-4)
    slope = engine.input_gradient(
        lambda x: distance.rows(x, targets, 1.0), 0 * images
    )
    slope = ops.convert_to_numpy(ops.stop_gradient(slope))
    assert np.all(np.isfinite(slope)) and slope.any()


@pytest.mark.slow
def test_a_perceptual_search_lowers_its_distance(digits, eager):
    pictures = digits.generate(1, seed=7)
    found = control.project(
        digits,
        pictures,
        distance="perceptual",
        steps=3,
        starts=1,
        verbose=0,
        prior_weight=0,
    )
    first, *_, last, _ = eager
    assert last < first
    assert found.losses > 0


# ----------------------------------------------------------------- the rest


def test_a_projection_is_saved(digits, tmp_path):
    codes = {"categorical_0": np.array([1, 2])}
    condition = {"labels": np.array([3, 4]), "codes": codes}
    rest = np.arange(2, dtype="float32")
    found = control.Projection(
        "z", np.ones((2, 5)), condition, rest, rest, rest, rest
    )
    read = control.Projection.load(found.save(tmp_path / "found.npz"))
    assert read.space == "z"
    keras.tree.map_structure(
        np.testing.assert_array_equal, read.condition, condition
    )
    np.testing.assert_array_equal(read.latents, found.latents)
    np.testing.assert_array_equal(read.start_losses, rest)


def test_no_model_is_kept_alive(eager):
    gan = kgz.VanillaGAN((4, 4, 1), 4, [4], [4])
    control.project(gan, np.zeros((1, 4, 4, 1)), steps=1, verbose=0)
    reference = weakref.ref(gan)
    assert search._machines[gan]
    del gan
    keras.utils.clear_session()
    gc.collect()
    assert reference() is None


def test_progress_is_shown(digits, capsys, eager):
    pictures = digits.generate(1, seed=0)
    control.project(digits, pictures, steps=2, starts=1)
    assert "2/2" in capsys.readouterr().err
    with contextlib.redirect_stderr(None):
        control.project(digits, pictures, steps=2, starts=1, verbose=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": np.zeros((1, 9, 8, 1))}, r"images.shape=\(1, 9, 8, 1\)"),
        ({"images": np.full((1, 8, 8, 1), 255)}, "from 255 to 255"),
        ({"labels": 3}, "Received: labels=3"),
        ({"codes": {"binary_0": 1}}, "Received: codes={'binary_0': 1}"),
        ({"space": "w"}, "Received: space='w'"),
        ({"space": "v"}, "Unknown space of latents: 'v'"),
        ({"distance": "pixel"}, "Did you mean 'pixels'"),
        ({"starts": 0}, "Received: starts=0"),
        ({"learning_rate": -1}, "learning_rate=-1"),
        ({"prior_weight": -1}, "Received: prior_weight=-1"),
    ],
)
def test_what_cannot_be_projected_is_told(digits, change, message):
    given = {"images": np.zeros((1, 8, 8, 1)), "verbose": 0, **change}
    with pytest.raises(ValueError, match=message):
        control.project(digits, **given)


def test_other_models_are_told():
    gan = kgz.CycleGAN((8, 8, 3), filters=2, num_blocks=1, patch=1)
    with pytest.raises(ValueError, match="Received: CycleGAN"):
        control.project(gan, np.zeros((1, 8, 8, 3)))
