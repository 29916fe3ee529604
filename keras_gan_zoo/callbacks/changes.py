"""What decides how a training goes on, compared when it is resumed."""

import json
import math

import keras

#: Arguments of `compile` that change the speed, not the training.
SPEED = ("jit_compile", "run_eagerly", "steps_per_execution")
#: What the file of a training brings with it, or what does not matter. The
#: seed of the model is spent: its noise goes on where it was.
KEPT = ("name", "seed", "averaged", "class_names")


def settings(model, data=None):
    """Lists what decides a training.

    Args:
        model: `GAN`, compiled.
        data: dict of what decides the order of the data, or None.

    Returns:
        Dict of names, such as `generator_optimizer.learning_rate`, to values
        that JSON can hold. Networks that the user gave are left out: whether
        their weights fit is seen when the weights are loaded.

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
    """Lists what `compile` set, as `settings` does; rates as they are now.

    Args:
        model: `GAN`, compiled.
    """
    chosen = model.compile_settings()
    return flat({k: v for k, v in chosen.items() if k not in SPEED})


def flat(config, prefix=""):
    """Makes one dict of nested configurations, its names joined by dots.

    Args:
        config: dict; Keras objects in it as Keras serializes them.
        prefix: string before each name.

    Returns:
        Dict of names to values, lists of values, or the numbers of members
        of lists of objects.

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
    """Compares settings with those of an earlier training.

    Names that only one of them knows do not count: other versions have
    other arguments.

    Args:
        now: dict, as `settings` returns it.
        *before: dicts, as the training began and as it was written. A value
            that equals one of both is the same: callbacks change rates.

    Returns:
        Dict of the names that differ to what to say about them.

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
    """Finds the learning rates that differ from those of the backup.

    Args:
        model: `GAN`, as it was before the backup was loaded.
        changed: what `differences` returned.

    Returns:
        Dict of player to float. Schedules, which no file holds, are left out.
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
