"""Many devices and many machines: logical CPUs, processes on this host."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys

import keras
import numpy as np
import pytest
from checks import EAGERLY, feed_noise, two_replicas, values_of
from test_cyclegan import TestCycleGAN as CycleGANChecks
from test_dcgan import TestDCGAN as DCGANChecks
from test_progan import TestProGAN as ProGANChecks

import keras_gan_zoo as kgz
from keras_gan_zoo.engine import distribute

FOLDER = pathlib.Path(__file__).parent
IMAGES = np.zeros((16, 8, 8, 1), "float32")

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.distribute"
)


def tiny_gan(scope):
    with scope:
        gan = kgz.VanillaGAN(
            (8, 8, 1),
            latent_dim=2,
            generator_units=(2,),
            discriminator_units=(2,),
        )
        gan.compile(**EAGERLY)
    return gan


# ------------------------------------------------------------- strategies


def test_an_unknown_kind_is_explained():
    with pytest.raises(ValueError, match=r"'mirrored'.*Received: kind='both'"):
        distribute.strategy("both")


@on_tensorflow
def test_one_device_needs_no_strategy(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert distribute.strategy("auto").num_replicas_in_sync == 1


@on_tensorflow
def test_mirrored_takes_all_devices():
    assert distribute.strategy("mirrored").num_replicas_in_sync == 2


@on_tensorflow
@pytest.mark.parametrize(
    "config",
    [
        "",
        "{",
        '{"cluster": {"worker": ["a:1"]}}',
        '{"cluster": {"worker": ["a:1"]}, '
        '"task": {"type": "worker", "index": 1}}',
        '{"cluster": {"worker": ["a:1"], "ps": ["b:1"]}, '
        '"task": {"type": "ps", "index": 0}}',
    ],
)
def test_a_wrong_tf_config_is_explained(config, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(ValueError, match=r"Expected e\.g\. TF_CONFIG") as error:
        distribute.strategy("multi_worker")
    assert f"Received: TF_CONFIG={config!r}" in str(error.value)


@on_tensorflow
def test_many_machines_come_first(monkeypatch):
    keras.ops.ones(1)  # TensorFlow computes
    cluster = {"worker": ["127.0.0.1:1", "127.0.0.1:2"]}
    task = {"type": "worker", "index": 0}
    config = json.dumps({"cluster": cluster, "task": task})
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(RuntimeError, match="right after the imports"):
        distribute.strategy("auto")


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="PyTorch only")
def test_pytorch_is_refused():
    with pytest.raises(ValueError, match="one device with the PyTorch"):
        distribute.strategy("auto")


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="JAX only")
def test_jax_trains_in_parallel(rng):
    """One stream of noise for the whole batch: the same as on one device."""
    with pytest.raises(ValueError, match=r"keras\.distribution\.initialize"):
        distribute.strategy("multi_worker")
    images = rng.uniform(-1, 1, IMAGES.shape).astype("float32")
    trained = []
    for scope in (contextlib.nullcontext(), distribute.strategy().scope()):
        keras.utils.set_random_seed(0)
        with scope:
            gan = tiny_gan(contextlib.nullcontext())
            trained.append(distribute.num_parts(gan))
            gan.fit(images, batch_size=8, shuffle=False, verbose=0)
        trained.append(values_of(gan.weights))
    assert trained[::2] == [1, 2]
    for one, other in zip(trained[1], trained[3], strict=True):
        np.testing.assert_allclose(other, one, atol=1e-5)


# ---------------------------------------------------------------- batches


@on_tensorflow
def test_batches_that_devices_cannot_share_are_explained():
    import tensorflow as tf

    gan = tiny_gan(two_replicas().scope())
    with pytest.raises(ValueError, match=r"size that 2 divides.*of 5"):
        gan.fit(IMAGES, batch_size=5, verbose=0)
    with pytest.raises(ValueError, match=r"data\.arrays for numpy arrays"):
        gan.fit(IMAGES, batch_size=6, verbose=0)
    ragged = tf.data.Dataset.from_tensor_slices(IMAGES).batch(6)
    with pytest.raises(ValueError, match=r"drop_remainder=True\)"):
        gan.fit(ragged, verbose=0)
    whole = tf.data.Dataset.from_tensor_slices(IMAGES)
    gan.fit(whole.batch(6, drop_remainder=True), verbose=0)
    assert int(keras.ops.convert_to_numpy(gan.steps)) == 2


@on_tensorflow
def test_the_data_are_the_same_as_on_one_device():
    """No pass is spent before the first, whose order would be lost."""
    seen = []

    class Seen(kgz.VanillaGAN):
        def train_step(self, data):
            import tensorflow as tf

            tf.py_function(lambda x: seen.append(x.numpy()), [data], [])
            return super().train_step(data)

    passes = []
    for scope in (contextlib.nullcontext(), two_replicas().scope()):
        with scope:
            gan = Seen(
                (8, 8, 1),
                latent_dim=2,
                generator_units=(2,),
                discriminator_units=(2,),
            )
            gan.compile()
        images = np.linspace(-1, 1, 16 * 64, dtype="float32")
        images = images.reshape(16, 8, 8, 1)
        gan.fit(kgz.data.arrays(images, batch_size=16), epochs=2, verbose=0)
        pixels = np.concatenate([part[:, 0, 0, 0] for part in seen])
        passes.append(pixels.reshape(2, 16))
        seen.clear()
    alone, shared = passes
    for one, other in zip(alone, shared):
        halves = sorted([tuple(other[:8]), tuple(other[8:])])
        assert halves == sorted([tuple(one[:8]), tuple(one[8:])])


@on_tensorflow
def test_another_number_of_replicas_is_warned_of(tmp_path):
    def train(scope, epochs):
        gan = tiny_gan(scope)
        backup = kgz.callbacks.Backup(tmp_path)
        data = kgz.data.arrays(IMAGES, batch_size=8)
        gan.fit(data, epochs=epochs, verbose=0, callbacks=[backup])
        return gan

    train(two_replicas().scope(), epochs=1)
    train(two_replicas().scope(), epochs=2)  # as many: no warning
    with pytest.warns(UserWarning, match=r"2 replicas .* restored with 1"):
        gan = train(contextlib.nullcontext(), epochs=3)
    assert int(keras.ops.convert_to_numpy(gan.steps)) == 6


# --------------------------------------------------------------- machines


def start(script, arguments, index, ports, **options):
    """Starts a worker of a cluster of processes on this host."""
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    task = {"type": "worker", "index": index}
    environment = {
        **os.environ,
        "TF_CONFIG": json.dumps({"cluster": cluster, "task": task}),
        "PYTHONPATH": os.pathsep.join([str(FOLDER.parent), str(FOLDER)]),
    }
    command = [sys.executable, str(FOLDER / script), *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, text=True, stderr=subprocess.PIPE, **options
    )


def free_ports(num):
    sockets = [socket.socket() for _ in range(num)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.mark.slow
@on_tensorflow
def test_two_machines_train_like_one(tmp_path, monkeypatch):
    checks = (CycleGANChecks, DCGANChecks, ProGANChecks)
    names = [check.__name__ for check in checks]
    ports = free_ports(2)
    workers = [
        start("worker.py", [tmp_path, *names], index, ports)
        for index in range(2)
    ]
    feed_noise(monkeypatch)
    trained = [
        check().trained_three_steps(run_eagerly=True) for check in checks
    ]
    for worker in workers:
        _, errors = worker.communicate()
        assert worker.returncode == 0, errors[-3000:]
    for name, (gan, logs) in zip(names, trained, strict=True):
        found = np.load(tmp_path / f"{name}.npz")
        for log, values in logs.items():
            np.testing.assert_allclose(found[log], values, rtol=1e-4, atol=1e-5)
        for index, value in enumerate(values_of(gan.weights)):
            np.testing.assert_allclose(
                found[f"arr_{index}"], value, atol=1e-5, err_msg=name
            )
        again = kgz.load(tmp_path / f"{name}-0.keras")
        assert again.count_params() == gan.count_params()
        assert not (tmp_path / f"{name}-1.keras").exists()


@pytest.mark.slow
@on_tensorflow
def test_a_killed_machine_is_named_and_loses_nothing(tmp_path):
    """Worker 1 is killed after its second step; then both start again."""

    def run(folder, kill_at=None):
        ports = free_ports(2)
        workers = [
            start(
                "worker_with_backup.py",
                [tmp_path / folder, kill_at if index else None],
                index,
                ports,
            )
            for index in range(2)
        ]
        errors = [worker.communicate()[1] for worker in workers]
        return [worker.returncode for worker in workers], errors[0]

    assert run("undisturbed")[0] == [0, 0]
    codes, error = run("killed", kill_at=2)
    assert codes[1] == -signal.SIGKILL
    assert codes[0] == 1
    assert "Another worker is gone" in error
    assert run("killed")[0] == [0, 0]
    expected, found = (
        (tmp_path / folder / "weights.npz")
        for folder in ("undisturbed", "killed")
    )
    expected, found = np.load(expected), np.load(found)
    assert len(expected.files) > 10
    for name in expected.files:
        np.testing.assert_array_equal(found[name], expected[name])
