"""Warnings that name the line of the user's program. Imports no Keras."""

import inspect
import warnings

#: Packages between the user's line and the warning.
BETWEEN = ("keras_gan_zoo", "keras", "tensorflow", "contextlib")


def warn(message, category=UserWarning):
    """Warns at the user's line that led here, through any number of calls.

    Args:
        message: string, or a warning.
        category: class of the warning, if the message is a string.

    Example:

    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn("Mind the gap.")
    >>> str(caught[0].message)
    'Mind the gap.'
    """
    level, frame = 2, inspect.currentframe().f_back
    while frame.f_back and _package(frame) in BETWEEN:
        level, frame = level + 1, frame.f_back
    # `stacklevel` 1 is this function, and 2 is its caller.
    warnings.warn(message, category, stacklevel=level)


def _package(frame):
    return frame.f_globals.get("__name__", "").partition(".")[0]
