"""The kinds of samples: images, labels, sounds; one class for each kind."""

from keras_gan_zoo.modalities import pictures
from keras_gan_zoo.modalities.audio import Audio
from keras_gan_zoo.modalities.image import Image
from keras_gan_zoo.modalities.label import Label
from keras_gan_zoo.modalities.modality import Modality
from keras_gan_zoo.modalities.partial_label import PartialLabel

__all__ = ["Audio", "Image", "Label", "Modality", "PartialLabel", "pictures"]
