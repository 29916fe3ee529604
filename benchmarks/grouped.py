"""How much faster is `layers.GroupedConv2D` than Keras' grouped convolution?

    python benchmarks/grouped.py
    KERAS_BACKEND=torch python benchmarks/grouped.py --channels 192 --groups 12

Prints the milliseconds of the forward pass, and of the pass with the gradients
by the kernel and the images, of both, and their ratio. They take turns, and the
number is the median. A full convolution, which has as many times the weights as
there are groups, is there for comparison.
"""

import argparse
import statistics
import time

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.layers import GroupedConv2D


def compiled(function):
    """The function as the trainer of the backend would run it."""
    if engine.BACKEND == "tensorflow":
        import tensorflow as tf

        return tf.function(function)
    return function


def passes(layer, images):
    """Functions without arguments: the forward pass, and with gradients."""
    optimizer = keras.optimizers.SGD(0.0)
    optimizer.build(layer.trainable_variables)

    def loss(images):
        return ops.sum(ops.square(layer(images)), axis=(1, 2, 3))

    def both():
        # A penalty would take the gradient by the images, too.
        slope = engine.input_gradient(loss, images)
        engine.minimize(
            lambda: ({"one": ops.sum(loss(images))}, None),
            {"one": (layer.trainable_variables, optimizer)},
        )
        return ops.sum(slope)

    return compiled(lambda: ops.sum(layer(images))), compiled(both)


def milliseconds(function):
    start = time.perf_counter()
    float(ops.convert_to_numpy(ops.stop_gradient(function())))
    return 1000 * (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--channels", type=int, default=96)
    parser.add_argument("--groups", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    shape = (options.batch_size, *[options.side] * 2, options.channels)
    images = ops.convert_to_tensor(np.ones(shape, "float32"))
    contestants = {
        "GroupedConv2D": (GroupedConv2D, options.groups),
        "keras.layers.Conv2D": (keras.layers.Conv2D, options.groups),
        "without groups": (keras.layers.Conv2D, 1),
    }
    runs = {}
    for name, (cls, groups) in contestants.items():
        layer = cls(
            options.channels, 3, padding="same", groups=groups, use_bias=False
        )
        layer.build(shape)
        runs[name] = passes(layer, images)
    times = {name: ([], []) for name in runs}
    for _ in range(1 + options.turns):
        for name, functions in runs.items():
            for found, function in zip(times[name], functions):
                found.append(milliseconds(function))
    medians = {
        name: [statistics.median(found[1:]) for found in both]
        for name, both in times.items()
    }
    print(f"{engine.BACKEND}, {shape}, {options.groups} groups")
    print("| layer | forward, ms | with gradients, ms | Keras' / this |")
    print("|---|---|---|---|")
    own = medians["keras.layers.Conv2D"][1]
    for name, (forward, both) in medians.items():
        print(f"| {name} | {forward:.1f} | {both:.1f} | {own / both:.2f} |")


if __name__ == "__main__":
    main()
