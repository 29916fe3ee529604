"""A training that is resumed with other settings than it had."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, all_state, equal

from keras_gan_zoo import DCGAN, callbacks, data
from keras_gan_zoo.callbacks import changes


def made(seed=0, generator_rate=2e-4, filters=4, **kwargs):
    keras.utils.set_random_seed(0)
    gan = DCGAN((8, 8, 1), latent_dim=4, filters=filters, seed=seed)
    adam = keras.optimizers.Adam(generator_rate, beta_1=0.5)
    gan.compile(generator_optimizer=adam, **{**EAGERLY, **kwargs})
    return gan


def fit(gan, folder, epochs, *more, seed=0, **kwargs):
    backup = callbacks.Backup(folder, **kwargs)
    images = data.digits(batch_size=599, seed=seed)
    gan.fit(images, epochs=epochs, verbose=0, callbacks=[backup, *more])
    return gan


def rate(gan):
    return float(
        keras.ops.convert_to_numpy(gan.optimizer["generator"].learning_rate)
    )


@pytest.mark.parametrize(
    ("other", "received"),
    [
        (
            {"generator_rate": 1e-4},
            "generator_optimizer.learning_rate was 0.0002",
        ),
        ({"loss": "hinge"}, "loss was 'NonSaturating' and is now 'Hinge'"),
        ({"penalty": "r1"}, "penalty was None and is now 'keras_gan_zoo>r1'"),
        ({"discriminator_steps": 2}, "discriminator_steps was 1 and is now 2"),
        ({"filters": 8}, "filters was 4 and is now 8"),
    ],
)
def test_other_settings_of_the_model_are_refused(tmp_path, other, received):
    fit(made(), tmp_path, 1)
    gan = made(**other)
    with pytest.raises(ValueError) as error:
        fit(gan, tmp_path, 2)
    assert received in str(error.value)
    assert 'changed="take"' in str(error.value)
    assert int(gan.steps) == 0


def test_data_in_another_order_are_refused(tmp_path):
    fit(made(), tmp_path, 1)
    with pytest.raises(ValueError, match=r"data\.seed was 0 and is now 1"):
        fit(made(), tmp_path, 2, seed=1)


def test_classes_that_were_renamed_are_refused(tmp_path):
    def labelled(names):
        images = data.digits(batch_size=599, labels=True)
        images.class_names = names
        return images

    backup = callbacks.Backup(tmp_path)
    names = [str(number) for number in range(10)]
    made().fit(labelled(names), verbose=0, callbacks=[backup])
    with pytest.raises(ValueError, match=r"data\.class_names was"):
        made().fit(
            labelled(names[::-1]), epochs=2, verbose=0, callbacks=[backup]
        )


def test_other_settings_are_taken_if_that_is_wanted(tmp_path):
    fit(made(), tmp_path, 1)
    with pytest.warns(UserWarning, match=r"learning_rate was 0\.0002") as said:
        gan = fit(made(generator_rate=1e-4), tmp_path, 2, changed="take")
    (text,) = [str(w.message) for w in said if w.category is UserWarning]
    assert text.count(" was ") == 1
    assert rate(gan) == pytest.approx(1e-4)
    assert int(gan.steps) == 6
    # From now on the new rate is that of the training.
    gan = fit(made(generator_rate=1e-4), tmp_path, 3)
    assert rate(gan) == pytest.approx(1e-4)
    with pytest.raises(ValueError, match=r"learning_rate was 0\.0001 "):
        fit(made(), tmp_path, 4)


def test_a_new_penalty_is_taken_within_an_epoch(tmp_path):
    fit(made(), tmp_path, 1, every_steps=2)
    with pytest.warns(UserWarning, match="penalty was None"):
        gan = fit(made(penalty="r1"), tmp_path, 2, changed="take")
    assert int(gan.steps) == 6


@pytest.mark.slow
def test_rates_that_callbacks_change_are_no_other_settings(tmp_path):
    def halve():
        return keras.callbacks.LearningRateScheduler(lambda _, rate: rate / 2)

    gan = fit(made(), tmp_path, 2, halve())
    assert rate(gan) == pytest.approx(5e-5)
    fit(gan, tmp_path, 3, halve())  # the same model goes on
    again = fit(made(), tmp_path, 4, halve())  # and so does a new process
    assert rate(again) == pytest.approx(1.25e-5)
    straight = fit(made(), tmp_path / "straight", 4, halve())
    assert equal(all_state(again), all_state(straight))


def test_the_seed_of_the_model_is_spent(tmp_path):
    fit(made(), tmp_path, 1)
    again = fit(made(seed=1), tmp_path, 2)
    straight = fit(made(), tmp_path / "straight", 2)
    assert equal(all_state(again), all_state(straight))


def test_what_changes_the_speed_alone_may_change(tmp_path):
    fit(made(), tmp_path, 1)
    fit(made(run_eagerly=not EAGERLY["run_eagerly"]), tmp_path, 2)


def test_a_backup_of_an_earlier_version_is_read(tmp_path):
    import h5py

    fit(made(), tmp_path, 1)
    with h5py.File(tmp_path / "backup.weights.h5", "a") as file:
        del file["settings"]
    assert int(fit(made(loss="hinge"), tmp_path, 2).steps) == 6


def test_networks_of_the_user_may_be_named_otherwise():
    """Keras numbers the names of layers within a process."""

    def settings():
        generator = keras.Sequential(
            [
                keras.Input((4,)),
                keras.layers.Dense(64),
                keras.layers.Reshape((8, 8, 1)),
            ]
        )
        gan = DCGAN((8, 8, 1), latent_dim=4, filters=2, generator=generator)
        gan.compile(penalty="r1")
        return changes.settings(gan, {"seed": 0})

    found = settings()
    assert changes.differences(settings(), found) == {}
    assert found["data.seed"] == 0
    assert np.isclose(found["generator_optimizer.learning_rate"], 2e-4)


def test_a_wrong_choice_is_explained(tmp_path):
    with pytest.raises(ValueError, match="Received: changed='ignore'"):
        callbacks.Backup(tmp_path, changed="ignore")
