"""A penalty of logits that remembers the logits of earlier steps.

The moving averages of the logits belong to the model, which saves them. A
`Regularizer` adds the penalty to the loss of the discriminator:
`compile(regularizers=[Regularizer("discriminator", "lecam")])`.
"""

import keras
from keras import ops

from keras_gan_zoo import engine


class LogitPenalty:
    """Turns logits and their moving averages into a scalar. Abstract.

    Attributes:
        default_weight: float, the weight in the loss if none is given.

    Example, a custom penalty for `Regularizer("discriminator", Drift())`:

    >>> class Drift(LogitPenalty):
    ...     def __call__(self, real_logits, fake_logits, averages):
    ...         return ops.mean(ops.square(real_logits))
    >>> Drift().default_weight
    1.0
    """

    default_weight = 1.0

    def __call__(self, real_logits, fake_logits, averages):
        """Computes the penalty, a scalar.

        Args:
            real_logits: tensor, logits of real samples.
            fake_logits: tensor, logits of generated samples.
            averages: two scalars, the moving averages of both.
        """
        raise NotImplementedError

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class LeCam(LogitPenalty):
    """Keeps the logits of real and generated samples near each other.

    LeCam regularization (Tseng et al., 2021),
    https://arxiv.org/abs/2104.03310, for training on few images:
    E max(0, r - F)^2 + E max(0, R - f)^2. Here r and f are the logits of real
    and generated samples, and R and F are their moving averages. The maximum
    is from the authors' code. The code begins after 1,000 steps, because its
    averages begin far off; here they begin at the first batch.

    Example:

    >>> real, fake, averages = ops.array([2.0]), ops.array([-1.0]), (1.0, 0.0)
    >>> float(LeCam()(real, fake, averages))  # (2 - 0)^2 + (1 + 1)^2
    8.0
    """

    default_weight = 0.3

    def __call__(self, real_logits, fake_logits, averages):
        real, fake = averages
        return ops.mean(ops.square(ops.relu(real_logits - fake))) + ops.mean(
            ops.square(ops.relu(real - fake_logits))
        )


class LogitAverages(keras.layers.Layer):
    """Keeps moving averages of the logits of real and generated samples.

    The first averages are the means of the first batch.

    Args:
        decay: float, the decay of the averages.

    Example:

    >>> averages = LogitAverages()
    >>> real, fake = averages.moved(ops.array([3.0]), ops.array([-1.0]))
    >>> float(real), float(fake)
    (3.0, -1.0)
    """

    def __init__(self, decay=0.9):
        super().__init__(dtype="float32", name="logit_averages")
        self.decay = decay
        self.real, self.fake, self.begun = (
            self.add_weight(
                shape=(),
                initializer="zeros",
                trainable=False,
                autocast=False,
                name=name,
            )
            for name in ("real", "fake", "begun")
        )
        self.built = True

    def moved(self, *logits):
        """Moves the averages toward the means of a batch and returns them.

        Args:
            *logits: tensors, the logits of real and of generated samples.
        """
        found = []
        change = 1 - self.decay * self.begun
        for average, batch in zip((self.real, self.fake), logits):
            mean = ops.mean(ops.cast(ops.stop_gradient(batch), "float32"))
            mean = engine.replica_mean(mean)
            value = average + change * (mean - average)
            average.assign(value)
            found.append(value)
        self.begun.assign(ops.ones(()))
        return tuple(found)


LOGIT_PENALTIES = {"lecam": LeCam}
