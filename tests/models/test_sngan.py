import itertools
import math

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
    kill,
    num_trained,
    set_weights,
    to_numpy,
)

from keras_gan_zoo import SNGAN, callbacks, data
from keras_gan_zoo.layers import SpectralNormalization
from keras_gan_zoo.objectives import losses

SMALL = {"image_shape": (8, 8, 1), "latent_dim": 5, "filters": 2}
# Five steps of several images each. On a processor PyTorch has no gradient of
# a convolution to one channel if it gets a single small image.
BATCH_SIZE = 20


class TestSNGAN(GANChecks):
    slow_checks = (
        "test_eager_and_compiled_step_agree",
        "test_two_replicas_train_like_one_device",
    )
    cls = SNGAN
    batch_size = BATCH_SIZE
    config = {**SMALL, "num_classes": 3, "augmentation": "translation,color"}
    compile_arguments = {
        "loss": "non_saturating",  # a hinge is flat for the bias at first
        "discriminator_steps": 2,
        "ema_decay": 0.9,
    }
    # By default the discriminator takes five steps.
    evaluations = {"generator": 5, "discriminator": 10}


class TestSNGANWithoutClasses(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = SNGAN
    batch_size = BATCH_SIZE
    config = SMALL
    compile_arguments = {"loss": "non_saturating", "discriminator_steps": 1}
    evaluations = {"generator": 5, "discriminator": 10}


class TestPlainSNGAN(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = SNGAN
    batch_size = BATCH_SIZE
    config = {**SMALL, "num_classes": 3, "network": "plain"}
    compile_arguments = {"loss": "non_saturating", "discriminator_steps": 1}
    evaluations = {"generator": 5, "discriminator": 10}


def small(**kwargs):
    keras.utils.set_random_seed(0)
    return SNGAN(**{**SMALL, "seed": 0, **kwargs})


def normalized(network):
    """All layers with spectral normalization."""
    return [
        layer
        for layer in network._flatten_layers()
        if isinstance(layer, SpectralNormalization)
    ]


def kernels(network):
    """Sorted shapes of all kernels."""
    return sorted(
        tuple(v.shape)
        for v in network.trainable_variables
        if v.name == "kernel"
    )


# ------------------------------------------------------------------ networks


@pytest.mark.parametrize(
    ("num_classes", "generator", "discriminator"),
    [(None, 4_276_739, 1_053_824), (10, 4_304_387, 1_055_104)],
)
def test_parameters_are_the_papers(num_classes, generator, discriminator):
    gan = SNGAN(num_classes=num_classes)
    assert num_trained(gan.generator) == generator
    # The official file for CIFAR-10 has no bias in the last layer.
    assert num_trained(gan.discriminator) == discriminator + 1


@pytest.mark.parametrize(
    ("num_classes", "scales", "embedding"),
    [(None, 1, 0), (10, 10, 10 * 4 * 4 * 512)],
)
def test_parameters_of_the_plain_network_are_the_papers(
    num_classes, scales, embedding
):
    """Table 3; a scale and a shift after the dense layer come with it."""
    gan = SNGAN(num_classes=num_classes, network="plain")
    table = 3_812_355 + 2 * 512
    extra = (scales - 1) * 2 * (512 + 256 + 128 + 64)
    assert num_trained(gan.generator) == table + extra
    assert num_trained(gan.discriminator) == 2_935_873 + embedding


def test_layers_of_the_plain_network_are_the_papers():
    gan = SNGAN(filters=8, network="plain")  # 64, divided by 8
    assert kernels(gan.generator) == sorted(
        [
            (128, 4 * 4 * 64),
            (4, 4, 32, 64),  # transposed: channels of the output first
            (4, 4, 16, 32),
            (4, 4, 8, 16),
            (3, 3, 8, 3),
        ]
    )
    assert kernels(gan.discriminator) == sorted(
        [
            (3, 3, 3, 8),
            (4, 4, 8, 8),
            (3, 3, 8, 16),
            (4, 4, 16, 16),
            (3, 3, 16, 32),
            (4, 4, 32, 32),
            (3, 3, 32, 64),
            (4 * 4 * 64, 1),
        ]
    )
    slopes = [
        layer.negative_slope
        for layer in gan.discriminator.layers
        if isinstance(layer, keras.layers.LeakyReLU)
    ]
    assert slopes == [0.1] * 7


def test_large_plain_networks_are_not_wider_than_the_papers():
    gan = SNGAN((128, 128, 3), filters=2, network="plain")
    widths = {shape[-1] for shape in kernels(gan.discriminator)}
    assert max(widths) == 8 * 2


@pytest.mark.parametrize(
    ("side", "first", "up", "down", "keep"),
    [
        # Tables 4, 5 and 6 in units of the narrowest width.
        (32, (4, 4), [4, 4, 4], [2, 2], [2, 2]),
        (48, (6, 8), [4, 2, 1], [1, 2, 4, 8], [16]),
        (128, (4, 16), [16, 8, 4, 2, 1], [1, 2, 4, 8, 16], [16]),
    ],
)
def test_widths_are_the_papers(side, first, up, down, keep):
    gan = SNGAN((side, side, 3), filters=2)
    base, width = first
    expected = [(128, base * base * width * 2), (3, 3, 2 * up[-1], 3)]
    for before, after in itertools.pairwise(2 * w for w in (width, *up)):
        expected += [
            (3, 3, before, after),
            (3, 3, after, after),
            (1, 1, before, after),
        ]
    assert kernels(gan.generator) == sorted(expected)
    expected = [(2 * keep[-1], 1)]
    widths = [3, *(2 * w for w in (*down, *keep))]
    for place, (before, after) in enumerate(itertools.pairwise(widths)):
        # The first block has the channels of its output in the middle, the
        # others those of their input.
        middle = before if place else after
        expected += [(3, 3, before, middle), (3, 3, middle, after)]
        if before != after or place < len(down):
            expected.append((1, 1, before, after))
    assert kernels(gan.discriminator) == sorted(expected)


def test_kernels_start_with_the_papers_gains():
    """Glorot, times the root of 2 for 3x3; max |W| is its bound or little
    less."""
    keras.utils.set_random_seed(0)
    gan = SNGAN(filters=16, seed=0)
    checked = 0
    for network in (gan.generator, gan.discriminator):
        for variable in network.trainable_variables:
            size = math.prod(variable.shape)
            if variable.name != "kernel" or size < 1000:
                continue
            side = math.prod(variable.shape[:-2])
            gain = 2 if side == 9 else 1
            fans = side * sum(variable.shape[-2:])
            bound = math.sqrt(gain * 6 / fans)
            largest = np.abs(to_numpy(variable)).max()
            assert 0.98 * bound < largest <= bound * 1.001, variable.path
            checked += 1
    assert checked > 15


def test_plain_kernels_start_with_the_deviation_of_the_authors_code():
    keras.utils.set_random_seed(0)
    gan = SNGAN(filters=16, network="plain", seed=0)
    for network in (gan.generator, gan.discriminator):
        for variable in network.trainable_variables:
            if variable.name == "kernel":
                assert to_numpy(variable).std() == pytest.approx(0.02, rel=0.2)


def test_unknown_network_is_explained():
    with pytest.raises(ValueError, match="Did you mean 'residual'"):
        SNGAN(network="residuals")


# ----------------------------------------------------- spectral normalization


def divisor(layer):
    """What a layer divides its kernel by, from what it does."""
    shape = (1, *layer.input.shape[1:])
    x = np.random.RandomState(0).normal(size=shape).astype("float32")
    bias = to_numpy(layer.layer.bias) if layer.layer.use_bias else 0
    plain = to_numpy(layer.layer(x)) - bias
    divided = to_numpy(layer(x)) - bias
    return (plain * divided).sum() / (divided * divided).sum()


@pytest.mark.slow
@pytest.mark.parametrize("network", ["residual", "plain"])
def test_divisors_are_numpys_singular_values_after_50_steps(network):
    keras.utils.set_random_seed(0)
    discriminator = SNGAN(
        (32, 32, 3), num_classes=10, filters=2, network=network, seed=0
    ).discriminator
    # The same on every backend: how fast it converges depends on the start.
    set_weights(discriminator)
    found = [v for v in discriminator.trainable_variables if v.name == "kernel"]
    layers = normalized(discriminator)
    assert {id(layer.layer.kernel) for layer in layers} == set(map(id, found))
    assert len(layers) == {"residual": 12, "plain": 9}[network]
    batch = [np.zeros((1, 32, 32, 3), "float32"), np.eye(10)[:1].astype("f")]
    batch = [keras.ops.convert_to_tensor(member) for member in batch]
    before = [to_numpy(variable) for variable in found]
    for _ in range(50):
        discriminator(batch, training=True)
    assert equal(before, [to_numpy(variable) for variable in found])
    for layer in layers:
        kernel = to_numpy(layer.layer.kernel)
        matrix = kernel.reshape(-1, kernel.shape[-1])
        expected = np.linalg.svd(matrix, compute_uv=False)[0]
        assert divisor(layer) == pytest.approx(expected, rel=0.01), layer.name


def test_the_generator_has_no_spectral_normalization():
    assert not normalized(small().generator)


def test_logits_are_a_dense_layer_and_a_projection():
    """Miyato & Koyama (2018), equation 3, with the last features."""
    network = small(num_classes=3).discriminator
    rng = np.random.RandomState(0)
    images = rng.uniform(-1, 1, (6, 8, 8, 1)).astype("float32")
    labels = np.eye(3, dtype="float32")[[0, 1, 2, 2, 1, 0]]
    inputs = list(map(keras.ops.convert_to_tensor, (images, labels)))
    last = network.get_layer("block_3").output
    maps = to_numpy(keras.Model(network.inputs, last)(inputs))
    features = np.maximum(maps, 0).sum((1, 2))
    dense, embedding = (
        network.get_layer(f"{name}_sn") for name in ("logits", "embedding")
    )
    dense.layer.bias.assign([0.7])
    weights, table = (
        to_numpy(layer.layer.kernel) / divisor(layer)
        for layer in (dense, embedding)
    )
    assert weights.shape == (4, 1)
    expected = features @ weights + 0.7
    expected += (features * table[[0, 1, 2, 2, 1, 0]]).sum(1, keepdims=True)
    found = to_numpy(network(inputs))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


# ------------------------------------------------------------------ training


def test_the_default_training_is_the_papers():
    gan = small()
    gan.compile()
    assert isinstance(gan.loss, losses.Hinge)
    assert gan.discriminator_steps == 5
    for player in gan.players():
        adam = gan.optimizer[player]
        assert isinstance(adam, keras.optimizers.Adam)
        assert float(to_numpy(adam.learning_rate)) == pytest.approx(2e-4)
        assert (adam.beta_1, adam.beta_2) == (0.0, 0.9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [EAGERLY, pytest.param({}, marks=pytest.mark.slow)],
    ids=["eager", "compiled"],
)
def test_resumed_between_steps_of_five_it_ends_the_same(settings, tmp_path):
    images = np.random.RandomState(0).uniform(-1, 1, (30, 8, 8, 1))
    images, labels = images.astype("float32"), np.arange(30) % 3

    def train(folder, seed, *more):
        gan = SNGAN(**SMALL, num_classes=3, network="plain", seed=seed)
        gan.compile(ema_decay=0.9, **settings)
        backup = callbacks.Backup(tmp_path / folder, every_steps=1)
        batches = data.arrays(images, labels, batch_size=10)
        gan.fit(batches, epochs=1, verbose=0, callbacks=[*more, backup])
        return gan

    keras.utils.set_random_seed(0)
    expected = train("undisturbed", 0)
    assert int(expected.optimizer["discriminator"].iterations) == 15
    assert int(expected.optimizer["generator"].iterations) == 3
    keras.utils.set_random_seed(0)
    with pytest.raises(KeyboardInterrupt):
        train("killed", 0, AfterSteps(2, kill))
    assert equal(all_state(train("killed", 1)), all_state(expected))
