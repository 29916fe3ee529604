"""The steps as the tutorials of keras.io write them.

A `keras.Model` with a `train_step`, after the tutorials "DCGAN to generate
face images", "Conditional GAN", "WGAN-GP overriding Model.train_step",
"GauGAN" (of the kind of pix2pix; keras.io has none) and "CycleGAN": one tape
for each player, the discriminator first, and images made again for the
generator's update; CycleGAN has one persistent tape for all. The networks are
ours, and run as in training throughout.
"""

import keras
import tensorflow as tf


def model(gan):
    """The tutorial's model of the networks of `gan`, compiled as there."""
    kind = {
        "ConditionalGAN": ConditionalGAN,
        "InfoGAN": InfoGAN,
        "Pix2Pix": Pix2Pix,
        "CycleGAN": CycleGAN,
        "ProGAN": WGANGP,
    }.get(type(gan).__name__, GAN)
    found = kind(gan)
    found.compile()
    return found


def adam():
    return keras.optimizers.Adam(learning_rate=2e-4, beta_1=0.5)


class Tutorial(keras.Model):
    """What the tutorials share: two networks, two optimizers, two means."""

    def __init__(self, gan):
        super().__init__()
        self.generator = gan.generator
        self.discriminator = gan.discriminator
        self.seed_generator = keras.random.SeedGenerator(1337)
        self.built = True

    def compile(self):
        super().compile()
        self.d_optimizer = adam()
        self.g_optimizer = adam()
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def latents(self, num):
        shape = (num, self.latent_dim)
        return keras.random.normal(shape, seed=self.seed_generator)

    def update_discriminator(self, tape, loss):
        weights = self.discriminator.trainable_weights
        gradients = tape.gradient(loss, weights)
        self.d_optimizer.apply_gradients(zip(gradients, weights))

    def update_generator(self, tape, loss):
        weights = self.generator.trainable_weights
        gradients = tape.gradient(loss, weights)
        self.g_optimizer.apply_gradients(zip(gradients, weights))

    def logs(self, d_loss, g_loss):
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {
            "d_loss": self.d_loss_metric.result(),
            "g_loss": self.g_loss_metric.result(),
        }


def real_and_fake_labels(num):
    """Labels of generated images, then of real ones, with noise."""
    labels = tf.concat([tf.ones((num, 1)), tf.zeros((num, 1))], axis=0)
    return labels + 0.05 * tf.random.uniform(tf.shape(labels))


class GAN(Tutorial):
    def __init__(self, gan):
        super().__init__(gan)
        self.latent_dim = gan.latent_dim

    def train_step(self, real_images):
        num = tf.shape(real_images)[0]
        generated_images = self.generator(self.latents(num), training=True)
        combined_images = tf.concat([generated_images, real_images], axis=0)
        labels = real_and_fake_labels(num)

        with tf.GradientTape() as tape:
            predictions = self.discriminator(combined_images, training=True)
            d_loss = self.loss_fn(labels, predictions)
        self.update_discriminator(tape, d_loss)

        misleading_labels = tf.zeros((num, 1))
        with tf.GradientTape() as tape:
            fake_images = self.generator(self.latents(num), training=True)
            predictions = self.discriminator(fake_images, training=True)
            g_loss = self.loss_fn(misleading_labels, predictions)
        self.update_generator(tape, g_loss)
        return self.logs(d_loss, g_loss)


class ConditionalGAN(GAN):
    def __init__(self, gan):
        super().__init__(gan)
        self.num_classes = gan.num_classes

    def train_step(self, data):
        real_images, classes = data
        one_hot_labels = tf.one_hot(classes, self.num_classes)
        num = tf.shape(real_images)[0]
        generated_images = self.generator(
            [self.latents(num), one_hot_labels], training=True
        )
        combined_images = tf.concat([generated_images, real_images], axis=0)
        combined_labels = tf.concat([one_hot_labels, one_hot_labels], axis=0)
        labels = real_and_fake_labels(num)

        with tf.GradientTape() as tape:
            predictions = self.discriminator(
                [combined_images, combined_labels], training=True
            )
            d_loss = self.loss_fn(labels, predictions)
        self.update_discriminator(tape, d_loss)

        misleading_labels = tf.zeros((num, 1))
        with tf.GradientTape() as tape:
            fake_images = self.generator(
                [self.latents(num), one_hot_labels], training=True
            )
            predictions = self.discriminator(
                [fake_images, one_hot_labels], training=True
            )
            g_loss = self.loss_fn(misleading_labels, predictions)
        self.update_generator(tape, g_loss)
        return self.logs(d_loss, g_loss)


class InfoGAN(GAN):
    """The step of `GAN`, with the recognition loss in both updates.

    keras.io has no InfoGAN.
    """

    def __init__(self, gan):
        super().__init__(gan)
        self.codes = gan.codes

    def information(self, parameters, codes):
        categorical, *continuous = self.codes.bounds(parameters, codes)
        return categorical + 0.1 * sum(continuous)

    def train_step(self, real_images):
        num = tf.shape(real_images)[0]
        codes = self.codes.sample(num, self.seed_generator)
        generated_images = self.generator(
            [self.latents(num), codes], training=True
        )
        combined_images = tf.concat([generated_images, real_images], axis=0)
        labels = real_and_fake_labels(num)

        with tf.GradientTape() as tape:
            predictions, parameters = self.discriminator(
                combined_images, training=True
            )
            d_loss = self.loss_fn(labels, predictions)
            information = self.information(parameters[:num], codes)
            total_loss = d_loss - information
        self.update_discriminator(tape, total_loss)

        misleading_labels = tf.zeros((num, 1))
        codes = self.codes.sample(num, self.seed_generator)
        with tf.GradientTape() as tape:
            fake_images = self.generator(
                [self.latents(num), codes], training=True
            )
            predictions, parameters = self.discriminator(
                fake_images, training=True
            )
            g_loss = self.loss_fn(misleading_labels, predictions)
            total_loss = g_loss - self.information(parameters, codes)
        self.update_generator(tape, total_loss)
        return self.logs(d_loss, g_loss)


class WGANGP(GAN):
    """With the averaged generator of ProGAN, and its drift."""

    gp_weight = 10.0
    drift_weight = 1e-3
    ema = 0.999

    def __init__(self, gan):
        super().__init__(gan)
        self.ema_generator = keras.models.clone_model(gan.generator)

    def gradient_penalty(self, num, real_images, fake_images):
        alpha = tf.random.uniform([num, 1, 1, 1])
        interpolated = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as gp_tape:
            gp_tape.watch(interpolated)
            predictions = self.judge(interpolated)
        gradients = gp_tape.gradient(predictions, [interpolated])[0]
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradients), axis=[1, 2, 3]))
        return tf.reduce_mean((norm - 1.0) ** 2)

    def generate(self, num):
        return self.generator([self.latents(num), tf.ones(())])

    def judge(self, images):
        return self.discriminator([images, tf.ones(())])

    def train_step(self, real_images):
        num = tf.shape(real_images)[0]
        with tf.GradientTape() as tape:
            fake_images = self.generate(num)
            fake_logits = self.judge(fake_images)
            real_logits = self.judge(real_images)
            d_loss = tf.reduce_mean(fake_logits) - tf.reduce_mean(real_logits)
            penalty = self.gradient_penalty(num, real_images, fake_images)
            drift = tf.reduce_mean(tf.square(real_logits))
            total_loss = (
                d_loss + self.gp_weight * penalty + self.drift_weight * drift
            )
        self.update_discriminator(tape, total_loss)

        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(self.judge(self.generate(num)))
        self.update_generator(tape, g_loss)
        for weight, ema_weight in zip(
            self.generator.weights, self.ema_generator.weights
        ):
            ema_weight.assign(self.ema * ema_weight + (1 - self.ema) * weight)
        return self.logs(d_loss, g_loss)


class Pix2Pix(Tutorial):
    """`train_discriminator`, then `train_generator`, as in GauGAN."""

    def train_discriminator(self, inputs, targets):
        fake_images = self.generator(inputs, training=True)
        with tf.GradientTape() as tape:
            fake = self.discriminator([inputs, fake_images], training=True)
            real = self.discriminator([inputs, targets], training=True)
            loss_fake = self.loss_fn(tf.zeros_like(fake), fake)
            loss_real = self.loss_fn(tf.ones_like(real), real)
            total_loss = 0.5 * (loss_fake + loss_real)
        self.update_discriminator(tape, total_loss)
        return total_loss

    def train_generator(self, inputs, targets):
        with tf.GradientTape() as tape:
            fake_images = self.generator(inputs, training=True)
            fake = self.discriminator([inputs, fake_images], training=True)
            g_loss = self.loss_fn(tf.ones_like(fake), fake)
            l1_loss = tf.reduce_mean(tf.abs(targets - fake_images))
            total_loss = g_loss + 100 * l1_loss
        self.update_generator(tape, total_loss)
        return g_loss

    def train_step(self, data):
        inputs, targets = data
        d_loss = self.train_discriminator(inputs, targets)
        g_loss = self.train_generator(inputs, targets)
        return self.logs(d_loss, g_loss)


class CycleGAN(keras.Model):
    """The gradients of the tutorial, in which F learns nothing of G's cycle.

    It returns the losses themselves, without means, and has no pool.
    """

    lambda_cycle = 10.0
    lambda_identity = 0.5

    def __init__(self, gan):
        super().__init__()
        self.gen_g, self.gen_f = gan.generator_ab, gan.generator_ba
        self.disc_x, self.disc_y = gan.discriminator_a, gan.discriminator_b
        self.built = True

    def compile(self):
        super().compile()
        self.optimizers = [adam() for _ in range(4)]
        self.adv_loss_fn = keras.losses.MeanSquaredError()
        self.l1_loss_fn = keras.losses.MeanAbsoluteError()

    def generator_loss(self, fake):
        return self.adv_loss_fn(tf.ones_like(fake), fake)

    def discriminator_loss(self, real, fake):
        real_loss = self.adv_loss_fn(tf.ones_like(real), real)
        fake_loss = self.adv_loss_fn(tf.zeros_like(fake), fake)
        return (real_loss + fake_loss) * 0.5

    def train_step(self, batch_data):
        real_x, real_y = batch_data
        with tf.GradientTape(persistent=True) as tape:
            fake_y = self.gen_g(real_x, training=True)
            fake_x = self.gen_f(real_y, training=True)
            cycled_x = self.gen_f(fake_y, training=True)
            cycled_y = self.gen_g(fake_x, training=True)
            same_x = self.gen_f(real_x, training=True)
            same_y = self.gen_g(real_y, training=True)

            disc_real_x = self.disc_x(real_x, training=True)
            disc_fake_x = self.disc_x(fake_x, training=True)
            disc_real_y = self.disc_y(real_y, training=True)
            disc_fake_y = self.disc_y(fake_y, training=True)

            cycle, identity = self.lambda_cycle, self.lambda_identity
            total_loss_g = (
                self.generator_loss(disc_fake_y)
                + self.l1_loss_fn(real_y, cycled_y) * cycle
                + self.l1_loss_fn(real_y, same_y) * cycle * identity
            )
            total_loss_f = (
                self.generator_loss(disc_fake_x)
                + self.l1_loss_fn(real_x, cycled_x) * cycle
                + self.l1_loss_fn(real_x, same_x) * cycle * identity
            )
            disc_x_loss = self.discriminator_loss(disc_real_x, disc_fake_x)
            disc_y_loss = self.discriminator_loss(disc_real_y, disc_fake_y)

        losses = [total_loss_g, total_loss_f, disc_x_loss, disc_y_loss]
        networks = [self.gen_g, self.gen_f, self.disc_x, self.disc_y]
        gradients = [
            tape.gradient(loss, network.trainable_variables)
            for loss, network in zip(losses, networks)
        ]
        for optimizer, grads, network in zip(
            self.optimizers, gradients, networks
        ):
            optimizer.apply_gradients(zip(grads, network.trainable_variables))
        names = ("G_loss", "F_loss", "D_X_loss", "D_Y_loss")
        return dict(zip(names, losses))
