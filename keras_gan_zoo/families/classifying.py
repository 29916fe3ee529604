"""The base of the architectures that learn to classify from a few labels."""

import numpy as np
from keras import ops

from keras_gan_zoo.families.comparison import Comparison
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.modalities import Image, PartialLabel


class ClassifyingGAN(LatentGAN):
    """Classifies images with `classify`, and reads labels that lack. Abstract.

    A subclass has the attribute `num_classes` and returns logits in
    `class_logits`.

    Args:
        sample: `keras_gan_zoo.modalities.Modality` of the samples.
        latent_dim: int, length of the latent vectors.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.
    """

    reads = {"images": Image, "labels": PartialLabel}

    @property
    def modalities(self):
        found = {"images": self.sample}
        if self.num_classes is not None:
            found["labels"] = PartialLabel(self.num_classes, self.class_names)
        return found

    def _one_hot(self, labels):
        """Returns rows of labels, zeros for an image without a label."""
        if len(labels.shape) == 1:
            # Not one_hot: -1 belongs to no class.
            numbers = ops.arange(self.num_classes, dtype=labels.dtype)
            labels = labels[:, None] == numbers
        return ops.cast(labels, "float32")

    def members(self, data):
        """Returns the images of a batch and, with classes, rows of labels.

        Args:
            data: a batch as a step gets it.
        """
        images, *labels = LatentGAN.members(self, data)
        return images, *map(self._one_hot, labels)

    def class_logits(self, images, batch_size):
        """Runs the network that classifies.

        Args:
            images: numpy array of images.
            batch_size: int, images per call of the network.

        Returns:
            numpy array `(num, num_classes)`.
        """
        raise NotImplementedError

    def class_probabilities(self, images, batch_size=256):
        """Returns the probability of each class, for real images.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1].
            batch_size: int, images per call of the network.

        Returns:
            numpy float32 array `(num, num_classes)`. Rows have the sum 1.

        Raises:
            ValueError: if the images have a wrong shape, type or range, or the
                model has no classes.
        """
        if self.num_classes is None:
            raise ValueError(
                f"This {type(self).__name__} was made without classes. "
                "Expected a model with num_classes=... Received: "
                "num_classes=None"
            )
        images = ops.convert_to_numpy(images)
        self.sample.check(images, "images")
        logits = self.class_logits(images, batch_size)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def classify(self, images, batch_size=256):
        """Returns the most probable class of each image.

        Args:
            images: as in `class_probabilities`.
            batch_size: int, images per call of the network.

        Returns:
            numpy int array `(num,)`.
        """
        return self.class_probabilities(images, batch_size).argmax(axis=1)

    def comparison(self, **controls):
        return Comparison("images", (), once=False)
