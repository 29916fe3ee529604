"""Averages in files are not lost without a word."""

import numpy as np
import pytest

import keras_gan_zoo as kgz
from keras_gan_zoo.files import storage


def made(**kwargs):
    gan = kgz.DCGAN((8, 8, 1), latent_dim=4, filters=2)
    if kwargs:
        gan.compile(**kwargs)
    return gan


@pytest.fixture
def averaged(tmp_path):
    """A model whose average differs from its weights, and its files."""
    gan = made(ema_decay=0.9)
    for variable in gan.ema_generator.weights:
        variable.assign(np.full(variable.shape, 0.25, "float32"))
    gan.save_weights(tmp_path / "gan.weights.h5")
    gan.save(tmp_path / "gan.keras")
    return gan


@pytest.mark.parametrize("name", ["gan.weights.h5", "gan.keras"])
def test_a_model_that_is_not_compiled_keeps_the_average(
    tmp_path, averaged, name
):
    gan = made()
    gan.load_weights(tmp_path / name)
    np.testing.assert_array_equal(
        gan.generate(2, seed=0), averaged.generate(2, seed=0)
    )


def test_a_model_that_was_compiled_without_warns(tmp_path, averaged):
    gan = made(loss="hinge")
    with pytest.warns(UserWarning, match="holds an average") as caught:
        gan.load_weights(tmp_path / "gan.weights.h5")
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(
        gan.generator.get_weights()[0], averaged.generator.get_weights()[0]
    )


def test_to_compile_again_without_ends_the_average_with_a_warning(
    tmp_path, averaged
):
    gan = kgz.load(tmp_path / "gan.keras", compile=False)
    with pytest.warns(UserWarning, match="drops") as caught:
        gan.compile()
    # JAX has another warning for the counters of the optimizers.
    (ours,) = (each for each in caught if "drops" in str(each.message))
    assert ours.filename == __file__
    gan = kgz.load(tmp_path / "gan.keras")  # compiled with an average
    with pytest.warns(UserWarning, match="drops"):
        gan.compile()
    gan = kgz.load(tmp_path / "gan.keras", compile=False)
    gan.compile(ema_decay=0.99)  # silently
    np.testing.assert_array_equal(
        gan.generate(2, seed=0), averaged.generate(2, seed=0)
    )


def test_a_file_without_an_average_has_none(tmp_path):
    made(loss="hinge").save_weights(tmp_path / "gan.weights.h5")
    assert not storage.holds_averages(
        tmp_path / "gan.weights.h5", ["generator"]
    )
    assert storage.holds_averages(tmp_path / "none.h5", ["generator"]) is None
    made(loss="hinge").load_weights(tmp_path / "gan.weights.h5")  # silently


def test_a_file_without_an_average_is_refused_by_a_model_with_one(tmp_path):
    path = tmp_path / "gan.weights.h5"
    made(loss="hinge").save_weights(path)
    with pytest.raises(ValueError, match="Load it before compile"):
        made(ema_decay=0.9).load_weights(path)
    with pytest.raises(FileNotFoundError):
        made(ema_decay=0.9).load_weights(tmp_path / "none.weights.h5")
    gan = made()
    gan.load_weights(path)
    gan.compile(ema_decay=0.9)  # what the message says
    np.testing.assert_array_equal(
        gan.ema_generator.get_weights()[0], gan.generator.get_weights()[0]
    )


def test_the_average_is_a_copy_until_it_starts():
    gan = made(ema_decay=0.75, ema_start=2, run_eagerly=True)
    images = gan.sample.example(4)
    expected = None
    for step in range(1, 5):
        gan.fit(images, verbose=0)
        weights, averages = (
            network.get_weights()
            for network in (gan.generator, gan.ema_generator)
        )
        if step <= 2:
            expected = weights
        else:  # the decay does not rise
            expected = [
                0.75 * old + 0.25 * new for old, new in zip(expected, weights)
            ]
        for found, wanted in zip(averages, expected):
            if step <= 2:
                np.testing.assert_array_equal(found, wanted)
            np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert any(not np.array_equal(a, w) for a, w in zip(averages, weights))


def test_the_start_of_the_average_is_saved(tmp_path):
    made(ema_decay=0.9, ema_start=7).save(tmp_path / "gan.keras")
    assert kgz.load(tmp_path / "gan.keras").ema_start == 7


@pytest.mark.parametrize("start", [-1, 1.5])
def test_a_wrong_start_of_the_average_is_explained(start):
    with pytest.raises(ValueError, match="Expected ema_start"):
        made(ema_decay=0.9, ema_start=start)
