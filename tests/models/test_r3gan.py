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
    float64,
    kill,
    num_trained,
    scalar,
    to_numpy,
    values_of,
)
from keras import ops

from keras_gan_zoo import R3GAN, callbacks, data, engine
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.r3gan import networks
from keras_gan_zoo.objectives import penalties
from keras_gan_zoo.objectives.schedules import Cosine

SMALL = {
    "image_shape": (8, 8, 1),
    "latent_dim": 4,
    "filters": 4,
    "group_size": 4,
    "blocks": 1,
}


class TestR3GAN(GANChecks):
    cls = R3GAN
    config = {**SMALL, "num_classes": 3}
    compile_arguments = {
        "burn_in_steps": 20,  # more than any check takes
        "penalty_weight": 0.5,
        "ema_decay": 0.9,
    }
    logs = {"d_loss", "g_loss", "penalty"}
    # R1 and R2 look once more each.
    evaluations = {"generator": 1, "discriminator": 4}
    weight_scale = 0.3
    # A rate that is a schedule cannot be set: see the class below.
    test_a_player_moves_nobody_else = None


class TestR3GANWithoutBurnIn(GANChecks):
    slow_checks = tuple(
        name
        for name in OF_VARIANTS_SLOW
        if name != "test_a_player_moves_nobody_else"
    )
    cls = R3GAN
    config = {
        **SMALL,
        "image_shape": (8, 10, 3),
        "filters": [4, 3],
        "augmentation": "translation,color",
    }
    compile_arguments = {"burn_in_steps": 0, "ema_decay": 0.9}
    logs = {"d_loss", "g_loss", "penalty"}
    evaluations = {"generator": 1, "discriminator": 4}
    weight_scale = 0.3


def small(**kwargs):
    keras.utils.set_random_seed(0)
    return R3GAN(**{**SMALL, **kwargs}, seed=0)


# ----------------------------------------------------------------- networks


@pytest.mark.parametrize(
    ("side", "num_classes", "generator", "discriminator"),
    [
        (64, None, 22_429_824, 22_381_440),
        (256, None, 23_057_952, 23_009_568),
        (32, 10, 20_781_952, 21_280_512),
    ],
)
def test_parameters_are_the_papers(side, num_classes, generator, discriminator):
    shape = (side, side, 3), num_classes
    with keras.StatelessScope():  # without making the weights
        found = [
            num_trained(build(*shape))
            for build in (
                networks.build_generator,
                networks.build_discriminator,
            )
        ]
    assert found == [generator, discriminator]


@pytest.mark.parametrize(
    ("shape", "message"),
    [((48, 48, 3), "32x32 or 64x64"), ((28, 28, 1), "16x16 or 32x32")],
)
def test_other_sizes_are_refused_with_the_nearest(shape, message):
    with pytest.raises(ValueError, match=message):
        R3GAN(shape)


def test_a_list_has_the_channels_of_each_resolution():
    with pytest.raises(ValueError, match="a list of 3 for shorter sides of 4,"):
        R3GAN((16, 16, 3), filters=[8, 4])
    gan = small(image_shape=(16, 16, 3), filters=[8, 6, 3], group_size=5)
    inner = [
        tuple(v.shape)
        for v in gan.generator.trainable_variables
        if "grouped/kernel" in v.path
    ]
    # Groups of 16, 12 and 6 channels: no divisor but 1 is one of 5.
    assert inner == [(3, 3, 1, 16), (3, 3, 1, 12), (3, 3, 1, 6)]
    assert networks.widths((256, 256, 3), 768) == [*[768] * 4, 384, 192, 96]


def test_the_blocks_change_nothing_at_first(rng):
    gan = small(image_shape=(16, 16, 1))
    images = rng.normal(size=(2, 16, 16, 1)).astype("float32")
    network = gan.discriminator
    first = network.get_layer("from_image").output
    names = [layer.name for layer in network.layers]
    block = network.get_layer("block_2_0").output
    assert "block_0_0" in names and "block_1_0" in names
    before, after = keras.Model(network.input, [first, block])(images)
    np.testing.assert_array_equal(to_numpy(before), to_numpy(after))


def test_the_first_weights_are_the_papers():
    """Their deviations: gain L^(-1/4) / sqrt(fan-in), L blocks in all."""
    keras.utils.set_random_seed(0)
    shape = (16, 16, 3)
    sizes = {"filters": [64, 64, 32], "num_classes": 50}
    gain = np.sqrt(2 / 1.04) * 6**-0.25
    both = {
        "from_image": 1 / np.sqrt(3),
        "image": 1 / np.sqrt(32),
        "up_2_channels": 1 / np.sqrt(64),
        "down_2_channels": 1 / np.sqrt(32),
        "scales": 1 / np.sqrt(128),
        "projection": 1 / np.sqrt(64),
        "block_0_1_expand": gain / np.sqrt(64),
        "block_2_0_expand": gain / np.sqrt(32),
        "block_1_0_grouped": gain / np.sqrt(9 * 16),
        "block_2_1_project": 0.0,
        "basis": {"constant": 1.0, "kernel": 1 / 4},
        "embedding": None,
    }
    found = set()
    for network, embedding in (
        (networks.build_generator(shape, latent_dim=64, **sizes), 1.0),
        (networks.build_discriminator(shape, **sizes), 1 / np.sqrt(64)),
    ):
        for variable in network.trainable_variables:
            layer, name = variable.path.split("/")[-2:]
            values = to_numpy(variable)
            if name == "bias":
                assert not values.any()
                continue
            expected = both.get(layer, {})
            if layer == "embedding":
                expected = embedding / np.sqrt(50)
            if isinstance(expected, dict):
                expected = expected.get(name)
            if expected is None:
                continue
            found.add(layer)
            # Ten standard errors of few hundred weights.
            error = expected * 5 / np.sqrt(values.size)
            assert values.std() == pytest.approx(expected, abs=error), layer
    assert found == set(both)


def resampled(x, double):
    """[1, 3, 3, 1] along both axes: twice as large, or half as large."""
    taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64
    before = 1
    if double:
        batch, height, width, channels = x.shape
        zeros = np.zeros((batch, 2 * height, 2 * width, channels))
        zeros[:, ::2, ::2] = 4 * x
        x, before = zeros, 2
    x = np.pad(x, ((0, 0), (before, 1), (before, 1), (0, 0)))
    height, width = x.shape[1] - 3, x.shape[2] - 3
    found = sum(
        taps[i, j] * x[:, i : i + height, j : j + width]
        for i in range(4)
        for j in range(4)
    )
    return found if double else found[:, ::2, ::2]


class Plain:
    """Applies the layers of a network by their names, in numpy."""

    def __init__(self, network):
        self.weights = {
            "/".join(v.path.split("/")[-2:]): to_numpy(v).astype("float64")
            for v in network.trainable_variables
        }

    def multiply(self, x, name):
        kernel = self.weights[f"{name}/kernel"]
        return x @ kernel.reshape(kernel.shape[-2:])

    def rectify(self, x, name):
        x = x + self.weights[f"{name}_act/bias"]
        return np.where(x > 0, x, 0.2 * x)

    def grouped(self, x, name):
        kernel = self.weights[f"{name}/kernel"]
        size = kernel.shape[2]
        _, height, width, channels = x.shape
        x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        found = []
        for start in range(0, channels, size):
            own = slice(start, start + size)
            found.append(
                sum(
                    x[:, i : i + height, j : j + width, own]
                    @ kernel[i, j, :, own]
                    for i in range(3)
                    for j in range(3)
                )
            )
        return np.concatenate(found, axis=-1)

    def block(self, x, name):
        y = self.multiply(x, f"{name}_expand")
        y = self.rectify(y, f"{name}_expand")
        y = self.grouped(y, f"{name}_grouped")
        y = self.rectify(y, f"{name}_grouped")
        return x + self.multiply(y, f"{name}_project")

    def generator(self, latents, labels):
        latents = np.concatenate(
            [latents, self.multiply(labels, "embedding")], axis=-1
        )
        x = self.multiply(latents, "scales")[:, None, None]
        x = x * self.weights["basis/constant"]
        x = self.block(x, "block_0_0")
        x = resampled(self.multiply(x, "up_1_channels"), double=True)
        return self.multiply(self.block(x, "block_1_0"), "image")

    def discriminator(self, images, labels):
        x = self.block(self.multiply(images, "from_image"), "block_1_0")
        x = self.multiply(resampled(x, double=False), "down_1_channels")
        x = self.block(x, "block_0_0")
        x = np.einsum("bhwc,hwc->bc", x, self.weights["basis/kernel"][..., 0])
        x = self.multiply(x, "projection")
        return np.sum(x * self.multiply(labels, "embedding"), -1, keepdims=True)


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_networks_are_what_numpy_computes(name, rng):
    gan = small(image_shape=(8, 12, 3), filters=[6, 4], num_classes=3)
    network = getattr(gan, name)
    for variable in network.trainable_variables:
        variable.assign(rng.normal(0, 0.5, variable.shape))
    shape = {"generator": (5, 4), "discriminator": (5, 8, 12, 3)}[name]
    first = rng.normal(size=shape).astype("float32")
    labels = np.eye(3, dtype="float32")[[0, 2, 1, 1, 0]]
    found = to_numpy(ops.stop_gradient(network([first, labels])))
    expected = getattr(Plain(network), name)(first, labels)
    assert np.std(expected) > 0.1
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


# ----------------------------------------------------------------- training


def test_the_settings_are_the_papers():
    """Table 9: FFHQ at 64x64, batches of 256."""
    gan = small()
    gan.compile()
    burn_in = 20_000_000 / 256
    for when, rate, beta_2, gamma, half_life in (
        (0, 2e-4, 0.9, 2.0, 0.0),
        (burn_in / 2, 1.25e-4, 0.945, 1.1, 250_000),
        (burn_in, 5e-5, 0.99, 0.2, 500_000),
        (3 * burn_in, 5e-5, 0.99, 0.2, 500_000),
    ):
        for player in gan.players():
            adam = gan.optimizer[player]
            adam.iterations.assign(round(when))
            found = scalar(adam.learning_rate), scalar(adam.beta_2)
            np.testing.assert_allclose(found, (rate, beta_2), rtol=1e-3)
            assert (adam.beta_1, adam.epsilon) == (0.0, 1e-8)
        assert scalar(gan.penalty_weight(when)) == pytest.approx(gamma, 1e-3)
        decay = 0.5 ** (256 / half_life) if half_life else 0.0
        assert scalar(gan.ema_decay(when)) == pytest.approx(decay, abs=1e-6)
    (regularizer,) = gan.regularizers
    assert regularizer.penalty.__name__ == "r1_r2"
    assert regularizer.every == 1
    assert type(gan.loss).__name__ == "RelativisticPaired"


def test_without_a_burn_in_there_are_the_last_values(tmp_path):
    gan = small()
    gan.compile(burn_in_steps=0, penalty_weight=0.3, ema_decay=0.99)
    gan.save(tmp_path / "gan.keras")
    for each in (gan, keras.saving.load_model(tmp_path / "gan.keras")):
        adam = each.optimizer["generator"]
        assert scalar(adam.learning_rate) == pytest.approx(5e-5)
        assert adam.beta_2 == 0.99
        assert (each.penalty_weight, each.ema_decay) == (0.3, 0.99)


def test_given_schedules_are_kept():
    gan = small()
    weight, decay = Cosine(3.0, 1.0, 5), Cosine(0.5, 0.9, 5)
    gan.compile(
        penalty_weight=weight,
        ema_decay=decay,
        burn_in_steps=7,
        discriminator_steps=2,
    )
    assert gan.penalty_weight is weight
    assert gan.ema_decay is decay
    rates = {n: gan.optimizer[n].get_config() for n in gan.players()}
    steps = {n: c["learning_rate"]["config"]["steps"] for n, c in rates.items()}
    assert steps == {"generator": 7, "discriminator": 14}
    gan.compile(penalty=None, ema_decay=None)
    assert not gan.averaged and not gan.regularizers
    assert R3GAN.compile_arguments_from(100) == {"burn_in_steps": 20}


@pytest.mark.parametrize("steps", [-1, 0.5])
def test_the_burn_in_is_a_number_of_steps(steps):
    with pytest.raises(ValueError, match="Expected burn_in_steps as an int"):
        small().compile(burn_in_steps=steps)


IMAGES = Image((8, 8, 1)).example(16)


def test_the_average_follows_its_schedule():
    """At first a copy, then a half-life that rises."""
    gan = small()
    gan.compile(burn_in_steps=2, ema_decay=0.9, **EAGERLY)
    average = None
    for step in range(3):
        gan.fit(IMAGES, batch_size=16, verbose=0)
        now = values_of(gan.generator.weights)
        if average is None:
            average = now
        share = (1 - np.cos(np.pi * min(step / 2, 1))) / 2
        decay = 0.9 ** (1 / share) if share else 0.0
        average = [
            decay * a + (1 - decay) * value for a, value in zip(average, now)
        ]
        for found, expected in zip(gan.ema_generator.weights, average):
            np.testing.assert_allclose(to_numpy(found), expected, atol=1e-6)


@pytest.mark.slow
def test_a_killed_training_resumes_its_schedules_exactly(tmp_path):
    def train(folder, *more):
        gan = small()
        gan.compile(burn_in_steps=6, ema_decay=0.9, **EAGERLY)
        backup = callbacks.Backup(tmp_path / folder, every_steps=1)
        batches = data.arrays(IMAGES, batch_size=8, seed=0)
        gan.fit(batches, epochs=2, verbose=0, callbacks=[*more, backup])
        assert int(gan.optimizer["generator"].iterations) == 4
        return all_state(gan)

    undisturbed = train("whole")
    with pytest.raises(KeyboardInterrupt):
        train("parts", AfterSteps(3, kill))
    assert equal(train("parts"), undisturbed)


def test_the_gradient_of_r1_and_r2_against_differences(rng, monkeypatch):
    """Along a random line of all weights of the discriminator."""
    # A rectifier has kinks.
    monkeypatch.setattr(ops, "leaky_relu", lambda x, slope: ops.softplus(x))
    with float64():
        network = small(group_size=2, num_classes=2).discriminator
        variables = network.trainable_variables
        for v in variables:
            v.assign(rng.normal(size=v.shape) / np.sqrt(max(v.shape[-2:])))
        real, fake, labels = (
            ops.convert_to_tensor(value, "float64")
            for value in (
                *rng.normal(size=(2, 3, 8, 8, 1)),
                np.eye(2)[[0, 1, 1]],
            )
        )

        def logits(images):
            return network([images, labels])

        def value():
            return penalties.r1_r2(logits, real, fake, None)

        def reference():
            squared = [
                penalties.squared_gradient_norm(logits, images)
                for images in (real, fake)
            ]
            squared = [to_numpy(ops.stop_gradient(each)) for each in squared]
            return np.mean(squared[0]) / 2 + np.mean(squared[1]) / 2

        before = [to_numpy(v) for v in variables]
        assert scalar(value()) == pytest.approx(reference(), rel=1e-5)
        # A step of SGD of length 1 is the gradient, subtracted.
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build(variables)
        engine.minimize(
            lambda: ({"one": value()}, None), {"one": (variables, optimizer)}
        )
        slopes = [b - to_numpy(v) for b, v in zip(before, variables)]
        ways = [rng.normal(size=b.shape) for b in before]
        found = sum(np.sum(s * w) for s, w in zip(slopes, ways))
        h, numeric = 1e-3, 0.0
        for steps, weight in ((2, -1), (1, 8), (-1, -8), (-2, 1)):
            for variable, start, way in zip(variables, before, ways):
                variable.assign(start + steps * h * way)
            numeric += weight * reference() / (12 * h)
    assert abs(numeric) > 1e-2
    assert found == pytest.approx(numeric, rel=1e-3)
