"""Priors of latents that an adversary compares with encodings.

Any distribution that one can draw from will do (Makhzani et al., 2015,
https://arxiv.org/abs/1511.05644). Each prior is an object with `of(num,
latent_dim, noise)`, which makes latents from noise, so that the same rule draws
in numpy and within a training step.
"""

import math

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.files.lookup import look_up

# Of a name of their own: codes are called Categorical, too.
_registered = keras.saving.register_keras_serializable(
    "keras_gan_zoo.latent_priors"
)


class Prior:
    """Makes latents from noise. Abstract.

    Example, a prior of one's own for `latent_prior=Corners()`:

    >>> class Corners(Prior):
    ...     def of(self, num, latent_dim, noise):
    ...         return noise.numbers.round(noise.uniform((num, latent_dim)))
    >>> drawn = Corners().draw(100, 2, np.random.default_rng(0))
    >>> np.unique(drawn).tolist()
    [0.0, 1.0]
    """

    #: The `latent_dim` that the prior needs, or None for any.
    latent_dim = None

    def of(self, num, latent_dim, noise):
        """Makes latents `(num, latent_dim)`.

        Args:
            num: int or scalar tensor, number of latents.
            latent_dim: int, their length.
            noise: object with `normal(shape)`, from N(0, 1),
                `uniform(shape)`, from [0, 1), and `numbers`, `numpy` or
                `keras.ops`.
        """
        raise NotImplementedError

    def draw(self, num, latent_dim, rng):
        """Draws latents with a numpy `Generator`, a float32 array."""
        return self.of(num, latent_dim, _Arrays(rng)).astype("float32")

    def sample(self, num, latent_dim, seed):
        """Draws latents within a step, a tensor.

        Args:
            num: int or scalar tensor, number of latents.
            latent_dim: int, their length.
            seed: int or `keras.random.SeedGenerator`.
        """
        return self.of(num, latent_dim, _Tensors(seed))

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class _Arrays:
    numbers = np

    def __init__(self, rng):
        self.rng = rng

    def normal(self, shape):
        return self.rng.standard_normal(shape, dtype="float32")

    def uniform(self, shape):
        return self.rng.random(shape, dtype="float32")


class _Tensors:
    numbers = ops

    def __init__(self, seed):
        self.seed = seed

    def normal(self, shape):
        return keras.random.normal(shape, seed=self.seed)

    def uniform(self, shape):
        # Not the bits of the normal numbers of the same seed.
        seed = self.seed + 1 if isinstance(self.seed, int) else self.seed
        return keras.random.uniform(shape, seed=seed)


@_registered
class Normal(Prior):
    """Draws from N(0, scale^2).

    Args:
        scale: float, the standard deviation.

    Example:

    >>> drawn = Normal(5.0).draw(10_000, 2, np.random.default_rng(0))
    >>> round(float(drawn.std()))
    5
    """

    def __init__(self, scale=5.0):
        self.scale = float(scale)

    def of(self, num, latent_dim, noise):
        return self.scale * noise.normal((num, latent_dim))

    def get_config(self):
        return {"scale": self.scale}


@_registered
class Uniform(Prior):
    """Draws uniformly from [-scale, scale].

    Args:
        scale: float, the bound.

    Example:

    >>> drawn = Uniform(2.0).draw(1000, 2, np.random.default_rng(0))
    >>> round(float(abs(drawn).max()), 1)
    2.0
    """

    def __init__(self, scale=1.0):
        self.scale = float(scale)

    def of(self, num, latent_dim, noise):
        return self.scale * (2 * noise.uniform((num, latent_dim)) - 1)

    def get_config(self):
        return {"scale": self.scale}


@_registered
class Mixture(Prior):
    """Draws from Gaussians in a circle, longer outwards, of two latents.

    Args:
        num: int, number of Gaussians.
        radius: float, distance of their means from 0.
        deviations: tuple of two floats, standard deviations outwards and
            across.

    Example:

    >>> drawn = Mixture(4, 10.0).draw(1000, 2, np.random.default_rng(0))
    >>> round(float(np.linalg.norm(drawn, axis=1).mean()))
    10
    """

    latent_dim = 2

    def __init__(self, num=10, radius=5.0, deviations=(1.5, 0.4)):
        self.num = int(num)
        self.radius = float(radius)
        self.deviations = tuple(float(d) for d in deviations)

    def of(self, num, latent_dim, noise):
        numbers = noise.numbers
        number = numbers.floor(self.num * noise.uniform((num, 1)))
        spread = noise.normal((num, 2))
        outwards = self.radius + self.deviations[0] * spread[:, :1]
        across = self.deviations[1] * spread[:, 1:]
        angle = 2 * math.pi * number / self.num
        cos, sin = numbers.cos(angle), numbers.sin(angle)
        both = [outwards * cos - across * sin, outwards * sin + across * cos]
        return numbers.concatenate(both, axis=1)

    def get_config(self):
        return {
            "num": self.num,
            "radius": self.radius,
            "deviations": list(self.deviations),
        }


@_registered
class SwissRoll(Prior):
    """Draws evenly from a spiral of two latents.

    Args:
        turns: float, number of turns of the spiral.
        radius: float, distance of its end from 0.
        deviation: float, standard deviation of the noise around it.

    Example:

    >>> drawn = SwissRoll(2.0, 10.0).draw(1000, 2, np.random.default_rng(0))
    >>> bool((np.linalg.norm(drawn, axis=1) < 11.5).all())
    True
    """

    latent_dim = 2

    def __init__(self, turns=2.0, radius=10.0, deviation=0.3):
        self.turns = float(turns)
        self.radius = float(radius)
        self.deviation = float(deviation)

    def of(self, num, latent_dim, noise):
        numbers = noise.numbers
        # The length of a spiral grows with the square of its radius.
        place = numbers.sqrt(noise.uniform((num, 1)))
        angle = 2 * math.pi * self.turns * place
        both = [numbers.cos(angle), numbers.sin(angle)]
        spiral = self.radius * place * numbers.concatenate(both, axis=1)
        return spiral + self.deviation * noise.normal((num, 2))

    def get_config(self):
        return {
            "turns": self.turns,
            "radius": self.radius,
            "deviation": self.deviation,
        }


@_registered
class Categorical(Prior):
    """Draws one-hot vectors, each class equally likely.

    Example:

    >>> Categorical().draw(100, 3, np.random.default_rng(0)).sum(axis=1).max()
    np.float32(1.0)
    """

    def of(self, num, latent_dim, noise):
        number = noise.numbers.floor(latent_dim * noise.uniform((num, 1)))
        classes = noise.numbers.arange(latent_dim, dtype="float32")
        return 1.0 - noise.numbers.sign(noise.numbers.abs(number - classes))


PRIORS = {
    "categorical": Categorical,
    "normal": Normal,
    "uniform": Uniform,
    "mixture": Mixture,
    "swiss_roll": SwissRoll,
}


def get(identifier, latent_dim):
    """Returns a prior by name, or the prior that was given.

    Args:
        identifier: one of the names in `PRIORS`, or a `Prior`.
        latent_dim: int, length of the latents.

    Raises:
        ValueError: if the name is unknown, or the prior has latents of another
            length.

    Example:

    >>> get("normal", 8).scale
    5.0
    """
    prior = identifier
    if not isinstance(prior, Prior):
        prior = look_up(identifier, PRIORS, "prior of latents")()
    if prior.latent_dim not in (None, latent_dim):
        raise ValueError(
            f"The prior {type(prior).__name__} is drawn in "
            f"{prior.latent_dim} dimensions. Expected "
            f"latent_dim={prior.latent_dim}. Received: latent_dim={latent_dim}"
        )
    return prior
