"""WGAN (Arjovsky et al., 2017), https://arxiv.org/abs/1701.07875.

The discriminator is a critic: it estimates how far the generated images are
from the real ones. Follows algorithm 1 and the authors' code: Wasserstein loss,
five critic steps for each step of the generator, weights of the critic clipped
to [-0.01, 0.01], RMSprop(5e-5) for both players, batches of 64 images for each
critic step. The networks are the DCGAN of the authors' code: kernels of 4x4,
no biases of convolutions, weights from N(0, 0.02), latents from N(0, 1). The
warm-up is from the authors' code, too: 100 critic steps for each of the first
25 steps of the generator, and for every 500th. Differs from the code:

* The weights are clipped after each step of the critic, as in the paper. The
  code clips before each step. So the generator here learns from a critic that
  is within the bounds.
* The critic ends in one number for each image. The code takes its mean over
  the batch in the network, here the loss takes it.
* A warm-up does not end early with the epoch.
* `RMSprop(epsilon=1e-16)`: Keras adds epsilon inside the square root. PyTorch
  adds 1e-8 outside.
* The depth depends on the image size. Height and width are halved (odd numbers
  are rounded up) until the smaller one is 4 or 3. At 64x64 the networks are the
  authors'.
* The order of updates, see docs/updates.md.
"""

import keras
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.blocks import strided
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.families.warmup import Warmup
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.layers import maybe_augment
from keras_gan_zoo.modalities import Image

RATE, RHO, EPSILON = 5e-5, 0.99, 1e-16


def build_generator(image_shape, latent_dim=100, filters=64):
    """Builds fractionally strided convolutions: latents to images in [-1, 1].

    Args:
        image_shape: tuple `(height, width, channels)`.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the last hidden layer. Each earlier layer
            has twice the channels of the next one.
    """
    inputs = keras.Input((latent_dim,), name="latents")
    depth = strided.deep_halvings(image_shape)
    x = strided.project(inputs, image_shape, depth, filters)
    outputs = strided.upsample(
        x, image_shape, depth, kernel_size=4, biases=False
    )
    return keras.Model(inputs, outputs, name="generator")


def build_discriminator(
    image_shape,
    filters=64,
    discriminator_normalization="batch",
    augmentation=None,
):
    """Builds the critic, strided convolutions: images to values `(batch, 1)`.

    Args:
        image_shape: tuple `(height, width, channels)`.
        filters: int, channels of the first layer. Each later layer has
            twice the channels of the previous one.
        discriminator_normalization: `"batch"`, `"layer"`, `"instance"` or
            None, after each convolution except the first and the last.
        augmentation: policy of `layers.augmentation_layer`, or None.
    """
    inputs = keras.Input(image_shape, name="images")
    x = maybe_augment(inputs, augmentation)
    x = strided.downsample(
        x,
        strided.deep_halvings(image_shape),
        filters,
        kernel_size=4,
        discriminator_normalization=discriminator_normalization,
        biases=False,
    )
    x = layers.Conv2D(
        1,
        x.shape[1:3],  # the whole map
        use_bias=False,
        kernel_initializer=strided.kernel_initializer(),
        name="whole_map",
    )(x)
    x = layers.Flatten(name="logits")(x)
    outputs = layers.Activation("linear", dtype="float32", name="logits_32")(x)
    return keras.Model(inputs, outputs, name="discriminator")


@register(
    "wgan",
    paper="https://arxiv.org/abs/1701.07875",
    summary="its loss says how good the images are; from latent vectors",
)
class WGAN(LatentGAN):
    """WGAN (Arjovsky et al., 2017), https://arxiv.org/abs/1701.07875.

    Makes images from latent vectors drawn from N(0, 1). The discriminator, the
    critic of the paper, estimates the distance of generated images from real
    ones. `-d_loss` is this estimate up to a factor: it falls while the images
    get better.

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width are
            at least 8 pixels, unless both networks are given.
        latent_dim: int, length of the latent vectors.
        filters: int, channels of the layer with the highest resolution in
            both networks.
        discriminator_normalization: `"batch"` as in the authors' code,
            `"layer"`, `"instance"` or None. Gradient penalties need
            `"layer"` or None: a penalty looks at single images, and batch
            normalization mixes the images of a batch.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`. None as in
            the paper.
        generator: `keras.Model` that turns latents into images, or None for
            the network of the authors' code.
        discriminator: `keras.Model` that turns images into logits, or None
            for the network of the authors' code.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are not used. A batch
    has the images of all critic steps: 5 * 64 = 320 with the paper's settings.

    Logs: `d_loss`, `g_loss`, and `penalty` if there is one. `g_loss` is 0 in an
    epoch in which the generator took no step because of the warm-up. With
    `augmentation="ada"` also `ada_p` and `real_sign`, see `DCGAN`.

    Raises:
        ValueError: if the height or width in `image_shape` is less than 8.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.WGAN(image_shape=(8, 8, 1), filters=16)
    >>> gan.compile(warmup_steps=2)  # for this short training
    >>> digits = kgz.data.digits(batch_size=320)
    >>> history = gan.fit(digits.take(2), verbose=0)
    >>> gan.generate(16, seed=0).shape
    (16, 8, 8, 1)
    """

    def __init__(
        self,
        image_shape=(64, 64, 3),
        latent_dim=100,
        filters=64,
        discriminator_normalization="batch",
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, **kwargs)
        self.image_shape = self.sample.shape
        self.filters = filters
        self.discriminator_normalization = discriminator_normalization
        self.augmentation = augmentation
        self._warmup = None
        self._generator_is_due = True
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
                discriminator_normalization,
                augmentation,
            ),
        )
        self.ready()

    def compile(
        self,
        loss="wasserstein",
        generator_optimizer=None,
        discriminator_optimizer=None,
        discriminator_steps=5,
        clip=0.01,
        warmup_steps=25,
        warmup_every=500,
        warmup_length=100,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the settings of the paper and of the authors' code.
        For a training of less than about 10,000 steps, shorten the warm-up:
        with the default the first 500 steps of `fit` hold 25 steps of the
        generator.

        Args:
            loss: as in `GAN.compile`.
            generator_optimizer: Keras optimizer or its name. None is
                RMSprop(5e-5, rho=0.99).
            discriminator_optimizer: as `generator_optimizer`, for the critic.
                The paper advises against Adam with momentum.
            discriminator_steps: int, critic steps for each step of the
                generator. The batch of `fit` is divided equally among them.
            clip: float or None. All trainable weights of the critic are
                clipped to [-clip, clip] after each of its steps. None does
                not clip, e.g. for a penalty instead.
            warmup_steps: int, number of first steps of the generator that
                have a warm-up. The critic takes `warmup_length` steps for
                each of them.
            warmup_every: int or None. Every n-th step of the generator has
                a warm-up, too, counted from the first. None is for no
                further warm-up.
            warmup_length: int, critic steps for a step of the generator with
                a warm-up. A multiple of `discriminator_steps`: the critic
                steps alone in several steps of `fit`, each on its own batch.
            **kwargs: further arguments of `GAN.compile`.

        Raises:
            ValueError: if an argument is out of range, if steps are unrolled
                although weights are clipped, or if `steps_per_execution` is
                not 1 although there is a warm-up.
        """
        if clip is not None and not clip > 0:
            raise ValueError(
                "The weights of the critic are clipped to [-clip, clip]. "
                f"Expected clip > 0 or None. Received: clip={clip}"
            )
        if clip is not None and kwargs.get("unrolled_steps"):
            raise ValueError(
                "Unrolled steps of the critic do not clip its weights. "
                "Expected clip=None, e.g. with penalty='wgan_gp'. Received: "
                f"unrolled_steps={kwargs['unrolled_steps']} and clip={clip}"
            )
        warmup = Warmup(
            discriminator_steps, warmup_steps, warmup_every, warmup_length
        )
        warmup.check_steps_per_execution(kwargs.get("steps_per_execution", 1))
        super().compile(
            loss,
            generator_optimizer=generator_optimizer or _rmsprop(),
            discriminator_optimizer=discriminator_optimizer or _rmsprop(),
            discriminator_steps=discriminator_steps,
            **kwargs,
        )
        self.clip = clip
        self.warmup_steps = warmup_steps
        self.warmup_every = warmup_every
        self.warmup_length = warmup_length
        self._warmup = warmup
        self._generator_is_due = True

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "clip": self.clip,
            "warmup_steps": self.warmup_steps,
            "warmup_every": self.warmup_every,
            "warmup_length": self.warmup_length,
        }

    # ------------------------------------------------------------ training

    @property
    def has_variants(self):
        return super().has_variants or self._warmup.calls > 1

    def variant(self):
        self._generator_is_due = self._warmup.generator_is_due(self._step)
        return (*super().variant(), self._generator_is_due)

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator(latents, training=training)

        def discriminate(images):
            return self.discriminator(images, training=training)

        return self.adversarial_losses(discriminate, real, fake)

    def minimize(self, losses_fn, *players):
        found = super().minimize(losses_fn, *players)
        # Alternating steps call this method for each player.
        together = len(players) == 1 or self.updates == "simultaneous"
        if self.clip is not None and "discriminator" in players and together:
            self._clip_critic()
        return found

    def _clip_critic(self):
        with engine.no_gradient():
            for variable in self.variables_of("discriminator"):
                variable.assign(ops.clip(variable, -self.clip, self.clip))

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        if not self._generator_is_due:
            logs, _ = self.minimize(lambda: self.losses(last), "discriminator")
            return self.end_step(data, logs, resting=("g_loss",))
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate` and `discriminator_rate` of RMSprop;
        * `clip`;
        * `ema_decay`, 0 for no average;
        * `filters` and `latent_dim`.

        Loss and penalty stay as they are: clipping belongs to the Wasserstein
        loss, and a penalty would replace it.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        settings = space.rms_props(
            ask, ("generator", "discriminator"), RATE, rho=RHO, epsilon=EPSILON
        )
        settings["clip"] = ask.log("clip", 0.003, 0.1)
        settings.update(space.average(ask))
        return space.sizes(ask), settings

    def get_config(self):
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "filters": self.filters,
            "discriminator_normalization": self.discriminator_normalization,
            "augmentation": keras.saving.serialize_keras_object(
                self.augmentation
            ),
        }


def _rmsprop():
    return keras.optimizers.RMSprop(RATE, rho=RHO, epsilon=EPSILON)
