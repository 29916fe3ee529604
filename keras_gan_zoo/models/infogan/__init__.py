"""InfoGAN (Chen et al., 2016), https://arxiv.org/abs/1606.03657.

The generator gets noise z and codes c. The networks solve equation 6,

    min_{G,Q} max_D  V(D, G) - lambda L_I(G, Q),
    L_I(G, Q) = E_{c, x = G(z, c)} log Q(c|x) + H(c) <= I(c; G(z, c)),

where Q shares all layers of the discriminator except the last. As in the
authors' code, there are two optimizers, and both minimize their adversarial
loss - lambda L_I. The step of the generator trains G. The step of the
discriminator trains the shared layers and both heads. So the recognition loss
trains G, Q and the layers that Q shares.

Networks as in table 1 (MNIST), leaky rectifiers of slope 0.1, N(0, 0.02)
weights; 62 noise variables uniform in [-1, 1], one categorical code of ten
classes and two continuous codes; Adam(beta_1=0.5), 2e-4 for the discriminator
and 1e-3 for the generator. Lambda is 1 for discrete codes and 0.1 for
continuous codes, for which the paper says "a smaller lambda". Differs from the
paper:

* Images are in [-1, 1] and the generator ends in tanh.
* The depth depends on the image size, as in DCGAN. At 28x28 it is table 1.
* The order of updates, see docs/updates.md.
"""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.families import controls, priors
from keras_gan_zoo.families import search_space as space
from keras_gan_zoo.families.latent import LatentGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.files.registry import register
from keras_gan_zoo.modalities import Image
from keras_gan_zoo.models.infogan import networks
from keras_gan_zoo.objectives.codebook import CodeBook
from keras_gan_zoo.objectives.codes import Categorical, Continuous


def paper_codes():
    """Returns the codes of the paper's MNIST experiment."""
    return [Categorical(10), Continuous(), Continuous()]


@register(
    "infogan",
    paper="https://arxiv.org/abs/1606.03657",
    summary="finds codes that control what varies, without labels",
)
class InfoGAN(LatentGAN):
    """InfoGAN (Chen et al., 2016), https://arxiv.org/abs/1606.03657.

    Finds codes that control what varies most in the images, without labels.
    On MNIST a categorical code becomes the digit, and continuous codes become
    slant and width.

    Args:
        image_shape: tuple `(height, width, channels)`. Height and width must
            be numbers from 4 to 15 times the same power of two: 8, 16, 28,
            32, 64, 128, ...
        codes: list of `keras_gan_zoo.codes` objects. None takes the paper's
            codes for MNIST: `[Categorical(10), Continuous(), Continuous()]`.
            Kind and number are the name of a code: `categorical_0`,
            `continuous_0`, `continuous_1`.
        latent_dim: int, length of the noise vectors, without the codes.
        filters: int, channels of the layer with the highest resolution in
            both networks.
        units: int, width of the dense layer of both networks.
        discriminator_normalization: `"batch"` as in the paper, `"layer"` or
            None. Gradient penalties need `"layer"` or None.
        spectral_normalization: bool, whether to normalize the kernels of the
            discriminator. Works best with
            `discriminator_normalization=None`.
        augmentation: str, `layers.AdaptivePolicy` or None, random changes of
            all images that the discriminator sees, see `DCGAN`. Q sees them,
            too: with `"translation"`, no code can mean the position.
        generator: `keras.Model` that turns `[latents, codes]` into images,
            or None for the network of the paper.
        discriminator: `keras.Model` that turns images into `[logits,
            parameters]`, or None for the network of the paper. `parameters`
            joins the parameters of all codes in one vector.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are not used.

    Logs: `d_loss` and `g_loss`, both without the recognition loss;
    `mi_categorical_0`, `mi_continuous_0`, `mi_continuous_1`, `mi_binary_0`
    and so on, lower bounds in nats of the mutual information of each code
    with the image, at most log(num) for a categorical code; and `penalty` if
    there is one. With `augmentation="ada"` also `ada_p` and `real_sign`.

    Raises:
        ValueError: if the network cannot make images of `image_shape`, or
            `codes` is empty or holds anything that is not a code.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.InfoGAN(image_shape=(8, 8, 1), filters=16, units=64)
    >>> gan.compile(run_eagerly=True)  # for a few batches
    >>> digits = kgz.data.digits(batch_size=64)
    >>> history = gan.fit(digits.take(2), verbose=0)
    >>> images = gan.generate(16, codes={"categorical_0": 3}, seed=0)
    >>> images.shape, gan.infer_codes(images)["categorical_0"].shape
    ((16, 8, 8, 1), (16,))
    """

    prior = priors.UNIFORM

    def __init__(
        self,
        image_shape=(28, 28, 1),
        codes=None,
        latent_dim=62,
        filters=64,
        units=1024,
        discriminator_normalization="batch",
        spectral_normalization=False,
        augmentation=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        super().__init__(Image(image_shape), latent_dim, **kwargs)
        self.image_shape = self.sample.shape
        self.codes = CodeBook(paper_codes() if codes is None else codes)
        self.filters = filters
        self.units = units
        self.discriminator_normalization = discriminator_normalization
        self.spectral_normalization = spectral_normalization
        self.augmentation = augmentation
        self.generator = self.keep_or_build(
            "generator",
            generator,
            lambda: networks.build_generator(
                self.image_shape,
                self.latent_dim,
                self.codes.size,
                filters,
                units,
            ),
        )
        self.discriminator = self.keep_or_build(
            "discriminator",
            discriminator,
            lambda: networks.build_discriminator(
                self.image_shape,
                self.codes.num_parameters,
                filters,
                units,
                discriminator_normalization,
                spectral_normalization,
                augmentation,
            ),
        )
        self.ready()

    @property
    def log_names(self):
        return ("d_loss", "g_loss", *(f"mi_{n}" for n in self.codes.names))

    def compile(
        self,
        loss="non_saturating",
        generator_optimizer=None,
        discriminator_optimizer=None,
        info_weight=None,
        **kwargs,
    ):
        """Sets how the players train; see `GAN.compile` for all arguments.

        The defaults are the paper's: the non-saturating loss, one
        discriminator step, Adam(beta_1=0.5) with a rate of 1e-3 for the
        generator and 2e-4 for the discriminator and Q.

        Args:
            loss: str or `AdversarialLoss`, as in `GAN.compile`.
            generator_optimizer: optimizer of the generator, or None.
            discriminator_optimizer: optimizer of the discriminator and Q, or
                None.
            info_weight: lambda of the paper, a float for all codes or a list
                with a float for each code. None is 1 for discrete codes and
                0.1 for continuous codes.
            **kwargs: further arguments of `LatentGAN.compile`.
        """
        super().compile(
            loss,
            generator_optimizer=generator_optimizer
            or keras.optimizers.Adam(1e-3, beta_1=0.5),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.Adam(2e-4, beta_1=0.5),
            **kwargs,
        )
        self.info_weight = self._info_weights(info_weight)

    def _info_weights(self, weight):
        if weight is None:
            kinds = [code.kind for code in self.codes]
            return tuple(0.1 if k == "continuous" else 1.0 for k in kinds)
        if isinstance(weight, (int, float)):
            return (float(weight),) * len(self.codes)
        if len(weight) != len(self.codes):
            raise ValueError(
                "Expected one info_weight, or one for each of the "
                f"{len(self.codes)} codes {', '.join(self.codes.names)}. "
                f"Received: info_weight={weight}"
            )
        return tuple(float(w) for w in weight)

    def compile_settings(self):
        config = super().compile_settings()
        return {**config, "info_weight": list(self.info_weight)}

    # ------------------------------------------------------------ training

    def information(self, parameters, codes):
        """Returns the sum of the bounds L_I by `info_weight`, and the logs."""
        bounds = self.codes.bounds(parameters, codes)
        total = sum(w * bound for w, bound in zip(self.info_weight, bounds))
        names = [f"mi_{name}" for name in self.codes.names]
        return total, dict(zip(names, bounds))

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        num = ops.shape(real)[0]
        codes = self.codes.sample(num, self.noise if seed is None else seed)
        latents = self.sample_latents(num, seed)
        fake = self.generator([latents, codes], training=training)

        def discriminate(images):
            return self.discriminator(images, training=training)[0]

        real_logits = discriminate(real)
        fake_logits, parameters = self.discriminator(fake, training=training)
        information, bounds = self.information(parameters, codes)
        g_loss = self.loss.generator(fake_logits, real_logits)
        d_loss = self.loss.discriminator(real_logits, fake_logits)
        return Losses(
            players={
                "generator": g_loss - information,
                "discriminator": d_loss - information,
            },
            logs={
                "generator": {"g_loss": g_loss},
                "discriminator": {"d_loss": d_loss, **bounds},
            },
            pairs=[(real, fake, real_logits, fake_logits)],
            views={
                "discriminator": [(discriminate, real, ops.stop_gradient(fake))]
            },
        )

    @engine.adversarial_step
    def train_step(self, data):
        *earlier, last = self.minibatches(data)
        for batch in earlier:
            self.minimize(lambda: self.losses(batch), "discriminator")
        logs, _ = self.minimize(
            lambda: self.losses(last), "discriminator", "generator"
        )
        return self.end_step(data, logs)

    # -------------------------------------------------------------- using

    @property
    def controls(self):
        codes = controls.Codes(
            "codes", "Codes", "values of the codes", self.codes
        )
        return [codes, *super().controls]

    def generate(
        self,
        num_images,
        *,
        codes=None,
        latents=None,
        seed=None,
        batch_size=256,
        truncation=None,
    ):
        """Draws images.

        Args:
            num_images: int, number of images.
            codes: dict from the name or index of a code to one value for all
                images, or one value for each image. Codes that are not in
                the dict are drawn from their prior. See
                `keras_gan_zoo.codes` for the values.
            latents: float array `(num_images, latent_dim)`, or None to draw
                latents from the prior.
            seed: int or None. The same seed gives the same images on every
                backend. A fixed code does not change the other draws.
            batch_size: int, images per call of the generator.
            truncation: None. The noise is uniform, which has no rare values
                to leave out.

        Returns:
            numpy float32 array `(num_images, height, width, channels)` in
            [-1, 1].

        Raises:
            ValueError: if a code does not exist or cannot have the value, or
                if there is a truncation.
        """
        rng = np.random.default_rng(seed)
        drawn = self.draw_latents(num_images, rng)
        if latents is None and truncation is None:
            latents = drawn
        latents = self.given_or_drawn(num_images, latents, seed, truncation)
        inputs = [latents, self.codes.draw(num_images, rng, codes)]
        return self.run_generator(inputs, batch_size)

    def random_inputs(self, num, rng, truncation=None):
        latents = super().random_inputs(num, rng, truncation)
        return [latents, self.codes.draw(num, rng, None)]

    def infer_codes(self, images, batch_size=256):
        """Infers the codes of real or generated images with Q.

        Args:
            images: float array `(num, height, width, channels)` in [-1, 1].
            batch_size: int, images per call of the network.

        Returns:
            Dict from the name of each code to its likeliest value for each
            image. The values are numpy arrays `(num,)`: ints of categorical
            and binary codes, floats of continuous codes. Continuous and
            binary codes of several numbers have `(num, code.num)`.

        Raises:
            ValueError: if the images have a wrong shape, type or range.
        """
        images = np.asarray(images)
        self.check_batch(images)
        _, parameters = self.discriminator.predict(
            images, batch_size=batch_size, verbose=0
        )
        return self.codes.decode(parameters)

    @classmethod
    def search_space(cls, ask):
        """Asks for the settings that are worth tuning.

        * `generator_rate`, `discriminator_rate` and `beta_1` of Adam;
        * `penalty`, and `penalty_weight` if there is a penalty;
        * `loss`, or `penalized_loss` if there is a penalty;
        * `ema_decay`, 0 for no average;
        * `discrete_weight` and `continuous_weight`, the `info_weight` of the
          two kinds of codes;
        * `filters`, and `units` of the dense layer;
        * `normalization` of the discriminator, or `penalized_normalization`
          if there is a penalty. `"spectral"` normalizes the kernels.

        No metric measures whether the codes have a meaning: look at images.

        Args:
            ask: `keras_gan_zoo.families.asker.Asker`.

        Returns:
            Two dicts: arguments of the class, and arguments of `compile`.
        """
        # Defaults as in compile().
        settings = {
            **space.optimizers(
                ask,
                generator=keras.optimizers.Adam(1e-3, beta_1=0.5),
                discriminator=keras.optimizers.Adam(2e-4, beta_1=0.5),
            ),
            **space.adversarial_loss(ask),
            **space.average(ask),
        }
        discrete = ask.log("discrete_weight", 0.1, 10.0, 1.0)
        continuous = ask.log("continuous_weight", 0.01, 1.0, 0.1)
        settings["info_weight"] = [
            continuous if code.kind == "continuous" else discrete
            for code in ask.fixed.get("codes", paper_codes())
        ]
        arguments = {
            "filters": ask.choice("filters", space.FILTERS),
            "units": ask.choice("units", [256, 512, 1024]),
            **space.discriminator_normalization(ask),
        }
        return arguments, settings

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "image_shape": list(self.image_shape),
            "codes": [serialize(code) for code in self.codes],
            "filters": self.filters,
            "units": self.units,
            "discriminator_normalization": self.discriminator_normalization,
            "spectral_normalization": self.spectral_normalization,
            "augmentation": serialize(self.augmentation),
        }
