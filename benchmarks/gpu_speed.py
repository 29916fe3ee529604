"""Images per second where there is no TensorFlow, for `gpu.sh`.

    KERAS_BACKEND=jax python benchmarks/gpu_speed.py fit dcgan_64
    KERAS_BACKEND=torch python benchmarks/gpu_speed.py fit dcgan_64
    python benchmarks/gpu_speed.py torch dcgan_64

The networks, batches and sizes are those of `speed/rows.py`. `fit` is our
class on the backend of Keras, as users call it, on arrays in memory. `torch` is
the plain PyTorch training of `speed/torch_training.py`, eager, on the GPU if
there is one. Prints one line of JSON and appends it to `--output`. Both players
are updated from one forward pass, as in `speed`.
"""

import argparse
import dataclasses
import importlib.metadata
import json
import pathlib
import statistics
import sys
import time

SPEED = pathlib.Path(__file__).resolve().parent / "speed"
STEPS = 16  # of an epoch: Keras works in Python between two


def fitted(row, options):
    """Returns a function that takes `STEPS` steps of our class."""
    import keras
    import numpy as np

    gan = row.gan(options.dtype)
    gan.compile(updates="simultaneous", **row.settings)
    num = STEPS * options.batch_size
    arrays = [
        np.resize(array, (num, *array.shape[1:])) for array in row.arrays()
    ]

    def run():
        gan.fit(*arrays, batch_size=options.batch_size, verbose=0)

    return run, f"keras_gan_zoo on {keras.backend.backend()}"


def plain(row, options):
    """Returns a function that takes `STEPS` steps of plain PyTorch."""
    import torch
    import torch_training

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_default_device(device)
    contestant = torch_training.contestant(row, options.dtype)
    contestant.autocast = torch.autocast(
        device, torch.bfloat16, enabled="bfloat16" in options.dtype
    )

    def run():
        contestant.run(STEPS)
        if device == "cuda":
            torch.cuda.synchronize()

    return run, f"PyTorch on {device}"


def measured(run, seconds):
    """Seconds of `run`, the median over some time, without the first two."""
    times = []
    for _ in range(2):  # builds the step, then runs in
        run()
    until = time.perf_counter() + seconds
    while not times or time.perf_counter() < until:
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return statistics.median(times), len(times)


def version(name):
    """The installed version, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def main():
    sys.path.insert(0, str(SPEED))
    from rows import ROWS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", choices=["fit", "torch"])
    parser.add_argument("row", choices=ROWS)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--batch-size", type=int, help="instead of the row's")
    parser.add_argument("--output", type=pathlib.Path, help="a file of lines")
    options = parser.parse_args()
    row = ROWS[options.row]
    if options.batch_size:
        num_images = max(row.num_images, 2 * options.batch_size)

        row = dataclasses.replace(
            row, batch_size=options.batch_size, num_images=num_images
        )
    options.batch_size = row.batch_size
    make = {"fit": fitted, "torch": plain}[options.way]
    run, title = make(row, options)
    seconds, repeats = measured(run, options.seconds)
    found = {
        "row": options.row,
        "way": title,
        "dtype": options.dtype,
        "batch_size": row.batch_size,
        "images_per_second": round(STEPS * row.batch_size / seconds, 1),
        "repeats": repeats,
        "versions": {n: version(n) for n in ("keras", "jax", "torch")},
    }
    line = json.dumps(found)
    print(line, flush=True)
    if options.output:
        with open(options.output, "a", encoding="utf-8") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    main()
