"""Checks whether a model has exactly the configuration on a card."""

import math
import operator


def check_exact(gan, card):
    """Raises a `ValueError` unless a model is configured as the card says.

    Args:
        gan: the compiled model.
        card: dict, the card of a preset.
    """
    from keras_gan_zoo.files import presets  # imports Keras

    for part, found in presets.configuration(gan).items():
        wanted = card.get(part) or {}
        found = {name: found[name] for name in found if name in wanted}
        if not same(found, wanted):
            different = differences(found, wanted, "the card", same)
            raise ValueError(
                f"The recipe does not make the {part} on the card. Expected "
                f"the same. Received: {different}. Change no arguments, or "
                "use the keras_gan_zoo of its time: the card names the commit."
            )


def same(found, wanted):
    """Returns whether two configurations have the same meaning.

    Settings that a later version of this package adds do not count. Of Keras'
    own objects, only settings that both versions of Keras have count. The
    names of objects do not count.

    Args:
        found: a configuration, or a part of it, as it is made now.
        wanted: the configuration that was written earlier.

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
            # Later additions of Keras are None if they are not set.
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
    """Compares two objects in Keras' serialized form, like `same`."""
    if found.get("class_name") != wanted["class_name"]:
        return False
    ours, theirs = found.get("config"), wanted.get("config")
    if isinstance(ours, dict) and isinstance(theirs, dict) and _of_keras(found):
        theirs = {key: theirs[key] for key in theirs if key in ours}
    return same(ours, theirs)


def _of_keras(config):
    """Returns whether a class is Keras' own, without a package's name."""
    return ">" not in (config.get("registered_name") or "")


def _plain(value):
    """Returns a dtype policy as its name. Keras writes it in two forms."""
    if isinstance(value, dict):
        name = str(value.get("class_name"))
        if name.endswith("DTypePolicy"):
            return value["config"]["name"]
    return value


def _is_number(value):
    return isinstance(value, (int, float))


def differences(settings, others, owner, equal=operator.eq):
    """Lists differences between two dicts of settings, for an error.

    Args:
        settings: dict.
        others: dict.
        owner: string, a word for the owner of the other settings.
        equal: function that returns whether two values have the same meaning.
    """
    return "; ".join(
        f"{name}={settings.get(name)!r} where {owner} has {others.get(name)!r}"
        for name in {**others, **settings}
        if not equal(settings.get(name), others.get(name))
    )
