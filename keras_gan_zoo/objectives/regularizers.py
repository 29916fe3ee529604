"""Penalties of any player, due at every step or at every n-th step.

A penalty that is due only at every n-th step ("lazy regularization", Karras
et al., 2020, https://arxiv.org/abs/1912.04958, appendix B) costs nothing at
the steps in between. When it is due, its weight is multiplied by n, so that it
has the same effect on average.
"""

import keras

from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.objectives import penalties
from keras_gan_zoo.objectives.historical import HistoricalAverage
from keras_gan_zoo.objectives.lecam import LOGIT_PENALTIES, LogitPenalty
from keras_gan_zoo.objectives.weights import WEIGHT_PENALTIES, WeightPenalty


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Regularizer:
    """Adds a penalty to the loss of one player.

    Args:
        player: str, name of the player. The penalty is added to its loss.
        penalty: name of a penalty in `keras_gan_zoo.penalties`, or a function
            `(network, inputs, outputs, seed)` that returns a scalar. The
            architecture chooses these arguments. A penalty of the
            discriminator gets the discriminator, real samples and generated
            samples. A penalty of the generator gets the generator, its
            inputs and its outputs. A penalty that has a state is a layer,
            such as `keras_gan_zoo.objectives.path_length.PathLength`; its
            state is saved with the model. Or a `WeightPenalty` of
            `keras_gan_zoo.objectives.weights`, such as `"orthogonal"` or
            `"historical_average"`, which gets each network of the player.
            Or a `LogitPenalty` of `keras_gan_zoo.objectives.lecam`, such as
            `"lecam"`, for the discriminator.
        weight: float, or a `LearningRateSchedule` over the steps taken.
            `None` is the default weight of the penalty.
        every: int. The penalty is due at step 0 and at every step whose
            number is a multiple of `every`.
        name: str, name of the weighted penalty in the logs. `None` is
            `"<player>_penalty"`.

    Raises:
        ValueError: if `every` is less than 1, or the penalty is unknown.

    Example:

    >>> lazy = Regularizer("discriminator", "r1", every=16)
    >>> lazy.weight, lazy.is_due(32), lazy.is_due(33)
    (10.0, True, False)
    >>> Regularizer("generator", "orthogonal").weight
    0.0001
    """

    def __init__(self, player, penalty, weight=None, every=1, name=None):
        if int(every) != every or every < 1:
            raise ValueError(
                "A regularizer is due at every step or at every n-th step. "
                "Expected every as an int of at least 1. "
                f"Received: every={every!r}"
            )
        self.player = player
        self.penalty = _penalty(penalty)
        if weight is None:
            own = getattr(self.penalty, "default_weight", 1.0)
            weight = penalties.DEFAULT_WEIGHTS.get(self.penalty, own)
        self.weight = weight if callable(weight) else float(weight)
        self.every = int(every)
        self.name = name or f"{player}_penalty"

    @property
    def of_weights(self):
        """Says whether the penalty gets networks, not their views."""
        return isinstance(self.penalty, WeightPenalty)

    @property
    def of_logits(self):
        """Says whether the penalty gets logits and their moving averages."""
        return isinstance(self.penalty, LogitPenalty)

    def is_due(self, step):
        """Says whether the penalty belongs to the loss of a step.

        Args:
            step: int, number of steps that were taken before this step.
        """
        return step % self.every == 0

    def __call__(self, views, step, seed):
        """Computes the weighted penalty.

        Args:
            views: list of `(network, inputs, outputs)`, one for each use of a
                network of the player in this step. For a penalty of weights,
                list of the networks. Their penalties are added.
                For a penalty of logits, list of the logits of real and of
                generated samples and their moving averages.
            step: scalar tensor, number of steps taken.
            seed: int or seed generator.

        Returns:
            Scalar tensor, not yet multiplied by `every`.
        """
        weight = self.weight(step) if callable(self.weight) else self.weight
        if self.of_weights:
            return weight * sum(self.penalty(network) for network in views)
        if self.of_logits:
            return weight * sum(self.penalty(*logits) for logits in views)
        return weight * sum(
            self.penalty(network, inputs, outputs, seed)
            for network, inputs, outputs in views
        )

    def get_config(self):
        return {
            "player": self.player,
            "penalty": keras.saving.serialize_keras_object(self.penalty),
            "weight": keras.saving.serialize_keras_object(self.weight),
            "every": self.every,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("penalty", "weight"):
            if isinstance(config[name], dict):
                config[name] = keras.saving.deserialize_keras_object(
                    config[name]
                )
        return cls(**config)


def _penalty(identifier):
    if not isinstance(identifier, str):
        return penalties.get(identifier)
    objects = {
        **WEIGHT_PENALTIES,
        **LOGIT_PENALTIES,
        "historical_average": HistoricalAverage,
    }
    known = {**penalties.PENALTIES, **objects}
    found = look_up(identifier, known, "penalty")
    return found() if identifier in objects else found
