"""The base of the latent architectures that may be told a class."""

import numpy as np
from keras import ops

from keras_gan_zoo.blocks.labels import inputs
from keras_gan_zoo.families import controls
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.modalities import Image, Label
from keras_gan_zoo.modalities.label import one_hot


class ClassConditionalGAN(LatentGAN):
    """Makes samples of given classes from latent vectors. Abstract.

    With classes, the networks take a list of two inputs: latents or samples,
    and one-hot labels. Without classes they take latents or samples alone,
    and `fit` ignores labels.

    Args:
        sample: `keras_gan_zoo.modalities.Modality` of the samples.
        latent_dim: int, length of the latent vectors.
        num_classes: int, number of classes, or None for none.
        **kwargs: `seed`, `name` and `dtype`, see `GAN`.

    Raises:
        ValueError: if `num_classes` is not a positive int.
    """

    reads = {"images": Image, "labels": Label}

    def __init__(self, sample, latent_dim, num_classes, **kwargs):
        super().__init__(sample, latent_dim, **kwargs)
        if num_classes is not None:
            num_classes = Label(num_classes).num_classes
        self.num_classes = num_classes

    @property
    def modalities(self):
        found = {"images": self.sample}
        if self.num_classes is not None:
            found["labels"] = Label(self.num_classes, self.class_names)
        return found

    @property
    def controls(self):
        if self.num_classes is None:
            return super().controls
        return [
            controls.Labels(
                "labels",
                "Classes",
                "classes of the images in turn, numbers or names",
                num_classes=self.num_classes,
                names=self.class_names,
            ),
            *super().controls,
        ]

    def members(self, data):
        """Returns the images and, with classes, the one-hot labels of a batch.

        Args:
            data: a batch as a step gets it.
        """
        images, *labels = super().members(data)
        return images, *map(self._one_hot, labels)

    def _one_hot(self, labels):
        if len(labels.shape) == 1:
            labels = ops.one_hot(labels, self.num_classes)
        return ops.cast(labels, "float32")

    # ------------------------------------------------------------ training

    def losses(self, batch, training=True, seed=None):
        """Returns the losses of a pair of networks that both get the labels.

        A generated sample gets the class of the real sample at its place in
        the batch; see `GAN.losses`.

        Args:
            batch: tuple of the real samples and, with classes, one-hot
                labels.
            training: bool, whether the networks run as in training.
            seed: int or None, as in `GAN.losses`.

        Returns:
            `Losses`.
        """
        real, *labels = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator(inputs(latents, labels), training=training)

        def discriminate(images):
            return self.discriminator(inputs(images, labels), training=training)

        return self.adversarial_losses(discriminate, real, fake)

    # -------------------------------------------------------------- using

    def generate(
        self,
        num_images,
        *,
        labels=None,
        latents=None,
        seed=None,
        batch_size=256,
        truncation=None,
    ):
        """Draws images of given classes.

        Args:
            num_images: int, number of images.
            labels: an int or a name for all images, ints or names
                `(num_images,)`, or one-hot `(num_images, num_classes)`.
                Names are those in `class_names`. None takes the classes in
                turn: 0, 1, ..., num_classes - 1, 0, 1, ... A model without
                classes takes only None.
            latents: float array `(num_images, latent_dim)`, or None to draw
                latents from the prior.
            seed: int or None. The same seed gives the same images on every
                backend.
            batch_size: int, images per call of the generator.
            truncation: float or None, as in `LatentGAN.generate`.

        Returns:
            numpy float32 array `(num_images, height, width, channels)` in
            [-1, 1].

        Raises:
            ValueError: if a label is not one of the classes, there are too
                many or too few labels, or the model has no classes.
        """
        labels = self.given_or_all_labels(num_images, labels)
        latents = self.given_or_drawn(num_images, latents, seed, truncation)
        return self.run_generator(inputs(latents, labels), batch_size)

    def random_inputs(self, num, rng, truncation=None):
        latents = super().random_inputs(num, rng, truncation)
        if self.num_classes is None:
            return latents
        labels = rng.integers(self.num_classes, size=num)
        return [latents, one_hot(labels, self.num_classes)]

    def given_or_all_labels(self, num, labels):
        """Returns one-hot labels, or an empty list without classes.

        Args:
            num: int, number of labels.
            labels: as in `generate`.

        Returns:
            List of one numpy float32 array `(num, num_classes)`, or `[]`.

        Raises:
            ValueError: as in `generate`.
        """
        if self.num_classes is None:
            if labels is not None:
                raise ValueError(
                    f"This {type(self).__name__} was made without classes. "
                    "Expected no labels. Received: labels=... Make it with "
                    "num_classes=..., and train it on images with labels."
                )
            return []
        if labels is None:
            labels = np.arange(num) % self.num_classes
        labels = self.modalities["labels"].numbers(labels)
        if labels.ndim == 0:
            labels = np.repeat(labels, num)
        labels = one_hot(labels, self.num_classes)
        if len(labels) != num:
            raise ValueError(
                "Expected one label for all images, or one for each of "
                f"{num}. Received: {len(labels)} labels."
            )
        return [labels]

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
