"""What a model makes beside what it should be like."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Says which members of a dataset `evaluate` compares and hands over.

    Attributes:
        reference: name of the member that generated samples are compared
            with.
        given: tuple of names of members that the model is given, such as
            labels or inputs.
        once: bool. True: the model answers each example that it is given,
            once. False: it makes as many samples as are wanted, and what it
            is given is repeated.
    """

    reference: str
    given: tuple
    once: bool
