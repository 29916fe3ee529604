"""Adversarial losses, functions from logits to scalars.

Each loss is an object with two methods, `discriminator(real_logits,
fake_logits)` and `generator(fake_logits, real_logits=None)`. Here r and f are
the logits of real and generated images, s is the sigmoid and E is the mean
over the batch:

===================  =================================  ======================
name                 discriminator minimizes            generator minimizes
===================  =================================  ======================
minimax              -E log s(r) - E log(1 - s(f))      E log(1 - s(f))
saddle               -E log s(r) - E log(1 - s(f))      E log s(r)
                                                        + E log(1 - s(f))
non_saturating       -E log s(r) - E log(1 - s(f))      -E log s(f)
least_squares        (E (r - 1)^2 + E f^2) / 2          E (f - 1)^2 / 2
hinge                E max(0, 1 - r) + E max(0, 1 + f)  -E f
wasserstein          E f - E r                          -E f
relativistic         -E log s(r - E f)                  -E log s(f - E r)
                     -E log(1 - s(f - E r))             -E log(1 - s(r - E f))
relativistic_paired  -E log s(r - f)                    -E log s(f - r)
===================  =================================  ======================

Every log s(x) is computed as -softplus(-x), so that no logit overflows.
"""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.files.lookup import look_up


class AdversarialLoss:
    """Defines a loss for the discriminator and a loss for the generator.

    Abstract. `uses_real_logits` says whether `generator` needs the logits of
    real images. If it is False, no logits are computed only for `generator`.
    `boundary` is the logit of a discriminator that cannot decide. None if the
    loss does not fix it. `AdaptiveAugment` reads it.

    Example, a custom loss for `compile(loss=Difference())`:

    >>> class Difference(AdversarialLoss):
    ...     def discriminator(self, real_logits, fake_logits):
    ...         return ops.mean(fake_logits) - ops.mean(real_logits)
    ...
    ...     def generator(self, fake_logits, real_logits=None):
    ...         return -ops.mean(fake_logits)
    >>> float(Difference().generator(ops.array([1.0, 3.0])))
    -2.0
    """

    uses_real_logits = False
    boundary = 0.0

    def discriminator(self, real_logits, fake_logits):
        """Returns the discriminator's loss, a scalar. Logits: any shape."""
        raise NotImplementedError

    def generator(self, fake_logits, real_logits=None):
        """Returns the generator's loss, a scalar. Logits: any shape."""
        raise NotImplementedError

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class _Smoothed(AdversarialLoss):
    """Defines a loss whose label for real images may be less than 1.

    Args:
        label_smoothing: float in [0, 0.5). The label of real images is
            `1 - label_smoothing`. The label of generated images stays 0
            (one-sided smoothing, Salimans et al., 2016,
            https://arxiv.org/abs/1606.03498).
    """

    def __init__(self, label_smoothing=0.0):
        if not 0 <= label_smoothing < 0.5:
            raise ValueError(
                "Expected label_smoothing in [0, 0.5): the label of real "
                "images is 1 - label_smoothing. "
                f"Received: label_smoothing={label_smoothing}"
            )
        self.label_smoothing = label_smoothing

    def _real_cross_entropy(self, logits):
        # BCE with label 1 - e: (1 - e) softplus(-x) + e softplus(x)
        #                     = softplus(-x) + e x.
        return ops.mean(ops.softplus(-logits) + self.label_smoothing * logits)

    def get_config(self):
        return {"label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class NonSaturating(_Smoothed):
    """Computes the loss that Goodfellow et al. (2014) train with.

    https://arxiv.org/abs/1406.2661, section 3: "rather than training G to
    minimize log(1 - D(G(z))) we can train G to maximize log D(G(z))". It has
    the same fixed point and a strong gradient when G is poor.

    Args:
        label_smoothing: float in [0, 0.5), subtracted from the label 1 of
            real images.

    Example:

    >>> guessing = ops.zeros(4)
    >>> loss = NonSaturating().discriminator(guessing, guessing)
    >>> round(float(loss), 4)  # 2 log 2
    1.3863
    """

    def discriminator(self, real_logits, fake_logits):
        return self._real_cross_entropy(real_logits) + ops.mean(
            ops.softplus(fake_logits)
        )

    def generator(self, fake_logits, real_logits=None):
        return ops.mean(ops.softplus(-fake_logits))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Minimax(NonSaturating):
    """Computes the value function of Goodfellow et al. (2014), equation 1.

    The generator's loss E log(1 - s(f)) saturates: the gradient vanishes
    when the discriminator rejects the images with confidence.

    Args:
        label_smoothing: float in [0, 0.5), subtracted from the label 1 of
            real images.

    Example:

    >>> rejected, more_so = ops.array([-9.0]), ops.array([-10.0])
    >>> gain = Minimax().generator(more_so) - Minimax().generator(rejected)
    >>> round(float(gain), 4)  # next to nothing, where NonSaturating has 1
    0.0001
    """

    def generator(self, fake_logits, real_logits=None):
        return -ops.mean(ops.softplus(fake_logits))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Saddle(NonSaturating):
    """Computes the loss of Unrolled GANs (Metz et al., 2017), equation 1.

    https://arxiv.org/abs/1611.02163. The generator maximizes all that the
    discriminator minimizes. In a plain step the logits of real images do not
    depend on the generator, so its gradients are those of `Minimax`. After
    `compile(unrolled_steps=...)` they do.

    Args:
        label_smoothing: float in [0, 0.5), subtracted from the label 1 of
            real images.

    Example:

    >>> real, fake = ops.array([2.0, 0.5]), ops.array([-3.0])
    >>> loss = Saddle()
    >>> float(loss.discriminator(real, fake) + loss.generator(fake, real))
    0.0
    """

    uses_real_logits = True

    def generator(self, fake_logits, real_logits=None):
        return -self.discriminator(real_logits, fake_logits)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LeastSquares(_Smoothed):
    """Computes the least squares loss (LSGAN).

    Mao et al. (2017), https://arxiv.org/abs/1611.04076, equation 9: the
    labels are 0 and 1, and the generator's target is 1.

    Args:
        label_smoothing: float in [0, 0.5), subtracted from the label 1 of
            real images.

    Example:

    >>> float(LeastSquares().generator(ops.array([0.0, 1.0])))
    0.25
    """

    @property
    def boundary(self):
        return 0.5 * (1 - self.label_smoothing)

    def discriminator(self, real_logits, fake_logits):
        label = 1 - self.label_smoothing
        return 0.5 * (
            ops.mean(ops.square(real_logits - label))
            + ops.mean(ops.square(fake_logits))
        )

    def generator(self, fake_logits, real_logits=None):
        return 0.5 * ops.mean(ops.square(fake_logits - 1))


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Hinge(AdversarialLoss):
    """Computes the hinge loss.

    Lim & Ye (2017), https://arxiv.org/abs/1705.02894.

    Example:

    >>> real, fake = ops.array([2.0, 0.5]), ops.array([-3.0])
    >>> float(Hinge().discriminator(real, fake))  # only 0.5 is below 1
    0.25
    """

    def discriminator(self, real_logits, fake_logits):
        return ops.mean(ops.relu(1 - real_logits)) + ops.mean(
            ops.relu(1 + fake_logits)
        )

    def generator(self, fake_logits, real_logits=None):
        return -ops.mean(fake_logits)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Wasserstein(AdversarialLoss):
    """Computes the Wasserstein loss (WGAN).

    Arjovsky et al. (2017), https://arxiv.org/abs/1701.07875. The loss is a
    distance only while the discriminator is 1-Lipschitz. Combine it with
    `penalty="wgan_gp"` or spectral normalization.

    Example:

    >>> float(Wasserstein().discriminator(ops.array([3.0]), ops.array([1.0])))
    -2.0
    """

    boundary = None

    def discriminator(self, real_logits, fake_logits):
        return ops.mean(fake_logits) - ops.mean(real_logits)

    def generator(self, fake_logits, real_logits=None):
        return -ops.mean(fake_logits)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class RelativisticAverage(_Smoothed):
    """Computes the relativistic average loss (RaSGAN).

    Jolicoeur-Martineau (2018), https://arxiv.org/abs/1807.00734, section 4.3.
    The discriminator decides whether a real image is more realistic than the
    average generated image, and whether a generated image is less realistic
    than the average real image. The averages are over the global batch.

    Args:
        label_smoothing: float in [0, 0.5), subtracted from the label 1 of
            real images.

    Example:

    >>> loss, logits = RelativisticAverage(), ops.array([1.0, 2.0])
    >>> real = loss.generator(logits, logits)
    >>> shifted = loss.generator(logits + 5, logits + 5)
    >>> round(float(shifted - real), 4)  # it is the difference that counts
    0.0
    """

    uses_real_logits = True
    boundary = None

    def discriminator(self, real_logits, fake_logits):
        real, fake = self._relative(real_logits, fake_logits)
        return self._real_cross_entropy(real) + ops.mean(ops.softplus(fake))

    def generator(self, fake_logits, real_logits=None):
        real, fake = self._relative(real_logits, fake_logits)
        return ops.mean(ops.softplus(-fake)) + ops.mean(ops.softplus(real))

    def _relative(self, real_logits, fake_logits):
        mean_real = engine.replica_mean(ops.mean(real_logits))
        mean_fake = engine.replica_mean(ops.mean(fake_logits))
        return real_logits - mean_fake, fake_logits - mean_real


@keras.saving.register_keras_serializable("keras_gan_zoo")
class RelativisticPaired(AdversarialLoss):
    """Computes the paired relativistic loss (RpGAN).

    Jolicoeur-Martineau (2018), https://arxiv.org/abs/1807.00734, section 4.2,
    as in R3GAN (Huang et al., 2024, https://arxiv.org/abs/2501.05441). The
    discriminator decides whether a real image is more realistic than the
    generated image at its place in the batch. R3GAN needs
    `penalty="r1_r2"` with it: with `"r1"` alone it does not converge.

    Example:

    >>> real, fake = ops.array([1.0, 5.0]), ops.array([1.0, -95.0])
    >>> loss = RelativisticPaired().discriminator(real, fake)
    >>> round(float(loss), 4)  # log 2 of the first pair, 0 of the second
    0.3466
    """

    uses_real_logits = True
    boundary = None

    def discriminator(self, real_logits, fake_logits):
        return ops.mean(ops.softplus(fake_logits - real_logits))

    def generator(self, fake_logits, real_logits=None):
        return ops.mean(ops.softplus(real_logits - fake_logits))


LOSSES = {
    "minimax": Minimax,
    "saddle": Saddle,
    "non_saturating": NonSaturating,
    "least_squares": LeastSquares,
    "hinge": Hinge,
    "wasserstein": Wasserstein,
    "relativistic": RelativisticAverage,
    "relativistic_paired": RelativisticPaired,
}


def get(identifier):
    """Returns a loss from its name or its config, or unchanged.

    Args:
        identifier: a name in `LOSSES`, a dict that
            `keras.saving.serialize_keras_object` makes from a loss, or an
            `AdversarialLoss`.

    Returns:
        `AdversarialLoss`.

    Raises:
        ValueError: if the loss does not exist.

    Example:

    >>> get("least_squares").label_smoothing
    0.0
    """
    if isinstance(identifier, AdversarialLoss):
        return identifier
    if isinstance(identifier, dict):
        return keras.saving.deserialize_keras_object(identifier)
    return look_up(identifier, LOSSES, "loss")()
