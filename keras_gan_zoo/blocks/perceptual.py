"""Networks whose features say how far two images are apart, for losses.

Each function returns a `keras.Model` from images `(batch, height, width,
channels)` in [-1, 1] to one or several feature maps. Its weights are fixed. A
model such as `SRGAN(perceptual=...)` compares the maps of two images.

===================  =======================================================
`efficientnet_lite`  ships with the package and needs no download
`vgg19`              the network of most papers, downloaded once (80 MB)
`layers_of`          layers of your own network, e.g. of a discriminator
===================  =======================================================
"""

import keras
import numpy as np

from keras_gan_zoo import engine
from keras_gan_zoo.blocks import efficientnet
from keras_gan_zoo.files.lookup import look_up

VGG19_URL = (
    "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/"
    "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
)
VGG19_MD5 = "253f8cb515780f3b799900260a226db6"  # as keras.applications has it
VGG19_MEANS = (123.68, 116.779, 103.939)  # of red, green and blue
#: Scales the features of VGG19 so that their squared error is about as large
#: as that of pixels (Ledig et al., 2017, https://arxiv.org/abs/1609.04802).
VGG19_SCALE = 1 / 12.75
#: The default maps of EfficientNet-Lite0, at strides of 2, 4, 8 and 16 pixels.
MAPS = ("b1_expand", "b3_expand", "b5_expand", "b8_expand")


def efficientnet_lite(channels=3, maps=MAPS, activated=True, scale=1.0):
    """Builds EfficientNet-Lite0 with the weights that ship with the package.

    Args:
        channels: int, channels of the images, 3 or 1.
        maps: tuple of names of layers: `"b1_expand"` to `"b15_expand"`, or
            `"head"`. The layer `"b1_expand"` is the first that widens. Few
            shallow maps make a small network.
        activated: bool, whether to take the maps after their rectifier.
        scale: float, multiplies the maps.

    Returns:
        `keras.Model`.

    Raises:
        ValueError: if there is no such layer.
        FileNotFoundError: if the installation lacks the weights.

    Example:

    >>> network = efficientnet_lite(maps=("b1_expand", "b3_expand"))
    >>> [tuple(map.shape) for map in network(np.zeros((1, 32, 32, 3)))]
    [(1, 16, 16, 96), (1, 8, 8, 144)]
    """
    whole = efficientnet.loaded()
    ending = "_relu" if activated else "_bn"
    known = {
        layer.name.removesuffix("_relu"): None
        for layer in whole.layers
        if layer.name.endswith(("expand_relu", "head_relu"))
    }
    for name in maps:
        look_up(name, known, "map of EfficientNet-Lite0")
    outputs = [whole.get_layer(f"{name}{ending}").output for name in maps]
    # (x - 127) / 128 of 8-bit numbers.
    offset = [0.5 / 128] * 3
    return _frozen(whole.input, outputs, channels, 127.5 / 128, offset, scale)


def vgg19(
    layer="block5_conv4",
    channels=3,
    activated=True,
    scale=VGG19_SCALE,
    url=VGG19_URL,
    md5=VGG19_MD5,
    cache_dir=None,
):
    """Builds VGG19 with weights of ImageNet, downloaded once (80 MB).

    Simonyan & Zisserman (2015), https://arxiv.org/abs/1409.1556, from
    `keras.applications`. SRGAN compares the map after the rectifier of the
    last convolution, ESRGAN the map before it.

    Args:
        layer: name of a convolution: `"block5_conv4"` is the fourth before
            the fifth pool.
        channels: int, channels of the images, 3 or 1.
        activated: bool, whether to take the map after its rectifier.
        scale: float, multiplies the map.
        url: string, where the weights come from.
        md5: string, the hash that the file must have.
        cache_dir: path of a folder. None: Keras' own folder.

    Returns:
        `keras.Model`.

    Raises:
        ValueError: if there is no such layer, or the file is not the
            published one.

    Example:

    >>> network = vgg19()  # doctest: +SKIP
    >>> gan = keras_gan_zoo.SRGAN(perceptual=network)  # doctest: +SKIP
    """
    with engine.precision("float32"):
        whole = keras.applications.VGG19(weights=None, include_top=False)
    known = {found.name: None for found in whole.layers if found.weights}
    look_up(layer, known, "convolution of VGG19")
    try:
        path = keras.utils.get_file(
            origin=url,
            file_hash=md5,
            hash_algorithm="md5",
            cache_subdir="models",
            cache_dir=cache_dir,
        )
    except Exception as error:  # urllib's, or Keras' for a wrong hash
        raise ValueError(
            "The weights of VGG19 could not be downloaded. Expected: the file "
            f"{url} with the MD5 sum {md5}. Received: {error} Without a "
            "network, put the file into ~/.keras/models, or use "
            "efficientnet_lite, which ships with the package."
        ) from error
    whole.load_weights(path)
    found = whole.get_layer(layer)
    if not activated:
        found.activation = keras.activations.linear
    # Blue comes first, as in the network's training.
    offset = 127.5 - np.array(VGG19_MEANS[::-1])
    return _frozen(
        whole.input, [found.output], channels, 127.5, offset, scale, True
    )


def layers_of(network, *names):
    """Copies layers of a network, e.g. of a trained discriminator.

    Args:
        network: functional `keras.Model` with one input, images in [-1, 1].
        *names: names of layers, whose outputs are the maps.

    Returns:
        `keras.Model`. Its weights are a copy, so that it stays as it is if
        the network goes on training.

    Raises:
        ValueError: if there is no such layer.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.DCGAN((16, 16, 3), filters=4)
    >>> name = gan.discriminator.layers[2].name
    >>> layers_of(gan.discriminator, name).trainable
    False
    """
    known = {layer.name: None for layer in network.layers}
    for name in names:
        look_up(name, known, f"layer of {network.name}")
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    outputs = [copy.get_layer(name).output for name in names]
    found = keras.Model(copy.input, outputs, name="perceptual")
    found.trainable = False
    return found


def _frozen(input, outputs, channels, scale, offset, gain, reverse=False):
    """Puts a convolution that prepares the images before a network."""
    with engine.precision("float32"):
        inputs = keras.Input((None, None, channels), name="images")
        prepare = keras.layers.Conv2D(3, 1, name="prepare")
        scaled = keras.layers.Rescaling(gain, name="scaled")
        found = keras.Model(input, outputs)(prepare(inputs))
        maps = found if isinstance(found, list) else [found]
        maps = [scaled(map) for map in maps] if gain != 1 else maps
    kernel = np.eye(3)[:, ::-1] if reverse else np.eye(3)
    if channels == 1:
        kernel = np.ones((1, 3))
    prepare.set_weights([scale * kernel[None, None], np.asarray(offset)])
    model = keras.Model(inputs, maps, name="perceptual")
    model.trainable = False
    return model
