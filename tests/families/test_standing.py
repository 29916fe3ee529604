import keras
import numpy as np
import pytest
from checks import equal, to_numpy, values_of
from keras import layers, ops

from keras_gan_zoo import DCGAN, SNGAN, ConditionalGAN, InfoGAN, VanillaGAN
from keras_gan_zoo.families import standing
from keras_gan_zoo.layers import (
    BatchNormalization,
    ConditionalBatchNormalization,
    SpectralNormalization,
)

SHAPE = (8, 8, 1)


def normal_gan(kind=BatchNormalization):
    """A model with a Gaussian prior and one batch normalization."""
    latents = keras.Input((3,))
    dense = SpectralNormalization(layers.Dense(64, name="dense"))
    x = layers.Dropout(0.1)(dense(latents))
    x = layers.Activation("tanh")(kind(name="normal")(x))
    network = keras.Model(latents, layers.Reshape(SHAPE)(x), name="generator")
    gan = VanillaGAN(SHAPE, 3, discriminator_units=(4,), generator=network)
    gan.compile(ema_decay=0.5)
    images = np.random.default_rng(1).uniform(-1, 1, (8, *SHAPE))
    gan.fit(images.astype("float32"), batch_size=4, verbose=0)
    return gan


def statistics_of(gan):
    return [
        (to_numpy(layer.moving_mean), to_numpy(layer.moving_variance))
        for layer in standing.normalizations(gan.best("generator"))
    ]


def test_they_are_averages_over_batches():
    inputs = keras.Input((2,))
    labels = keras.Input((3,))
    x = layers.Dense(4, name="dense", bias_initializer="ones")(inputs)
    x = ConditionalBatchNormalization(momentum=0.7, name="normal")([x, labels])
    outputs = layers.Dense(1, name="outputs")(x)
    network = keras.Model([inputs, labels], outputs)
    rng = np.random.default_rng(0)
    batches = [
        [rng.normal(size=(5, 2)).astype("float32"), np.eye(3)[[0, 1, 2, 0, 1]]]
        for _ in range(7)
    ]
    standing.set_statistics(network, enumerate(batches))
    dense, normal = (network.get_layer(n) for n in ("dense", "normal"))
    hidden = [b[0] @ to_numpy(dense.kernel) + 1.0 for b in batches]
    for found, wanted in (
        (normal.moving_mean, [x.mean(axis=0) for x in hidden]),
        (normal.moving_variance, [x.var(axis=0) for x in hidden]),
    ):
        wanted = np.mean(wanted, axis=0)
        np.testing.assert_allclose(to_numpy(found), wanted, rtol=1e-5)
    assert normal.momentum == 0.7


@pytest.mark.parametrize(
    "kind", [BatchNormalization, layers.BatchNormalization]
)
def test_only_the_statistics_of_the_average_change(kind, tmp_path):
    gan = normal_gan(kind)
    standings = standing.normalizations(gan.ema_generator)
    own = {id(v) for layer in standings for v in layer.non_trainable_variables}
    rest = [v for v in all_variables(gan) if id(v) not in own]
    before, flags = values_of(rest), gan.ema_generator.trainable_variables
    start = statistics_of(gan)
    image = gan.generate(1, seed=0)
    gan.set_standing_statistics(num_batches=3, batch_size=5)
    assert equal(values_of(rest), before)
    assert gan.ema_generator.trainable_variables == flags == []
    assert not equal(start[0], statistics_of(gan)[0])
    changed = gan.generate(1, seed=0)
    assert not np.array_equal(changed, image)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras", compile=False)
    np.testing.assert_array_equal(again.generate(1, seed=0), changed)


def all_variables(gan):
    return [*gan.variables, *gan.optimizer.variables]


def test_arguments_decide():
    gan = normal_gan()

    def found(**arguments):
        gan.set_standing_statistics(3, 16, **arguments)
        return statistics_of(gan)[0]

    wanted = found(seed=0)
    assert not equal(wanted, found(seed=1))
    truncated = found(truncation=0.3)
    assert equal(wanted, found())  # whatever they were before
    assert truncated[1].mean() < 0.3 * wanted[1].mean()


@pytest.mark.parametrize(
    "gan",
    [
        DCGAN(SHAPE, 5, filters=2),
        InfoGAN(SHAPE, latent_dim=5, filters=2, units=4),
        ConditionalGAN(SHAPE, 3, 5, filters=2),
        ConditionalGAN(SHAPE, 3, 5, "projection", filters=2),
        SNGAN(SHAPE, 3, latent_dim=5, filters=2),
        SNGAN(SHAPE, latent_dim=5, filters=2),
    ],
)
def test_every_architecture_draws_its_inputs(gan):
    before = statistics_of(gan)
    gan.set_standing_statistics(2, 6)
    for start, end in zip(before, statistics_of(gan)):
        assert not equal(start, end)
    rng = np.random.default_rng(0)
    inputs = gan.random_inputs(4, rng)
    assert ops.shape(gan.generator(inputs)) == (4, *SHAPE)


def test_labels_are_drawn():
    gan = ConditionalGAN(SHAPE, 3, 5, filters=2)
    latents, labels = gan.random_inputs(300, np.random.default_rng(0), 0.5)
    assert np.abs(latents).max() <= 0.5
    assert set(np.unique(labels)) == {0, 1}
    assert (labels.sum(axis=1) == 1).all()
    assert (labels.sum(axis=0) > 70).all()


def test_a_generator_without_batch_normalization_is_explained():
    gan = VanillaGAN(SHAPE, 2, generator_units=(4,))
    with pytest.raises(ValueError, match="VanillaGAN, which has none"):
        gan.set_standing_statistics()
    with pytest.raises(ValueError, match="num_batches=0"):
        normal_gan().set_standing_statistics(0)
