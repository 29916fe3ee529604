"""The optimizer steps of CycleGAN."""

from keras_gan_zoo.models.cyclegan import losses


def fakes(gan, batch):
    """Translates both halves of a batch.

    Args:
        gan: `CycleGAN`.
        batch: tuple of real images, `(a, b)`.

    Returns:
        Tuple of generated images, `(fake_a, fake_b)`.
    """
    a, b = batch
    return (
        gan.generator_ba(b, training=True),
        gan.generator_ab(a, training=True),
    )


def generators(gan, batch):
    """Takes one step of both generators.

    Args:
        gan: `CycleGAN`.
        batch: tuple of real images, `(a, b)`.

    Returns:
        Dict of logs, and the images `(fake_a, fake_b)` that the generators
        made before the step.
    """
    return gan.minimize(lambda: losses.of_generators(gan, *batch), "generator")


def discriminators(gan, batch, fakes):
    """Takes one step of both discriminators, on images of the pools.

    Args:
        gan: `CycleGAN`.
        batch: tuple of real images, `(a, b)`.
        fakes: tuple of generated images, `(fake_a, fake_b)`, which enter the
            pools.

    Returns:
        Dict of logs.
    """
    old_a = gan.pool_a(fakes[0], seed=gan.noise)
    old_b = gan.pool_b(fakes[1], seed=gan.noise)
    logs, _ = gan.minimize(
        lambda: losses.of_discriminators(gan, *batch, old_a, old_b),
        "discriminator",
    )
    return logs
