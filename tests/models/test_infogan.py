import keras
import numpy as np
import pytest
from checks import EAGERLY, GANChecks, scalar, to_numpy, values_of
from scipy import stats

from keras_gan_zoo import InfoGAN, data
from keras_gan_zoo.models.infogan import networks
from keras_gan_zoo.objectives import losses
from keras_gan_zoo.objectives.codebook import CodeBook
from keras_gan_zoo.objectives.codes import Binary, Categorical, Code, Continuous

IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1))
IMAGES = IMAGES.astype("float32")
CODES = [Categorical(3), Continuous(2), Binary(), Continuous(stddev=0.5)]


class TestInfoGAN(GANChecks):
    slow_checks = ("test_two_replicas_train_like_one_device",)
    cls = InfoGAN
    config = {
        "image_shape": (8, 8, 1),
        "codes": CODES,
        "latent_dim": 4,
        "filters": 4,
        "units": 16,
        "discriminator_normalization": "layer",
        "spectral_normalization": True,
        "augmentation": "color,cutout",
    }
    batch = IMAGES
    compile_arguments = {
        "ema_decay": 0.9,
        "info_weight": [1.0, 0.5, 1.0, 0.5],
    }
    logs = {
        "d_loss",
        "g_loss",
        "mi_categorical_0",
        "mi_continuous_0",
        "mi_binary_0",
        "mi_continuous_1",
    }


def small_gan(**kwargs):
    return InfoGAN(**{**TestInfoGAN.config, **kwargs})


# ---------------------------------------------------------------- codes


@pytest.mark.parametrize("code", [*CODES, Binary(3)], ids=lambda c: c.kind)
def test_bound_is_the_entropy_where_q_is_the_prior(code, rng):
    """No information: E log Q + H = 0 for discrete codes, at most 0 else."""
    nothing = np.zeros((5000, code.num_parameters), "float32")
    drawn = code.draw(5000, rng)
    likelihood = likelihood_of(code, nothing, drawn)
    assert likelihood.shape == (5000,)
    bound = likelihood.mean() + code.entropy
    if isinstance(code, Continuous):
        assert -0.6 * code.num < bound < 0
    else:
        assert bound == pytest.approx(0, abs=1e-5)


def test_log_likelihoods_are_the_formulas(rng):
    q = rng.normal(size=(6, 4)).astype("float32")
    c = np.eye(4, dtype="float32")[[0, 1, 2, 3, 0, 1]]
    chances = np.exp(q) / np.exp(q).sum(axis=1, keepdims=True)
    close(Categorical(4), q, c, np.log(np.sum(chances * c, axis=1)))

    x = rng.uniform(-1, 1, (6, 2)).astype("float32")
    mean, stddev = q[:, :2], np.exp(q[:, 2:])
    density = np.exp(-(((x - mean) / stddev) ** 2) / 2)
    density /= stddev * np.sqrt(2 * np.pi)
    close(Continuous(2), q, x, np.log(density).sum(axis=1))
    density = np.exp(-(((x - mean) / 0.3) ** 2) / 2)
    density /= 0.3 * np.sqrt(2 * np.pi)
    close(Continuous(2, stddev=0.3), mean, x, np.log(density).sum(axis=1))

    heads = np.eye(2, dtype="float32")[[0, 1, 1, 0, 0, 1]]
    chances = 1 / (1 + np.exp(-mean))
    chances = np.where(heads == 1, chances, 1 - chances)
    close(Binary(2), mean, heads, np.log(chances).sum(axis=1))


def likelihood_of(code, parameters, codes):
    tensors = map(keras.ops.convert_to_tensor, (parameters, codes))
    return to_numpy(code.log_likelihood(*tensors))


def close(code, parameters, codes, expected):
    actual = likelihood_of(code, parameters, codes)
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("code", [*CODES, Binary(3)], ids=lambda c: c.kind)
def test_both_ways_of_drawing_follow_the_prior(code, rng):
    seed = keras.random.SeedGenerator(0)
    for drawn in (code.draw(4000, rng), to_numpy(code.sample(4000, seed))):
        assert drawn.shape == (4000, code.size)
        assert drawn.dtype == np.float32
        mean, stddev = {
            "categorical": (1 / code.num, np.sqrt(2) / 3),
            "continuous": (0, 1 / np.sqrt(3)),
            "binary": (0.5, 0.5),
        }[code.kind]
        np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.03)
        np.testing.assert_allclose(drawn.std(axis=0), stddev, atol=0.03)
        if code.kind == "categorical":
            assert (drawn.sum(axis=1) == 1).all()
        if code.kind == "binary":
            assert set(np.unique(drawn)) == {0, 1}


def test_with_one_seed_codes_are_still_independent():
    codes = CodeBook([Continuous(), Continuous(), Binary(), Binary()])
    drawn = to_numpy(codes.sample(2000, seed=0))
    again = to_numpy(codes.sample(2000, seed=0))
    np.testing.assert_array_equal(drawn, again)
    correlation = np.corrcoef(drawn.T) - np.eye(4)
    assert np.abs(correlation).max() < 0.1


def test_decode_inverts_encode():
    q = np.array([[1.0, 5.0, 2.0], [3.0, -1.0, 0.0]])
    np.testing.assert_array_equal(Categorical(3).decode(q), [1, 0])
    np.testing.assert_array_equal(Binary(3).decode(q), [[1, 1, 1], [1, 0, 0]])
    np.testing.assert_array_equal(Binary().decode(q[:, 1:2]), [1, 0])
    np.testing.assert_array_equal(
        Continuous(1, stddev=1.0).decode(q[:, :1]), [1.0, 3.0]
    )
    np.testing.assert_array_equal(Continuous().decode(q[:, :2]), [1.0, 3.0])


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ({"digit": 1}, "categorical_0, continuous_0"),
        ({4: 1}, "from 0 to 3"),
        ({"categorical_0": 3}, r"in \[0, 3\)"),
        ({"categorical_0": [0, 1]}, "one for each of 4"),
        ({"categorical_0": 0.5}, "ints"),
        ({"continuous_0": [1, 2, 3]}, "one for each image"),
        ({"continuous_0": np.nan}, "finite"),
        ({"binary_0": 0.5}, "0 or 1"),
    ],
)
def test_wrong_codes_are_explained(codes, message):
    with pytest.raises(ValueError, match=message) as error:
        small_gan().generate(4, codes=codes)
    assert "Expected" in str(error.value)
    assert "Received" in str(error.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Categorical(0), "at least 1"),
        (lambda: Continuous(stddev=0.0), "above 0"),
        (lambda: InfoGAN(codes=[]), "at least one code"),
        (lambda: InfoGAN(codes=[10]), "Expected a list of codes"),
        (lambda: small_gan().compile(info_weight=[1.0]), "each of the 4"),
        (lambda: small_gan().infer_codes(IMAGES[:, 1:]), "do not fit"),
    ],
)
def test_wrong_arguments_are_explained(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_codes_may_be_given_as_their_configs():
    configs = small_gan().get_config()["codes"]
    gan = small_gan(codes=configs)
    assert gan.get_config()["codes"] == configs
    assert gan.codes.members[3].stddev == 0.5


def test_a_new_kind_of_code_needs_only_its_class():
    class Silent(Code):
        kind = "silent"

    assert CodeBook([Silent(2), Silent(1)]).names == ("silent_0", "silent_1")


# ---------------------------------------------------------------- model


def test_the_networks_are_those_of_table_1():
    generator = networks.build_generator((28, 28, 1), 62, 12)
    discriminator = networks.build_discriminator((28, 28, 1), 14)
    # Inputs * units, 2 of each normalised feature that train and 2 that do
    # not, biases only in front of none; kernels 4x4.
    assert generator.count_params() == (
        74 * 1024
        + 4 * 1024
        + 1024 * 6272
        + 4 * 128
        + 16 * 128 * 64
        + 4 * 64
        + 16 * 64
        + 1
    )
    assert discriminator.count_params() == (
        16 * 64
        + 64
        + 16 * 64 * 128
        + 4 * 128
        + 6272 * 1024
        + 4 * 1024
        + 1025
        + 1024 * 128
        + 4 * 128
        + 129 * 14
    )


def test_compile_takes_the_papers_settings():
    gan = InfoGAN((8, 8, 1), filters=2, units=8)
    gan.compile()
    assert gan.codes.names == ("categorical_0", "continuous_0", "continuous_1")
    assert gan.info_weight == (1.0, 0.1, 0.1)
    rates = {
        name: float(gan.optimizer[name].learning_rate)
        for name in gan.optimizer.names
    }
    assert rates == pytest.approx({"generator": 1e-3, "discriminator": 2e-4})
    gan.compile(info_weight=2)
    assert gan.info_weight == (2.0, 2.0, 2.0)


def test_losses_hold_the_weighted_bounds():
    gan = small_gan()
    gan.compile(info_weight=[1.0, 0.5, 0.25, 2.0])
    images = keras.ops.convert_to_tensor(IMAGES)
    found = gan.losses((images,), training=False, seed=0)
    codes = gan.codes.sample(len(IMAGES), 0)
    _, parameters = gan.discriminator(found.pairs[0][1], training=False)
    bounds = [scalar(b) for b in gan.codes.bounds(parameters, codes)]
    expected = sum(w * b for w, b in zip(gan.info_weight, bounds))
    g_terms, d_terms = found.logs["generator"], found.logs["discriminator"]
    g_total, d_total = (
        found.players["generator"],
        found.players["discriminator"],
    )
    assert scalar(g_terms["g_loss"]) - scalar(g_total) == pytest.approx(
        expected, rel=1e-4
    )
    assert scalar(d_terms["d_loss"]) - scalar(d_total) == pytest.approx(
        expected, rel=1e-4
    )
    assert scalar(d_terms["mi_continuous_1"]) == pytest.approx(bounds[3])


def test_with_penalty_relativistic_loss_and_two_discriminator_steps():
    gan = small_gan()
    gan.compile(
        "relativistic", penalty="wgan_gp", discriminator_steps=2, **EAGERLY
    )
    logs = gan.fit(IMAGES, batch_size=16, verbose=0).history
    assert set(logs) == {*TestInfoGAN.logs, "penalty"}
    assert np.isfinite(list(logs.values())).all()
    assert int(gan.optimizer["discriminator"].iterations) == 2
    assert int(gan.optimizer["generator"].iterations) == 1


def test_recognition_loss_trains_generator_q_and_the_shared_body():
    """Without the adversarial loss, all still move but D's own head."""
    gan = small_gan()
    gan.compile(loss=Indifferent(), **EAGERLY)
    before = values_of(gan.trainable_variables)
    gan.fit(IMAGES, batch_size=8, verbose=0)
    still = {
        variable.path
        for variable, value in zip(gan.trainable_variables, before)
        if np.array_equal(to_numpy(variable), value)
    }
    assert still == {"logits_sn/logits/kernel", "logits_sn/logits/bias"}


class Indifferent(losses.AdversarialLoss):
    """An adversarial loss that is 0."""

    def discriminator(self, real_logits, fake_logits):
        return 0.0 * (keras.ops.mean(real_logits) + keras.ops.mean(fake_logits))

    def generator(self, fake_logits, real_logits=None):
        return 0.0 * keras.ops.mean(fake_logits)


def bounds_after_training(codes, info_weight):
    """The bounds of the first and of the last epoch on real digits."""
    gan = InfoGAN((8, 8, 1), codes, 8, filters=8, units=64, seed=0)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-2, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(1e-2, beta_1=0.5),
        info_weight=info_weight,
    )
    digits = data.digits(batch_size=128)
    history = gan.fit(digits, epochs=10, verbose=0).history
    return {
        n: (history[f"mi_{n}"][0], history[f"mi_{n}"][-1])
        for n in gan.codes.names
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "codes",
    [
        [Categorical(4), Continuous()],
        pytest.param([Binary(2)], marks=pytest.mark.slow),
    ],
    ids=["categorical and continuous", "binary"],
)
def test_information_needs_its_weight(codes):
    """It rises far above 0 in training, and not without the weight."""
    for name, (first, last) in bounds_after_training(codes, 1.0).items():
        assert last > max(first, 0.5), (name, first, last)
    for name, (_, last) in bounds_after_training(codes, 0.0).items():
        # Q stays as it began, near its prior; the Gaussian of Q is not
        # that of the code, so that its bound is below 0 then.
        assert -0.6 < last < 0.05, (name, last)


@pytest.mark.parametrize("log_stddev", [-100.0, 0.5, 100.0])
def test_the_learnt_deviation_is_bounded(log_stddev):
    """The density is the normal one of scipy, at a bounded deviation."""
    parameters = np.array([[0.3, log_stddev]], "float32")
    codes = np.array([[0.25]], "float32")
    found = Continuous().log_likelihood(
        keras.ops.array(parameters), keras.ops.array(codes)
    )
    stddev = np.exp(np.clip(log_stddev, -5, 5))
    expected = stats.norm.logpdf(0.25, 0.3, stddev)
    np.testing.assert_allclose(to_numpy(found), [expected], rtol=1e-4)


def test_any_subset_of_codes_can_be_fixed():
    gan = small_gan()
    free = gan.generate(4, seed=0)
    rng = np.random.default_rng(0)
    latents = gan.draw_latents(4, rng)
    drawn = gan.codes.draw(4, rng)
    binary = drawn[:, 5]
    for key in ("binary_0", 2):
        images = gan.generate(4, codes={key: binary}, seed=0)
        np.testing.assert_array_equal(images, free)
        images = gan.generate(4, codes={key: binary}, latents=latents, seed=0)
        np.testing.assert_array_equal(images, free)
    every = {
        "categorical_0": drawn[:, :3].argmax(axis=1),
        "continuous_0": drawn[:, 3:5],
        "binary_0": binary,
        "continuous_1": drawn[:, 6],
    }
    images = gan.generate(4, codes=every, latents=latents)
    np.testing.assert_array_equal(images, free)
    for name, value in {
        "categorical_0": 1,
        "continuous_0": [0.5, -0.5],
        "continuous_1": 2.0,
    }.items():
        fixed = gan.generate(4, codes={name: value}, seed=0)
        assert not np.array_equal(fixed, free)


def test_inferred_codes_have_the_forms_that_generate_takes():
    gan = small_gan()
    codes = gan.infer_codes(IMAGES)
    assert {name: value.shape for name, value in codes.items()} == {
        "categorical_0": (16,),
        "continuous_0": (16, 2),
        "binary_0": (16,),
        "continuous_1": (16,),
    }
    assert gan.generate(16, codes=codes, seed=0).shape == (16, 8, 8, 1)


def test_narrow_networks_have_a_recognition_layer():
    gan = InfoGAN((8, 8, 1), filters=2, units=4)
    assert gan.discriminator.get_layer("recognition").units == 1
