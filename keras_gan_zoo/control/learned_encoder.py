"""An encoder that learns what a trained generator does, to find its latents."""

import keras
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.control import judged
from keras_gan_zoo.control.projection import check_latent
from keras_gan_zoo.engine import keras_private
from keras_gan_zoo.families import priors
from keras_gan_zoo.families.encoding import EncodingGAN
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.layers import AdaptiveAugment, DiffAugment
from keras_gan_zoo.modalities import Image

PRIORS = {
    "normal": priors.NORMAL,
    "uniform": priors.UNIFORM,
    "sphere": priors.SPHERE,
}


def build_encoder(discriminator, latent_dim):
    """Builds an encoder like a discriminator: latents instead of a logit.

    Args:
        discriminator: functional `keras.Model` with images as its only
            input. The encoder gets new weights.
        latent_dim: int, length of the latent vectors.

    Raises:
        ValueError: if the discriminator has no features, has further inputs,
            or changes images at random.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.DCGAN(image_shape=(8, 8, 1), filters=4)
    >>> build_encoder(gan.discriminator, latent_dim=5).output_shape
    (None, 5)
    """
    network = judged.features_network(discriminator)
    changes = any(
        isinstance(layer, (AdaptiveAugment, DiffAugment))
        for layer in keras_private.layers_of(discriminator)
    )
    if network is None or len(network.inputs) != 1 or changes:
        raise ValueError(
            "The default encoder has the layers of the discriminator. "
            "Expected encoder=..., a keras.Model from images to latents, for "
            "a discriminator that is not functional, has further inputs, or "
            f"changes images at random. Received: {discriminator.name}."
        )
    body = keras.models.clone_model(network)
    for layer in keras_private.layers_of(body):
        layer.trainable = True  # the discriminator may be frozen
    x = layers.Flatten(name="flat_features")(body.output)
    outputs = layers.Dense(latent_dim, dtype="float32", name="codes")(x)
    return keras.Model(body.inputs, outputs, name="encoder")


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LearnedEncoder(EncodingGAN):
    """Learns to find the latents of images for a trained model.

    The encoder of f-AnoGAN (Schlegl et al., 2019, Medical Image Analysis 54),
    "izi_f". Generator and discriminator stay as they are. The encoder E
    minimizes

        mean (x - G(E(x)))^2 + feature_weight * mean (f(x) - f(G(E(x))))^2

    on real images x, where f are the features that the last layer of the
    discriminator gets. `control.anomaly_scores` scores by the same sum.

    Make it with `LearnedEncoder.of(gan)`. It trains, saves and resumes as
    every model: `compile`, `fit`, `callbacks.Backup`, `save`, `kgz.load`.

    Args:
        generator: `keras.Model` from latents to images. It is not trained.
        discriminator: `keras.Model` from images to logits. It is not
            trained.
        latent_prior: `"normal"`, `"uniform"` or `"sphere"`, the prior of the
            latents.
        encoder: `keras.Model` from images to latents. None has the layers of
            the discriminator, with new weights, and a dense layer.
        **kwargs: `seed`, `name` and `dtype`.

    Batch for `fit`: `images` or `(images, labels)`. Images are float32
    `(batch, height, width, channels)` in [-1, 1]. Labels are not used.

    Logs: `e_loss`, and its parts `pixel_loss` and `feature_loss`, both
    without the weight.

    Raises:
        ValueError: if there is no default encoder for the discriminator.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.from_preset("vanilla_gan_digits_8")
    >>> encoder = LearnedEncoder.of(gan)
    >>> encoder.compile(run_eagerly=True)  # for a few batches
    >>> digits = kgz.data.digits(batch_size=64)
    >>> history = encoder.fit(digits.take(2), verbose=0)
    >>> found = kgz.control.anomaly_scores(encoder, next(iter(digits)))
    >>> found.scores.shape, found.maps.shape
    ((64,), (64, 8, 8))
    """

    log_names = ("e_loss", "pixel_loss", "feature_loss")
    averages = ("encoder",)

    def __init__(
        self,
        generator,
        discriminator,
        latent_prior="normal",
        encoder=None,
        **kwargs,
    ):
        sample = Image(generator.output_shape[1:])
        super().__init__(sample, generator.input_shape[1], **kwargs)
        self.latent_prior = latent_prior
        self.prior = PRIORS[latent_prior]
        self.generator = self.keep_frozen("generator", generator)
        self.discriminator = self.keep_frozen("discriminator", discriminator)
        self.encoder = self.keep_or_build(
            "encoder",
            encoder,
            lambda: build_encoder(discriminator, self.latent_dim),
        )
        self._features = judged.features_of(self)
        self.ready()

    @classmethod
    def of(cls, gan, encoder=None, **kwargs):
        """Makes the encoder of a trained model, with copies of its networks.

        Takes the average of the generator if there is one.

        Args:
            gan: a model that makes images from latents alone.
            encoder: `keras.Model` from images to latents, or None.
            **kwargs: further arguments of the class, such as `seed`.

        Raises:
            ValueError: if the model needs classes or codes, or its networks
                are not functional.
        """
        check_latent(gan)
        generator, discriminator = gan.best("generator"), gan.discriminator
        if not all(
            len(getattr(network, "inputs", ())) == 1
            for network in (generator, discriminator)
        ):
            raise ValueError(
                "The encoder finds latents alone. Expected a model without "
                "classes, codes and sizes that grow, whose discriminator "
                f"looks at images alone. Received: {type(gan).__name__}."
            )
        copies = [_copy(network) for network in (generator, discriminator)]
        names = {prior: name for name, prior in PRIORS.items()}
        return cls(*copies, names[gan.prior], encoder=encoder, **kwargs)

    def players(self):
        return {"encoder": [self.encoder]}

    def compile(self, encoder_optimizer=None, feature_weight=1.0, **kwargs):
        """Sets how the encoder trains; see `GAN.compile` for all arguments.

        The defaults are those of the authors' code: RMSprop(5e-5).

        Args:
            encoder_optimizer: optimizer, or None for the default.
            feature_weight: float, weight of the features.
            **kwargs: further arguments of `GAN.compile`.
        """
        super().compile(
            encoder_optimizer=encoder_optimizer
            or keras.optimizers.RMSprop(5e-5),
            **kwargs,
        )
        self.feature_weight = float(feature_weight)

    def compile_settings(self):
        return {
            **super().compile_settings(),
            "feature_weight": self.feature_weight,
        }

    @property
    def scoring(self):
        weight = self.feature_weight if self.compiled else 1.0
        return {
            "method": "encoder",
            "norm": "squared",
            "pixel_weight": 1.0,
            "feature_weight": weight,
        }

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        codes = self.code_of(self.encoder(real, training=training))
        again = self.generator(codes, training=False)
        pixel_loss = ops.mean(ops.square(again - real))
        wanted = ops.stop_gradient(self._features(real, []))
        difference = self._features(again, []) - wanted
        feature_loss = ops.mean(ops.square(difference))
        e_loss = pixel_loss + self.feature_weight * feature_loss
        logs = {
            "e_loss": e_loss,
            "pixel_loss": pixel_loss,
            "feature_loss": feature_loss,
        }
        return Losses(
            players={"encoder": e_loss},
            logs={"encoder": logs},
            pairs=[],
            views={},
        )

    @engine.adversarial_step
    def train_step(self, data):
        batch = self.members(data)
        logs, _ = self.minimize(lambda: self.losses(batch), "encoder")
        return self.end_step(data, logs)

    def get_config(self):
        config = super().get_config()
        config.pop("latent_dim")
        return {**config, "latent_prior": self.latent_prior}


def _copy(network):
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    return copy
