"""The Inception network of 2015, whose features define the FID.

This is not the InceptionV3 of `keras.applications`. The weights are from an
earlier training, the average pools leave out the padding, and the last block
takes a maximum where the paper (Szegedy et al., 2015,
https://arxiv.org/abs/1512.00567) takes an average. Scores of any other network
are not FIDs.

The weights were published as a TensorFlow graph,
http://download.tensorflow.org/models/image/imagenet/inception-2015-12-05.tgz.
We use their conversion to PyTorch, which torch-fidelity and pytorch-fid share,
because its file is named by its content and its SHA-256 sum is public. A
`.pth` file is a pickle, which may hold code. So it is read by
`torch.load(weights_only=True)`, which refuses everything but tensors. This
extractor therefore needs PyTorch on every backend.

The layers have the same names as in the file, with "-" instead of ".", which
PyTorch does not allow in the name of a layer.
"""

import keras
import numpy as np
from keras import layers

from keras_gan_zoo.metrics import resizing

WEIGHTS_URL = (
    "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/"
    "weights-inception-2015-12-05-6726825d.pth"
)
WEIGHTS_SHA256 = (
    "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
)
SIZE = 299


def load(url=WEIGHTS_URL, sha256=WEIGHTS_SHA256, cache_dir=None):
    """Loads the network with its published weights, downloaded once (91 MB).

    Args:
        url: string, where the weights come from.
        sha256: string, the hash that the file must have.
        cache_dir: path of a folder. None: Keras' own folder.

    Returns:
        `keras.Model`, as returned by `build`.

    Raises:
        ImportError: if PyTorch is missing.
        ValueError: if the file is not the published one.
    """
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            "The weights of the Inception network are a PyTorch file. "
            "Expected: an installed torch. Received: none. Run pip install "
            '"keras_gan_zoo[torch]", or use another feature extractor.'
        ) from error
    try:
        path = keras.utils.get_file(
            origin=url,
            file_hash=sha256,
            hash_algorithm="sha256",
            cache_subdir="models",
            cache_dir=cache_dir,
        )
    except Exception as error:  # urllib's, or Keras' for a wrong hash
        raise ValueError(
            "The weights of the Inception network could not be downloaded. "
            f"Expected: the file {url} with the SHA-256 sum {sha256}. "
            f"Received: {error} Without a network, put the file into "
            "~/.keras/models, or use another feature extractor."
        ) from error
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = build()
    set_weights(model, {name: value.numpy() for name, value in state.items()})
    return model


def preprocess(images, resize="legacy"):
    """Prepares images for the network.

    The images are rounded to 8 bits, as the FID's reference reads image
    files. They are then resized to 299x299 and scaled by (x - 128) / 128.

    Args:
        images: array `(num, height, width, 3)` in [-1, 1].
        resize: string, a mode of `resizing`. The reference uses `"legacy"`.

    Returns:
        float32 array `(num, 299, 299, 3)`.
    """
    images = resizing.rounded(images)
    images = resizing.resized(images, (SIZE, SIZE), resize)
    return (127.5 * images - 0.5) / 128


def build():
    """Builds the network without weights.

    Returns:
        `keras.Model` from images `(num, height, width, 3)` in [-1, 1] to
        class probabilities `(num, 1008)`. Height and width are at least 75
        pixels; the network was trained on 299. The layer `pool3` has the
        features `(num, 2048)` of the FID. As in the reference implementation
        of the inception score, the last layer has no bias.
    """
    inputs = keras.Input((None, None, 3))
    x = _reduction(inputs, 32, "Conv2d_1a_3x3")
    x = _convolution(x, 32, 3, "Conv2d_2a_3x3", padding="valid")
    x = _convolution(x, 64, 3, "Conv2d_2b_3x3")
    x = layers.MaxPooling2D(3, 2)(x)
    x = _convolution(x, 80, 1, "Conv2d_3b_1x1")
    x = _convolution(x, 192, 3, "Conv2d_4a_3x3", padding="valid")
    x = layers.MaxPooling2D(3, 2)(x)  # 35x35, from 299x299
    x = _block_a(x, 32, "Mixed_5b")
    x = _block_a(x, 64, "Mixed_5c")
    x = _block_a(x, 64, "Mixed_5d")
    x = _block_b(x, "Mixed_6a")  # 17x17
    x = _block_c(x, 128, "Mixed_6b")
    x = _block_c(x, 160, "Mixed_6c")
    x = _block_c(x, 160, "Mixed_6d")
    x = _block_c(x, 192, "Mixed_6e")
    x = _block_d(x, "Mixed_7a")  # 8x8
    x = _block_e(x, layers.AveragePooling2D, "Mixed_7b")
    x = _block_e(x, layers.MaxPooling2D, "Mixed_7c")
    x = layers.GlobalAveragePooling2D(name="pool3")(x)
    x = layers.Dense(
        1008, use_bias=False, kernel_initializer="zeros", name="fc"
    )(x)
    outputs = layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="inception")


def _convolution(x, filters, size, name, strides=1, padding="same"):
    """Applies a convolution, batch normalization and ReLU."""
    x = layers.Conv2D(
        filters,
        size,
        strides,
        padding,
        use_bias=False,
        kernel_initializer="zeros",  # weights are loaded; drawing is slow
        name=f"{name}-conv",
    )(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}-bn")(x)
    return layers.ReLU()(x)


def _reduction(x, filters, name):
    return _convolution(x, filters, 3, name, strides=2, padding="valid")


def _pooled(x, filters, name, pooling=layers.AveragePooling2D):
    # With "same" padding Keras averages over pixels inside the image only.
    x = pooling(3, 1, "same")(x)
    return _convolution(x, filters, 1, f"{name}-branch_pool")


def _block_a(x, pool_filters, name):
    five = _convolution(x, 48, 1, f"{name}-branch5x5_1")
    five = _convolution(five, 64, 5, f"{name}-branch5x5_2")
    three = _convolution(x, 64, 1, f"{name}-branch3x3dbl_1")
    three = _convolution(three, 96, 3, f"{name}-branch3x3dbl_2")
    three = _convolution(three, 96, 3, f"{name}-branch3x3dbl_3")
    one = _convolution(x, 64, 1, f"{name}-branch1x1")
    pooled = _pooled(x, pool_filters, name)
    return layers.Concatenate()([one, five, three, pooled])


def _block_b(x, name):
    one = _reduction(x, 384, f"{name}-branch3x3")
    two = _convolution(x, 64, 1, f"{name}-branch3x3dbl_1")
    two = _convolution(two, 96, 3, f"{name}-branch3x3dbl_2")
    two = _reduction(two, 96, f"{name}-branch3x3dbl_3")
    return layers.Concatenate()([one, two, layers.MaxPooling2D(3, 2)(x)])


def _block_c(x, filters, name):
    one = _convolution(x, 192, 1, f"{name}-branch1x1")
    two = _convolution(x, filters, 1, f"{name}-branch7x7_1")
    two = _convolution(two, filters, (1, 7), f"{name}-branch7x7_2")
    two = _convolution(two, 192, (7, 1), f"{name}-branch7x7_3")
    four = _convolution(x, filters, 1, f"{name}-branch7x7dbl_1")
    four = _convolution(four, filters, (7, 1), f"{name}-branch7x7dbl_2")
    four = _convolution(four, filters, (1, 7), f"{name}-branch7x7dbl_3")
    four = _convolution(four, filters, (7, 1), f"{name}-branch7x7dbl_4")
    four = _convolution(four, 192, (1, 7), f"{name}-branch7x7dbl_5")
    return layers.Concatenate()([one, two, four, _pooled(x, 192, name)])


def _block_d(x, name):
    one = _convolution(x, 192, 1, f"{name}-branch3x3_1")
    one = _reduction(one, 320, f"{name}-branch3x3_2")
    two = _convolution(x, 192, 1, f"{name}-branch7x7x3_1")
    two = _convolution(two, 192, (1, 7), f"{name}-branch7x7x3_2")
    two = _convolution(two, 192, (7, 1), f"{name}-branch7x7x3_3")
    two = _reduction(two, 192, f"{name}-branch7x7x3_4")
    return layers.Concatenate()([one, two, layers.MaxPooling2D(3, 2)(x)])


def _block_e(x, pooling, name):
    one = _convolution(x, 320, 1, f"{name}-branch1x1")
    two = _convolution(x, 384, 1, f"{name}-branch3x3_1")
    four = _convolution(x, 448, 1, f"{name}-branch3x3dbl_1")
    four = _convolution(four, 384, 3, f"{name}-branch3x3dbl_2")
    return layers.Concatenate()(
        [
            one,
            _convolution(two, 384, (1, 3), f"{name}-branch3x3_2a"),
            _convolution(two, 384, (3, 1), f"{name}-branch3x3_2b"),
            _convolution(four, 384, (1, 3), f"{name}-branch3x3dbl_3a"),
            _convolution(four, 384, (3, 1), f"{name}-branch3x3dbl_3b"),
            _pooled(x, 192, name, pooling),
        ]
    )


def set_weights(model, state):
    """Puts the arrays of the published file into the network.

    Args:
        model: `keras.Model`, returned by `build`.
        state: dict of the file's names to arrays.

    Raises:
        ValueError: if an array is missing or has another shape.
    """
    for layer in model.layers:
        name = layer.name.replace("-", ".")
        if name.endswith(".conv"):  # (out, in, height, width) in PyTorch
            values = [np.transpose(_of(state, f"{name}.weight"), (2, 3, 1, 0))]
        elif name.endswith(".bn"):
            parts = ("weight", "bias", "running_mean", "running_var")
            values = [_of(state, f"{name}.{part}") for part in parts]
        elif name == "fc":
            values = [np.transpose(_of(state, "fc.weight"))]
        else:
            continue
        layer.set_weights(values)


def _of(state, name):
    if name not in state:
        raise ValueError(
            "The file does not have the weights of the Inception network. "
            "Expected the weights of the Inception network of 2015. "
            f"Received: a file without {name!r}. Use {WEIGHTS_URL}."
        )
    return state[name]
