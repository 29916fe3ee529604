"""DCGAN (Radford et al., 2015), https://arxiv.org/abs/1511.06434.

Follows the five guidelines of section 3: strided and fractionally strided
convolutions instead of pooling; batch normalization in both networks except
at the generator's output and the discriminator's input; no hidden dense
layers; ReLU in the generator with tanh at the end; LeakyReLU(0.2) in the
discriminator. Weights from N(0, 0.02), Adam(2e-4, beta_1=0.5), latents
uniform in [-1, 1], batches of 128 (section 4). Differs from the paper:

* Real and generated images are normalized in separate batches, as in the
  authors' code.
* The depth depends on the image size. Height and width are halved (odd
  numbers are rounded up) until the smaller one is 4 or 3, so that the last
  layer sees the whole image. At 64x64 the networks are the paper's.
  `filters=128` gives the widths of figure 1; the default is half.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks import strided
from keras_gan_zoo.families import priors
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers import Pack, maybe_augment
from keras_gan_zoo.layers.pack import check_packing
from keras_gan_zoo.modalities import Image


def build_generator(image_shape, latent_dim=100, filters=64, kernel_size=5):
    """Builds fractionally strided convolutions: latents to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the last hidden layer. Each earlier layer
            has twice the channels of the next one.
        kernel_size: int, height and width of the kernels.
    """
    inputs = keras.Input((latent_dim,), name="latents")
    depth = strided.deep_halvings(image_shape)
    x = strided.project(inputs, image_shape, depth, filters)
    outputs = strided.upsample(x, image_shape, depth, kernel_size)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(
    image_shape,
    filters=64,
    kernel_size=5,
    discriminator_normalization="batch",
    spectral_normalization=False,
    packing=1,
    augmentation=None,
):
    """Builds strided convolutions: images to logits `(batch / packing, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels of the first layer. Each later layer has
            twice the channels of the previous one.
        kernel_size: int, height and width of the kernels.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None, after each convolution except the first.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
        packing: int, images that share one logit, see `layers.Pack`.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    inputs = keras.Input(image_shape, name="images")
    x = maybe_augment(inputs, augmentation)
    if packing > 1:
        x = Pack(packing, name="pack")(x)
    x = strided.downsample(
        x,
        strided.deep_halvings(image_shape),
        filters,
        kernel_size,
        discriminator_normalization,
        spectral_normalization,
    )
    x = layers.Flatten(name="flat")(x)
    outputs = strided.head(x, spectral_normalization=spectral_normalization)
    return keras.Model(inputs, outputs, name="discriminator")


@register(
    "dcgan",
    paper="https://arxiv.org/abs/1511.06434",
    summary="convolutional; images from latent vectors",
)
class DCGAN(LatentGAN):
    """DCGAN (Radford et al., 2015), https://arxiv.org/abs/1511.06434.

    Makes images from latent vectors drawn uniformly from [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width are
            at least 8 pixels.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the layer with the highest resolution in
            both networks. Figure 1 of the paper has 128.
        kernel_size: int, height and width of the kernels. 5 is figure 1 of
            the paper. 4, as in the authors' Torch code, takes a third fewer
            operations and makes fewer checkerboards: the stride of 2 divides
            4.
        discriminator_normalization: `"batch"` as in the paper, `"layer"`,
            `"instance"` or None. Gradient penalties need `"layer"` or None:
            a penalty looks at single images, and batch normalization mixes
            the images of a batch.
        spectral_normalization: bool, whether to normalize the kernels of the
            discriminator. Works best with
            `discriminator_normalization=None`.
        packing: int, number of images that the discriminator sees together
            (PacGAN, https://arxiv.org/abs/1712.04086). 2 helps against lost
            modes. A penalty takes the gradient for each image of a pack
            separately.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees. Use them for data sets of
            some hundreds or thousands of images, which the discriminator
            would memorize. `"ada"` adapts how often they happen (ADA,
            https://arxiv.org/abs/2006.06676). `"color,translation,cutout"`
            or some of the three always happen (DiffAugment,
            https://arxiv.org/abs/2006.10738). None as in the paper.
        generator: `keras.Model` that turns latents into images, or None for
            the network of the paper.
        discriminator: `keras.Model` that turns images into logits, or None
            for the network of the paper.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are not used.

    Logs: `d_loss`, `g_loss`, and `penalty` if there is one. With
    `augmentation="ada"` also its probability `ada_p`, and `real_sign`, the
    mean sign of the logits of real images.

    Raises:
        ValueError: if the height or width in `image_shape` is less than 8.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.DCGAN(image_shape=(8, 8, 1), filters=16)
    >>> gan.compile()
    >>> digits = kgz.data.digits(batch_size=64)
    >>> history = gan.fit(digits.take(2), verbose=0)
    >>> gan.generate(16, seed=0).shape
    (16, 8, 8, 1)
    """

    prior = priors.UNIFORM

    def __init__(
        self,
        image_shape=(64, 64, 3),
        latent_dim=100,
        filters=64,
        kernel_size=5,
        discriminator_normalization="batch",
        spectral_normalization=False,
        packing=1,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = filters
        self.kernel_size = kernel_size
        self.discriminator_normalization = discriminator_normalization
        self.spectral_normalization = spectral_normalization
        self.packing = check_packing(packing)
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: build_generator(
                self.image_shape, self.latent_dim, filters, kernel_size
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: build_discriminator(
                self.image_shape,
                filters,
                kernel_size,
                discriminator_normalization=discriminator_normalization,
                spectral_normalization=spectral_normalization,
                packing=self.packing,
                augmentation=augmentation,
            ),
        )
        self.ready()

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's: the non-saturating loss, one
        discriminator step, Adam(2e-4, beta_1=0.5) for both players.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer
            or keras.optimizers.Adam(2e-4, beta_1=0.5),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.Adam(2e-4, beta_1=0.5),
            **kwargs,
        )

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator(latents, training=training)

        def discriminate(images):
            return self.discriminator(images, training=training)

        return self.adversarial_losses(discriminate, real, fake)

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `ema_decay`, 0 for no average;
        * `discriminator_steps`;
        * `filters` and `latent_dim`;
        * `normalization` of the discriminator, or `penalized_normalization`
          if there is a penalty. `"spectral"` normalizes the kernels.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        adam = keras.optimizers.Adam(2e-4, beta_1=0.5)  # as in compile()
        settings = {
            **space.optimizers(ask, generator=adam, discriminator=adam),
            **space.adversarial_loss(ask),
            **space.average(ask),
            **space.discriminator_steps(ask),
        }
        arguments = {
            **space.sizes(ask),
            **space.discriminator_normalization(ask),
        }
        return arguments, settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "discriminator_normalization": self.discriminator_normalization,
            "spectral_normalization": self.spectral_normalization,
            "packing": self.packing,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }
