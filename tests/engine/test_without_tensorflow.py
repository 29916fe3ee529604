"""On JAX and PyTorch nothing waits for TensorFlow but the data.

What is written there can be read here; more of that is in test_storage.py.
"""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

import keras_gan_zoo as kgz

SCRIPT = """
import sys
sys.modules["tensorflow"] = None  # importing it is an ImportError
import numpy as np
import keras_gan_zoo as kgz

assert "data" in dir(kgz)
images = np.zeros((8, 8, 8, 1), "float32")
gan = kgz.VanillaGAN((8, 8, 1), generator_units=(4,))
gan.compile()
gan.fit(images, batch_size=4, verbose=0)
gan.save("gan.keras")
np.save("images.npy", gan.generate(3, seed=0))
print(int(gan.steps), kgz.from_preset("vanilla_gan_digits_8").generate(3).shape)
try:
    kgz.data
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "backend", [pytest.param("jax", marks=pytest.mark.slow), "torch"]
)
def test_training_and_presets(backend, tmp_path):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "KERAS_BACKEND": backend},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "2 (3, 8, 8, 1)"
    assert "tensorflow" in lines[1]
    gan = kgz.load(tmp_path / "gan.keras")
    assert int(gan.steps) == 2
    np.testing.assert_allclose(
        gan.generate(3, seed=0), np.load(tmp_path / "images.npy"), atol=1e-4
    )
