"""Small architectures that exist for the tests of the families alone."""

import keras
from keras import layers, ops

from keras_gan_zoo import GAN, LatentGAN, engine
from keras_gan_zoo.families.losses import Losses
from keras_gan_zoo.modalities import Audio, Image

SHAPE = (4, 4, 1)


def dense(inputs, outputs, name):
    """A linear network of vectors."""
    x = keras.Input((inputs,))
    return keras.Model(x, layers.Dense(outputs, name="linear")(x), name=name)


def images_of(latent_dim, name="generator"):
    """Latents to images, without dropout or normalization."""
    x = inputs = keras.Input((latent_dim,))
    x = layers.Dense(16, activation="tanh", name="pixels")(x)
    return keras.Model(inputs, layers.Reshape(SHAPE)(x), name=name)


def logits_of(name="discriminator"):
    """Images to logits."""
    inputs = keras.Input(SHAPE)
    x = layers.Flatten()(inputs)
    x = layers.Dense(8, activation="softplus", name="hidden")(x)
    return keras.Model(inputs, layers.Dense(1, name="logits")(x), name=name)


@keras.saving.register_keras_serializable("tests")
class ThreePlayers(GAN):
    """An encoder of its own beside a generator and a discriminator.

    Logs: `d_loss`, `g_loss` and `e_loss`.
    """

    reads = {"images": Image}
    averages = ("encoder",)
    log_names = ("d_loss", "g_loss", "e_loss")

    def __init__(
        self,
        latent_dim=2,
        generator=None,
        discriminator=None,
        encoder=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.generator = self.keep_or_build(
            "generator", generator, lambda: images_of(latent_dim)
        )
        self.discriminator = self.keep_or_build(
            "discriminator", discriminator, logits_of
        )
        self.encoder = self.keep_or_build(
            "encoder", encoder, lambda: dense(16, latent_dim, "encoder")
        )
        self.ready()

    @property
    def modalities(self):
        return {"images": Image(SHAPE)}

    def players(self):
        return {**super().players(), "encoder": [self.encoder]}

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        num = ops.shape(real)[0]
        seed = self.noise if seed is None else seed
        latents = keras.random.normal((num, self.latent_dim), seed=seed)
        fake = self.generator(latents, training=training)
        found = self.adversarial_losses(
            lambda x: self.discriminator(x, training=training), real, fake
        )
        codes = self.encoder(ops.reshape(fake, (num, -1)), training=training)
        e_loss = ops.mean(ops.square(codes - latents))
        return found._replace(
            players={**found.players, "encoder": e_loss},
            logs={**found.logs, "encoder": {"e_loss": e_loss}},
        )

    @engine.adversarial_step
    def train_step(self, data):
        batch = self.members(data)
        logs, _ = self.minimize(lambda: self.losses(batch), *self.players())
        return self.end_step(data, logs)

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim}


@keras.saving.register_keras_serializable("tests")
class Perceptual(LatentGAN):
    """A generator that is compared in the features of a frozen network."""

    log_names = ("d_loss", "g_loss", "feature_loss")

    def __init__(self, features, generator=None, discriminator=None, **kwargs):
        super().__init__(Image(SHAPE), 2, **kwargs)
        self.features = self.keep_frozen("features", features)
        self.generator = self.keep_or_build(
            "generator", generator, lambda: images_of(2)
        )
        self.discriminator = self.keep_or_build(
            "discriminator", discriminator, logits_of
        )
        self.ready()

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)

        def generate(latents):
            return self.generator(latents, training=training)

        fake = generate(latents)
        found = self.adversarial_losses(
            lambda x: self.discriminator(x, training=training), real, fake
        )
        means = [ops.mean(self.features(x), axis=0) for x in (real, fake)]
        loss = ops.mean(ops.square(means[0] - means[1]))
        g_loss = found.players["generator"]
        return Losses(
            players={**found.players, "generator": g_loss + loss},
            logs={
                **found.logs,
                "generator": {"g_loss": g_loss, "feature_loss": loss},
            },
            pairs=found.pairs,
            views={**found.views, "generator": [(generate, latents, fake)]},
        )

    @engine.adversarial_step
    def train_step(self, data):
        batch = self.members(data)
        logs, _ = self.minimize(lambda: self.losses(batch), *self.players())
        return self.end_step(data, logs)

    def get_config(self):
        config = super().get_config()
        config.pop("latent_dim")
        return config


@keras.saving.register_keras_serializable("tests")
class WaveGAN(LatentGAN):
    """One-dimensional convolutions: sounds from latent vectors."""

    reads = {"audio": Audio}

    def __init__(self, length=1024, latent_dim=4, **kwargs):
        super().__init__(Audio((length, 1), rate=8000), latent_dim, **kwargs)
        self.length = length
        self.generator = self.keep_or_build(
            "generator", None, self._build_generator
        )
        self.discriminator = self.keep_or_build(
            "discriminator", None, self._build_discriminator
        )
        self.ready()

    def _build_generator(self):
        x = inputs = keras.Input((self.latent_dim,))
        x = layers.Dense(self.length // 16 * 4, activation="relu")(x)
        x = layers.Reshape((self.length // 16, 4))(x)
        x = layers.Conv1DTranspose(4, 25, 4, padding="same")(x)
        x = layers.ReLU()(x)
        x = layers.Conv1DTranspose(1, 25, 4, padding="same")(x)
        outputs = layers.Activation("tanh", dtype="float32")(x)
        return keras.Model(inputs, outputs, name="generator")

    def _build_discriminator(self):
        x = inputs = keras.Input((self.length, 1))
        for _ in range(2):
            x = layers.Conv1D(4, 25, 4, padding="same")(x)
            x = layers.LeakyReLU(0.2)(x)
        outputs = layers.Dense(1, dtype="float32")(layers.Flatten()(x))
        return keras.Model(inputs, outputs, name="discriminator")

    def compile(self, loss="hinge", **kwargs):
        for player in self.players():
            adam = keras.optimizers.Adam(1e-3, beta_1=0.5)
            kwargs.setdefault(f"{player}_optimizer", adam)
        super().compile(loss, **kwargs)

    def losses(self, batch, training=True, seed=None):
        (real,) = batch
        latents = self.sample_latents(ops.shape(real)[0], seed)
        fake = self.generator(latents, training=training)
        return self.adversarial_losses(
            lambda x: self.discriminator(x, training=training), real, fake
        )

    @engine.adversarial_step
    def train_step(self, data):
        batch = self.members(data)
        logs, _ = self.minimize(lambda: self.losses(batch), *self.players())
        return self.end_step(data, logs)

    def get_config(self):
        config = super().get_config()
        for name in ("generator", "discriminator"):
            config.pop(name)
        return {**config, "length": self.length}
