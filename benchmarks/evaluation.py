"""What a metric costs beyond its features: time and memory.

    python benchmarks/evaluation.py --data-dir DIR

Fréchet distance of MNIST's 10,000 test images to 10,000 training images in
the features of the shipped classifier, batch by batch. Prints the time,
the time of plain feature extraction of the same images, medians of
interleaved repeats, and the peak memory after 1,000 and after 10,000 images.
"""

import argparse
import resource
import statistics
import time

import classifiers

import keras_gan_zoo as kgz

BATCH = 100


def batches(images, num):
    return [images[i : i + BATCH] for i in range(0, num, BATCH)]


def peak():
    """Peak resident memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds(function):
    start = time.time()
    function()
    return time.time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    real, _ = classifiers.mnist("train", options.data_dir)
    images, _ = classifiers.mnist("test", options.data_dir)
    extract = kgz.metrics.features.get("mnist")

    def metric(num):
        found = kgz.metrics.FrechetDistance(extract)
        for real_batch, fake in zip(batches(real, num), batches(images, num)):
            found.update_state(real_batch, fake)
        return found.result()

    metric(1000)
    print(f"peak memory after 1,000 images: {peak():.0f} MiB")
    found = metric(len(images))
    print(f"peak memory after 10,000 images: {peak():.0f} MiB")
    print(f"Fréchet distance, test to training images: {found}")

    def all_features():  # of both sides, as the metric needs them
        for part in (real, images):
            for batch in batches(part, len(images)):
                extract(batch)

    pairs = [
        (seconds(all_features), seconds(lambda: metric(len(images))))
        for _ in range(options.repeats)
    ]
    plain_time, metric_time = (statistics.median(t) for t in zip(*pairs))
    ratio = statistics.median(b / a for a, b in pairs)
    print(
        f"20,000 images: features {plain_time:.2f} s, metric "
        f"{metric_time:.2f} s, ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
