"""DCGAN (Radford et al., 2015), https://arxiv.org/abs/1511.06434.

The five guidelines of section 3: strided and fractionally strided
convolutions instead of pooling; batch normalisation in both networks except
at the generator's output and the discriminator's input; no hidden dense
layers; ReLU in the generator with tanh at the end; LeakyReLU(0.2) in the
discriminator. Weights from N(0, 0.02), Adam(2e-4, beta_1=0.5), latents
uniform in [-1, 1], batches of 128 (section 4). Differs from the paper:

* Real and generated images are normalised in separate batches, as in the
  authors' code.
* The depth follows the image: sides are halved down to between 4 and 15.
  At 64x64 the networks are the paper's; `filters=128` gives the widths of
  its figure 1, the default is half of that.
* The generator steps first in each iteration, so that the images of its
  update serve the discriminator's too.
"""

import keras
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.layers import SpectralNormalization, normalization
from keras_gan_zoo.models.latent_gan import LatentGAN

SMALLEST_BASE, LARGEST_BASE = 4, 15


def halvings(image_shape):
    """How often the networks halve the sides of an image.

    As often as leaves both sides at 4 or more; at that depth both must be
    whole and at most 15.

    Args:
        image_shape: tuple `(height, width, channels)`.

    Raises:
        ValueError: if the sides cannot be reached; it names the nearest.

    Example:

    >>> halvings((64, 64, 3)), halvings((112, 96, 1)), halvings((28, 28, 1))
    (4, 4, 2)
    """
    sides = image_shape[:2]
    depths = [k for k in range(1, 12) if _reaches(sides, k)]
    if depths:
        return max(depths)
    candidates = {
        tuple(_nearest(side, k, towards) for side in sides)
        for k in range(1, 12)
        for towards in (-1, 1)
    }
    reachable = sorted(
        (c for c in candidates if any(_reaches(c, k) for k in range(1, 12))),
        key=lambda c: sum(abs(a - b) for a, b in zip(c, sides)),
    )
    names = " or ".join(f"{h}x{w}" for h, w in reachable[:2])
    raise ValueError(
        f"DCGAN doubles a base of {SMALLEST_BASE} to {LARGEST_BASE} pixels a "
        "side again and again. Expected sides that are such a number times "
        f"the same power of two. Received: {sides[0]}x{sides[1]}. The "
        f"nearest possible sizes are {names}: resize the images with "
        "image_size=(height, width) in keras_gan_zoo.data."
    )


def _reaches(sides, depth):
    return all(
        side % 2**depth == 0
        and SMALLEST_BASE <= side // 2**depth <= LARGEST_BASE
        for side in sides
    )


def _nearest(side, depth, towards):
    """The nearest multiple of 2**depth below or above, with a legal base."""
    base = side // 2**depth if towards < 0 else -(-side // 2**depth)
    return min(max(base, SMALLEST_BASE), LARGEST_BASE) * 2**depth


def _normal():
    return keras.initializers.RandomNormal(stddev=0.02)


def _gamma():
    return keras.initializers.RandomNormal(mean=1.0, stddev=0.02)


def build_generator(image_shape, latent_dim=100, filters=64, kernel_size=5):
    """Fractionally strided convolutions: latents to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the last hidden layer; each layer before
            it has twice as many.
        kernel_size: int, side of the kernels.
    """
    depth = halvings(image_shape)
    height, width, channels = image_shape
    base = (height // 2**depth, width // 2**depth)
    features = filters * 2 ** (depth - 1)

    inputs = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(
        base[0] * base[1] * features,
        use_bias=False,
        kernel_initializer=_normal(),
        name="project",
    )(inputs)
    x = layers.Reshape((*base, features), name="reshape")(x)
    for index in range(depth):
        x = normalization(
            "batch", gamma_initializer=_gamma(), name=f"normalize_{index}"
        )(x)
        x = layers.ReLU(name=f"relu_{index}")(x)
        last = index == depth - 1
        x = layers.Conv2DTranspose(
            channels if last else features // 2 ** (index + 1),
            kernel_size,
            strides=2,
            padding="same",
            use_bias=last,
            kernel_initializer=_normal(),
            name=f"upsample_{index}",
        )(x)
    outputs = layers.Activation("tanh", dtype="float32", name="tanh")(x)
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(
    image_shape,
    filters=64,
    kernel_size=5,
    discriminator_normalization="batch",
    spectral_normalization=False,
):
    """Strided convolutions: images to logits `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels of the first layer; each further layer has
            twice as many.
        kernel_size: int, side of the kernels.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None, behind each convolution but the first.
        spectral_normalization: bool, divide each kernel by its largest
            singular value.
    """

    def maybe_spectral(layer):
        if spectral_normalization:
            return SpectralNormalization(layer, name=f"{layer.name}_sn")
        return layer

    inputs = keras.Input(image_shape, name="images")
    x = inputs
    for index in range(halvings(image_shape)):
        normalized = discriminator_normalization is not None and index > 0
        convolution = layers.Conv2D(
            filters * 2**index,
            kernel_size,
            strides=2,
            padding="same",
            use_bias=not normalized,
            kernel_initializer=_normal(),
            name=f"downsample_{index}",
        )
        x = maybe_spectral(convolution)(x)
        if normalized:
            x = normalization(
                discriminator_normalization,
                gamma_initializer=_gamma(),
                name=f"normalize_{index}",
            )(x)
        x = layers.LeakyReLU(0.2, name=f"leaky_relu_{index}")(x)
    x = layers.Flatten(name="flat")(x)
    dense = layers.Dense(1, kernel_initializer=_normal(), name="logits")
    x = maybe_spectral(dense)(x)
    outputs = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model(inputs, outputs, name="discriminator")


@keras.saving.register_keras_serializable("keras_gan_zoo")
class DCGAN(LatentGAN):
    """DCGAN (Radford et al., 2015), https://arxiv.org/abs/1511.06434.

    Makes images from latent vectors drawn uniformly from [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`. Each side must be a
            number from 4 to 15 times the same power of two: 8, 16, 28, 32,
            64, 128, 112x96, ...
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the widest-resolution layer of both
            networks. The paper's figure 1 has 128.
        discriminator_normalization: `"batch"` as in the paper, `"layer"`,
            `"instance"` or None. Gradient penalties want `"layer"` or None:
            batch normalisation mixes the images that they look at singly.
        spectral_normalization: bool, of the discriminator; best with
            `discriminator_normalization=None`.
        generator: `keras.Model`, latents to images, instead of the paper's.
        discriminator: `keras.Model`, images to logits, likewise.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`, labels unused; images
    `(batch, height, width, channels)` float32 in [-1, 1].

    Logs: `d_loss`, `g_loss`, and `penalty` if there is one.

    Raises:
        ValueError: if `image_shape` cannot be reached; it names the nearest
            sizes that can.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.DCGAN(image_shape=(8, 8, 1), filters=16)
    >>> gan.compile()
    >>> history = gan.fit(kgz.data.digits(batch_size=64), verbose=0)
    >>> gan.generate(16, seed=0).shape
    (16, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(64, 64, 3),
        latent_dim=100,
        filters=64,
        discriminator_normalization="batch",
        spectral_normalization=False,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(image_shape, latent_dim, **kwargs)
        self.filters = filters
        self.discriminator_normalization = discriminator_normalization
        self.spectral_normalization = spectral_normalization
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: build_generator(self.image_shape, self.latent_dim, filters),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: build_discriminator(
                self.image_shape,
                filters,
                discriminator_normalization=discriminator_normalization,
                spectral_normalization=spectral_normalization,
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

        Without arguments as in the paper: the non-saturating loss, one
        discriminator step, Adam(2e-4, beta_1=0.5) for both.
        """
        super().compile(
            loss,
            generator_optimizer or keras.optimizers.Adam(2e-4, beta_1=0.5),
            discriminator_optimizer or keras.optimizers.Adam(2e-4, beta_1=0.5),
            **kwargs,
        )

    def sample_latents(self, num, seed=None):
        seed = self.noise if seed is None else seed
        return keras.random.uniform((num, self.latent_dim), -1, 1, seed=seed)

    def draw_latents(self, num, rng):
        return rng.uniform(-1, 1, (num, self.latent_dim)).astype("float32")

    @engine.adversarial_step
    def train_step(self, data):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        minibatches = self.minibatches(images)

        def discriminate(x):
            return self.discriminator(x, training=True)

        def generate():
            num = ops.shape(minibatches[0])[0]
            return self.generator(self.sample_latents(num), training=True)

        def generator_update():
            fake = generate()
            return self.generator_loss(discriminate, fake, minibatches[0]), fake

        g_loss, fake = self.minimize(generator_update, "generator")
        for step, real in enumerate(minibatches):
            if step > 0:
                fake = generate()[: ops.shape(real)[0]]
            _, terms = self.minimize(
                lambda: self.discriminator_loss(discriminate, real, fake),
                "discriminator",
            )
        return self.end_step(ops.shape(images)[0], g_loss=g_loss, **terms)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "discriminator_normalization": self.discriminator_normalization,
            "spectral_normalization": self.spectral_normalization,
        }
