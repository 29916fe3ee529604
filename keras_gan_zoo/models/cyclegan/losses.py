"""The losses of CycleGAN (equation 3) for generators and discriminators."""

from keras import ops

from keras_gan_zoo.families.losses import Losses


def distance(some, others):
    """Returns the mean absolute error: the paper's L1 distance per pixel."""
    return ops.mean(ops.abs(some - others))


def of_generators(gan, a, b, training=True):
    """Returns the loss of the generators, and the images that they made.

    Args:
        gan: `CycleGAN`.
        a: images of domain a.
        b: images of domain b.
        training: bool, whether the networks run as in training.

    Returns:
        `Losses` of the generator, with the outputs `(fake_a, fake_b)`.
    """
    fake_b = gan.generator_ab(a, training=training)
    fake_a = gan.generator_ba(b, training=training)
    g_loss = _adversarial_loss(
        gan, gan.discriminator_b, b, fake_b, training
    ) + _adversarial_loss(gan, gan.discriminator_a, a, fake_a, training)
    cycle_loss = distance(
        gan.generator_ba(fake_b, training=training), a
    ) + distance(gan.generator_ab(fake_a, training=training), b)
    loss = gan.adversarial_weight * g_loss + gan.cycle_weight * cycle_loss
    logs = {"g_loss": g_loss, "cycle_loss": cycle_loss / 2}
    if gan.identity_weight:
        identity_loss = distance(
            gan.generator_ab(b, training=training), b
        ) + distance(gan.generator_ba(a, training=training), a)
        weight = gan.cycle_weight * gan.identity_weight
        loss = loss + weight * identity_loss
        logs["identity_loss"] = identity_loss / 2
    return Losses(
        players={"generator": loss},
        logs={"generator": logs},
        pairs=[],
        views={
            "generator": [
                (gan.generator_ab, a, fake_b),
                (gan.generator_ba, b, fake_a),
            ]
        },
        outputs=(fake_a, fake_b),
    )


def _adversarial_loss(gan, discriminator, real, fake, training):
    """Returns the loss of the generator against this discriminator."""
    fake_logits, real_logits = discriminator(fake, training=training), None
    # In other models the discriminator's step needs the real logits, too.
    # Here it takes images of the pool: compute them only for such a loss.
    if gan.loss.uses_real_logits:
        real_logits = discriminator(real, training=training)
    return gan.loss.generator(fake_logits, real_logits)


def of_discriminators(gan, a, b, fake_a, fake_b, training=True):
    """Returns the loss of the discriminators.

    Args:
        gan: `CycleGAN`.
        a: images of domain a.
        b: images of domain b.
        fake_a: generated images of domain a.
        fake_b: generated images of domain b.
        training: bool, whether the networks run as in training.

    Returns:
        `Losses` of the discriminator.
    """

    def domain(discriminator, real, fake):
        def discriminate(images):
            return discriminator(images, training=training)

        real_logits, fake_logits = discriminate(real), discriminate(fake)
        loss = gan.loss.discriminator(real_logits, fake_logits)
        pair = (real, fake, real_logits, fake_logits)
        return loss, pair, (discriminate, real, ops.stop_gradient(fake))

    loss_a, pair_a, view_a = domain(gan.discriminator_a, a, fake_a)
    loss_b, pair_b, view_b = domain(gan.discriminator_b, b, fake_b)
    loss = loss_a + loss_b
    return Losses(
        players={"discriminator": loss},
        logs={"discriminator": {"d_loss": loss}},
        pairs=[pair_b, pair_a],
        views={"discriminator": [view_a, view_b]},
    )
