"""How long until the first step and the first image, in new processes."""

import statistics
import subprocess
import sys
import time

FIRST_STEP = """
import numpy as np
import keras_gan_zoo as kgz
gan = kgz.DCGAN((28, 28, 1))
gan.compile()
gan.fit(np.zeros((128, 28, 28, 1), "float32"), batch_size=128, verbose=0)
"""

FIRST_IMAGE = """
import keras_gan_zoo as kgz
kgz.from_preset("{preset}").generate(1)
"""

#: What is started, and the program that does it and ends.
STARTS = {
    "`import keras`": "import keras",
    "`import keras_gan_zoo`": "import keras_gan_zoo",
    "first step of `DCGAN`, 28 px, batch 128": FIRST_STEP,
    **{
        f'`from_preset("{preset}")` to the first image': FIRST_IMAGE.format(
            preset=preset
        )
        for preset in ("vanilla_gan_digits_8", "conditional_gan_mnist_28")
    },
}


def seconds(program):
    command = [sys.executable, "-c", program]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"This failed:\n{program}\n{done.stderr}")
    return time.perf_counter() - began


def measure(repeats, tick):
    """Median seconds of each start, a dict; interleaved.

    Args:
        repeats: int.
        tick: function without arguments that is called after each start.
    """
    found = {name: [] for name in STARTS}
    seconds(FIRST_STEP)  # reads all files once
    for _ in range(repeats):
        for name, program in STARTS.items():
            found[name].append(seconds(program))
            tick()
    return {name: statistics.median(times) for name, times in found.items()}
