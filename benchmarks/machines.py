"""Many devices and machines, played by processes and cores of this one.

    python benchmarks/machines.py replicas
    python benchmarks/machines.py kill --data-dir PATH
    python benchmarks/machines.py scaling --data-dir PATH

replicas: three steps of every architecture on 1, 2 and 4 devices, from the
    same weights, with the same noise; prints the largest difference of a
    weight. Uses the configurations of tests/.
kill: two workers train a DCGAN on MNIST. One is killed (SIGKILL) at a random
    moment, worker 1 and the chief in turn; both are started again. Prints
    whether weights, optimizers, seeds and counters end bit-identical to those
    of an undisturbed training.
scaling: images per second of one process on one core, of two processes that
    do not know of each other on a core each (what the cores share), and of
    two workers on a core each (what the workers tell each other besides).

PATH is a folder of TensorFlow Datasets that holds MNIST.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
TESTS = HERE.parent / "tests"
WORKER = HERE / "machines_worker.py"


# ----------------------------------------------------------------- devices


def replicas(options):
    import tensorflow as tf

    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 4,
    )
    models = TESTS / "models"
    sys.path[:0] = [str(TESTS), str(models)]
    import importlib

    import pytest
    from checks import GANChecks, feed_noise

    feed_noise(pytest.MonkeyPatch())
    print("| model | 2 devices | 4 devices |\n| --- | --- | --- |")
    for path in sorted(models.glob("test_*.py")):
        if "GANChecks" not in path.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(path.stem)
        for name, check in vars(module).items():
            if (
                isinstance(check, type)
                and issubclass(check, GANChecks)
                and check.__module__ == path.stem
            ):
                print(f"| {name[4:]} | {differences(check())} |", flush=True)


def differences(check):
    """Largest difference of a weight to one device, of 2 and 4 devices."""
    import numpy as np
    from checks import values_of

    from keras_gan_zoo.engine import distribute

    alone, _ = check.trained_three_steps(run_eagerly=True)
    found = []
    for num in (2, 4):
        devices = [f"CPU:{index}" for index in range(num)]
        with distribute.strategy("mirrored", devices).scope():
            shared, _ = check.trained_three_steps(run_eagerly=True)
        pairs = zip(values_of(alone.weights), values_of(shared.weights))
        found.append(max(np.abs(one - other).max() for one, other in pairs))
    return " | ".join(f"{value:.1e}" for value in found)


# ---------------------------------------------------------------- machines


def cluster(num, **arguments):
    """Starts `num` workers that train together; one alone needs no cluster.

    `arguments` go to machines_worker.py, `core` a list.
    """
    sockets = [socket.socket() for _ in range(num)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    hosts = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    cores = arguments.pop("core", [None] * num)
    return [
        start(hosts, index, core=core, **arguments)
        for index, core in enumerate(cores)
    ]


def start(hosts, index, **arguments):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    if len(hosts) > 1:
        task = {"type": "worker", "index": index}
        config = {"cluster": {"worker": hosts}, "task": task}
        environment["TF_CONFIG"] = json.dumps(config)
    command = [sys.executable, str(WORKER)]
    for name, value in arguments.items():
        if value is not None:
            command += [f"--{name.replace('_', '-')}", str(value)]
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_ready(workers):
    for worker in workers:
        if worker.stdout.readline() != "ready\n":
            raise RuntimeError(worker.communicate()[1][-2000:])


def results(workers):
    """What all workers said at their end, dicts."""
    found = []
    for worker in workers:
        output, errors = worker.communicate()
        if worker.returncode:
            raise RuntimeError(errors[-2000:])
        found.append(json.loads(output.splitlines()[-1]))
    return found


# -------------------------------------------------------------------- kills


def kill(options):
    moments = random.Random(options.seed)
    training = {
        "data_dir": options.data_dir,
        "steps": options.steps,
        "epochs": options.epochs,
    }
    identical = 0
    with tempfile.TemporaryDirectory() as root:
        began = time.monotonic()
        workers = cluster(2, folder=f"{root}/undisturbed", **training)
        wait_until_ready(workers)
        ready = time.monotonic()
        expected = results(workers)[0]["digest"]
        duration = time.monotonic() - ready
        print(
            f"undisturbed: {ready - began:.0f} s to start, {duration:.0f} s "
            f"to train, {expected[:16]}",
            flush=True,
        )
        for number in range(2 * options.kills):
            victim = 1 - number % 2
            task = {**training, "folder": f"{root}/kill-{number}"}
            moment = moments.uniform(0, duration)
            fate = one_kill(cluster(2, **task), victim, moment)
            same = results(cluster(2, **task))[0]["digest"] == expected
            identical += same
            print(
                f"kill {number + 1}: {('chief', 'worker 1')[victim]} after "
                f"{moment:.0f} s; the other {fate}; both started again: "
                f"{'identical' if same else 'DIFFERENT'}",
                flush=True,
            )
    print(f"{identical} of {2 * options.kills} bit-identical")
    return 0 if identical == 2 * options.kills else 1


def one_kill(workers, victim, moment):
    """Kills one of two workers; tells what became of the other."""
    wait_until_ready(workers)
    time.sleep(moment)
    workers[victim].send_signal(signal.SIGKILL)
    killed = time.monotonic()
    other = workers[1 - victim]
    _, errors = other.communicate()
    seconds = time.monotonic() - killed
    workers[victim].communicate()
    if other.returncode == 0:
        return "had finished"
    if "Another worker is gone" not in errors:
        raise RuntimeError(errors[-2000:])
    return f"said why and stopped within {seconds:.0f} s"


# ------------------------------------------------------------------ scaling


def scaling(options):
    """Medians of interleaved repeats."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    task = {"data_dir": options.data_dir, "steps": options.steps, "epochs": 4}
    rates = {"one core": [], "two that train alone": [], "two workers": []}
    chiefs = []
    for repeat in range(options.repeats):
        one, two, both = rates.values()
        one.append(results(cluster(1, core=cores[:1], **task))[0]["rate"])
        alone = [cluster(1, core=[core], **task) for core in cores]
        two.append(sum(results(process)[0]["rate"] for process in alone))
        chiefs.append(results(cluster(2, core=cores, **task))[0])
        both.append(chiefs[-1]["rate"])
        print(f"repeat {repeat + 1} of {options.repeats}", flush=True)
    base = statistics.median(rates["one core"])
    print("| | images per second | efficiency |\n| --- | --- | --- |")
    for name, values in rates.items():
        value = statistics.median(values)
        ideal = base if name == "one core" else 2 * base
        print(f"| {name} | {value:.0f} | {value / ideal:.2f} |")
    step, message = (
        1e3 * statistics.median(chief[name] for chief in chiefs)
        for name in ("step_seconds", "message_seconds")
    )
    num = chiefs[0]["messages"]
    print(
        f"A step of two workers takes {step:.0f} ms. {num} messages of "
        f"{message:.1f} ms each are {num * message:.0f} ms of it."
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = {"replicas": replicas, "kill": kill, "scaling": scaling}
    parser.add_argument("what", choices=commands)
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--kills", type=int, default=5, help="of each worker")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--steps", type=int, default=32, help="per epoch")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return commands[options.what](options)


if __name__ == "__main__":
    sys.exit(main())
