"""Gradient penalties of the discriminator.

A penalty is a function `(discriminator, real, fake, seed) -> scalar`. Here
`discriminator` maps images to logits, `real` and `fake` are batches of images
of the same shape, and `seed` is a `keras.random.SeedGenerator` or an int. The
penalty is multiplied by `penalty_weight` and added to the discriminator's loss.
In the table, g(x) is the gradient of the logit of x with respect to x. A patch
discriminator has one logit for each patch; there, g(x) is the gradient of their
mean, which the loss takes, too.

=============  =====================  =============================  ======
name           formula                where                          weight
=============  =====================  =============================  ======
wgan_gp        E (||g(x)|| - 1)^2     x between real and generated   10
r1             E ||g(x)||^2 / 2       x real                         10
r2             E ||g(x)||^2 / 2       x generated                    10
r1_r2          r1 + r2                both                           10
zero_centered  E ||g(x)||^2           x between real and generated   10
dragan         E (||g(x)|| - 1)^2     x real plus noise              10
=============  =====================  =============================  ======

The code takes the gradient of the sum over the batch. Batch normalization in
the discriminator couples the images of a batch, so that this is no longer the
gradient of the logit of each single image. WGAN-GP (section 4) recommends layer
normalization instead, `discriminator_normalization="layer"`.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import randomness
from keras_gan_zoo.files.lookup import look_up


def squared_gradient_norm(discriminator, images):
    """Computes ||d logit(x) / d x||^2 of each image.

    Args:
        discriminator: function from images to logits `(batch, ...)`. If an
            image has several logits, their mean counts.
        images: float tensor `(batch, height, width, channels)`.

    Returns:
        Float tensor `(batch,)`.

    Example:

    >>> images = ops.ones((2, 4, 4, 1))
    >>> squared = squared_gradient_norm(lambda images: 3 * images, images)
    >>> ops.convert_to_numpy(squared).tolist()  # 16 pixels, (3 / 16)^2 each
    [0.5625, 0.5625]
    """

    def logit(images):
        logits = discriminator(images)
        return ops.mean(logits, axis=tuple(range(1, len(logits.shape))))

    gradient = engine.input_gradient(logit, images)
    gradient = ops.reshape(gradient, (ops.shape(gradient)[0], -1))
    return ops.sum(ops.square(gradient), axis=1)


def _distance_from_one(discriminator, images):
    squared = squared_gradient_norm(discriminator, images)
    # The root has no derivative at 0, the gradient of a dead discriminator.
    return ops.mean(ops.square(ops.sqrt(squared + 1e-12) - 1))


@keras.saving.register_keras_serializable("keras_gan_zoo")
def wgan_gp(discriminator, real, fake, seed):
    """Computes the WGAN-GP penalty.

    Gulrajani et al. (2017), https://arxiv.org/abs/1704.00028, equation 3:
    x = e real + (1 - e) fake, with e uniform in [0, 1] for each image.

    Args:
        discriminator: function from images to logits.
        real: float tensor `(batch, height, width, channels)`, real images.
        fake: float tensor `(batch, height, width, channels)`, generated
            images.
        seed: `keras.random.SeedGenerator` or int.

    Returns:
        Scalar.

    Example:

    >>> slope_2 = lambda images: 2 * images
    >>> images = ops.ones((4, 1, 1, 1))
    >>> float(wgan_gp(slope_2, images, -images, seed=0))
    1.0
    """
    return _distance_from_one(discriminator, _between(real, fake, seed))


def _between(real, fake, seed):
    """Returns e real + (1 - e) fake, e uniform in [0, 1] for each image."""
    e = randomness.one_number_per_image(real, seed)
    return e * real + (1 - e) * fake


@keras.saving.register_keras_serializable("keras_gan_zoo")
def r1(discriminator, real, fake, seed):
    """Computes the R1 penalty.

    Mescheder et al. (2018), https://arxiv.org/abs/1801.04406, equation 9. The
    weight is the paper's gamma.

    Args:
        discriminator: function from images to logits.
        real: float tensor `(batch, height, width, channels)`, real images.
        fake: generated images, not used.
        seed: `keras.random.SeedGenerator` or int, not used.

    Returns:
        Scalar.

    Example:

    >>> slope_2 = lambda images: 2 * images
    >>> images = ops.ones((4, 1, 1, 1))
    >>> float(r1(slope_2, images, None, seed=None))
    2.0
    """
    return 0.5 * ops.mean(squared_gradient_norm(discriminator, real))


@keras.saving.register_keras_serializable("keras_gan_zoo")
def r2(discriminator, real, fake, seed):
    """Computes the R2 penalty, R1 on generated images.

    Mescheder et al. (2018), https://arxiv.org/abs/1801.04406, equation 10; see
    also Roth et al. (2017), https://arxiv.org/abs/1705.09367. The weight is
    the paper's gamma. `r1_r2` adds both.

    Args:
        discriminator: function from images to logits.
        real: real images, not used.
        fake: float tensor `(batch, height, width, channels)`, generated
            images.
        seed: `keras.random.SeedGenerator` or int, not used.

    Returns:
        Scalar.

    Example:

    >>> slope_2 = lambda images: 2 * images
    >>> images = ops.ones((4, 1, 1, 1))
    >>> float(r2(slope_2, None, images, seed=None))
    2.0
    """
    return 0.5 * ops.mean(squared_gradient_norm(discriminator, fake))


@keras.saving.register_keras_serializable("keras_gan_zoo")
def r1_r2(discriminator, real, fake, seed):
    """Computes the sum of R1 and R2, with one weight for both.

    As in R3GAN (Huang et al., 2024, https://arxiv.org/abs/2501.05441). For
    two weights use `compile(penalty="r1",
    regularizers=[Regularizer("discriminator", "r2")])`.

    Args:
        discriminator: function from images to logits.
        real: float tensor `(batch, height, width, channels)`, real images.
        fake: float tensor `(batch, height, width, channels)`, generated
            images.
        seed: `keras.random.SeedGenerator` or int, not used.

    Returns:
        Scalar.

    Example:

    >>> slope_2 = lambda images: 2 * images
    >>> images = ops.ones((4, 1, 1, 1))
    >>> float(r1_r2(slope_2, images, images, seed=None))
    4.0
    """
    return r1(discriminator, real, fake, seed) + r2(
        discriminator, real, fake, seed
    )


@keras.saving.register_keras_serializable("keras_gan_zoo")
def zero_centered(discriminator, real, fake, seed):
    """Computes the zero-centered penalty between real and generated images.

    Thanh-Tung et al. (2019), https://arxiv.org/abs/1902.03984: the places of
    WGAN-GP, but each gradient is drawn to 0, not to length 1. As for all
    penalties here, the gradient is the one of the logit. With the cross
    entropy, the authors' code takes the gradient of the probability, which is
    at most a quarter as long, and a larger weight (500 for images).

    Args:
        discriminator: function from images to logits.
        real: float tensor `(batch, height, width, channels)`, real images.
        fake: float tensor `(batch, height, width, channels)`, generated
            images.
        seed: `keras.random.SeedGenerator` or int.

    Returns:
        Scalar.

    Example:

    >>> slope_2 = lambda images: 2 * images
    >>> images = ops.ones((4, 1, 1, 1))
    >>> float(zero_centered(slope_2, images, -images, seed=0))
    4.0
    """
    places = _between(real, fake, seed)
    return ops.mean(squared_gradient_norm(discriminator, places))


@keras.saving.register_keras_serializable("keras_gan_zoo")
def dragan(discriminator, real, fake, seed):
    """Computes the DRAGAN penalty.

    Kodali et al. (2017), https://arxiv.org/abs/1705.07215, as in the authors'
    code: x = real + e (noisy - real) and noisy = real + 0.5 u std(real). Here
    u is uniform in [0, 1] for each pixel, e is uniform in [0, 1] for each
    image, and std is the standard deviation over the whole batch.

    Args:
        discriminator: function from images to logits.
        real: float tensor `(batch, height, width, channels)`, real images.
        fake: generated images, not used.
        seed: `keras.random.SeedGenerator` or int.

    Returns:
        Scalar.

    Example:

    >>> slope_2 = lambda images: 2 * images
    >>> images = ops.ones((4, 1, 1, 1))
    >>> float(dragan(slope_2, images, None, seed=0))
    1.0
    """
    mean = engine.replica_mean(ops.mean(real))
    variance = engine.replica_mean(ops.mean(ops.square(real - mean)))
    u = randomness.uniform(ops.shape(real), real, seed)
    noise = 0.5 * ops.sqrt(variance) * u
    e = randomness.one_number_per_image(real, seed)
    return _distance_from_one(discriminator, real + e * noise)


PENALTIES = {
    "wgan_gp": wgan_gp,
    "r1": r1,
    "r2": r2,
    "r1_r2": r1_r2,
    "zero_centered": zero_centered,
    "dragan": dragan,
}
DEFAULT_WEIGHTS = {penalty: 10.0 for penalty in PENALTIES.values()}


def get(identifier):
    """Returns a penalty from its name, or unchanged.

    Args:
        identifier: a name in `PENALTIES`, a function with the arguments of a
            penalty, or None.

    Returns:
        The function, or None.

    Raises:
        ValueError: if the penalty does not exist.

    Example:

    >>> get("r1").__name__
    'r1'
    """
    if identifier is None or callable(identifier):
        return identifier
    return look_up(identifier, PENALTIES, "penalty")
