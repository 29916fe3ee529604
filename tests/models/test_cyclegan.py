import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    GANChecks,
    StoredLosses,
    evaluations,
    kernels,
    num_trained,
    to_numpy,
    values_of,
)

from keras_gan_zoo import CycleGAN
from keras_gan_zoo.blocks import patch as patchgan
from keras_gan_zoo.blocks import residual_translator

RNG = np.random.default_rng(0)
IMAGES_A = RNG.uniform(-1, 1, (4, 8, 12, 2)).astype("float32")
IMAGES_B = RNG.uniform(-1, 1, (4, 8, 12, 2)).astype("float32")


class TestCycleGAN(GANChecks):
    slow_checks = ("test_two_replicas_train_like_one_device",)
    cls = CycleGAN
    config = {
        "image_shape": (8, 12, 2),
        "channels_b": 1,
        "filters": 2,
        "num_blocks": 1,
        "num_halvings": 1,
        "patch": 1,
        "pool_size": 5,
        "normalization": "batch",
        "upsampling": "resize",
    }
    batch = (IMAGES_A, IMAGES_B[..., :1])
    logs = {"d_loss", "g_loss", "cycle_loss"}
    evaluations = {  # translate and cycle; fool, and two kinds of images
        "generator_ab": 2,
        "generator_ba": 2,
        "discriminator_a": 3,
        "discriminator_b": 3,
    }

    def outputs(self, gan):
        there = gan.translate(self.batch[0], to="b")
        assert there.shape == self.batch[1].shape
        return gan.translate(there, to="a")

    def output_shape(self):
        return self.batch[0].shape


class TestCycleGANWithIdentity(StoredLosses):
    cls = CycleGAN
    config = {
        "image_shape": (8, 12, 2),
        "filters": 2,
        "num_blocks": 1,
        "patch": 1,
        "pool_size": 6,
    }
    batch = (IMAGES_A, IMAGES_B)
    compile_arguments = {
        "loss": "relativistic",
        "cycle_weight": 5.0,
        "identity_weight": 0.25,
        "adversarial_weight": 1.0,
        "penalty": "r1",
        "discriminator_steps": 2,
        "updates": "alternating",
    }


def weights_after(*steps):
    """CycleGAN's weights after steps of such orders and rates.

    Returns one vector for the generators and one for the discriminators.
    """
    keras.utils.set_random_seed(0)
    gan = CycleGAN(**{**TestCycleGAN.config, "pool_size": 0})
    images = [x[:2] for x in TestCycleGAN.batch]
    for updates, g_rate, d_rate in steps:
        gan.compile(
            generator_optimizer=keras.optimizers.SGD(g_rate),
            discriminator_optimizer=keras.optimizers.SGD(d_rate),
            updates=updates,
            **EAGERLY,
        )
        gan.fit(*images, batch_size=2, verbose=0)
    return [
        np.concatenate([v.ravel() for v in values_of(gan.variables_of(player))])
        for player in ("generator", "discriminator")
    ]


def test_who_meets_whom():
    # At once: each meets the other as it was. In turns: the generators meet
    # the discriminators that have stepped.
    generators, _ = weights_after(("simultaneous", 0.1, 0.0))
    _, discriminators = weights_after(("simultaneous", 0.0, 0.1))
    after_them, _ = weights_after(
        ("simultaneous", 0.0, 0.1), ("simultaneous", 0.1, 0.0)
    )
    at_once = weights_after(("simultaneous", 0.1, 0.1))
    in_turns = weights_after(("alternating", 0.1, 0.1))
    np.testing.assert_allclose(at_once[0], generators, atol=1e-6)
    np.testing.assert_allclose(at_once[1], discriminators, atol=1e-6)
    np.testing.assert_allclose(in_turns[0], after_them, atol=1e-6)
    np.testing.assert_allclose(in_turns[1], discriminators, atol=1e-6)
    assert np.abs(generators - after_them).max() > 1e-5


@pytest.mark.parametrize(("side", "blocks"), [(128, 6), (256, 9)])
def test_the_papers_generator(side, blocks):
    network = residual_translator.build_generator((side, side, 3))
    assert kernels(network) == [
        (7, 7, 3, 64),
        (3, 3, 64, 128),
        (3, 3, 128, 256),
        *[(3, 3, 256, 256)] * (2 * blocks),
        (3, 3, 256, 128),
        (3, 3, 128, 64),
        (7, 7, 64, 3),
    ]
    if blocks == 9:
        assert round(num_trained(network) / 1e6, 1) == 11.4


@pytest.mark.parametrize("num_halvings", [1, 2, 3])
def test_the_blocks_work_at_the_size_that_halvings_leave(num_halvings):
    network = residual_translator.build_generator(
        (16, 32, 3), filters=2, num_blocks=1, num_halvings=num_halvings
    )
    block = network.get_layer("block_0_add").output
    images = np.zeros((1, 16, 32, 3), "float32")
    small = keras.Model(network.input, block)(images)
    scale = 2**num_halvings
    assert small.shape == (1, 16 // scale, 32 // scale, 2 * scale)
    assert network(images).shape == images.shape
    for wrong, message in (((12, 20, 3), "to 16x16"), ((8, 8, 3), "16x16")):
        with pytest.raises(ValueError, match=f"8, at least 16.*{message}"):
            residual_translator.build_generator(wrong, num_halvings=3)
    with pytest.raises(ValueError, match="num_halvings=0"):
        residual_translator.build_generator((16, 16, 3), num_halvings=0)


def test_the_papers_discriminator():
    network = patchgan.build_patch_discriminator((256, 256, 3))
    assert round(num_trained(network) / 1e6, 2) == 2.77
    assert network.output_shape == (None, 30, 30, 1)
    assert patchgan.receptive_field(3) == 70


@pytest.mark.parametrize("discriminator_steps", [1, 2])
def test_both_schedules_end_with_the_training(discriminator_steps):
    gan = TestCycleGAN().gan()
    gan.compile(
        total_steps=4, discriminator_steps=discriminator_steps, **EAGERLY
    )
    images = [x[:2] for x in TestCycleGAN.batch]
    for epochs, rate in ((3, 1e-4), (1, 0.0)):
        gan.fit(*images, batch_size=2, epochs=epochs, verbose=0)
        for player in ("generator", "discriminator"):
            found = float(gan.optimizer[player].learning_rate)
            assert found == pytest.approx(rate, abs=1e-9)


@pytest.mark.parametrize(
    ("loss", "weight"),
    [("least_squares", 2.0), ("hinge", 1.0), ("non_saturating", 1.0)],
)
def test_the_factor_of_the_paper_belongs_to_least_squares(loss, weight):
    gan = TestCycleGAN().gan()
    gan.compile(loss)
    assert gan.adversarial_weight == weight
    gan.compile(loss, adversarial_weight=0.5)
    assert gan.adversarial_weight == 0.5


def test_the_losses_are_the_papers():
    """Equation 3 and the identity loss of section 5.2, in numpy."""
    gan = TestCycleGANWithIdentity().gan()
    gan.compile()
    a, b = IMAGES_A, IMAGES_B

    def values(tensor):
        return to_numpy(keras.ops.stop_gradient(tensor)).astype(float)

    def run(network, x):
        return values(network(x.astype("float32"), training=False))

    fake_a, fake_b = run(gan.generator_ba, b), run(gan.generator_ab, a)
    fool = ((run(gan.discriminator_a, fake_a) - 1) ** 2).mean()
    fool += ((run(gan.discriminator_b, fake_b) - 1) ** 2).mean()
    cycle = np.abs(run(gan.generator_ba, fake_b) - a).mean()
    cycle += np.abs(run(gan.generator_ab, fake_a) - b).mean()
    identity = np.abs(run(gan.generator_ab, b) - b).mean()
    identity += np.abs(run(gan.generator_ba, a) - a).mean()
    tensors = [keras.ops.convert_to_tensor(x) for x in (a, b)]
    found = gan.losses(tensors, training=False)
    terms = found.logs["generator"]
    expected = fool + 10 * cycle + 0.5 * 10 * identity
    assert values(found.players["generator"]) == pytest.approx(
        expected, rel=1e-5
    )
    assert values(terms["cycle_loss"]) == pytest.approx(cycle / 2, rel=1e-5)
    assert values(terms["identity_loss"]) == pytest.approx(
        identity / 2, rel=1e-5
    )
    judged = 0.0
    for network, real, fake in (
        (gan.discriminator_a, a, fake_a),
        (gan.discriminator_b, b, fake_b),
    ):
        judged += ((run(network, real) - 1) ** 2).mean() / 2
        judged += (run(network, fake) ** 2).mean() / 2
    assert values(found.players["discriminator"]) == pytest.approx(
        judged, rel=1e-5
    )


def test_the_identity_loss_runs_each_generator_a_third_time(monkeypatch):
    gan = TestCycleGANWithIdentity().gan()
    gan.compile(updates="simultaneous", **EAGERLY)
    assert gan.identity_weight == 0.5
    assert evaluations(gan, (IMAGES_A, IMAGES_B), monkeypatch) == {
        "generator_ab": 3,
        "generator_ba": 3,
        "discriminator_a": 3,
        "discriminator_b": 3,
    }


def test_the_pool_is_used_and_kept(tmp_path):
    gan = TestCycleGANWithIdentity().compiled(**EAGERLY)
    for step in range(1, 4):
        gan.fit(IMAGES_A, IMAGES_B, batch_size=4, verbose=0)
        assert int(gan.pool_a.count) == min(6, 4 * step)
    kept = to_numpy(gan.pool_b.images)
    assert (np.abs(kept).max(axis=(1, 2, 3)) > 0).all()
    gan.evaluate(IMAGES_A, IMAGES_B, verbose=0)
    np.testing.assert_array_equal(kept, to_numpy(gan.pool_b.images))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(kept, to_numpy(loaded.pool_b.images))
    assert int(loaded.pool_a.count) == 6


def test_a_batch_larger_than_the_pool():
    gan = TestCycleGAN().compiled()
    images = [np.concatenate([x, x]) for x in TestCycleGAN.batch]
    with pytest.raises(ValueError, match="pool_size=5"):
        gan.fit(*images, batch_size=6, verbose=0)


def test_identity_between_different_domains():
    gan = TestCycleGAN().gan()
    with pytest.raises(ValueError, match="2 and 1 channels"):
        gan.compile(identity_weight=0.5)


@pytest.mark.parametrize("image_shape", [(30, 32, 3), (4, 4, 3)])
def test_sizes_that_cannot_be(image_shape):
    with pytest.raises(ValueError, match="multiples of 4"):
        CycleGAN(image_shape)


def test_translation_takes_any_size_and_knows_its_domains():
    gan = TestCycleGAN().gan()
    images = RNG.uniform(-1, 1, (2, 9, 13, 1))
    assert gan.translate(images, to="a").shape == (2, 9, 13, 2)
    with pytest.raises(ValueError, match="to='a' or to='b'"):
        gan.translate(images, to="c")
    with pytest.raises(ValueError, match="do not fit"):
        gan.translate(images, to="b")


def test_one_player_is_both_generators():
    gan = TestCycleGAN().gan()
    players = gan.players()
    assert players["generator"] == [gan.generator_ab, gan.generator_ba]
    assert players["discriminator"] == [
        gan.discriminator_a,
        gan.discriminator_b,
    ]
    assert len(values_of(gan.variables_of("generator"))) == sum(
        len(n.trainable_variables) for n in players["generator"]
    )
