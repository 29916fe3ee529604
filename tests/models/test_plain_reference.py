"""Speed is bought with nothing: `fit` and the plainest code agree.

The same algorithms, written without the package's engine, losses, optimizers
and pool, on the same networks, with the same noise: after 50 steps the losses
are the same. TensorFlow only; the harness compares the backends.
"""

import keras
import numpy as np
import pytest
from checks import set_weights

from keras_gan_zoo import DCGAN, CycleGAN, VanillaGAN

if keras.backend.backend() != "tensorflow":
    pytest.skip("the plain code is TensorFlow's", allow_module_level=True)

import tensorflow as tf

STEPS, SEED, BATCH = 50, 3, 8


class PlainAdam:
    """Kingma & Ba (2015), https://arxiv.org/abs/1412.6980, section 2.

    In the form of the paragraph before section 2.1.
    """

    def __init__(self, networks, rate=2e-4, beta_1=0.5, beta_2=0.999):
        self.weights = [v.value for n in networks for v in n.trainable_weights]
        self.means = [tf.Variable(tf.zeros_like(w)) for w in self.weights]
        self.squares = [tf.Variable(tf.zeros_like(w)) for w in self.weights]
        self.rate, self.beta_1, self.beta_2 = rate, beta_1, beta_2
        self.steps = tf.Variable(0.0)

    def step(self, tape, loss):
        gradients = tape.gradient(loss, self.weights)
        steps = self.steps.assign_add(1.0)
        corrected = tf.sqrt(1 - self.beta_2**steps) / (1 - self.beta_1**steps)
        for weight, mean, square, gradient in zip(
            self.weights, self.means, self.squares, gradients
        ):
            mean.assign(self.beta_1 * mean + (1 - self.beta_1) * gradient)
            square.assign(
                self.beta_2 * square + (1 - self.beta_2) * gradient**2
            )
            change = self.rate * corrected * mean
            weight.assign_sub(change / (tf.sqrt(square) + 1e-7))


def check(make, shapes, plain, names):
    """Compares all losses of 50 steps under `fit` with those of `plain`.

    Args:
        make: function that makes a model, not compiled.
        shapes: shapes of the arrays of a batch.
        plain: function of a model and an iterable of batches that yields
            the losses of each step, in the order of `names`.
        names: names of the losses in the logs.
    """
    rng = np.random.default_rng(0)
    arrays = tuple(
        rng.uniform(-1, 1, (STEPS, *shape)).astype("float32")
        for shape in shapes
    )
    arrays = arrays if len(arrays) > 1 else arrays[0]
    data = tf.data.Dataset.from_tensor_slices(arrays)
    expected = np.array(
        [[float(x) for x in row] for row in plain(make(), data)]
    )

    gan = make()
    gan.compile()
    history = gan.fit(data, epochs=STEPS, steps_per_epoch=1, verbose=0).history
    found = np.transpose([history[name] for name in names])
    assert found.shape == expected.shape == (STEPS, len(names))
    assert np.ptp(expected, axis=0).min() > 1e-3  # they do learn
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)


# -------------------------------------------------------------- one generator


def cross_entropy(logits, label):
    labels = label * tf.ones_like(logits)
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
    )


def plain_gan(gan, data, draw):
    """Algorithm 1 of Goodfellow et al. (2014), with k = 1."""
    generator, discriminator = gan.generator, gan.discriminator
    g_adam, d_adam = PlainAdam([generator]), PlainAdam([discriminator])
    seed = keras.random.SeedGenerator(SEED)

    @tf.function
    def step(latents, others, real):
        with tf.GradientTape() as tape:
            real_logits = discriminator(real, training=True)
            fake = generator(latents, training=True)
            fake_logits = discriminator(fake, training=True)
            d_loss = cross_entropy(real_logits, 1)
            d_loss += cross_entropy(fake_logits, 0)
        d_adam.step(tape, d_loss)
        with tf.GradientTape() as tape:
            fake = generator(others, training=True)
            g_loss = cross_entropy(discriminator(fake, training=True), 1)
        g_adam.step(tape, g_loss)
        return d_loss, g_loss

    for real in data:
        latents, others = (
            draw((BATCH, gan.latent_dim), seed=seed) for _ in range(2)
        )
        yield step(latents, others, real)


def vanilla_gan():
    keras.utils.set_random_seed(0)
    return VanillaGAN(
        (6, 6, 1),
        latent_dim=4,
        generator_units=(16, 16),
        discriminator_units=(8, 8),
        # Its masks would be noise that the networks draw themselves.
        input_dropout=0,
        dropout=0,
        seed=SEED,
    )


def test_vanilla_gan():
    check(
        vanilla_gan,
        [(BATCH, 6, 6, 1)],
        lambda gan, data: plain_gan(gan, data, keras.random.normal),
        ("d_loss", "g_loss"),
    )


def dcgan():
    keras.utils.set_random_seed(0)
    return DCGAN((16, 16, 1), latent_dim=4, filters=4, seed=SEED)


@pytest.mark.slow
def test_dcgan():
    def draw(shape, seed):
        return keras.random.uniform(shape, -1, 1, seed=seed)

    check(
        dcgan,
        [(BATCH, 16, 16, 1)],
        lambda gan, data: plain_gan(gan, data, draw),
        ("d_loss", "g_loss"),
    )


# ------------------------------------------------------------------ CycleGAN


class PlainPool:
    """The history of generated images, for batches of one."""

    def __init__(self, size):
        self.size = size
        self.images = []

    def __call__(self, image, seed):
        chances = keras.random.uniform((self.size,), seed=seed).numpy()
        swaps = keras.random.uniform((self.size,), seed=seed).numpy()[0] < 0.5
        if len(self.images) < self.size:
            self.images.append(image)
            return image
        if not swaps:
            return image
        place = chances.argmin()
        old, self.images[place] = self.images[place], image
        return old


def squares(logits, label):
    return tf.reduce_mean((logits - label) ** 2)


def distance(some, others):
    return tf.reduce_mean(tf.abs(some - others))


def plain_cyclegan(gan, data):
    """Zhu et al. (2017), equation 3 and section 5.2, with a pool."""
    ab, ba = gan.generator_ab, gan.generator_ba
    d_a, d_b = gan.discriminator_a, gan.discriminator_b
    g_adam, d_adam = PlainAdam([ab, ba]), PlainAdam([d_a, d_b])
    pool_a, pool_b = PlainPool(gan.pool_size), PlainPool(gan.pool_size)
    seed = keras.random.SeedGenerator(SEED)

    @tf.function
    def generator_step(a, b):
        with tf.GradientTape() as tape:
            fake_b, fake_a = ab(a), ba(b)
            g_loss = squares(d_b(fake_b), 1) + squares(d_a(fake_a), 1)
            cycle = distance(ba(fake_b), a) + distance(ab(fake_a), b)
            identity = distance(ab(b), b) + distance(ba(a), a)
            loss = g_loss + 10 * cycle + 5 * identity
        g_adam.step(tape, loss)
        return fake_a, fake_b, g_loss / 2, cycle / 2, identity / 2

    @tf.function
    def discriminator_step(a, b, old_a, old_b):
        with tf.GradientTape() as tape:
            loss = squares(d_a(a), 1) + squares(d_a(old_a), 0)
            loss += squares(d_b(b), 1) + squares(d_b(old_b), 0)
            loss /= 2
        d_adam.step(tape, loss)
        return loss

    for a, b in data:
        fake_a, fake_b, *losses = generator_step(a, b)
        old_a, old_b = pool_a(fake_a, seed), pool_b(fake_b, seed)
        yield discriminator_step(a, b, old_a, old_b), *losses


def cyclegan():
    gan = CycleGAN(
        (12, 12, 2),
        filters=2,
        num_blocks=1,
        patch=16,
        pool_size=5,
        # With instance normalisation, at this size, a kernel that is changed
        # by a millionth changes the losses of 50 steps by a hundredth.
        normalization=None,
        seed=SEED,
    )
    set_weights(gan, 0.2)  # so that the images look like something
    return gan


@pytest.mark.slow
def test_cyclegan():
    check(
        cyclegan,
        [(1, 12, 12, 2), (1, 12, 12, 2)],
        plain_cyclegan,
        ("d_loss", "g_loss", "cycle_loss", "identity_loss"),
    )
