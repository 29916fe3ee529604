"""Compares the settings of a training when it is resumed."""

import json
import math

import keras

#: Arguments of `compile` that change the speed, not the training.
SPEED = ("jit_compile", "run_eagerly", "steps_per_execution")
#: Values that are in the file of a training, or do not matter. The model's
#: seed is no longer used: the noise continues from its saved state.
KEPT = ("name", "seed", "averaged", "class_names")


def settings(model, data=None):
    """Lists the settings that decide a training.

    Args:
        model: `GAN`, compiled.
        data: dict of the settings of the order of the data, or None.

    Returns:
        Dict of names, such as `generator_optimizer.learning_rate`, to values
        for JSON. Networks that the user passed are left out. Loading the
        weights shows whether they fit.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.DCGAN((8, 8, 1), filters=2)
    >>> gan.compile()
    >>> settings(gan)["loss"]
    'NonSaturating'
    """
    config = dict(model.get_config())
    for name in (*KEPT, *model.networks()):
        config.pop(name, None)
    found = flat({"class": type(model).__name__, **config})
    found |= compiled(model)
    found |= flat({"data": data} if data else {})
    return json.loads(json.dumps(found))  # lists for tuples, as in files


def compiled(model):
    """Lists what `compile` set, as `settings` does, with current rates.

    Args:
        model: `GAN`, compiled.
    """
    chosen = model.compile_settings()
    return flat({k: v for k, v in chosen.items() if k not in SPEED})


def flat(config, prefix=""):
    """Flattens nested configurations into a dict, with dots in its names.

    Args:
        config: dict. Keras objects in it have Keras' serialized form.
        prefix: string in front of each name.

    Returns:
        Dict of names to values. A list of objects becomes its number of
        members.

    Example:

    >>> flat({"rate": {"class_name": "Linear", "config": {"steps": 3}}})
    {'rate': 'Linear', 'rate.steps': 3}
    """
    found = {}
    for key, value in config.items():
        name = f"{prefix}{key}"
        if isinstance(value, (list, tuple)) and any(
            isinstance(member, dict) for member in value
        ):
            found[name] = len(value)
            value = dict(enumerate(value))
        elif isinstance(value, dict) and "class_name" in value:
            inner = value["config"]
            found[name] = inner if isinstance(inner, str) else _class_of(value)
            value = inner
        if isinstance(value, dict):
            named = {k: v for k, v in value.items() if k != "name"}
            found |= flat(named, f"{name}.")
        elif name not in found:
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _class_of(serialized):
    return serialized["class_name"].rpartition(">")[2]


def differences(now, *before):
    """Compares settings with the settings of an earlier training.

    Names that only one of them has do not count, because other versions have
    other arguments.

    Args:
        now: dict, as `settings` returns it.
        *before: dicts, the settings at the start and when the file was
            written. A value that equals one of the two counts as unchanged,
            because callbacks change rates.

    Returns:
        Dict of the names that differ to a text for each difference.

    Example:

    >>> differences({"seed": 1, "new": 2}, {"seed": 0})
    {'seed': 'seed was 0 and is now 1'}
    """
    return {
        name: f"{name} was {_shown(before[0][name])} and is now {_shown(value)}"
        for name, value in now.items()
        if name in before[0]
        and not any(_same(value, old.get(name)) for old in before)
    }


def _same(value, other):
    numbers = (int, float)
    if isinstance(value, numbers) and isinstance(other, numbers):
        return math.isclose(value, other, rel_tol=1e-6)  # of float32
    return value == other


def _shown(value):
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


def given_rates(model, changed):
    """Finds the learning rates that differ from the rates of the backup.

    Args:
        model: `GAN`, as it was before the backup was loaded.
        changed: what `differences` returned.

    Returns:
        Dict of player to float. Schedules, which are not in a file, are left
        out.
    """
    names = {
        name.partition("_optimizer.")[0]
        for name in changed
        if name.endswith(".learning_rate")
    }
    rates = {name: model.optimizer[name].learning_rate for name in names}
    return {
        name: float(keras.ops.convert_to_numpy(rate))
        for name, rate in rates.items()
        if isinstance(rate, keras.Variable)
    }
