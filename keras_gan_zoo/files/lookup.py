"""Chooses a thing by its name, with an error that suggests similar names."""

import difflib


def look_up(name, table, kind):
    """Returns `table[name]`.

    Args:
        name: string, the name to look up.
        table: dict of names to things.
        kind: string, what the things are, for the error, e.g. `"loss"`.

    Raises:
        ValueError: if there is no such name.

    Example:

    >>> look_up("hinge", {"hinge": 1}, "loss")
    1
    """
    if name in table:
        return table[name]
    near = difflib.get_close_matches(str(name), table, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"Unknown {kind}: {name!r}.{hint} Known: {', '.join(sorted(table))}."
    )
