"""`augmentation="ada"`: every model controls it, saves it and resumes it."""

import json

import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    OF_VARIANTS_SLOW,
    AfterSteps,
    GANChecks,
    all_state,
    equal,
    feed_noise,
    kill,
    to_numpy,
    two_replicas,
    values_of,
)
from keras import ops
from test_augmented_discriminators import CASES, SHAPE, SMALL, batch_of

import keras_gan_zoo as kgz
from keras_gan_zoo import modalities
from keras_gan_zoo.families import adaptive
from keras_gan_zoo.families.frozen import passed_layers
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.layers import AdaptivePolicy

LOGS = {"ada_p", "real_sign"}


def layer_of(gan):
    (layer,) = adaptive.adaptive_layers(gan)
    return layer


class TestAdaptiveDCGAN(GANChecks):
    """In motion: p begins at 0.5 and moves by 1/8 at every fourth step."""

    slow_checks = OF_VARIANTS_SLOW
    cls = kgz.DCGAN
    config = {
        "image_shape": (8, 12, 3),
        "latent_dim": 5,
        "filters": 4,
        "discriminator_normalization": "layer",
        "augmentation": AdaptivePolicy(target=0.2, images=128),
    }
    compile_arguments = {"penalty": "r1", "discriminator_steps": 2}
    logs = {"d_loss", "g_loss", "penalty", *LOGS}

    def compiled(self, seed=0, **kwargs):
        gan = super().compiled(seed, **kwargs)
        layer_of(gan).p.assign(0.5)
        return gan


def build(name, arguments=(), augmentation="ada", **compiled):
    gan = getattr(kgz, name)(
        SHAPE,
        latent_dim=4,
        augmentation=augmentation,
        seed=0,
        **SMALL[name],
        **dict(arguments),
    )
    arguments = {
        "loss": "non_saturating",
        "penalty": None,
        "discriminator_steps": 1,
        **EAGERLY,
    }
    if name == "SemiSupervisedGAN":
        del arguments["loss"]  # it has its own
    gan.compile(**{**arguments, **compiled})
    return gan


def fit(gan, steps=1, **kwargs):
    x, *y = (np.concatenate([to_numpy(m)] * steps) for m in batch_of(gan))
    return gan.fit(x, *y, batch_size=6, shuffle=False, verbose=0, **kwargs)


@pytest.mark.one_backend
@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_every_latent_architecture_controls_it(name, arguments):
    gan = build(name, arguments)
    history = fit(gan).history
    assert set(history) >= LOGS
    sign, images, steps = to_numpy(layer_of(gan).seen)
    # A classifier compares the half without labels with generated images.
    num = 3 if name == "SemiSupervisedGAN" else 6
    assert (images, steps) == (num, 1)
    assert sign / images == pytest.approx(history["real_sign"][0])


def test_p_rises_at_the_fourth_step():
    gan = build("VanillaGAN", augmentation=AdaptivePolicy(-1, images=240))
    # The mean of no batch is below -1.
    gan.discriminator.get_layer("logits").bias.assign([5.0])
    fit(gan, 4)
    assert float(to_numpy(layer_of(gan).p)) == pytest.approx(0.1)
    assert not to_numpy(layer_of(gan).seen).any()


@pytest.mark.one_backend
@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_every_latent_architecture_keeps_the_policy(name, arguments):
    gan = build(name, arguments, AdaptivePolicy(p=0.25))
    config = json.loads(json.dumps(gan.get_config()))
    again = type(gan).from_config(config)
    assert again.get_config() == gan.get_config()
    assert layer_of(again).policy.p == 0.25
    assert float(to_numpy(layer_of(again).p)) == 0.25


def test_without_it_nothing_is_logged():
    for policy in (None, "cutout"):
        gan = build("DCGAN", augmentation=policy)
        assert not set(fit(gan).history) & LOGS


def test_what_is_logged(monkeypatch):
    """The mean sign of the logits that the discriminator's step saw."""
    gan = build("VanillaGAN", augmentation=AdaptivePolicy(p=0.5))
    seen = []
    original = adaptive.real_signs

    def watched(model, found, players):
        if "discriminator" in players:
            seen.append(to_numpy(ops.stop_gradient(found.pairs[0][2])))
        return original(model, found, players)

    monkeypatch.setattr(adaptive, "real_signs", watched)
    history = fit(gan).history if gan.run_eagerly else None
    if history is None:  # other backends compile
        gan.compile(loss="non_saturating", run_eagerly=True)
        history = fit(gan).history
    (logits,) = seen
    assert history["real_sign"] == pytest.approx([np.sign(logits).mean()])
    assert history["ada_p"] == [0.5]


@pytest.mark.parametrize(
    ("loss", "signs"),
    [
        ("non_saturating", [1, 1, 1, -1]),
        ("hinge", [1, 1, 1, -1]),
        ("least_squares", [-1, 1, 1, -1]),  # 0.5 is between the labels
        # The means are 1.25 and -1.5.
        ("wasserstein", [1, 1, 1, -1]),
        ("relativistic", [1, 1, 1, -1]),
        ("relativistic_paired", [1, 1, 1, -1]),
    ],
)
@pytest.mark.parametrize("shift", [0, 100])
def test_signs_are_those_of_a_discriminator_that_decides(loss, signs, shift):
    gan = build("VanillaGAN", loss=loss)
    real = np.array([[0.25], [1], [5], [-1.25]], "float32") + shift
    fake = np.array([[0.5], [-2], [-3], [-1.5]], "float32") + shift
    found = Losses(
        {},
        {},
        [tuple(map(ops.convert_to_tensor, (real, fake, real, fake)))],
        {},
    )
    if shift and gan.loss.boundary is not None:
        signs = [1, 1, 1, 1]
    sign, num = adaptive.real_signs(gan, found, ["discriminator"])
    assert float(sign) == np.mean(signs)
    assert float(num) == 4


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
@pytest.mark.parametrize("discriminator_steps", [1, 3])
def test_each_step_of_the_discriminator_counts_once(
    updates, discriminator_steps
):
    gan = build(
        "VanillaGAN", updates=updates, discriminator_steps=discriminator_steps
    )
    fit(gan)
    _, images, steps = to_numpy(layer_of(gan).seen)
    assert (images, steps) == (6, discriminator_steps)


def test_evaluation_changes_nothing_and_logs_p():
    gan = build("VanillaGAN", augmentation=AdaptivePolicy(images=10))
    layer_of(gan).p.assign(0.75)
    fit(gan)
    before = values_of(layer_of(gan).variables)
    x, *_ = batch_of(gan)
    found = gan.evaluate(to_numpy(x), verbose=0, return_dict=True)
    assert found["ada_p"] == 0.75
    # All logits count, without changes of the images.
    logits = to_numpy(ops.stop_gradient(gan.discriminator(x)))
    assert found["real_sign"] == pytest.approx(np.sign(logits).mean())
    assert equal(before, values_of(layer_of(gan).variables))


@pytest.mark.slow
def test_resumed_in_motion_it_goes_on_exactly(tmp_path):
    """A kill between two changes of p."""

    def trained(seed, *callbacks):
        keras.utils.set_random_seed(seed)
        gan = build("DCGAN", augmentation=AdaptivePolicy(-0.9, images=60))
        layer_of(gan).p.assign(0.5)
        images = modalities.Image(SHAPE).example(60, seed=0)
        data = kgz.data.arrays(images, batch_size=6)
        gan.fit(data, callbacks=list(callbacks), verbose=0)
        return gan

    whole = trained(0)
    assert float(to_numpy(layer_of(whole).p)) not in (0.0, 0.5)
    backup = kgz.callbacks.Backup(tmp_path, every_steps=3)
    with pytest.raises(KeyboardInterrupt):
        trained(0, backup, AfterSteps(7, kill))
    resumed = trained(1, kgz.callbacks.Backup(tmp_path, every_steps=3))
    assert equal(all_state(whole), all_state(resumed))


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.distribute"
)
def test_two_replicas_control_it_as_one_device_does(monkeypatch):
    feed_noise(monkeypatch)

    def trained():
        keras.utils.set_random_seed(0)
        gan = build("VanillaGAN", augmentation=AdaptivePolicy(0, images=96))
        layer_of(gan).p.assign(0.5)
        history = fit(gan, 6, epochs=1).history
        return gan, history

    one, logs = trained()
    with two_replicas().scope():
        two, shared = trained()
    assert abs(float(to_numpy(layer_of(one).p)) - 0.5) == 0.25
    for name, values in logs.items():
        np.testing.assert_allclose(shared[name], values, atol=1e-5)
    for a, b in zip(one.weights, two.weights, strict=True):
        np.testing.assert_allclose(
            to_numpy(b), to_numpy(a), atol=1e-5, err_msg=a.path
        )


def test_a_network_of_your_own_with_the_layer():
    inputs = keras.Input(SHAPE)
    x = AdaptivePolicy(images=50).layer()(inputs)
    x = keras.layers.Dense(1)(keras.layers.Flatten()(x))
    gan = kgz.VanillaGAN(
        SHAPE,
        latent_dim=4,
        generator_units=(8,),
        discriminator=keras.Model(inputs, x),
    )
    gan.compile(**EAGERLY)
    assert set(fit(gan).history) >= LOGS


def test_freezing_the_first_layers_does_not_count_it():
    plain, adaptive_one = (
        build("DCGAN", augmentation=policy, freeze_discriminator=1)
        for policy in (None, "ada")
    )
    names = [
        [[layer.name for layer in group] for group in passed_layers(network)]
        for network in (plain.discriminator, adaptive_one.discriminator)
    ]
    assert names[0] == names[1]
    assert not adaptive_one.discriminator.get_layer("downsample_0").trainable
    fit(adaptive_one)
    assert to_numpy(layer_of(adaptive_one).seen)[2] == 1


@pytest.mark.slow
def test_p_rises_on_few_images_and_stays_low_on_many():
    """An overfit discriminator is sure of the few images that it has seen."""
    images = np.concatenate(list(kgz.data.digits(batch_size=32)))
    found = {}
    for num in (32, len(images)):
        keras.utils.set_random_seed(0)
        gan = kgz.DCGAN(
            (8, 8, 1),
            filters=64,
            discriminator_normalization=None,
            augmentation=AdaptivePolicy(images=20_000),
            seed=0,
        )
        gan.compile()
        places = np.random.default_rng(0).integers(num, size=96_000)
        # At first the discriminator is sure of everything.
        gan.fit(images[places[:64_000]], batch_size=32, verbose=0)
        history = gan.fit(images[places[64_000:]], batch_size=32, verbose=0)
        found[num] = history.history["ada_p"][0], history.history["real_sign"]
    (few, (sign,)), (many, _) = found.values()
    assert few > 0.01
    assert sign == pytest.approx(0.6, abs=0.1)  # 0.98 without changes
    assert many < few / 4
