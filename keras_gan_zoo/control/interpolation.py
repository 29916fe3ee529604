"""Networks between two networks."""


def interpolate_networks(first, second, amount):
    """Makes a model whose weights lie between the weights of two models.

    Network interpolation of ESRGAN (Wang et al., 2018,
    https://arxiv.org/abs/1809.00219, section 3.4): between a model that was
    trained on the error of pixels and the same model after adversarial
    training, the amount of detail changes continuously. The weights of
    unrelated models have nothing in common, and what lies between them makes
    no images.

    Args:
        first: a model.
        second: a model of the same class and arguments, e.g. `first` after
            further training.
        amount: float, 0 for the weights of `first`, 1 for those of `second`.
            Average weights are used if there are any.

    Returns:
        A model of the same class, not compiled. The networks that users run,
        such as the generator, are interpolated. All others are those of
        `first`.

    Raises:
        ValueError: if the networks differ in their layers.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> import numpy as np
    >>> a, b = (kgz.SRGAN((16, 16, 3), filters=4, blocks=1) for _ in "ab")
    >>> between = interpolate_networks(a, b, 0.5)
    >>> between.restore(np.zeros((1, 8, 8, 3))).shape
    (1, 32, 32, 3)
    """
    # Averages take the place of the networks.
    config = {**first.get_config(), "averaged": False}
    found = type(first).from_config(config)
    for name in first.networks():
        getattr(found, name).set_weights(getattr(first, name).get_weights())
    found.steps.assign(first.steps)
    for name in first.averages:
        sides = [gan.best(name).get_weights() for gan in (first, second)]
        shapes = [[weights.shape for weights in side] for side in sides]
        if shapes[0] != shapes[1]:
            raise ValueError(
                "Weights are interpolated one by one. Expected two models of "
                f"the same layers. Received: a {name} of "
                f"{sum(w.size for w in sides[0]):,} and of "
                f"{sum(w.size for w in sides[1]):,} weights."
            )
        weights = [
            ((1 - amount) * a + amount * b).astype(a.dtype)
            for a, b in zip(*sides)
        ]
        getattr(found, name).set_weights(weights)
    return found
