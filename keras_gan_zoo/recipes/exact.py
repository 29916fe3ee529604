"""Whether a model is configured exactly as a card says."""

import math
import operator


def check_exact(gan, card):
    """Raises a `ValueError` unless a model is configured as the card says.

    Args:
        gan: the compiled model.
        card: dict, the card of a preset.
    """
    from keras_gan_zoo.files import presets  # with Keras: others need none

    for part, found in presets.configuration(gan).items():
        wanted = card.get(part) or {}
        if not same(found, wanted):
            different = differences(found, wanted, "the card", same)
            raise ValueError(
                f"The recipe does not make the {part} on the card. Expected "
                f"the same. Received: {different}. Change no arguments, or "
                "use the keras_gan_zoo of its time: the card names the commit."
            )


def same(found, wanted):
    """Tells whether two configurations mean the same.

    What a later version of this package adds does not count. Of Keras'
    own objects only the settings count that both versions of Keras know, and
    no names of objects.

    Args:
        found: a configuration, or a part of it, as it is made now.
        wanted: the one that was written earlier.

    Example:

    >>> same({"rate": 0.1, "new": None}, {"rate": 0.1})
    True
    >>> same({"rate": 0.1}, {"rate": 0.2})
    False
    """
    found, wanted = _plain(found), _plain(wanted)
    if isinstance(wanted, dict) and isinstance(found, dict):
        if "class_name" in wanted:
            return _same_objects(found, wanted)
        return all(
            # What Keras adds later says that nothing is set.
            same(found[key], wanted[key]) if key in found else not wanted[key]
            for key in wanted
            if key != "name"
        )
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(same, found, wanted))
    if _is_number(found) and _is_number(wanted):
        # Optimizers keep their rates in float32.
        return math.isclose(found, wanted, rel_tol=1e-6)
    return found == wanted


def _same_objects(found, wanted):
    """`same`, of two objects as Keras writes them."""
    if found.get("class_name") != wanted["class_name"]:
        return False
    ours, theirs = found.get("config"), wanted.get("config")
    if isinstance(ours, dict) and isinstance(theirs, dict) and _of_keras(found):
        theirs = {key: theirs[key] for key in theirs if key in ours}
    return same(ours, theirs)


def _of_keras(config):
    """Whether an object's class is Keras' own: it has no package's name."""
    return ">" not in (config.get("registered_name") or "")


def _plain(value):
    """A policy of precision as its name, which Keras writes in two forms."""
    if isinstance(value, dict):
        name = str(value.get("class_name"))
        if name.endswith("DTypePolicy"):
            return value["config"]["name"]
    return value


def _is_number(value):
    return isinstance(value, (int, float))


def differences(settings, others, owner, equal=operator.eq):
    """Says what differs from the settings of somebody, for an error.

    Args:
        settings: dict.
        others: dict.
        owner: whose the others are, a word.
        equal: function that tells whether two values mean the same.
    """
    return "; ".join(
        f"{name}={settings.get(name)!r} where {owner} has {others.get(name)!r}"
        for name in {**others, **settings}
        if not equal(settings.get(name), others.get(name))
    )
