"""Folders that the name of a dataset stands for; needs no Keras."""

import pathlib


def root_of(path):
    """Returns a folder's path, with `~` expanded.

    Args:
        path: the folder.
    """
    return pathlib.Path(path).expanduser()


def places(name):
    """Cuts a list of folders at its commas. Folders may hold commas, too.

    Args:
        name: string, e.g. `"horses,zebras"`.

    Returns:
        List of the folders' names: of folders that exist, if there is such a
        cut, else of all words between commas.

    Example:

    >>> places("horses,zebras")
    ['horses', 'zebras']
    """
    words = name.split(",") if name else []
    cuts = [
        [",".join(part) for part in (words[:cut], words[cut:]) if part]
        for cut in range(1, len(words) + 1)
    ]
    for found in reversed(cuts):  # all of it first
        if all(root_of(place).is_dir() for place in found):
            return found
    return words
