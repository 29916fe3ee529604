"""Choosing a thing by its name, with an error that names the near misses."""

import difflib


def look_up(name, table, kind):
    """Returns `table[name]`.

    Args:
        name: the name asked for.
        table: dict of names to things.
        kind: what the things are, for the error, e.g. `"loss"`.

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
