"""A penalty that holds weights near their mean over the training so far."""

import keras
from keras import ops

from keras_gan_zoo.objectives.weights import WeightPenalty


@keras.saving.register_keras_serializable("keras_gan_zoo")
class HistoricalAverage(WeightPenalty, keras.layers.Layer):
    """Computes the squared distance of the weights from their mean in time.

    Historical averaging (Salimans et al., 2016),
    https://arxiv.org/abs/1606.03498, section 3.3: `|w - mean of w so far|^2`,
    summed over all trained weights of a player. It helps players that circle
    around an equilibrium. The mean is over the weights after each step, and
    is part of the state of the model. It is a penalty for
    `Regularizer("generator", HistoricalAverage())`, one object for each
    player.

    It is a layer only because it has a state.

    Call: `penalty(network)` returns a scalar.

    Example:

    >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> penalty = HistoricalAverage()
    >>> penalty.begin([network])
    >>> float(penalty(network))  # nothing has moved
    0.0
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.count = self.add_weight(
            shape=(),
            initializer="zeros",
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
            name="count",
        )
        self.means = []
        self.built = True

    def begin(self, networks):
        weights = [v for n in networks for v in n.trainable_variables]
        shapes = [tuple(v.shape) for v in weights]
        if self.means and [tuple(v.shape) for v in self.means] != shapes:
            raise ValueError(
                "A HistoricalAverage keeps the mean of one player. Expected "
                "an object for each player. Received: one that has "
                f"{len(self.means)} weights of another player or model. Make "
                "a new one."
            )
        if not self.means:
            self.means = [
                self.add_weight(
                    shape=v.shape,
                    initializer="zeros",
                    trainable=False,
                    autocast=False,
                    aggregation="only_first_replica",
                    name=f"mean_{number}",
                )
                for number, v in enumerate(weights)
            ]
            for mean, variable in zip(self.means, weights):
                # A copy: JAX refuses two variables of one array.
                mean.assign(ops.convert_to_numpy(variable))
        self._mean_of = {id(v): mean for v, mean in zip(weights, self.means)}

    def __call__(self, network):
        return sum(
            (
                ops.sum(ops.square(v - self._mean_of[id(v)]))
                for v in network.trainable_variables
            ),
            ops.zeros(()),
        )

    def end_step(self, networks):
        self.count.assign(self.count + 1)
        for network in networks:
            for variable in network.trainable_variables:
                mean = self._mean_of[id(variable)]
                change = (variable - mean) / self.count
                mean.assign(mean + ops.cast(change, mean.dtype))

    def get_config(self):
        return {"name": self.name}
