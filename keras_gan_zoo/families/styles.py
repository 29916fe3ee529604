"""The base of the architectures whose generator turns latents into styles."""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.blocks.labels import inputs
from keras_gan_zoo.families import controls
from keras_gan_zoo.families.class_conditional import (
    ClassConditionalGAN,
)

TRUNCATION_PSI = controls.Amount(
    "truncation_psi",
    "Truncation psi",
    "distance of styles from their mean, e.g. 0.7: better, less variety",
    low=0.1,
    high=1.5,
)


def crossovers(num, num_styles, probability, seed):
    """Draws the layer from which on an image has its second style.

    Args:
        num: int or scalar tensor, number of images.
        num_styles: int, number of styles of an image.
        probability: float, the probability that there is a second style.
        seed: int or seed generator.

    Returns:
        Float tensor `(num, 1, 1)`, from 1 to `num_styles - 1`, or
        `num_styles` for an image without a second style.
    """
    # An int would give the same numbers twice.
    draws = keras.random.uniform((num, 2), seed=seed)
    layer = 1 + ops.floor(draws[:, 1:] * (num_styles - 1))
    mixed = draws[:, :1] < probability
    found = ops.where(mixed, layer, float(num_styles))
    return ops.reshape(found, (-1, 1, 1))


def crossed(styles, others, first):
    """Takes the styles of the layers from `first` on from others.

    Args:
        styles: tensor `(num, num_styles, style_dim)`.
        others: tensor of the same shape.
        first: `(num, 1, 1)`, the first layer with a style of `others`.
    """
    layers = ops.reshape(
        ops.arange(styles.shape[1], dtype="float32"), (1, -1, 1)
    )
    return ops.where(layers < first, styles, others)


class Styles(ClassConditionalGAN):
    """Mixes styles in training, and makes images from styles. Abstract.

    A subclass has a generator as `keras_gan_zoo.blocks.style_based.
    StyleGenerator`, and gets the styles of a step from `training_styles`.
    """

    #: The number of layers, from the coarsest on, whose styles `truncation_psi`
    #: draws to their mean. None for all layers.
    truncated_layers = None

    # ------------------------------------------------------------ training

    def compile(self, *args, style_mixing=0.9, **kwargs):
        """Sets how the players train; see `GAN.compile` for more.

        Args:
            *args: positional arguments of `GAN.compile`.
            style_mixing: float, probability that an image has the styles of
                two latents, the second from a random layer on.
            **kwargs: further arguments of `compile`.

        Raises:
            ValueError: if `style_mixing` is not a probability.
        """
        if not 0 <= style_mixing <= 1:
            raise ValueError(
                "Style mixing is a probability. Expected style_mixing from 0 "
                f"to 1. Received: style_mixing={style_mixing}"
            )
        super().compile(*args, **kwargs)
        self.style_mixing = float(style_mixing)

    def compile_settings(self):
        return {**super().compile_settings(), "style_mixing": self.style_mixing}

    @property
    def running_layers(self):
        """Returns the number of layers that run in a step."""
        return self.generator.num_styles

    def training_styles(self, num, labels, training=True, seed=None):
        """Draws the styles of all layers, mixed in training.

        Args:
            num: int or scalar tensor, number of images.
            labels: list of the one-hot labels, or an empty list.
            training: bool. In training, styles are mixed, and the generator
                tracks their mean.
            seed: int or None. An int gives the same styles each time. None
                draws from the noise of the model.

        Returns:
            Tensor `(num, num_styles, style_dim)`.
        """
        latents = self.sample_latents(num, seed)
        w = self.generator.styles(inputs(latents, labels), training)
        w = self.generator.for_all_layers(w)
        if not training or not self.style_mixing:
            return w
        others = self.sample_latents(num, seed)
        others = self.generator.mapping(
            inputs(others, labels), training=training
        )
        seed = self.noise if seed is None else seed
        first = crossovers(num, self.running_layers, self.style_mixing, seed)
        others = self.generator.for_all_layers(others)
        return crossed(w, others, first)

    # -------------------------------------------------------------- using

    @property
    def controls(self):
        return [*super().controls, TRUNCATION_PSI]

    def generate(
        self,
        num_images,
        *,
        labels=None,
        latents=None,
        seed=None,
        batch_size=256,
        truncation_psi=None,
    ):
        """Draws images.

        Args:
            num_images: int, number of images.
            labels: as in `ClassConditionalGAN.generate`.
            latents: float array `(num_images, latent_dim)`, or None to draw
                latents from the prior.
            seed: int or None. The same seed gives the same images on every
                backend.
            batch_size: int, images per call of the generator.
            truncation_psi: float or None. Multiplies the distance of each
                style from the mean style of the training. 0.7 gives better
                images that differ less, 0 the mean image, and None is 1.
                (`truncation` of other classes is a bound of the latents.)

        Returns:
            numpy float32 array `(num_images, height, width, channels)` in
            [-1, 1].

        Raises:
            ValueError: if a label is not one of the classes, there are too
                many or too few labels, or the latents have a wrong shape.
        """
        if truncation_psi is None:
            return super().generate(
                num_images,
                labels=labels,
                latents=latents,
                seed=seed,
                batch_size=batch_size,
            )
        styles = self.styles(
            num_images,
            labels=labels,
            latents=latents,
            seed=seed,
            batch_size=batch_size,
            truncation_psi=truncation_psi,
        )
        return self.generate_from_styles(styles, batch_size=batch_size)

    def styles(
        self,
        num_images,
        *,
        labels=None,
        latents=None,
        seed=None,
        batch_size=256,
        truncation_psi=None,
    ):
        """Returns the styles of images, to be changed or mixed.

        Args:
            num_images: int, number of images.
            labels: as in `generate`.
            latents: as in `generate`.
            seed: as in `generate`.
            batch_size: as in `generate`.
            truncation_psi: as in `generate`.

        Returns:
            numpy float32 array `(num_images, num_styles, style_dim)`, one
            style for each layer, from the coarsest to the finest.
        """
        labels = self.given_or_all_labels(num_images, labels)
        latents = self.given_or_drawn(num_images, latents, seed)
        network = self.best("generator")
        styles = network.mapping.predict(
            inputs(latents, labels), batch_size=batch_size, verbose=0
        ).astype("float32")
        styles = np.repeat(styles[:, None], network.num_styles, axis=1)
        if truncation_psi is not None:
            mean = np.array(ops.convert_to_numpy(network.mean_style))
            drawn = styles[:, : self.truncated_layers]
            drawn[:] = mean + truncation_psi * (drawn - mean)
        return styles

    def generate_from_styles(self, styles, *, batch_size=256, **options):
        """Makes images from the styles of all layers.

        Args:
            styles: float array `(num_images, num_styles, style_dim)`, as
                `styles` returns it.
            batch_size: int, images per call of the network.
            **options: arguments of `run_synthesis`, such as the `resolution`
                of a model that grows.

        Returns:
            numpy float32 array `(num_images, height, width, channels)` in
            [-1, 1].

        Raises:
            ValueError: if the styles have a wrong shape.
        """
        network = self.best("generator")
        styles = np.asarray(styles, "float32")
        wanted = (network.num_styles, network.mean_style.shape[0])
        if styles.shape[1:] != wanted:
            raise ValueError(
                "Expected styles of shape (num_images, num_styles, style_dim) "
                f"= (num_images, {wanted[0]}, {wanted[1]}). "
                f"Received: styles.shape={styles.shape}"
            )
        images = self.run_synthesis(styles, batch_size, **options)
        return np.clip(images.astype("float32"), -1, 1)

    def run_synthesis(self, styles, batch_size):
        """Runs the synthesis network, or its average if there is one.

        Args:
            styles: float32 array `(num_images, num_styles, style_dim)`.
            batch_size: int, images per call of the network.

        Returns:
            numpy array.
        """
        network = self.best("generator").synthesis
        return network.predict(styles, batch_size=batch_size, verbose=0)

    def draw_from_styles(self, styles):
        """Draws images from styles, as tensors with a gradient.

        The networks are those of `generate_from_styles`.

        Args:
            styles: tensor `(num_images, num_styles, style_dim)`.

        Returns:
            Tensor `(num_images, height, width, channels)`, not clipped.
        """
        return self.best("generator").synthesis(styles, training=False)

    def mix_styles(self, coarse, fine, layers):
        """Crosses each of some images with each of others.

        Args:
            coarse: array `(rows, num_styles, style_dim)`, styles of the
                images that decide all layers but those in `layers`.
            fine: array `(columns, num_styles, style_dim)`, styles of the
                images that decide the layers in `layers`.
            layers: list of ints or range, numbers of layers from 0 (4x4
                pixels) on.

        Returns:
            numpy float32 array `(rows, columns, height, width, channels)`.

        Example:

        >>> import keras_gan_zoo as kgz
        >>> gan = kgz.StyleGAN2(
        ...     (8, 8, 1), latent_dim=8, style_dim=8, channel_max=8
        ... )
        >>> coarse, fine = gan.styles(2, seed=0), gan.styles(3, seed=1)
        >>> gan.mix_styles(coarse, fine, layers=range(2, 4)).shape
        (2, 3, 8, 8, 1)
        """
        rows, columns = len(coarse), len(fine)
        mixed = np.repeat(np.asarray(coarse)[:, None], columns, axis=1)
        layers = list(layers)
        mixed[:, :, layers] = np.asarray(fine)[None][:, :, layers]
        images = self.generate_from_styles(
            mixed.reshape(rows * columns, *mixed.shape[2:])
        )
        return images.reshape(rows, columns, *images.shape[1:])
