"""Images as `tf.data` batches: float32 in [-1, 1], shuffled, whole batches.

The order of the images depends only on the seed and on the number of the pass
over the data. Each dataset has a `position`. With it, the `Backup` callback
starts a training again at the batch at which the last training was stopped.
Change batches with `mapped`: the method `map` of a dataset drops the position.

Without `labels` a batch is `images` of shape `(batch, height, width,
channels)`. With labels it is `(images, labels)`, where labels are int32 of
shape `(batch,)`.
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
from keras_gan_zoo.data.semi_supervised import semi_supervised
from keras_gan_zoo.data.source import read_source
from keras_gan_zoo.data.sprites import emoji
from keras_gan_zoo.data.super_resolution import (
    super_resolution_arrays,
    super_resolution_folder,
)

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
    "semi_supervised",
    "super_resolution_arrays",
    "super_resolution_folder",
    "tfds",
    "unpaired_arrays",
    "unpaired_folders",
    "unpaired_tfds",
]
