"""Seconds to load each preset, beyond the import, on each backend.

    python benchmarks/loading.py

Medians of three new processes for each preset and backend; those backends that
are installed.
"""

import importlib.util
import os
import statistics
import subprocess
import sys

import keras_gan_zoo as kgz

BACKENDS = ("tensorflow", "jax", "torch")
LOAD = """
import sys, time
import keras_gan_zoo as kgz
began = time.perf_counter()
kgz.from_preset(sys.argv[1])
print(time.perf_counter() - began)
"""


def seconds(preset, backend):
    printed = subprocess.check_output(
        [sys.executable, "-c", LOAD, preset],
        env={**os.environ, "KERAS_BACKEND": backend},
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return float(printed.splitlines()[-1])


def main():
    backends = [b for b in BACKENDS if importlib.util.find_spec(b)]
    print("| preset |", " | ".join(backends), "|")
    print("|---" * (len(backends) + 1) + "|")
    for preset in kgz.list_presets():
        medians = [
            statistics.median(seconds(preset, backend) for _ in range(3))
            for backend in backends
        ]
        shown = " | ".join(f"{x:.2f}" for x in medians)
        print(f"| `{preset}` | {shown} |", flush=True)


if __name__ == "__main__":
    main()
