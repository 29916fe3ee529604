"""What does importing cost? Ratios against `import keras`, in turn.

python benchmarks/startup.py --repeats 7
"""

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "import keras": [sys.executable, "-c", "import keras"],
    "import keras, keras_gan_zoo": [
        sys.executable,
        "-c",
        "import keras, keras_gan_zoo",
    ],
    "keras-gan-zoo --help": ["keras-gan-zoo", "--help"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    times = {name: [] for name in COMMANDS}
    for repeat in range(repeats + 1):
        for name, command in COMMANDS.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            if repeat > 0:  # the first one fills the file cache
                times[name].append(time.perf_counter() - began)
    base = times["import keras"]
    for name, values in times.items():
        ratio = statistics.median(v / b for v, b in zip(values, base))
        print(f"{name:30} {statistics.median(values):6.2f} s  x {ratio:.3f}")


if __name__ == "__main__":
    main()
