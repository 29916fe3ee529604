"""Historical averaging against numpy, trained, saved and resumed."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, scalar, to_numpy

import keras_gan_zoo as kgz
from keras_gan_zoo.objectives.historical import HistoricalAverage
from keras_gan_zoo.objectives.regularizers import Regularizer

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 4, 4, 1))
IMAGES = IMAGES.astype("float32")


def made(**kwargs):
    keras.utils.set_random_seed(0)
    gan = kgz.VanillaGAN(
        (4, 4, 1), 3, [5], [4], dropout=0, input_dropout=0, seed=0
    )
    gan.compile(
        regularizers=[
            Regularizer("generator", "historical_average", weight=0.5)
        ],
        **EAGERLY,
        **kwargs,
    )
    return gan


def test_the_mean_is_over_all_steps_so_far():
    gan = made()
    penalty = gan.regularizers[0].penalty
    history = []
    for _ in range(3):
        logs = gan.fit(IMAGES, batch_size=8, verbose=0).history
        if history:  # of the weights before the step
            means = [np.mean(values, axis=0) for values in zip(*history)]
            expected = 0.5 * sum(
                np.square(value - mean).sum()
                for value, mean in zip(history[-1], means)
            )
            found = logs["generator_penalty"][0]
            assert found == pytest.approx(expected, rel=1e-4, abs=1e-9)
        history.append(gan.generator.get_weights())
    means = [np.mean(values, axis=0) for values in zip(*history)]
    for mean, variable in zip(means, penalty.means):
        np.testing.assert_allclose(to_numpy(variable), mean, atol=1e-6)
    expected = sum(
        np.square(value - mean).sum() for value, mean in zip(history[-1], means)
    )
    assert scalar(penalty(gan.generator)) == pytest.approx(expected, rel=1e-3)


def test_evaluation_does_not_move_the_mean():
    gan = made()
    gan.fit(IMAGES, batch_size=8, verbose=0)
    before = [to_numpy(v) for v in gan.regularizers[0].penalty.variables]
    gan.evaluate(IMAGES, verbose=0)
    after = [to_numpy(v) for v in gan.regularizers[0].penalty.variables]
    for a, b in zip(before, after):
        np.testing.assert_array_equal(a, b)


def test_a_saved_mean_goes_on(tmp_path):
    gan = made()
    gan.fit(IMAGES, batch_size=4, verbose=0)
    gan.save(tmp_path / "gan.keras")
    again = kgz.load(tmp_path / "gan.keras")
    losses = [
        model.fit(IMAGES, batch_size=8, verbose=0).history
        for model in (gan, again)
    ]
    for name, values in losses[0].items():
        assert values == pytest.approx(losses[1][name], rel=1e-5), name
    assert losses[0]["generator_penalty"][0] > 0


def test_one_object_belongs_to_one_player():
    penalty = HistoricalAverage()
    regularizers = [
        Regularizer(player, penalty)
        for player in ("generator", "discriminator")
    ]
    gan = kgz.VanillaGAN((4, 4, 1), 3, [5], [4])
    with pytest.raises(ValueError, match="an object for each player"):
        gan.compile(regularizers=regularizers)
