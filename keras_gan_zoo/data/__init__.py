"""Images as `tf.data` batches: float32 in [-1, 1], shuffled, whole batches.

The order of the images is a function of the seed and of the number of the
pass over the data, nothing else. Each dataset carries a `position`, through
which the `Backup` callback sets a restarted training to the very batch at
which the old one was killed. Change batches with `mapped`: the
method `map` of a dataset drops the position.

Without `labels` a batch is `images` of shape `(batch, height, width,
channels)`; with labels it is `(images, labels)`, labels int32 `(batch,)`.
"""

from keras_gan_zoo.data.arrays import arrays
from keras_gan_zoo.data.catalogue import tfds
from keras_gan_zoo.data.embedded import (
    digits,
    photograph_domains,
    photograph_pairs,
)
from keras_gan_zoo.data.folder import image_folder
from keras_gan_zoo.data.mapped import mapped
from keras_gan_zoo.data.pairs import (
    paired_arrays,
    paired_folder,
    unpaired_arrays,
    unpaired_folders,
    unpaired_tfds,
)
from keras_gan_zoo.data.source import read_source
from keras_gan_zoo.data.sprites import emoji

__all__ = [
    "arrays",
    "digits",
    "emoji",
    "image_folder",
    "mapped",
    "paired_arrays",
    "paired_folder",
    "photograph_domains",
    "photograph_pairs",
    "read_source",
    "tfds",
    "unpaired_arrays",
    "unpaired_folders",
    "unpaired_tfds",
]
