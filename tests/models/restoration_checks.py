"""What the tests of the super-resolution architectures share."""

import keras
import numpy as np
from checks import to_numpy

RNG = np.random.default_rng(0)
SMALL = RNG.uniform(-1, 1, (8, 4, 8, 3)).astype("float32")
LARGE = RNG.uniform(-1, 1, (8, 8, 16, 3)).astype("float32")


def small_perceptual(channels=3):
    """Two feature maps, of the same weights on every backend."""
    rng = np.random.RandomState(1)
    inputs = keras.Input((None, None, channels))
    first = keras.layers.Conv2D(4, 3, 2, "same", activation="relu")
    second = keras.layers.Conv2D(2, 3, 1, "same")
    maps = [first(inputs)]
    maps.append(second(maps[0]))
    network = keras.Model(inputs, maps, name="perceptual")
    network.set_weights([rng.normal(0, 0.3, w.shape) for w in network.weights])
    return network


def values(tensor):
    return to_numpy(keras.ops.stop_gradient(tensor)).astype(float)


def parts(gan, inputs=SMALL, targets=LARGE):
    """Images, logits and feature maps of a batch, in numpy."""
    fake = gan.generator(inputs, training=False)
    sides = [fake, keras.ops.convert_to_tensor(targets)]
    logits = [values(gan.discriminator(x, training=False)) for x in sides]
    maps = [[values(m) for m in gan.perceptual(x)] for x in sides]
    return [values(x) for x in sides], logits, maps


def losses(gan, inputs=SMALL, targets=LARGE):
    """What the players minimize and the logs, as floats."""
    batch = tuple(map(keras.ops.convert_to_tensor, (inputs, targets)))
    found = gan.losses(batch, training=False)
    logs = {**found.logs["generator"], **found.logs.get("discriminator", {})}
    return [
        {name: float(values(value)) for name, value in one.items()}
        for one in (found.players, logs)
    ]
