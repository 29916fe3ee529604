"""What all tests share. The backend is that of KERAS_BACKEND."""

import contextlib
import gc
import os
import pathlib
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The harness compiles the same small steps again and again: what JAX compiled
# is kept beside pytest's cache, and left as it is instead of made fast.
os.environ.setdefault(
    "JAX_COMPILATION_CACHE_DIR",
    str(pathlib.Path(__file__).parent.parent / ".pytest_cache" / "jax"),
)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
# Two devices on one processor, for the tests of data parallelism.
os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=2")

import keras
import numpy as np
import pytest

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    # TensorFlow runs operations that do not depend on each other in any
    # order; of trainings on a busy machine one now and then differs in the
    # last bits from the others. One at a time, none of 24 did.
    tf.config.threading.set_inter_op_parallelism_threads(1)
    # As for JAX above.
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 2,
    )
    # Most steps are traced for a few batches: optimizing the graph takes
    # longer than it saves.
    tf.config.optimizer.set_experimental_options(
        {"disable_meta_optimizer": True}
    )
    # As `kgz.data` does for its datasets: the thread that tunes a pipeline
    # sleeps for as long as the iterator has lived. Tests waited for it.
    iterate = tf.data.Dataset.__iter__
    untuned = tf.data.Options()
    untuned.autotune.enabled = False
    tf.data.Dataset.__iter__ = lambda d: iterate(d.with_options(untuned))
    # Keras' random numbers do not come from TensorFlow's own seed, but with
    # each change of it TensorFlow forgets its kernels: of an eager step most
    # of the time is spent to make them again.
    tf.random.set_seed(0)
    tf.random.set_seed = lambda seed: None
elif keras.backend.backend() == "torch":
    import torch

    # PyTorch warns once a process, and that is whichever test comes first.
    torch.set_warn_always(True)


# Scripts that test_distribute.py starts; as modules they would train.
collect_ignore = ["engine/worker.py", "engine/worker_with_backup.py"]

#: What a backend can break: these folders and files run on each of them, but
#: for tests with the marker `one_backend`. Most metrics are computed in numpy.
EVERY_BACKEND = (
    "families/",
    "models/",
    "objectives/",
    "layers/",
    "metrics/test_evaluation.py",
    "metrics/test_metrics_efficientnet.py",
    "metrics/test_metrics_features.py",
    "metrics/test_metrics_inception.py",
    "metrics/test_metrics_pairs.py",
    "callbacks/",
    "control/test_inpainting.py",
    "control/test_projection.py",
    "engine/test_engine.py",
    "engine/test_distribute.py",
    "engine/test_randomness.py",
    "files/test_presets.py",
)


NOTHING = contextlib.nullcontext()


class OneBatch:
    """Runs an example in a docstring eagerly, if it trains on one batch.

    TensorFlow would trace the whole step for it, which takes longer than the
    example: five times as long if the discriminator takes five steps.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        with one_batch() if trains_on_one_batch(item) else NOTHING:
            return (yield)


def trains_on_one_batch(item):
    if not isinstance(item, pytest.DoctestItem):
        return False
    return any("take(1)" in part.source for part in item.dtest.examples)


@contextlib.contextmanager
def one_batch():
    """Runs functions eagerly, where tracing them takes long."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    tf.config.run_functions_eagerly(True)
    with warnings.catch_warnings():
        # `tf.data` traces its own functions all the same, and says so.
        warnings.filterwarnings("ignore", "Even though the .*run_functions")
        try:
            yield
        finally:  # an example that fails must not change later tests
            tf.config.run_functions_eagerly(False)


def pytest_configure(config):
    # A hook of this file alone would not see the docstrings of the package.
    config.pluginmanager.register(OneBatch())


def pytest_collection_modifyitems(items):
    folder = pathlib.Path(__file__).parent
    for item in items:
        if folder in item.path.parents:
            place = item.path.relative_to(folder).as_posix()
            one = item.get_closest_marker("one_backend") or of_variant(item)
            if place.startswith(EVERY_BACKEND) and not one:
                item.add_marker("every_backend")
        if check_of(item) in slow_checks(item):
            item.add_marker("slow")


def check_of(item):
    return getattr(item, "originalname", item.name)


def slow_checks(item):
    return getattr(getattr(item, "cls", None), "slow_checks", ())


def of_variant(item):
    """Whether it only says again what another class says on each backend.

    Of a second configuration of an architecture, the losses are compared.
    """
    is_variant = "test_the_seed_decides" in slow_checks(item)
    return is_variant and check_of(item) != "test_losses_agree_between_backends"


@pytest.fixture(autouse=True)
def fixed_seed():
    keras.utils.set_random_seed(0)


@pytest.fixture(autouse=True, scope="module")
def no_garbage_is_looked_for_in_what_others_left():
    """Keeps Python's garbage collector off the graphs of earlier modules.

    TensorFlow keeps what it has traced, millions of small objects, and each
    walk over all of them takes a second or more.
    """
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def real_data():
    """Folder of real data sets, for the tests that want more than digits."""
    folder = os.environ.get("KERAS_GAN_ZOO_TEST_DATA")
    if not folder:
        pytest.skip("KERAS_GAN_ZOO_TEST_DATA names no folder of data sets")
    return pathlib.Path(folder)
