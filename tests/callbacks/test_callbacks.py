import os
import random
import subprocess
import sys
import textwrap
import time

import keras
import numpy as np
import pytest
from checks import EAGERLY, AfterSteps, all_state, equal, kill, to_numpy
from PIL import Image

from keras_gan_zoo import DCGAN, callbacks, data
from keras_gan_zoo.modalities import pictures


def small_gan(seed=0, **kwargs):
    keras.utils.set_random_seed(seed)
    gan = DCGAN((8, 8, 1), latent_dim=4, filters=4, seed=seed)
    gan.compile(ema_decay=0.9, **{**EAGERLY, **kwargs})
    return gan


def few_digits(batch_size=300):
    return data.digits(batch_size=batch_size)  # 5 batches


def one_batch():
    return few_digits(batch_size=1797)


def fit(gan, epochs, *more, images=None):
    images = few_digits() if images is None else images
    return gan.fit(
        images, epochs=epochs, verbose=0, callbacks=list(more)
    ).history


# -------------------------------------------------------------- sample grids


def test_sample_grid_writes_pictures_and_an_animation(tmp_path):
    gan = small_gan()
    grid = callbacks.SampleGrid(tmp_path, every_epochs=2, rows=3)
    fit(gan, 5, grid, images=one_batch())
    assert sorted(os.listdir(tmp_path)) == [
        "epoch-0002.png",
        "epoch-0004.png",
        "progress.gif",
    ]
    with Image.open(tmp_path / "progress.gif") as animation:
        assert animation.n_frames == 2
    images = gan.generate(9, seed=0)
    grid.set_model(gan)
    assert grid.draw().shape == (26, 26, 3)
    np.testing.assert_array_equal(
        grid.draw()[:8, :8, 0],
        np.round((images[0, :, :, 0] + 1) * 127.5).astype("uint8"),
    )


@pytest.mark.parametrize(
    ("steps_per_execution", "steps"),
    # Two at a time, five an epoch: after steps 2, 4, 5, 7, 9 and 10.
    [(1, [4, 8]), (2, [4, 9])],
)
def test_sample_grid_by_steps(tmp_path, steps_per_execution, steps):
    if keras.backend.backend() == "torch" and steps_per_execution > 1:
        pytest.skip("PyTorch has no steps_per_execution")
    gan = small_gan(steps_per_execution=steps_per_execution, run_eagerly=False)
    fit(gan, 2, callbacks.SampleGrid(tmp_path, every_steps=4, rows=2))
    names = [f"step-{step:07d}.png" for step in steps]
    assert sorted(os.listdir(tmp_path)) == ["progress.gif", *names]


def test_sample_grid_animates_its_own_pictures_by_their_numbers(tmp_path):
    for gray, name in enumerate(("epoch-9999", "epoch-10000")):
        picture = np.full((8, 8, 3), 100 * gray, "uint8")
        pictures.save(tmp_path / f"{name}.png", picture)
    (tmp_path / "my-cat.png").write_bytes(b"of another size, or broken")
    grid = callbacks.SampleGrid(tmp_path)
    grid.set_model(small_gan())
    grid.on_train_end()
    with Image.open(tmp_path / "progress.gif") as animation:
        assert animation.n_frames == 2
        assert animation.convert("L").getpixel((0, 0)) == 0


def test_channels_that_are_no_colors_are_drawn_side_by_side(tmp_path):
    grid = callbacks.SampleGrid(tmp_path, rows=2)
    grid.set_model(DCGAN((8, 8, 4), latent_dim=4, filters=4))
    sheet = grid.draw()
    assert sheet.shape == (17, 2 * 4 * 8 + 1, 3)
    second = grid.model.generate(4, seed=0)[0, :, :, 1]
    np.testing.assert_allclose(sheet[:8, 8:16, 0], (second + 1) * 127.5, atol=1)
    with pytest.raises(ValueError, match="channels=4"):
        callbacks.TranslationGrid(tmp_path, (np.zeros((1, 8, 8, 4)),) * 2)


def test_sample_grid_in_tensorboard(tmp_path):
    from tensorboard.backend.event_processing import event_accumulator

    logs = tmp_path / "logs"
    fit(
        small_gan(),
        2,
        callbacks.SampleGrid(tmp_path / "samples", rows=2, tensorboard=logs),
        images=one_batch(),
    )
    events = event_accumulator.EventAccumulator(str(logs))
    events.Reload()
    assert events.Tags()["images"] == ["SampleGrid"]


def test_wrong_intervals_are_explained():
    with pytest.raises(ValueError, match="every_epochs of at least 1"):
        callbacks.SampleGrid("x", every_epochs=0)


# ---------------------------------------------------------- Keras' callbacks


def test_keras_callbacks_work(tmp_path):
    gan = small_gan()
    best = tmp_path / "best-{epoch}.keras"
    fit(
        gan,
        2,
        keras.callbacks.ModelCheckpoint(
            str(best), monitor="g_loss", mode="min"
        ),
        keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        keras.callbacks.EarlyStopping(monitor="d_loss", mode="min"),
        keras.callbacks.ReduceLROnPlateau(monitor="d_loss", mode="min"),
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
        images=one_batch(),
    )
    assert [float(o.learning_rate) for o in gan.optimizer.optimizers] == (
        pytest.approx([5e-5] * 2)
    )
    again = keras.saving.load_model(tmp_path / "best-2.keras")
    assert equal(all_state(gan), all_state(again))
    header = (tmp_path / "log.csv").read_text().splitlines()[0]
    assert header.startswith("epoch,d_loss,g_loss")


def test_stop_on_nan():
    gan = small_gan()
    kernel = gan.generator.weights[0]
    kernel.assign(to_numpy(kernel) * np.nan)
    with pytest.warns(UserWarning, match="d_loss, g_loss not finite"):
        history = fit(gan, 3, callbacks.StopOnNaN(), images=one_batch())
    assert len(history["d_loss"]) == 1


def test_progress_shows_epochs_and_losses(capsys):
    fit(small_gan(), 2, callbacks.Progress(), images=one_batch())
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "d_loss=" in shown


# ------------------------------------------------------------------- backup


RESUMED = {"penalty": "r1", "discriminator_steps": 2, "run_eagerly": False}


@pytest.fixture(scope="module")
def resumed():
    """A model whose step is compiled once, for all trainings."""
    return small_gan(**RESUMED)


@pytest.fixture(scope="module")
def undisturbed():
    """The logs and the state of four epochs."""
    gan = small_gan(**RESUMED)
    logs = fit(gan, 4)
    return logs, all_state(gan)


def anew(gan, seed):
    """Makes all state that of a new model of another seed."""
    new = small_gan(seed, **RESUMED)
    variables = gan.variables + gan.optimizer.variables
    for variable, value in zip(variables, all_state(new), strict=True):
        variable.assign(value)


@pytest.mark.parametrize(
    ("every", "stops"),
    [
        ({"every_epochs": 1}, [7, 1]),
        pytest.param({"every_epochs": 2}, [13], marks=pytest.mark.slow),
        pytest.param({"every_steps": 1}, [7, 1, 3, 1], marks=pytest.mark.slow),
        ({"every_steps": 3}, [8, 5]),
    ],
)
def test_interrupted_training_ends_as_if_it_had_not_been(
    tmp_path, every, stops, resumed, undisturbed
):
    logs, expected = undisturbed
    for seed, step in enumerate(stops):
        # Another seed: what is not restored would be seen.
        anew(resumed, seed)
        with pytest.raises(KeyboardInterrupt):
            fit(
                resumed,
                4,
                AfterSteps(step, kill),
                callbacks.Backup(tmp_path, **every),
            )
    anew(resumed, seed=9)
    # The backup is given first, yet is written after the others' work.
    history = fit(resumed, 4, callbacks.Backup(tmp_path, **every))
    assert equal(all_state(resumed), expected)
    for name, values in history.items():
        assert values == logs[name][-len(values) :]
    # Once more: there is nothing left to do.
    anew(resumed, seed=10)
    assert fit(resumed, 4, callbacks.Backup(tmp_path, **every)) == {}
    assert equal(all_state(resumed), expected)


def test_a_resumed_epoch_leaves_early_stopping_alone(tmp_path):
    def backup():
        return callbacks.Backup(tmp_path, every_steps=2)

    with pytest.raises(KeyboardInterrupt):
        fit(small_gan(), 4, backup(), AfterSteps(3, kill))

    class StopAfterEpoch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    history = fit(small_gan(), 4, StopAfterEpoch(), backup())
    assert len(history["d_loss"]) == 1


def test_more_epochs_go_on(tmp_path):
    gan = small_gan()
    images = few_digits(batch_size=599)
    fit(gan, 2, callbacks.Backup(tmp_path), images=images)
    history = fit(gan, 3, callbacks.Backup(tmp_path), images=images)
    assert len(history["d_loss"]) == 1
    straight = small_gan()
    fit(straight, 3, images=few_digits(batch_size=599))
    assert equal(all_state(gan), all_state(straight))


def test_parts_of_a_pass_are_refused(tmp_path):
    """Of 5 batches 2 an epoch: the next run would begin with others."""
    gan = small_gan()
    with pytest.raises(ValueError, match="steps_per_epoch=2 of 5 batches"):
        gan.fit(
            few_digits(),
            steps_per_epoch=2,
            verbose=0,
            callbacks=[callbacks.Backup(tmp_path)],
        )
    assert int(gan.steps) == 0
    assert not list(tmp_path.iterdir())


def test_backups_of_other_trainings_are_refused(tmp_path):
    fit(small_gan(), 1, callbacks.Backup(tmp_path), images=one_batch())
    with pytest.raises(ValueError, match="Expected 3 batches"):
        fit(
            small_gan(),
            1,
            callbacks.Backup(tmp_path),
            images=few_digits(batch_size=599),
        )
    other = DCGAN((8, 8, 1), latent_dim=4, filters=8)
    other.compile(ema_decay=0.9)
    with pytest.raises(ValueError, match="filters was 4 and is now 8"):
        fit(other, 1, callbacks.Backup(tmp_path), images=one_batch())
    with (
        pytest.raises(ValueError, match="not made by this model"),
        pytest.warns(UserWarning, match="filters was 4"),
    ):
        fit(
            other,
            1,
            callbacks.Backup(tmp_path, changed="take"),
            images=one_batch(),
        )


def test_a_damaged_backup_is_explained_and_kept(tmp_path):
    fit(small_gan(), 1, callbacks.Backup(tmp_path), images=one_batch())
    path = tmp_path / "backup.weights.h5"
    half = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(half)
    with pytest.raises(ValueError, match="cannot be read"):
        fit(small_gan(), 1, callbacks.Backup(tmp_path), images=one_batch())
    assert path.read_bytes() == half


# Keras' own word on it; in later versions there may be another.
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_data_of_unknown_length(tmp_path):
    import tensorflow as tf

    images = tf.zeros((8, 8, 8, 1)) - 1
    batches = tf.data.Dataset.from_tensor_slices(images).batch(4)
    batches = batches.filter(lambda batch: True)
    gan = small_gan()
    for epochs in (1, 2):
        with pytest.warns(UserWarning, match="not the order of data"):
            history = fit(
                gan, epochs, callbacks.Backup(tmp_path), images=batches
            )
        assert len(history["d_loss"]) == 1


def test_data_of_unknown_order(tmp_path):
    images = np.zeros((8, 8, 8, 1), "float32") - 1
    with pytest.warns(UserWarning, match="not the order of data"):
        fit(small_gan(), 1, callbacks.Backup(tmp_path), images=images)
    with pytest.raises(ValueError, match="whose order is known"):
        fit(
            small_gan(),
            1,
            callbacks.Backup(tmp_path, every_steps=1),
            images=images,
        )


def test_steps_per_execution_must_divide(tmp_path):
    with pytest.raises(ValueError, match="5 batches"):
        fit(
            small_gan(steps_per_execution=2),
            1,
            callbacks.Backup(tmp_path),
        )


TRAINING = """
    import hashlib, sys
    import keras
    import numpy as np
    import keras_gan_zoo as kgz
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(0)
    gan = kgz.DCGAN((8, 8, 1), latent_dim=4, filters=4)
    gan.compile(penalty="r1", ema_decay=0.9)
    gan.fit(
        kgz.data.digits(batch_size=128),
        epochs=20,
        verbose=0,
        callbacks=[kgz.callbacks.Backup(sys.argv[1], every_steps=3)],
    )
    digest = hashlib.sha256()
    for variable in gan.variables + gan.optimizer.variables:
        digest.update(np.asarray(keras.ops.convert_to_numpy(variable)).tobytes())
    print(digest.hexdigest())
"""


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(TRAINING), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.slow
def test_killed_training_ends_bit_identical(tmp_path):
    expected, _ = start(tmp_path / "undisturbed").communicate()
    assert len(expected) == 65
    backup = tmp_path / "killed" / "backup.weights.h5"
    wait = random.Random(0)
    for _ in range(2):
        process = start(tmp_path / "killed")
        before = backup.stat().st_mtime if backup.exists() else 0
        while process.poll() is None and (
            not backup.exists() or backup.stat().st_mtime == before
        ):
            time.sleep(0.01)
        time.sleep(wait.uniform(0, 0.5))
        process.kill()
        process.communicate()
        assert process.returncode == -9, "it ended before it was killed"
    found, _ = start(tmp_path / "killed").communicate()
    assert found == expected
