"""Writes tests/stored_losses.json anew, under the backend that is set.

    KERAS_BACKEND=tensorflow python tests/store_losses.py
    KERAS_BACKEND=tensorflow python tests/store_losses.py TestDCGAN

With names, those runs alone, e.g. of a new architecture. Every backend must
then agree with the file to 1e-4: run the suite on the others before
committing it.
"""

import argparse
import functools
import importlib
import json
import pathlib

import keras
import pytest
from checks import STORED_LOSSES, StoredLosses, feed_noise

from keras_gan_zoo import losses, penalties


def runs():
    """Dict of the names of all runs to functions that give their losses."""
    found = {}
    for path in sorted(pathlib.Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(path.stem)
        for name, value in vars(module).items():
            if name.startswith("Test") and issubclass(value, StoredLosses):
                found[name] = value().three_steps
    vanilla = importlib.import_module("test_vanilla_gan")
    for loss in losses.LOSSES:
        for penalty in [None, *penalties.PENALTIES]:
            found[f"{loss}, {penalty}"] = functools.partial(
                vanilla.pair_losses, loss, penalty
            )
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="of runs; none for all")
    names = parser.parse_args().names
    known = runs()
    unknown = set(names) - set(known)
    if unknown:
        parser.error(f"unknown {unknown}; known: {', '.join(known)}")
    feed_noise(pytest.MonkeyPatch())
    stored = json.loads(STORED_LOSSES.read_text()) if names else {}
    for name in names or known:
        keras.utils.set_random_seed(0)
        stored[name] = known[name]()
    STORED_LOSSES.write_text(json.dumps(stored, indent=1) + "\n")
    print(f"{len(names or known)} runs stored in {STORED_LOSSES}")


if __name__ == "__main__":
    main()
