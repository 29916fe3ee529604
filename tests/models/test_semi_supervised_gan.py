"""The semi-supervised GAN: networks, losses, and what it learns."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, GANChecks, scalar, to_numpy
from keras import ops

import keras_gan_zoo as kgz
from keras_gan_zoo.control import search
from keras_gan_zoo.layers import WeightNormalization
from keras_gan_zoo.models.semi_supervised_gan import networks

SHAPE = (6, 5, 1)


class TestSemiSupervisedGAN(GANChecks):
    cls = kgz.SemiSupervisedGAN
    config = {
        "image_shape": SHAPE,
        "num_classes": 3,
        "latent_dim": 4,
        "generator_units": (8, 7),
        "discriminator_units": (12, 8),
        "input_noise": 0.1,
        "hidden_noise": 0.2,
        "augmentation": "color",
    }
    compile_arguments = {"matching": "absolute", "unsupervised_weight": 0.7}
    logs = {"d_loss", "g_loss", "supervised_loss", "accuracy"}
    # In the first step, one more for the scales of weight normalization.
    evaluations = {"generator": 1, "discriminator": 3}

    def test_a_player_moves_nobody_else(self, monkeypatch):
        # The first batch sets scales and biases of the discriminator.
        monkeypatch.delattr(self.cls, "before_first_step")
        super().test_a_player_moves_nobody_else()


def test_the_networks_are_the_papers():
    gan = kgz.SemiSupervisedGAN()
    counts = [
        sum(int(np.prod(v.shape)) for v in network.trainable_variables)
        for network in (gan.generator, gan.discriminator)
    ]
    assert counts == [694_568, 1_538_770]
    noises = [
        layer.stddev
        for layer in gan.discriminator.layers
        if isinstance(layer, keras.layers.GaussianNoise)
    ]
    assert noises == [0.3] + 5 * [0.5]
    scales = [
        layer.train_scale
        for layer in gan.discriminator.layers
        if isinstance(layer, WeightNormalization)
    ]
    assert scales == 5 * [False] + [True]
    rate, beta = 3e-3, 0.5
    gan.compile()
    for player in gan.players():
        optimizer = gan.optimizer[player]
        assert float(to_numpy(optimizer.learning_rate)) == pytest.approx(rate)
        assert optimizer.beta_1 == beta


def small(**kwargs):
    keras.utils.set_random_seed(0)
    return kgz.SemiSupervisedGAN(
        SHAPE,
        num_classes=3,
        latent_dim=4,
        generator_units=(8,),
        discriminator_units=(12, 8),
        seed=0,
        **kwargs,
    )


def a_batch(rng, num=6):
    images = rng.uniform(-1, 1, (num, *SHAPE)).astype("float32")
    labels = np.array([2, 0, -1, -1, 1, -1])[:num]
    return images, labels


def logsumexp(logits):
    return np.log(np.exp(logits.astype("float64")).sum(axis=-1))


def test_the_losses_are_numpys(rng):
    gan = small(input_noise=0.0, hidden_noise=0.0)
    gan.compile(unsupervised_weight=0.3, **EAGERLY)
    images, labels = a_batch(rng)
    batch = gan.members((images, labels))
    found = gan.losses(batch, training=False, seed=3)
    latents = to_numpy(gan.sample_latents(3, 3))
    fake = ops.stop_gradient(gan.generator(latents, training=False))
    logits, features = map(to_numpy, gan.discriminator(images, training=False))
    fakes, fake_features = map(
        to_numpy, gan.discriminator(fake, training=False)
    )
    known = labels >= 0
    supervised = np.mean(
        logsumexp(logits[known]) - logits[known][np.arange(3), labels[known]]
    )
    real, made = logsumexp(logits[~known]), logsumexp(fakes)
    # D = Z / (Z + 1), by its definition.
    share = np.exp(real) / (np.exp(real) + 1)
    fake_share = np.exp(made) / (np.exp(made) + 1)
    unsupervised = (-np.log(share).mean() - np.log(1 - fake_share).mean()) / 2
    difference = features[~known].mean(axis=0) - fake_features.mean(axis=0)
    expected = {
        "generator": np.mean(difference**2),
        "discriminator": supervised + 0.3 * unsupervised,
    }
    for player, value in expected.items():
        assert scalar(found.players[player]) == pytest.approx(value, rel=1e-4)
    right = logits[known].argmax(axis=1) == labels[known]
    logs = found.logs["discriminator"]
    assert scalar(logs["accuracy"]) == pytest.approx(right.mean())


@pytest.mark.parametrize("missing", ["labels", "others"])
def test_batches_that_lack_one_half_are_finite(rng, missing):
    gan = small()
    gan.compile(**EAGERLY)
    images, _ = a_batch(rng)
    labels = np.full(6, -1) if missing == "labels" else np.arange(6) % 3
    history = gan.fit(images, labels, verbose=0).history
    assert np.isfinite([*history.values()]).all()
    assert (history["supervised_loss"][0] == 0) == (missing == "labels")


def test_rows_are_as_good_as_numbers(rng):
    images, labels = a_batch(rng)
    rows = kgz.modalities.PartialLabel(3).rows(labels)
    histories = []
    for given in (labels, rows):
        gan = small()
        gan.compile(**EAGERLY)
        histories.append(gan.fit(images, given, verbose=0).history)
    assert histories[0] == histories[1]


def test_the_first_batch_initializes_all_units(rng):
    gan = small(input_noise=0.0, hidden_noise=0.0)
    gan.compile(discriminator_optimizer=keras.optimizers.SGD(0.0), **EAGERLY)
    images = rng.uniform(-1, 1, (64, *SHAPE)).astype("float32")
    gan.fit(images, np.full(64, -1), batch_size=64, verbose=0)
    outputs = [
        layer.output
        for layer in gan.discriminator.layers
        if isinstance(layer, WeightNormalization)
    ]
    before = keras.Model(gan.discriminator.input, outputs)(images)
    assert len(before) == 3
    for values in map(to_numpy, before):
        np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(values.std(axis=0), 1, rtol=1e-2)
    scale = gan.discriminator.get_layer("hidden_0_wn").scale
    before = to_numpy(scale)
    gan.fit(images / 3, np.full(64, -1), verbose=0)  # goes on from there
    np.testing.assert_array_equal(to_numpy(scale), before)


def test_it_classifies_by_the_average(rng):
    gan = small()
    gan.compile(ema_decay=0.9, **EAGERLY)
    images, labels = a_batch(rng)
    gan.fit(images, labels, epochs=3, verbose=0)
    logits, _ = gan.ema_discriminator(images, training=False)
    logits = to_numpy(logits)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = gan.class_probabilities(images)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    np.testing.assert_array_equal(gan.classify(images), expected.argmax(1))
    known = labels >= 0
    scores = gan.evaluate(images, labels, verbose=0, return_dict=True)
    right = gan.classify(images[known]) == labels[known]
    assert scores["accuracy"] == pytest.approx(right.mean())


def test_inpainting_asks_whether_an_image_is_real(rng):
    gan = small()
    images = ops.convert_to_tensor(a_batch(rng)[0])
    logits, _ = gan.discriminator(images, training=False)
    powers = np.exp(to_numpy(ops.stop_gradient(logits))).sum(axis=1)
    found = to_numpy(ops.stop_gradient(search.doubts(gan, images, [])))
    expected = -np.log(powers / (powers + 1))  # -log D
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_what_it_refuses(rng):
    gan = small()
    images, labels = a_batch(rng)
    with pytest.raises(ValueError, match=r"\(batch, 6, 5, 1\)"):
        gan.classify(images[:, :4])
    with pytest.raises(ValueError, match="matching of features"):
        gan.compile(matching="cosine")
    with pytest.raises(ValueError, match="loss='hinge'"):
        gan.compile(loss="hinge")
    gan.compile(**EAGERLY)
    with pytest.raises(ValueError, match=r"Received: \[-2, -2, -2\]"):
        gan.fit(images, labels - 1, verbose=0)
    with pytest.raises(ValueError, match="labels"):
        gan.fit(images, verbose=0)


@pytest.mark.slow
def test_few_labels_and_many_images_beat_few_labels_alone():
    """Three labels of each digit, 8x8 pixels; 9 seconds of a processor."""
    every = kgz.data.digits(batch_size=1797, labels=True)
    images, labels = map(ops.convert_to_numpy, next(iter(every)))
    batches = kgz.data.semi_supervised(
        images[:1200], labels[:1200], labels_per_class=3, batch_size=60
    )
    errors = {}
    for weight in (1.0, 0.0):
        keras.utils.set_random_seed(0)
        gan = kgz.SemiSupervisedGAN(
            (8, 8, 1),
            latent_dim=32,
            generator_units=(128, 128),
            discriminator_units=(200, 100, 100),
            seed=0,
        )
        gan.compile(
            unsupervised_weight=weight, ema_decay=0.99, updates="simultaneous"
        )
        gan.fit(batches, epochs=15, verbose=0)
        wrong = gan.classify(images[1200:]) != labels[1200:]
        errors[weight] = wrong.mean()
    assert errors[1.0] < 0.75 * errors[0.0]
    assert errors[1.0] < 0.16


def test_a_generator_of_odd_shapes():
    generator = networks.build_generator((3, 5, 2), latent_dim=4, units=(6,))
    assert generator.output_shape == (None, 3, 5, 2)
