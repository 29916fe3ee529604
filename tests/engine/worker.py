"""One of the machines of test_distribute.py: `TF_CONFIG` tells which.

    python tests/engine/worker.py FOLDER TEST_CLASS...

Trains each class' model for three steps with fed noise and writes its weights
and logs to FOLDER.
"""

import pathlib
import sys

TESTS_FOLDER = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(TESTS_FOLDER), str(TESTS_FOLDER / "models")]

from keras_gan_zoo.engine import distribute  # noqa: E402

strategy = distribute.strategy("auto")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from checks import feed_noise, values_of  # noqa: E402
from test_cyclegan import TestCycleGAN  # noqa: E402
from test_dcgan import TestDCGAN  # noqa: E402
from test_progan import TestProGAN  # noqa: E402

TESTS = {t.__name__: t for t in (TestCycleGAN, TestDCGAN, TestProGAN)}

folder, *names = sys.argv[1:]
feed_noise(pytest.MonkeyPatch())
for name in names:
    with strategy.scope():
        gan, logs = TESTS[name]().trained_three_steps(run_eagerly=True)
    folder = pathlib.Path(folder)
    if distribute.is_chief(gan):
        np.savez(folder / f"{name}.npz", *values_of(gan.weights), **logs)
    index = strategy.cluster_resolver.task_id
    gan.save(folder / f"{name}-{index}.keras")
