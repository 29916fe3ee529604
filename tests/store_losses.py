"""Writes tests/models/losses/ anew, under the backend that is set.

    KERAS_BACKEND=tensorflow python tests/store_losses.py
    KERAS_BACKEND=tensorflow python tests/store_losses.py TestDCGAN

With names of test classes, those alone, e.g. of a new architecture; `pairs`
is every loss with every penalty. Every backend must then agree with the
files to 1e-4: run the suite on the others before committing them.
"""

import argparse
import importlib
import json
import pathlib
import sys

import keras
import pytest
from checks import STORED_LOSSES, StoredLosses, feed_noise

from keras_gan_zoo.objectives import losses, penalties

MODELS = pathlib.Path(__file__).parent / "models"


def runs():
    """Dict of the names of all files to functions that give their content."""
    sys.path.insert(0, str(MODELS))
    found = {}
    for path in sorted(MODELS.glob("test_*.py")):
        module = importlib.import_module(path.stem)
        for name, value in vars(module).items():
            if name.startswith("Test") and issubclass(value, StoredLosses):
                found[name] = value().three_steps
    found["pairs"] = pairs
    return found


def pairs():
    """The losses of every loss with every penalty."""
    vanilla = importlib.import_module("test_vanilla_gan")
    stored = {}
    for loss in losses.LOSSES:
        for penalty in [None, *penalties.PENALTIES]:
            keras.utils.set_random_seed(0)
            stored[f"{loss}, {penalty}"] = vanilla.pair_losses(loss, penalty)
    return stored


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="of runs; none for all")
    names = parser.parse_args().names
    known = runs()
    unknown = set(names) - set(known)
    if unknown:
        parser.error(f"unknown {unknown}; known: {', '.join(known)}")
    feed_noise(pytest.MonkeyPatch())
    STORED_LOSSES.mkdir(exist_ok=True)
    for name in names or known:
        keras.utils.set_random_seed(0)
        text = json.dumps(known[name](), indent=1) + "\n"
        (STORED_LOSSES / f"{name}.json").write_text(text)
    print(f"{len(names or known)} runs stored in {STORED_LOSSES}")


if __name__ == "__main__":
    main()
