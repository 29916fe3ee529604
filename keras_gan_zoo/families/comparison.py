"""The pairing of generated samples with real samples for `evaluate`."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Names the members of a dataset that `evaluate` compares and passes on.

    Attributes:
        reference: name of the member that generated samples are compared
            with.
        given: tuple of names of members that the model gets as input, such
            as labels or images to translate.
        once: bool. True: the model makes one sample for each example. False:
            the model makes any number of samples and the input is repeated.
    """

    reference: str
    given: tuple
    once: bool
