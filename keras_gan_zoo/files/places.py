"""Folders in the name of a dataset. Does not import Keras."""

import pathlib


def root_of(path):
    """Returns a folder's path, with `~` expanded.

    Args:
        path: path of the folder.
    """
    return pathlib.Path(path).expanduser()


def places(name):
    """Splits a list of folders at commas. Folder names may contain commas.

    Args:
        name: string, e.g. `"horses,zebras"`.

    Returns:
        List of the folders' names. If there is a split into existing
        folders, it is used. Else every comma separates two folders.

    Example:

    >>> places("horses,zebras")
    ['horses', 'zebras']
    """
    words = name.split(",") if name else []
    cuts = [
        [",".join(part) for part in (words[:cut], words[cut:]) if part]
        for cut in range(1, len(words) + 1)
    ]
    for found in reversed(cuts):  # the whole string first
        if all(root_of(place).is_dir() for place in found):
            return found
    return words
