"""Training on many devices and machines: choice of the strategy.

::

    strategy = kgz.distribute.strategy("auto")
    with strategy.scope():
        gan = kgz.DCGAN(image_shape=(28, 28, 1))
        gan.compile()
        gan.fit(batches, epochs=20)

The engine provides what GANs need beyond that: separate noise on each replica,
and losses and batch statistics over the global batch.
"""

import contextlib
import json
import os

import keras

from keras_gan_zoo import engine

if engine.BACKEND == "tensorflow":
    import tensorflow as tf

__all__ = ["is_chief", "strategy"]

KINDS = ("auto", "mirrored", "multi_worker")

_EXAMPLE = (
    'TF_CONFIG=\'{"cluster": {"worker": ["host1:12345", "host2:12345"]}, '
    '"task": {"type": "worker", "index": 0}}\''
)


def strategy(kind="auto", devices=None):
    """Returns a strategy. Models made in its `scope()` train in parallel.

    The batches that `fit` gets are global: each replica gets an equal part.

    Args:
        kind: `"mirrored"` uses the devices of this machine. `"multi_worker"`
            uses the machines in the environment variable `TF_CONFIG`. Start
            the same script on each of them, and make the strategy before
            TensorFlow does anything else. `"auto"` uses several machines if
            `TF_CONFIG` names several, otherwise all GPUs if there are
            several, otherwise one device.
        devices: list of device names for `"mirrored"`, e.g. `["GPU:0",
            "GPU:1"]`. None uses all GPUs, or all logical CPUs if there is no
            GPU.

    Returns:
        A `tf.distribute.Strategy`. On the JAX backend it is a
        `keras.distribution.DataParallel`, which has a `scope()`, too.

    Raises:
        ValueError: if the kind is unknown, `TF_CONFIG` does not describe the
            machines, or the backend trains on one device only.
        RuntimeError: if TensorFlow is already in use, so that several
            machines cannot be prepared.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> with kgz.distribute.strategy("auto").scope():
    ...     gan = kgz.VanillaGAN(image_shape=(8, 8, 1))
    """
    if kind not in KINDS:
        raise ValueError(
            f"Expected one of {', '.join(map(repr, KINDS))}. "
            f"Received: kind={kind!r}"
        )
    if engine.BACKEND != "tensorflow":
        return _of_another_backend(kind, devices)
    if kind == "auto":
        if len(_workers(required=False)) > 1:
            kind = "multi_worker"
        elif len(tf.config.list_logical_devices("GPU")) > 1:
            kind = "mirrored"
        else:
            return tf.distribute.get_strategy()
    return _mirrored(devices) if kind == "mirrored" else _multi_worker()


def _of_another_backend(kind, devices):
    if engine.BACKEND == "torch":
        raise ValueError(
            "Keras trains on one device with the PyTorch backend. Expected "
            "KERAS_BACKEND=tensorflow or jax for several. Received: "
            "KERAS_BACKEND=torch."
        )
    if kind == "multi_worker":
        raise ValueError(
            "TF_CONFIG works only with TensorFlow. Expected with the JAX "
            "backend: keras.distribution.initialize(...) on each machine, "
            'then strategy("auto"). Received: kind="multi_worker".'
        )
    return keras.distribution.DataParallel(devices=devices)


def _mirrored(devices):
    if devices is None:
        found = tf.config.list_logical_devices("GPU")
        found = found or tf.config.list_logical_devices("CPU")
        devices = [device.name for device in found]
    # TensorFlow's default reduction fails in Keras' loop over several steps
    # (steps_per_execution), and sometimes with optimizers of two players.
    return tf.distribute.MirroredStrategy(
        devices, cross_device_ops=tf.distribute.HierarchicalCopyAllReduce()
    )


def _multi_worker():
    _workers(required=True)
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:
        raise RuntimeError(
            "TensorFlow is already in use, and several machines must be "
            'prepared before. Expected strategy("multi_worker") right after '
            f"the imports. Received: {error}"
        ) from error


def _workers(required):
    """Returns the list of addresses in TF_CONFIG."""
    text = os.environ.get("TF_CONFIG", "")
    if not text and not required:
        return []
    try:
        config = json.loads(text)
        cluster, task = config["cluster"], config["task"]
        workers = cluster.get("chief", []) + cluster.get("worker", [])
        own = cluster[task["type"]][int(task["index"])]
        if own not in workers:
            raise KeyError(task["type"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as e:
        raise ValueError(
            "The environment variable TF_CONFIG does not name the machines "
            f"and which of them this is. Expected e.g. {_EXAMPLE}. "
            f"Received: TF_CONFIG={text!r} ({type(e).__name__}: {e})."
        ) from e
    return workers


# ------------------------------------------------------- asked of a model


def num_parts(model):
    """Returns the number of equal parts in which a batch is computed."""
    if engine.BACKEND == "tensorflow":
        return model.distribute_strategy.num_replicas_in_sync
    distribution = keras.distribution.distribution()
    if distribution is None:
        return 1
    return distribution.device_mesh.shape[0]


def over_machines(model):
    """Says whether the model trains on several machines with `TF_CONFIG`."""
    return engine.BACKEND == "tensorflow" and isinstance(
        model.distribute_strategy, tf.distribute.MultiWorkerMirroredStrategy
    )


def is_chief(model):
    """Says whether this process writes the files. One of all workers does.

    Callbacks and `save` of this package check it themselves.

    Args:
        model: a model of keras_gan_zoo.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> is_chief(kgz.VanillaGAN(image_shape=(8, 8, 1)))  # of one process
    True
    """
    if not over_machines(model):
        return True
    resolver = model.distribute_strategy.cluster_resolver
    has_chief = "chief" in resolver.cluster_spec().as_dict()
    chief = ("chief", 0) if has_chief else ("worker", 0)
    return (resolver.task_type, resolver.task_id) == chief


def check_steps_per_execution(model, arguments):
    """Raises a `ValueError` for several steps at once on several machines."""
    steps = arguments.get("steps_per_execution", 1)
    if steps != 1 and over_machines(model):
        raise ValueError(
            "Keras cannot run several steps at once on several machines. "
            f"Expected steps_per_execution=1. Received: {steps!r}."
        )


@contextlib.contextmanager
def loss_of_a_worker_explained(model):
    """Opens a scope that explains the error if another machine is lost."""
    if not over_machines(model):
        yield
        return
    try:
        yield
    except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
        raise ConnectionError(
            "Another worker is gone, so this worker cannot continue. Expected "
            "all workers of TF_CONFIG until the end. Received: "
            f"{error.message[:200]} Start all workers again. With the "
            "callback Backup the training continues exactly where it was."
        ) from error
