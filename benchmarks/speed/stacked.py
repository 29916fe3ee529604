"""Freeze and stack: the `train_on_batch` loops of the older Keras zoos.

As in eriklindernoren/Keras-GAN: a compiled discriminator, which is frozen; a
combined model of generator and frozen discriminator; and a loop in Python
that generates images with `predict` and takes one step of the discriminator
on real images, one on generated ones, and one of the combined model. All of a
batch's size, as in that zoo's later models. The networks are ours.
"""

import keras
import numpy as np
from contestants import Contestant
from rows import NUM_CLASSES


def contestant(row, dtype):
    kind = {
        "ConditionalGAN": ConditionalGAN,
        "InfoGAN": InfoGAN,
        "Pix2Pix": Pix2Pix,
        "CycleGAN": CycleGAN,
    }.get(row.model, GAN)
    return kind(row, row.gan(dtype))


def adam():
    return keras.optimizers.Adam(2e-4, 0.5)


def cross_entropy():
    return keras.losses.BinaryCrossentropy(from_logits=True)


class Stacked(Contestant):
    """What the loops share.

    Args:
        row: the row.
        gan: our model, whose networks are trained.
    """

    def __init__(self, row, gan):
        self.arrays = row.arrays()
        self.batch_size = row.batch_size
        self.players = {n: gan.variables_of(n) for n in gan.players()}
        self.num_trained = {
            name: sum(v.value.shape.num_elements() for v in variables)
            for name, variables in self.players.items()
        }
        self.stack(gan)

    def stack(self, gan):
        """Compiles the models."""
        raise NotImplementedError

    def step(self):
        raise NotImplementedError

    def run(self, steps):
        for _ in range(steps):
            self.step()

    def parameters(self):
        return self.num_trained

    def freeze(self, discriminator, loss, images, labels, metrics=None):
        """Compiles a discriminator and freezes it.

        Keras 3 looks at what is trainable when a step is traced, so that
        the discriminator takes its first step before it is frozen.
        """
        discriminator.compile(loss=loss, optimizer=adam(), metrics=metrics)
        discriminator.train_on_batch(images, labels)
        discriminator.trainable = False

    def some(self):
        """A batch: one array, or a list of two."""
        chosen = np.random.randint(0, len(self.arrays[0]), self.batch_size)
        batch = [array[chosen] for array in self.arrays]
        return batch if len(batch) > 1 else batch[0]

    def noise(self):
        return np.random.normal(0, 1, (self.batch_size, self.latent_dim))

    def labels(self, *shape):
        """Labels of a batch of real images, and of generated ones."""
        shape = (self.batch_size, *shape)
        return np.ones(shape), np.zeros(shape)


class GAN(Stacked):
    def stack(self, gan):
        self.latent_dim = gan.latent_dim
        self.generator = gan.generator
        self.discriminator = gan.discriminator
        self.valid, self.fake = self.labels(1)
        self.freeze(
            gan.discriminator,
            cross_entropy(),
            self.some(),
            self.valid,
            metrics=["accuracy"],
        )
        z = keras.Input((gan.latent_dim,))
        self.combined = keras.Model(z, self.discriminator(self.generator(z)))
        self.combined.compile(loss=cross_entropy(), optimizer=adam())

    def step(self):
        images = self.some()
        gen_images = self.generator.predict(self.noise(), verbose=0)
        self.discriminator.train_on_batch(images, self.valid)
        self.discriminator.train_on_batch(gen_images, self.fake)
        self.combined.train_on_batch(self.noise(), self.valid)


class ConditionalGAN(Stacked):
    def stack(self, gan):
        self.latent_dim = gan.latent_dim
        self.generator = gan.generator
        self.discriminator = gan.discriminator
        self.valid, self.fake = self.labels(1)
        images, classes = self.some()
        self.freeze(
            gan.discriminator,
            cross_entropy(),
            [images, self.one_hot(classes)],
            self.valid,
            metrics=["accuracy"],
        )
        z = keras.Input((gan.latent_dim,))
        labels = keras.Input((NUM_CLASSES,))
        valid = self.discriminator([self.generator([z, labels]), labels])
        self.combined = keras.Model([z, labels], valid)
        self.combined.compile(loss=cross_entropy(), optimizer=adam())

    def one_hot(self, classes):
        return keras.utils.to_categorical(classes, NUM_CLASSES)

    def step(self):
        images, classes = self.some()
        labels = self.one_hot(classes)
        gen_images = self.generator.predict([self.noise(), labels], verbose=0)
        self.discriminator.train_on_batch([images, labels], self.valid)
        self.discriminator.train_on_batch([gen_images, labels], self.fake)
        sampled = np.random.randint(0, NUM_CLASSES, self.batch_size)
        self.combined.train_on_batch(
            [self.noise(), self.one_hot(sampled)], self.valid
        )


class InfoGAN(Stacked):
    def stack(self, gan):
        self.latent_dim = gan.latent_dim
        self.codes = gan.codes
        self.generator = gan.generator
        self.discriminator = gan.discriminator

        def information_loss(codes, parameters):
            categorical, *continuous = self.codes.bounds(parameters, codes)
            return -(categorical + 0.1 * sum(continuous))

        self.valid, self.fake = self.labels(1)
        losses = [cross_entropy(), information_loss]
        self.freeze(
            gan.discriminator,
            losses,
            self.some(),
            [self.valid, self.sampled()],
        )
        z = keras.Input((gan.latent_dim,))
        codes = keras.Input((self.codes.size,))
        outputs = self.discriminator(self.generator([z, codes]))
        self.combined = keras.Model([z, codes], outputs)
        self.combined.compile(loss=losses, optimizer=adam())

    def sampled(self):
        return self.codes.draw(self.batch_size, np.random.default_rng())

    def step(self):
        codes = self.sampled()
        gen_images = self.generator.predict([self.noise(), codes], verbose=0)
        self.discriminator.train_on_batch(gen_images, [self.fake, codes])
        self.discriminator.train_on_batch(self.some(), [self.valid, codes])
        codes = self.sampled()
        self.combined.train_on_batch([self.noise(), codes], [self.valid, codes])


class Pix2Pix(Stacked):
    def stack(self, gan):
        self.generator = gan.generator
        self.discriminator = gan.discriminator
        self.valid, self.fake = self.labels(*gan.discriminator.output_shape[1:])
        self.freeze(
            gan.discriminator,
            "mse",
            self.some(),
            self.valid,
            metrics=["accuracy"],
        )
        inputs = keras.Input(gan.image_shape)
        fake = self.generator(inputs)
        valid = self.discriminator([inputs, fake])
        self.combined = keras.Model(inputs, [valid, fake])
        self.combined.compile(
            loss=["mse", "mae"], loss_weights=[1, 100], optimizer=adam()
        )

    def step(self):
        inputs, targets = self.some()
        fake = self.generator.predict(inputs, verbose=0)
        self.discriminator.train_on_batch([inputs, targets], self.valid)
        self.discriminator.train_on_batch([inputs, fake], self.fake)
        self.combined.train_on_batch(inputs, [self.valid, targets])


class CycleGAN(Stacked):
    def stack(self, gan):
        self.g_ab, self.g_ba = gan.generator_ab, gan.generator_ba
        self.d_a, self.d_b = gan.discriminator_a, gan.discriminator_b
        self.valid, self.fake = self.labels(*self.d_a.output_shape[1:])
        for network, images in zip((self.d_a, self.d_b), self.some()):
            self.freeze(
                network, "mse", images, self.valid, metrics=["accuracy"]
            )
        a, b = keras.Input(gan.image_shape), keras.Input(gan.image_shape)
        fake_b, fake_a = self.g_ab(a), self.g_ba(b)
        outputs = [
            self.d_a(fake_a),
            self.d_b(fake_b),
            self.g_ba(fake_b),
            self.g_ab(fake_a),
            self.g_ba(a),
            self.g_ab(b),
        ]
        self.combined = keras.Model([a, b], outputs)
        self.combined.compile(
            loss=["mse", "mse", "mae", "mae", "mae", "mae"],
            loss_weights=[1, 1, 10, 10, 5, 5],
            optimizer=adam(),
        )

    def step(self):
        a, b = self.some()
        fake_b = self.g_ab.predict(a, verbose=0)
        fake_a = self.g_ba.predict(b, verbose=0)
        self.d_a.train_on_batch(a, self.valid)
        self.d_a.train_on_batch(fake_a, self.fake)
        self.d_b.train_on_batch(b, self.valid)
        self.d_b.train_on_batch(fake_b, self.fake)
        self.combined.train_on_batch(
            [a, b], [self.valid, self.valid, a, b, a, b]
        )
