"""Latent codes of InfoGAN: their priors and their recognition distributions.

A code is what a user of InfoGAN (Chen et al., 2016,
https://arxiv.org/abs/1606.03657) can control: a part c of the generator's input
that a network Q must be able to infer from the image x. Each kind defines the
prior p(c), its entropy H(c) in nats, and the distribution Q(c|x) as a function
of the parameters that Q outputs for an image:

===========  ==========================  =========  =========
kind         p(c)                        Q(c|x)     H(c)
===========  ==========================  =========  =========
Categorical  uniform over `num` classes  softmax    log num
Continuous   uniform in [-1, 1], each    Gaussian   num log 2
Binary       0 or 1, equally likely      Bernoulli  num log 2
===========  ==========================  =========  =========

The lower bound of the mutual information is L = E log Q(c|x) + H(c) <= I(c; x)
(equation 5 of the paper).
"""

import math

import keras
import numpy as np
from keras import ops

#: Q's logarithm of a standard deviation is clipped to these bounds.
LOG_STDDEV = (-5.0, 5.0)


class Code:
    """Represents one latent code and its distribution. Abstract.

    Attributes:
        kind: str, name of the kind. Models name their codes after it.
        size: int, number of inputs of the generator for the code.
        num_parameters: int, number of outputs of Q for the code.
        entropy: float, H(c) in nats.
        shown_values: list of the values that pictures show.

    Args:
        num: int, number of classes of a categorical code, or length of
            another code.

    Example:

    >>> code = Categorical(10)  # a kind of it
    >>> code.size, code.num_parameters, round(code.entropy, 4)
    (10, 10, 2.3026)
    """

    kind = None

    def __init__(self, num):
        if int(num) < 1:
            raise ValueError(
                f"Expected a {type(self).__name__} code of num at least 1. "
                f"Received: num={num}"
            )
        self.num = int(num)

    @property
    def size(self):
        return self.num

    @property
    def num_parameters(self):
        return self.num

    @property
    def entropy(self):
        return self.num * math.log(2.0)

    def sample(self, num, seed):
        """Draws codes `(num, size)` from the prior, inside a step."""
        raise NotImplementedError

    def draw(self, num, rng):
        """Draws codes `(num, size)` with a `numpy.random.Generator`."""
        raise NotImplementedError

    def encode(self, value, num):
        """Encodes values that a user chose as input for the generator.

        Args:
            value: one value for all images, or one value for each image.
            num: int, number of images.

        Returns:
            numpy float32 array `(num, size)`.

        Raises:
            ValueError: if a value is outside the support of the prior, or
                there are too many or too few values.
        """
        raise NotImplementedError

    def log_likelihood(self, parameters, codes):
        """Computes log Q(c|x) in nats, `(batch,)`.

        Args:
            parameters: outputs of Q, `(batch, num_parameters)`, float32.
            codes: the codes that the generator got, `(batch, size)`.
        """
        raise NotImplementedError

    def decode(self, parameters):
        """Returns the likeliest value for each row of numpy parameters."""
        raise NotImplementedError

    def _rows(self, value, num):
        """Returns values as floats `(num, self.num)`, repeated as needed."""
        value = np.asarray(value, "float32")
        if value.ndim == 1 and self.num == 1:
            value = value[:, np.newaxis]
        try:
            return np.broadcast_to(value, (num, self.num))
        except ValueError as error:
            raise ValueError(
                f"Expected one value, or one for each image: shape (), "
                f"{(self.num,)} or {(num, self.num)}. "
                f"Received: shape {value.shape}"
            ) from error

    def get_config(self):
        return {"num": self.num}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Categorical(Code):
    """Draws one of `num` equally likely classes, one-hot for the generator.

    Args:
        num: int, number of classes.

    Values: an int in [0, num), or one int for each image.

    Example:

    >>> Categorical(4).encode(2, num=1)
    array([[0., 0., 1., 0.]], dtype=float32)
    """

    kind = "categorical"

    @property
    def entropy(self):
        return math.log(self.num)

    @property
    def shown_values(self):
        return list(range(self.num))

    def sample(self, num, seed):
        # The class is the index of the largest of `num` random numbers.
        dice = keras.random.uniform((num, self.num), seed=seed)
        return ops.one_hot(ops.argmax(dice, axis=1), self.num, dtype="float32")

    def draw(self, num, rng):
        return self.encode(rng.integers(self.num, size=num), num)

    def encode(self, value, num):
        value = np.asarray(value)
        if (
            value.shape not in ((), (num,))
            or value.dtype.kind not in "iu"
            or np.any((value < 0) | (value >= self.num))
        ):
            raise ValueError(
                f"Expected ints in [0, {self.num}) for a categorical code: "
                f"one, or one for each of {num} images. Received: {value}"
            )
        return np.eye(self.num, dtype="float32")[np.broadcast_to(value, num)]

    def log_likelihood(self, parameters, codes):
        return ops.sum(codes * ops.log_softmax(parameters), axis=1)

    def decode(self, parameters):
        return parameters.argmax(axis=1)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Continuous(Code):
    """Draws `num` numbers uniformly from [-1, 1]. Q is a factored Gaussian.

    Args:
        num: int, number of values.
        stddev: float, a fixed standard deviation of Q, or None to learn it.
            To learn it, Q outputs its logarithm, as in appendix C of the
            paper. The logarithm is clipped to [-5, 5], because the density
            of a code that Q knows exactly has no bound and its square would
            overflow. The authors' MNIST code fixes the deviation at 1; then
            the bound is a squared error and stays below 0.

    Values: floats of shape `()`, `(num,)` or `(num_images, num)`. They are
    in [-1, 1] in training. Larger values are allowed (figure 2 of the paper
    goes to 2).

    Example:

    >>> Continuous(2).encode([0.5, -1], num=1)
    array([[ 0.5, -1. ]], dtype=float32)
    """

    kind = "continuous"
    shown_values = [x / 2 for x in range(-4, 5)]

    def __init__(self, num=1, stddev=None):
        super().__init__(num)
        if stddev is not None and stddev <= 0:
            raise ValueError(
                "Expected stddev above 0, or None to learn it. "
                f"Received: stddev={stddev}"
            )
        self.stddev = stddev

    @property
    def num_parameters(self):
        return self.num if self.stddev is not None else 2 * self.num

    def sample(self, num, seed):
        return keras.random.uniform((num, self.num), -1, 1, seed=seed)

    def draw(self, num, rng):
        return rng.uniform(-1, 1, (num, self.num)).astype("float32")

    def encode(self, value, num):
        value = self._rows(value, num)
        if not np.all(np.isfinite(value)):
            raise ValueError(
                "Expected finite numbers, usually in [-1, 1], for a "
                f"continuous code. Received: {value}"
            )
        return value

    def log_likelihood(self, parameters, codes):
        mean = parameters[:, : self.num]
        if self.stddev is None:
            log_stddev = ops.clip(parameters[:, self.num :], *LOG_STDDEV)
        else:
            log_stddev = math.log(self.stddev)
        deviation = (codes - mean) * ops.exp(-log_stddev)
        log_density = (
            -0.5 * ops.square(deviation)
            - log_stddev
            - 0.5 * math.log(2 * math.pi)
        )
        return ops.sum(log_density, axis=1)

    def decode(self, parameters):
        mean = parameters[:, : self.num]
        return mean[:, 0] if self.num == 1 else mean

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Binary(Code):
    """Draws `num` bits, 0 or 1 equally likely. Q is a factored Bernoulli.

    Args:
        num: int, number of bits.

    Values: 0 or 1, of shape `()`, `(num,)` or `(num_images, num)`.

    Example:

    >>> Binary(3).encode([0, 1, 1], num=1)
    array([[0., 1., 1.]], dtype=float32)
    """

    kind = "binary"
    shown_values = [0, 1]

    def __init__(self, num=1):
        super().__init__(num)

    def sample(self, num, seed):
        heads = keras.random.uniform((num, self.num), seed=seed) < 0.5
        return ops.cast(heads, "float32")

    def draw(self, num, rng):
        return rng.integers(2, size=(num, self.num)).astype("float32")

    def encode(self, value, num):
        value = self._rows(value, num)
        if not np.all((value == 0) | (value == 1)):
            raise ValueError(
                f"Expected 0 or 1 for a binary code. Received: {value}"
            )
        return value

    def log_likelihood(self, parameters, codes):
        # log s(x) = -softplus(-x), log(1 - s(x)) = -softplus(x).
        nats = codes * parameters - ops.softplus(parameters)
        return ops.sum(nats, axis=1)

    def decode(self, parameters):
        heads = (parameters > 0).astype(int)
        return heads[:, 0] if self.num == 1 else heads
