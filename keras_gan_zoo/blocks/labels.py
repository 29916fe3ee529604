"""How networks that may have classes take their labels."""

import keras


def inputs(first, labels):
    """Returns what a network takes: one input, or a list with the labels.

    Args:
        first: latents or samples.
        labels: list of the labels, or an empty list.

    Example:

    >>> inputs("latents", []), inputs("latents", ["labels"])
    ('latents', ['latents', 'labels'])
    """
    return [first, *labels] if labels else first


def labels_input(num_classes):
    """Returns a list of the input for one-hot labels, empty without classes.

    Args:
        num_classes: int, or None for no classes.

    Example:

    >>> [x.shape for x in labels_input(10)], labels_input(None)
    ([(None, 10)], [])
    """
    if num_classes is None:
        return []
    return [keras.Input((num_classes,), name="labels")]
