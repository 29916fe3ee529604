"""Penalties of weights against numpy, on every backend."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, scalar, to_numpy, values_of
from keras import layers, ops

import keras_gan_zoo as kgz
from keras_gan_zoo import engine
from keras_gan_zoo.layers import EqualizedConv2D, SpectralNormalization
from keras_gan_zoo.objectives.regularizers import Regularizer
from keras_gan_zoo.objectives.weights import Orthogonal, WeightPenalty


def network():
    """All kinds of kernels; an embedding, biases, a normalization."""
    numbers = keras.Input((3,), dtype="int32")
    x = layers.Embedding(5, 4)(numbers)
    x = layers.Reshape((1, 3, 4))(x)
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same")(x)
    x = kgz.layers.BatchNormalization()(x)
    x = SpectralNormalization(layers.Conv2D(5, 3, padding="same"))(x)
    x = EqualizedConv2D(3, 1)(x)
    x = layers.Dense(2)(layers.Flatten()(x))
    frozen = layers.Dense(3)
    frozen.trainable = False
    x = frozen(x)
    return keras.Model(numbers, layers.Dense(1)(x))


def matrices(model):
    """The kernels that count, in their order, as (inputs, units) in numpy."""
    found = []
    for variable in model.trainable_variables:
        if variable.name != "kernel":
            continue
        value = to_numpy(variable)
        if variable.shape == (3, 3, 6, 4):  # the transposed convolution
            value = np.moveaxis(value, 2, 3)
        found.append(value.reshape(-1, value.shape[-1]))
    return found


def off_diagonal(matrix):
    return matrix.T @ matrix * (1 - np.eye(matrix.shape[1]))


def test_orthogonal_is_numpys():
    model = network()
    found = matrices(model)
    assert [m.shape[1] for m in found] == [6, 5, 3, 2, 1]
    expected = sum((off_diagonal(m) ** 2).sum() for m in found)
    assert expected > 1
    assert scalar(Orthogonal()(model)) == pytest.approx(expected, rel=1e-4)


def test_orthogonal_units_of_any_length_cost_nothing(rng):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])
    units, _ = np.linalg.qr(rng.normal(size=(8, 4)))
    model.set_weights([units * [1.0, 2.0, 3.0, 40.0], np.ones(4)])
    assert scalar(Orthogonal()(model)) < 1e-6
    model.set_weights([np.ones((8, 4)), np.ones(4)])
    assert scalar(Orthogonal()(model)) == pytest.approx(12 * 8**2)


def test_its_gradient_is_the_formulas():
    """4 W (W^T W without its diagonal), by a step of SGD of length 1."""
    model = network()
    variables = model.trainable_variables
    kernels = [v for v in variables if v.name == "kernel"]
    others = [v for v in variables if v.name != "kernel"]
    before, still = matrices(model), values_of(others)
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build(variables)
    engine.minimize(
        lambda: ({"one": Orthogonal()(model)}, None),
        {"one": (variables, optimizer)},
    )
    assert len(kernels) == len(before)
    for old, new in zip(before, matrices(model)):
        expected = 4 * old @ off_diagonal(old)
        np.testing.assert_allclose(old - new, expected, rtol=0, atol=1e-4)
    for old, new in zip(still, values_of(others)):
        np.testing.assert_array_equal(old, new)


def gan_with(regularizers, **settings):
    keras.utils.set_random_seed(0)
    gan = kgz.DCGAN((8, 8, 1), latent_dim=4, filters=2, seed=0)
    gan.compile(regularizers=regularizers, **settings)
    return gan


@pytest.fixture
def images(rng):
    return rng.uniform(-1, 1, (8, 8, 8, 1)).astype("float32")


@pytest.mark.parametrize("player", ["generator", "discriminator"])
@pytest.mark.parametrize("settings", [{}, EAGERLY], ids=["compiled", "eager"])
def test_any_player_takes_it(player, settings, images):
    gan = gan_with([Regularizer(player, "orthogonal", 0.5)], **settings)
    expected = 0.5 * scalar(Orthogonal()(getattr(gan, player)))
    history = gan.fit(images, batch_size=8, verbose=0).history
    (found,) = history[f"{player}_penalty"]
    assert found == pytest.approx(expected, rel=1e-4)
    expected = 0.5 * scalar(Orthogonal()(getattr(gan, player)))
    evaluated = gan.evaluate(images, verbose=0, return_dict=True)
    assert evaluated[f"{player}_penalty"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_it_makes_units_more_orthogonal(images):
    def left(weight):
        regularizer = Regularizer("generator", "orthogonal", weight)
        gan = gan_with(
            [regularizer],
            generator_optimizer=keras.optimizers.Adam(0.01),
            **EAGERLY,
        )
        gan.fit(images, batch_size=8, epochs=20, verbose=0)
        return scalar(Orthogonal()(gan.generator))

    assert left(100.0) < 0.1 * left(0.0)


def test_it_is_saved_with_the_model(tmp_path):
    gan = gan_with([Regularizer("generator", "orthogonal", every=4)])
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    (regularizer,) = loaded.regularizers
    assert isinstance(regularizer.penalty, Orthogonal)
    assert regularizer.weight == 1e-4
    assert regularizer.get_config() == gan.regularizers[0].get_config()


def test_a_penalty_of_ones_own():
    class Largest(WeightPenalty):
        default_weight = 3.0

        def __call__(self, network):
            return ops.max(ops.abs(network.trainable_variables[0]))

    regularizer = Regularizer("generator", Largest())
    assert regularizer.weight == 3.0
    assert regularizer.of_weights


def test_an_unknown_name_is_explained():
    with pytest.raises(ValueError, match="Did you mean 'orthogonal'"):
        Regularizer("generator", "orthogonl")
