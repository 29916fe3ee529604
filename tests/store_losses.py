"""Writes tests/stored_losses.json anew, under the backend that is set.

    KERAS_BACKEND=tensorflow python tests/store_losses.py

Every backend must then agree with the file to 1e-4: run the suite on the
others before committing it.
"""

import importlib
import json
import pathlib

import keras
import pytest
from checks import STORED_LOSSES, StoredLosses, feed_noise

from keras_gan_zoo import losses, penalties


def main():
    stored = {}
    patch = pytest.MonkeyPatch()
    feed_noise(patch)
    for path in sorted(pathlib.Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(path.stem)
        for name, value in vars(module).items():
            if name.startswith("Test") and issubclass(value, StoredLosses):
                keras.utils.set_random_seed(0)
                stored[name] = value().three_steps()
    vanilla = importlib.import_module("test_vanilla_gan")
    for loss in losses.LOSSES:
        for penalty in [None, *penalties.PENALTIES]:
            stored[f"{loss}, {penalty}"] = vanilla.pair_losses(loss, penalty)
    STORED_LOSSES.write_text(json.dumps(stored, indent=1) + "\n")
    print(f"{len(stored)} runs stored in {STORED_LOSSES}")


if __name__ == "__main__":
    main()
