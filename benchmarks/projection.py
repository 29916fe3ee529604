"""Do presets find the latents of their own samples again?

    python benchmarks/projection.py dcgan_mnist_28 vanilla_gan_mnist_28

Each preset makes samples, and `control.project` searches for latents that make
them again. The table has the mean absolute difference of a sample and what was
found, on the scale of [-1, 1] (so 0.02 is 2.55 grey levels of 255): how many
samples are within 0.02, the median, and the worst. With `--distance
perceptual` the search looks at feature maps instead of pixels.
"""

import argparse
import time

import numpy as np

import keras_gan_zoo as kgz

BOUND = 0.02


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--num", type=int, default=10)
    parser.add_argument("--starts", type=int, default=4)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--distance", default="pixels")
    parser.add_argument("--seed", type=int, default=123)
    arguments = parser.parse_args()
    print("| preset | within 0.02 | median | worst | seconds |")
    print("|---|---|---|---|---|")
    for name in arguments.presets:
        gan = kgz.from_preset(name)
        samples = gan.generate(arguments.num, seed=arguments.seed)
        begin = time.perf_counter()
        found = kgz.control.project(
            gan,
            samples,
            starts=arguments.starts,
            steps=arguments.steps,
            distance=arguments.distance,
            verbose=0,
        )
        seconds = time.perf_counter() - begin
        within = int((found.mae <= BOUND).sum())
        print(
            f"| {name} | {within} of {arguments.num} | "
            f"{np.median(found.mae):.4f} | {found.mae.max():.4f} | "
            f"{seconds:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
