"""The losses of CycleGAN, equation 3, of both generators and discriminators."""

from keras import ops

from keras_gan_zoo.families.losses import Losses


def distance(some, others):
    """Mean absolute error, the L1 distance of the paper per pixel."""
    return ops.mean(ops.abs(some - others))


def of_generators(gan, a, b, training=True):
    """What the generators minimize, and what they made.

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
    """The loss of the generator that trains against `discriminator`."""
    fake_logits, real_logits = discriminator(fake, training=training), None
    # Elsewhere the discriminator's update shares these logits; here it
    # sees images of the pool, and they would be made in vain.
    if gan.loss.uses_real_logits:
        real_logits = discriminator(real, training=training)
    return gan.loss.generator(fake_logits, real_logits)


def of_discriminators(gan, a, b, fake_a, fake_b, training=True):
    """What the discriminators minimize.

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
