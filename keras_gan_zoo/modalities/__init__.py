"""The kinds of samples: images, labels, masks, sounds; a class for each."""

from keras_gan_zoo.modalities import pictures
from keras_gan_zoo.modalities.audio import Audio
from keras_gan_zoo.modalities.image import Image
from keras_gan_zoo.modalities.label import Label
from keras_gan_zoo.modalities.mask import Mask
from keras_gan_zoo.modalities.modality import Modality
from keras_gan_zoo.modalities.partial_label import PartialLabel
from keras_gan_zoo.modalities.thumbnail import Thumbnail

__all__ = [
    "Audio",
    "Image",
    "Label",
    "Mask",
    "Modality",
    "PartialLabel",
    "Thumbnail",
    "pictures",
]
