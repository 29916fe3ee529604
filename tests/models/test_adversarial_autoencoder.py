"""The adversarial autoencoder: priors, losses, phases, a few labels."""

import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    OF_VARIANTS_SLOW,
    GANChecks,
    num_trained,
    scalar,
    to_numpy,
)
from keras import ops

import keras_gan_zoo as kgz
from keras_gan_zoo import engine
from keras_gan_zoo.control import search
from keras_gan_zoo.objectives import latent_priors

SHAPE = (6, 5, 1)


class TestAdversarialAutoencoder(GANChecks):
    slow_checks = (
        *GANChecks.slow_checks,
        "test_eager_and_compiled_step_agree",
        "test_saved_before_it_is_compiled",
        "test_bfloat16_trains",
        "test_the_seed_decides",
    )
    cls = kgz.AdversarialAutoencoder
    config = {
        "image_shape": SHAPE,
        "latent_dim": 3,
        "num_classes": 4,
        "latent_prior": latent_priors.Normal(2.0),
        "units": (8, 7),
        "discriminator_noise": 0.2,
    }
    compile_arguments = {
        "reconstruction_weight": 2.0,
        "adversarial_weight": 0.7,
        "supervised_weight": 0.4,
        "class_discriminator_optimizer": "sgd",
        "ema_decay": 0.9,
    }
    logs = {
        *("reconstruction_loss", "d_loss", "e_loss", "class_d_loss"),
        *("class_e_loss", "supervised_loss", "accuracy"),
    }
    evaluations = {
        "encoder": 1,
        "generator": 1,
        "discriminator": 2,
        "class_discriminator": 2,
    }


class TestUnsupervisedAdversarialAutoencoder(TestAdversarialAutoencoder):
    slow_checks = OF_VARIANTS_SLOW
    config = {
        "image_shape": SHAPE,
        "latent_dim": 2,
        "latent_prior": latent_priors.Mixture(3),
        "units": (8,),
    }
    compile_arguments = {"loss": "least_squares", "updates": "simultaneous"}
    logs = {"reconstruction_loss", "d_loss", "e_loss"}
    evaluations = {"encoder": 1, "generator": 1, "discriminator": 2}


def small(**kwargs):
    keras.utils.set_random_seed(0)
    settings = {"latent_dim": 3, "num_classes": 4, "units": (8,), **kwargs}
    return kgz.AdversarialAutoencoder(SHAPE, seed=0, **settings)


def a_batch(rng, num=6):
    images = rng.uniform(-1, 1, (num, *SHAPE)).astype("float32")
    return images, np.array([2, 0, -1, -1, 3, -1])[:num]


def test_the_networks():
    """Two hidden layers of 1000 units, counted by hand."""
    gan = kgz.AdversarialAutoencoder(latent_dim=15, num_classes=10)
    hidden = 1000 * 1000 + 1000
    assert {
        player: num_trained(network)
        for player, (network,) in gan.players().items()
    } == {
        "encoder": 784 * 1000 + 1000 + hidden + 1000 * 25 + 25,
        "generator": 25 * 1000 + 1000 + hidden + 1000 * 784 + 784,
        "discriminator": 15 * 1000 + 1000 + hidden + 1001,
        "class_discriminator": 10 * 1000 + 1000 + hidden + 1001,
    }


@pytest.mark.slow
def test_the_losses_are_numpys(rng):
    gan = small(discriminator_noise=0.0)
    gan.compile(
        reconstruction_weight=2.0,
        adversarial_weight=0.3,
        supervised_weight=0.7,
        **EAGERLY,
    )
    images, labels = a_batch(rng)
    batch = gan.members((images, labels))
    with engine.no_gradient():
        found = gan.losses(batch, training=False, seed=3)
        z, logits = map(to_numpy, gan.encoder(images))
        y = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        made = to_numpy(gan.generator([z, y]))

        def cross_entropy(network, values, real):
            p = 1 / (1 + np.exp(-to_numpy(network(values)).astype("float64")))
            return -np.log(p if real else 1 - p).mean()

        drawn = [
            to_numpy(gan.sample_latents(6, 3)),
            to_numpy(latent_priors.Categorical().sample(6, 4, 3)),
        ]
        pairs = list(
            zip([gan.discriminator, gan.class_discriminator], drawn, [z, y])
        )
        d_losses = [
            cross_entropy(n, p, True) + cross_entropy(n, q, False)
            for n, p, q in pairs
        ]
        e_losses = [cross_entropy(n, q, True) for n, _, q in pairs]
    distance = (((images - made) / 2) ** 2).mean()
    known = labels >= 0
    supervised = -np.log(y[known][np.arange(3), labels[known]]).mean()
    expected = {
        "encoder": 2 * distance + 0.3 * sum(e_losses) + 0.7 * supervised,
        "generator": 2 * distance,
        "discriminator": d_losses[0],
        "class_discriminator": d_losses[1],
    }
    assert {*found.players} == {*expected}
    for player, value in expected.items():
        assert scalar(found.players[player]) == pytest.approx(value, rel=1e-4)
    right = (y[known].argmax(axis=1) == labels[known]).mean()
    accuracy = found.logs["encoder"]["accuracy"]
    assert scalar(accuracy) == pytest.approx(right)


@pytest.mark.slow
def test_the_phases_step_after_each_other(rng):
    """The weights after a step are those of four steps by hand."""
    images, labels = a_batch(rng)

    def new():
        gan = small(discriminator_noise=0.0)
        sgd = {
            f"{p}_optimizer": keras.optimizers.SGD(0.1) for p in gan.players()
        }
        gan.compile(**sgd, **EAGERLY)
        # The same latents in each phase.
        gan.sample_latents = lambda num, seed: ops.ones((num, 3))
        gan.latent_prior = None
        return gan

    one = new()
    one.fit(images, labels, verbose=0)
    other = new()
    batch = other.members((images, labels))

    def step(phase, *players):
        def losses():
            return other.losses(batch, phases=(phase,)).players, ()

        engine.minimize(
            losses,
            {p: (other.variables_of(p), other.optimizer[p]) for p in players},
        )

    step("reconstruction", "encoder", "generator")
    discriminators = "discriminator", "class_discriminator"
    one_hot = to_numpy(other.discriminator.trainable_variables[0])
    step("adversarial", *discriminators)
    assert not np.array_equal(
        one_hot, to_numpy(other.discriminator.trainable_variables[0])
    )
    step("adversarial", "encoder")
    step("supervised", "encoder")
    for player in ("encoder", "generator", "discriminator"):
        for a, b in zip(one.variables_of(player), other.variables_of(player)):
            np.testing.assert_allclose(
                to_numpy(a), to_numpy(b), atol=2e-3 if "enc" in player else 1e-6
            )


@pytest.mark.parametrize("name", [*latent_priors.PRIORS])
def test_priors_draw_the_same_in_a_step_and_outside(name):
    prior = latent_priors.get(name, 2)
    drawn = prior.draw(4000, 2, np.random.default_rng(0))
    sampled = to_numpy(prior.sample(4000, 2, 0))
    assert drawn.dtype == np.float32
    assert drawn.shape == sampled.shape == (4000, 2)
    size = np.abs(drawn).max()
    for moment in (np.mean, np.std):
        np.testing.assert_allclose(
            moment(drawn, axis=0), moment(sampled, axis=0), atol=0.05 * size
        )
    expected = {
        "normal": 5.0,
        "uniform": 3**-0.5,
        "categorical": 0.5,
        # E r^2 / 2: of a radius of 5 and deviations 1.5 and 0.4.
        "mixture": ((25 + 2.25 + 0.16) / 2) ** 0.5,
        # E r^2 = radius^2 / 2, and the noise.
        "swiss_roll": (25 + 0.09) ** 0.5,
    }[name]
    deviation = np.mean(drawn.std(axis=0))
    assert deviation == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize("cls", [kgz.codes.Categorical, latent_priors.Mixture])
def test_priors_and_codes_of_one_name_are_both_restored(cls):
    config = keras.saving.serialize_keras_object(cls(3))
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is cls
    assert again.num == 3


def test_generated_images_are_decoded_draws():
    gan = small(latent_prior="uniform")
    rng = np.random.default_rng(5)
    latents = latent_priors.Uniform().draw(4, 3, rng)
    images = gan.generate(4, seed=5, labels=[0, 1, 2, 3])
    expected = gan.generator.predict([latents, np.eye(4)], verbose=0)
    np.testing.assert_allclose(images, expected, atol=1e-6)
    with pytest.raises(ValueError, match="drawn from a prior that"):
        gan.generate(4, truncation=0.5)


@pytest.mark.slow
def test_it_classifies_by_the_average(rng):
    gan = small()
    gan.compile(ema_decay=0.9, **EAGERLY)
    images, labels = a_batch(rng)
    gan.fit(images, labels, epochs=3, verbose=0)
    latents, logits = gan.ema_encoder.predict(images, verbose=0)
    np.testing.assert_array_equal(gan.classify(images), logits.argmax(1))
    np.testing.assert_array_equal(gan.encode(images), latents)
    scores = gan.evaluate(images, labels, verbose=0, return_dict=True)
    known = labels >= 0
    right = gan.classify(images[known]) == labels[known]
    assert scores["accuracy"] == pytest.approx(right.mean())
    y = gan.class_probabilities(images)
    expected = gan.ema_generator.predict([latents, y], verbose=0)
    np.testing.assert_allclose(gan.reconstruct(images), expected, atol=1e-6)


def test_what_the_discriminator_doubts_are_encodings(rng):
    gan = small()
    images, _ = a_batch(rng)
    with engine.no_gradient():
        found = search.doubts(gan, ops.convert_to_tensor(images), [])
        logits = gan.discriminator(gan.encode(images))
        found, logits = (
            to_numpy(ops.stop_gradient(x)) for x in (found, logits)
        )
    expected = np.log1p(np.exp(-logits[:, 0]))
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_what_it_refuses(rng):
    with pytest.raises(ValueError, match="Expected latent_dim=2"):
        small(latent_prior="swiss_roll")
    with pytest.raises(ValueError, match="Unknown prior of latents: 'normel'"):
        small(latent_prior="normel")
    gan = small(num_classes=None)
    with pytest.raises(ValueError, match="made without classes"):
        gan.classify(a_batch(rng)[0])
    with pytest.raises(ValueError, match="class_discriminator=None"):
        small(num_classes=None, class_discriminator=gan.discriminator)


@pytest.mark.slow
def test_few_labels_and_many_images_beat_few_labels_alone():
    """Five labels of each digit, 8x8 pixels."""
    every = kgz.data.digits(batch_size=1797, labels=True)
    images, labels = map(ops.convert_to_numpy, next(iter(every)))
    batches = kgz.data.semi_supervised(
        images[:1200], labels[:1200], labels_per_class=5, batch_size=100
    )
    errors = {}
    for weight in (1.0, 0.0):
        keras.utils.set_random_seed(0)
        gan = kgz.AdversarialAutoencoder(
            (8, 8, 1), latent_dim=5, num_classes=10, units=(200, 200), seed=0
        )
        gan.compile(
            reconstruction_weight=50 * weight,
            adversarial_weight=weight,
            updates="simultaneous",
            **{
                f"{p}_optimizer": keras.optimizers.Adam(1e-3, beta_1=0.5)
                for p in gan.players()
            },
        )
        gan.fit(batches, epochs=60, verbose=0)
        wrong = gan.classify(images[1200:]) != labels[1200:]
        errors[weight] = wrong.mean()
    assert errors[1.0] < 0.95 * errors[0.0]
