"""EfficientNet-Lite0, whose features are the default for color pictures.

`keras_gan_zoo.blocks.efficientnet` builds the network and loads its weights.
"""

import functools

import keras
import numpy as np

from keras_gan_zoo.blocks.efficientnet import MAPS, loaded
from keras_gan_zoo.metrics import resizing

__all__ = ["MAPS", "load", "preprocess", "run"]
SIZE = (224, 224)  # of the images that it was trained on
TOGETHER = 32  # images per pass: their widest maps take 150 MB


@functools.cache
def load(*outputs):
    """Builds the network with its weights.

    Several networks with different outputs share the weights.

    Args:
        *outputs: names of the layers whose outputs are wanted, such as
            `"pool"`, `"softmax"` or the names in `MAPS`. Without a name, the
            network has the output of `build`.

    Returns:
        `keras.Model` that takes images from `preprocess`. Its variables are
        float32, whatever Keras' policy is.

    Raises:
        FileNotFoundError: if the installation lacks the weights.
    """
    if outputs:
        whole = load()
        found = [whole.get_layer(name).output for name in outputs]
        return keras.Model(whole.input, found)
    return loaded()


def preprocess(images, resize="clean"):
    """Prepares images for the network.

    The images are rounded to 8 bits, so that an image and its file have the
    same features. They are then resized to 224x224 and scaled by
    (x - 127) / 128.

    Args:
        images: array `(num, height, width, 3)` in [-1, 1].
        resize: string, a mode of `resizing`, or None to keep the size.

    Returns:
        float32 array `(num, 224, 224, 3)`.
    """
    images = resizing.rounded(images)
    if resize is not None:
        images = resizing.resized(images, SIZE, resize)
    return ((127.5 * images + 0.5) / 128).astype("float32")


def run(model, images):
    """Runs a network on images, a few at a time.

    Args:
        model: what `load` returned.
        images: array `(num, height, width, 3)`, made by `preprocess`.

    Yields:
        List of numpy arrays `(part, ...)`, one for each output.
    """
    num_parts = -(-len(images) // TOGETHER)
    for part in np.array_split(images, num_parts):
        found = model.predict_on_batch(part)
        found = found if isinstance(found, list) else [found]
        yield [keras.ops.convert_to_numpy(array) for array in found]
