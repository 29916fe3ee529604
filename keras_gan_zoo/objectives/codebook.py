"""All codes of an InfoGAN in one vector, with names."""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.objectives.codes import Code


class CodeBook:
    """Joins the codes of a model: a matrix for networks, names for users.

    Args:
        members: list of codes or of their configs.

    Attributes:
        members: tuple of the codes.
        names: tuple of the names of the codes. A name is the kind of the code
            and its number within the kind, e.g. `categorical_0`,
            `continuous_0`, `continuous_1`.

    Raises:
        ValueError: if `members` is empty or holds anything that is not a
            code.

    Example:

    >>> from keras_gan_zoo.objectives.codes import Categorical, Continuous
    >>> codes = CodeBook([Categorical(10), Continuous(), Continuous()])
    >>> codes.names, codes.size, codes.num_parameters
    (('categorical_0', 'continuous_0', 'continuous_1'), 12, 14)
    """

    def __init__(self, members):
        self.members = tuple(
            keras.saving.deserialize_keras_object(member)
            if isinstance(member, dict)
            else member
            for member in members
        )
        if not all(isinstance(member, Code) for member in self.members):
            raise ValueError(
                "Expected a list of codes such as Categorical(10), "
                f"Continuous() and Binary(). Received: {members!r}"
            )
        if not self.members:
            raise ValueError(
                "Expected at least one code, e.g. [Categorical(10)]. "
                "Received: none. Without codes, take another architecture."
            )
        kinds = [code.kind for code in self.members]
        self.names = tuple(
            f"{kind}_{kinds[:place].count(kind)}"
            for place, kind in enumerate(kinds)
        )
        self.size = sum(code.size for code in self.members)
        self.num_parameters = sum(c.num_parameters for c in self.members)

    def __len__(self):
        return len(self.members)

    def __iter__(self):
        return iter(self.members)

    def index(self, key):
        """Returns the index of a code from its name or its index.

        Raises:
            ValueError: if there is no such code.
        """
        if key in self.names:
            return self.names.index(key)
        if isinstance(key, int) and 0 <= key < len(self):
            return key
        raise ValueError(
            f"Expected one of the codes {', '.join(self.names)}, or an index "
            f"from 0 to {len(self) - 1}. Received: {key!r}"
        )

    def sample(self, num, seed):
        """Draws codes `(num, size)` from the prior, inside a step.

        Args:
            num: int or scalar tensor, number of samples.
            seed: a seed generator, or an int for the same codes each time.
        """
        # With the same int, the codes would depend on each other.
        seeds = [
            seed + 1 + place if isinstance(seed, int) else seed
            for place in range(len(self))
        ]
        drawn = [code.sample(num, s) for code, s in zip(self, seeds)]
        return ops.concatenate(drawn, axis=1)

    def draw(self, num, rng, values=None):
        """Draws codes `(num, size)` from the prior and fixes some of them.

        Args:
            num: int, number of samples.
            rng: `numpy.random.Generator`. All codes are drawn from it, also
                the codes that `values` replaces.
            values: dict from the name or index of a code to one value for
                all images, or one value for each image.

        Raises:
            ValueError: if a code does not exist or cannot have the value.
        """
        drawn = [code.draw(num, rng) for code in self]
        for key, value in (values or {}).items():
            place = self.index(key)
            drawn[place] = self.members[place].encode(value, num)
        return np.concatenate(drawn, axis=1)

    def values(self, codes):
        """Returns the values that `draw` takes to make these codes again.

        Args:
            codes: numpy array `(num, size)`, as `draw` returns it.

        Returns:
            Dict from the name of each code to an array with a value for each
            row.

        Example:

        >>> from keras_gan_zoo.objectives.codes import Binary, Categorical
        >>> book = CodeBook([Categorical(3), Binary()])
        >>> values = book.values(np.array([[0.0, 1.0, 0.0, 1.0]]))
        >>> {name: value.tolist() for name, value in values.items()}
        {'categorical_0': [1], 'binary_0': [1]}
        """
        parts = self._parts(codes, "size")
        return {
            name: code.decode(part)
            for name, code, part in zip(self.names, self, parts)
        }

    def bounds(self, parameters, codes):
        """Computes the bound of the mutual information, E log Q(c|x) + H(c).

        Args:
            parameters: outputs of Q for images, `(batch, num_parameters)`.
            codes: the codes of these images, `(batch, size)`.

        Returns:
            List of scalars in nats, one for each code.
        """
        theirs = self._parts(parameters, "num_parameters")
        ours = self._parts(codes, "size")
        return [
            ops.mean(code.log_likelihood(q, c)) + code.entropy
            for code, q, c in zip(self, theirs, ours)
        ]

    def decode(self, parameters):
        """Returns a dict from names to likeliest values, from numpy."""
        parts = self._parts(parameters, "num_parameters")
        return {
            name: code.decode(part)
            for name, code, part in zip(self.names, self, parts)
        }

    def _parts(self, rows, width):
        """Cuts rows `(batch, all codes)` into one part for each code."""
        parts, end = [], 0
        for code in self:
            start, end = end, end + getattr(code, width)
            parts.append(rows[:, start:end])
        return parts
