"""Scores of odd images: their formulas, encoders that learn, and heat maps."""

import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
from checks import EAGERLY, GANChecks, all_state, equal, scalar, to_numpy
from keras import layers, ops
from sklearn.metrics import roc_auc_score

import keras_gan_zoo as kgz
from keras_gan_zoo.control import anomaly, judged, learned_encoder
from keras_gan_zoo.engine import keras_private

SHAPE = (8, 8, 1)
IMAGES = np.random.default_rng(0).uniform(-1, 1, (6, *SHAPE))
IMAGES = IMAGES.astype("float32")


def vanilla(**kwargs):
    keras.utils.set_random_seed(0)
    arguments = {
        "latent_dim": 5,
        "generator_units": (16,),
        "discriminator_units": (12, 7),
        "seed": 0,
        **kwargs,
    }
    return kgz.VanillaGAN(SHAPE, **arguments)


def features(gan, images):
    """The features of a `vanilla` discriminator, layer by layer, in numpy."""
    x = images.reshape(len(images), -1)
    for index in range(2):
        dense = gan.discriminator.get_layer(f"hidden_{index}")
        x = x @ to_numpy(dense.kernel) + to_numpy(dense.bias)
        x = x.reshape(len(x), -1, 5).max(axis=2)
    return x


# ---------------------------------------------------------------- the scores


def test_auroc_is_scikit_learns(rng):
    scores = rng.integers(0, 9, 50).astype("float32")  # with ties
    odd = rng.random(50) < 0.3
    found = anomaly.AnomalyScores(scores, None, None)
    expected = roc_auc_score(odd, scores)
    assert found.auroc(odd) == pytest.approx(expected)
    assert found.auroc(np.where(odd, 5, 2)) == pytest.approx(expected)
    for wrong in (odd[1:], np.zeros(50)):
        with pytest.raises(ValueError, match="Odd images are compared"):
            found.auroc(wrong)


def test_a_score_is_its_formula():
    """By an encoder that is known: the same latents for all images."""
    gan = vanilla()
    latents = np.linspace(-1, 1, 5)
    constant = layers.Dense(
        5, kernel_initializer="zeros", bias_initializer=to_bias(latents)
    )
    inputs = keras.Input(SHAPE)
    outputs = constant(layers.Flatten()(inputs))
    encoder = kgz.control.LearnedEncoder.of(
        gan, keras.Model(inputs, outputs, name="encoder")
    )
    made = gan.generate(6, latents=np.tile(latents, (6, 1)))
    change = np.abs(IMAGES - made)
    far = np.abs(features(gan, IMAGES) - features(gan, made))
    found = kgz.control.anomaly_scores(encoder, IMAGES, batch_size=4)
    expected = (change**2).mean(axis=(1, 2, 3)) + (far**2).mean(axis=1)
    np.testing.assert_allclose(found.scores, expected, rtol=1e-4)
    np.testing.assert_allclose(found.maps, change[..., 0] ** 2, atol=1e-5)
    np.testing.assert_allclose(found.images, made, atol=1e-5)
    found = kgz.control.anomaly_scores(
        encoder,
        IMAGES,
        norm="absolute",
        pixel_weight=0.9,
        feature_weight=0.1,
    )
    expected = 0.9 * change.sum(axis=(1, 2, 3)) + 0.1 * far.sum(axis=1)
    np.testing.assert_allclose(found.scores, expected, rtol=1e-4)
    np.testing.assert_allclose(found.maps, change[..., 0], atol=1e-5)


def to_bias(values):
    return lambda shape, dtype=None: ops.convert_to_tensor(values, dtype)


def test_the_scores_of_pairs_use_the_latents_of_the_image():
    """As Zenati et al.: both images with the latents of the real one."""
    keras.utils.set_random_seed(0)
    gan = kgz.BiGAN(
        SHAPE,
        5,
        generator_units=(8,),
        encoder_units=(8,),
        discriminator_units=(9, 7),
    )
    kernels = [w for w in gan.weights if w.name == "kernel"]
    for seed, kernel in enumerate(kernels):
        kernel.assign(np.random.default_rng(seed).normal(0, 0.3, kernel.shape))
    found = kgz.control.anomaly_scores(gan, IMAGES)
    codes = gan.encode(IMAGES)
    made = gan.generate(6, latents=codes)
    network = gan.discriminator

    def seen(images):
        x = images.reshape(6, -1) * 0.5 + 0.5
        x = x @ to_numpy(network.get_layer("hidden_0").kernel)
        x = np.maximum(x, 0.2 * x)
        x = x @ to_numpy(network.get_layer("hidden_1").kernel)
        x = x + codes @ to_numpy(network.get_layer("latents_1").kernel)
        x = x / np.sqrt(1 + 1e-5)  # the first moving statistics
        return np.maximum(x, 0.2 * x)

    expected = 0.9 * np.abs(IMAGES - made).sum(axis=(1, 2, 3))
    expected = expected + 0.1 * np.abs(seen(IMAGES) - seen(made)).sum(axis=1)
    np.testing.assert_allclose(found.scores, expected, rtol=1e-3)


def test_the_search_finds_the_images_of_the_model():
    gan = kgz.from_preset("vanilla_gan_digits_8")
    normal = gan.generate(3, seed=0)
    odd = normal[:, ::-1] * np.float32(-0.5)
    images = np.concatenate([normal, odd])
    found = kgz.control.anomaly_scores(gan, images, steps=60, verbose=0)
    assert found.auroc([0, 0, 0, 1, 1, 1]) == 1.0
    # The score is that of the images which were found.
    measure = judged.distance(gan, "absolute", 0.9, 0.1)
    again = judged.differences(measure, images, found.images, 2)
    np.testing.assert_allclose(found.scores, again, rtol=1e-4)
    assert np.abs(found.images[:3] - normal).mean() < 0.3


@pytest.mark.parametrize(
    ("make", "there"),
    [
        (lambda: kgz.DCGAN(SHAPE, filters=4), True),
        (lambda: kgz.InfoGAN(SHAPE, filters=4, units=16), True),
        (lambda: kgz.SNGAN(SHAPE, filters=4), True),
        (lambda: kgz.WGANGP(SHAPE, filters=4), True),
        (lambda: kgz.SemiSupervisedGAN(SHAPE), True),
        (lambda: kgz.BiGAN(SHAPE), True),
        (lambda: kgz.ConditionalGAN(SHAPE, filters=4), False),
        (lambda: kgz.ProGAN(SHAPE, fmap_base=16, fmap_max=4), False),
        (lambda: vanilla(packing=2), False),
    ],
)
def test_which_discriminators_have_features(make, there):
    gan = make()
    found = judged.features_of(gan)
    assert (found is not None) == there
    if there:
        images = ops.convert_to_tensor(IMAGES)
        values = to_numpy(
            ops.stop_gradient(found(images, gan.judged_with(images)))
        )
        assert values.shape[0] == 6 and values.shape[1] > 1


def test_features_are_what_the_logit_is_made_of():
    gan = vanilla()
    network = judged.features_network(gan.discriminator)
    assert network is judged.features_network(gan.discriminator)
    np.testing.assert_allclose(
        network.predict(IMAGES, verbose=0),
        features(gan, IMAGES),
        rtol=1e-4,
        atol=1e-5,
    )
    shared = kgz.InfoGAN(SHAPE, filters=4, units=16).discriminator
    head = keras_private.before_last_kernel(shared)
    assert head is shared.get_layer("logits").input  # not that of Q


def test_classes_have_no_features_unless_asked_for():
    gan = kgz.ConditionalGAN(SHAPE, 3, filters=2)
    found = kgz.control.anomaly_scores(
        gan, IMAGES[:2], labels=1, steps=1, verbose=0
    )
    difference = np.abs(IMAGES[:2] - found.images)
    expected = 0.9 * difference.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(found.scores, expected, rtol=1e-4)
    with pytest.raises(ValueError, match="feature_weight=0 for a Cond"):
        kgz.control.anomaly_scores(gan, IMAGES, feature_weight=0.1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "encoder"}, "Only a model with an encoder"),
        ({"method": "psychic"}, "method"),
        ({"norm": "cubed"}, "norm of differences"),
        ({"pixel_weight": -1}, "at least 0"),
        ({"steps": 0}, "steps"),
    ],
)
def test_what_it_refuses(given, message):
    with pytest.raises(ValueError, match=message):
        kgz.control.anomaly_scores(vanilla(), IMAGES, verbose=0, **given)


# --------------------------------------------------------------- the encoder


class TestLearnedEncoder(GANChecks):
    cls = kgz.control.LearnedEncoder
    compile_arguments = {"feature_weight": 0.5, "ema_decay": 0.9}
    logs = {"e_loss", "pixel_loss", "feature_loss"}
    evaluations = {"generator": 1, "discriminator": 0, "encoder": 1}
    slow_checks = (
        *GANChecks.slow_checks,
        "test_a_player_moves_nobody_else",
        "test_bfloat16_trains",
        "test_evaluation_leaves_the_training_alone",
        "test_saved_before_it_is_compiled",
        "test_the_seed_decides",
    )

    def gan(self, **kwargs):
        return self.cls.of(vanilla(), **kwargs)

    def output_shape(self):
        return (4, *SHAPE)

    def test_config_round_trip(self, fresh):
        # A config with a network mixes tuples and lists, one in JSON.
        config = json.loads(json.dumps(fresh.get_config()))
        again = self.cls.from_config(json.loads(json.dumps(config)))
        assert json.loads(json.dumps(again.get_config())) == config
        assert again.latent_dim == 5

    def test_all_layers_of_the_encoder_learn(self, fresh):
        assert len(fresh.trainable_variables) == len(fresh.encoder.weights) == 6

    def test_what_monitors_see_are_samples_and_logits(self, trained):
        """Nothing: no generator learns."""

    def test_losses_agree_between_backends(self):
        """They have no noise, and the weights of `set_weights`."""


def test_the_loss_of_the_encoder_is_numpys():
    gan = vanilla()
    encoder = kgz.control.LearnedEncoder.of(gan)
    encoder.compile(feature_weight=0.3, **EAGERLY)
    found = encoder.losses((ops.array(IMAGES),), training=False)
    again = gan.generate(6, latents=encoder.encode(IMAGES))
    far = features(gan, IMAGES) - features(gan, again)
    expected = np.mean((IMAGES - again) ** 2) + 0.3 * np.mean(far**2)
    assert scalar(found.players["encoder"]) == pytest.approx(expected, rel=1e-4)
    rate = to_numpy(encoder.optimizer["encoder"].learning_rate)
    assert rate == pytest.approx(5e-5)
    scores = kgz.control.anomaly_scores(encoder, IMAGES).scores
    assert scores.mean() == pytest.approx(expected, rel=1e-4)


def test_it_takes_the_average_and_leaves_the_model_alone():
    gan = vanilla(dropout=0.0)
    gan.compile(ema_decay=0.5, **EAGERLY)
    gan.fit(IMAGES, batch_size=3, verbose=0)
    before = all_state(gan)
    encoder = kgz.control.LearnedEncoder.of(gan)
    encoder.compile(**EAGERLY)
    encoder.fit(IMAGES, batch_size=3, epochs=2, verbose=0)
    assert equal(before, all_state(gan))
    assert all(network.trainable for network in gan.networks().values())
    latents = np.ones((2, 5), "float32")
    np.testing.assert_allclose(
        encoder.generate(2, latents=latents), gan.generate(2, latents=latents)
    )


@pytest.mark.slow
def test_a_file_is_loaded_where_nobody_has_imported_it(tmp_path):
    encoder = kgz.control.LearnedEncoder.of(vanilla())
    encoder.save(tmp_path / "encoder.keras")
    np.save(tmp_path / "images.npy", IMAGES)
    code = (
        "import numpy as np, keras_gan_zoo as kgz;"
        "images = np.load('images.npy');"
        "np.save('codes.npy', kgz.load('encoder.keras').encode(images))"
    )
    root = str(pathlib.Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    codes = np.load(tmp_path / "codes.npy")
    np.testing.assert_allclose(codes, encoder.encode(IMAGES), atol=1e-5)


def test_which_models_have_no_learned_encoder():
    of = kgz.control.LearnedEncoder.of
    with pytest.raises(ValueError, match="Received: ConditionalGAN"):
        of(kgz.ConditionalGAN(SHAPE, filters=2))
    with pytest.raises(ValueError, match="Received: CycleGAN"):
        of(kgz.CycleGAN((16, 16, 1), filters=2, num_blocks=1, patch=16))
    changing = vanilla(augmentation="color")
    with pytest.raises(ValueError, match=r"Expected encoder=\.\.\."):
        of(changing)
    encoder = learned_encoder.build_encoder(vanilla().discriminator, 5)
    assert of(changing, encoder).encoder is encoder


@pytest.mark.slow
def test_an_encoder_learns_and_marks_a_scratch():
    """Of the digits preset, 8x8 pixels; 12 seconds of a processor."""
    every = kgz.data.digits(batch_size=1797)
    images = ops.convert_to_numpy(next(iter(every)))
    encoder = kgz.control.LearnedEncoder.of(
        kgz.from_preset("vanilla_gan_digits_8"), seed=0
    )
    encoder.compile(
        keras.optimizers.Adam(1e-3), feature_weight=0.1, steps_per_execution=14
    )
    data = kgz.data.arrays(images[:1400], batch_size=100, seed=0)
    encoder.fit(data, epochs=60, verbose=0)
    normal = images[1400:1600]
    scratched = normal.copy()
    scratched[:, :, 0] = scratched[:, 0, :] = 1.0  # two bright edges
    inside = np.zeros((8, 8), bool)
    inside[:, 0] = inside[0] = True
    found = kgz.control.anomaly_scores(
        encoder, np.concatenate([normal, scratched])
    )
    for network in (encoder.generator, encoder.discriminator):
        assert not network.trainable_variables
    assert found.auroc(np.repeat([0, 1], 200)) > 0.95
    maps = found.maps[200:]
    assert maps[:, inside].mean() > 5 * maps[:, ~inside].mean()
