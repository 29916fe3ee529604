"""Flags for the controls of the model in a file.

The controls are known only after the model is loaded. So the words are parsed
twice: first without these flags, to find the file, and then with the flags of
its model.
"""

import argparse
import contextlib
import functools


def flags_of(gan):
    """Lists the flags of a model's controls, such as `--labels`."""
    return [_flag(control) for control in gan.controls]


def flags_on(card):
    """Lists the flags of a preset's model from its card, without the model."""
    return [_flag_of(c["kind"], c["name"]) for c in card["controls"]]


def add(parser, gan):
    """Adds a flag for each control of a model that has no flag yet.

    Args:
        parser: parser of the command.
        gan: model.
    """
    for control in gan.controls:
        # For example --seed, which the command already has.
        with contextlib.suppress(argparse.ArgumentError):
            parser.add_argument(
                _flag(control),
                dest=f"control_{control.name}",
                default=None,
                help=control.help,
                **_arguments(control),
            )


def chosen(options, gan):
    """Returns the chosen controls, a dict of arguments of the verb.

    Args:
        options: namespace, the parsed words.
        gan: model.
    """
    found = {
        control.name: getattr(options, f"control_{control.name}", None)
        for control in gan.controls
    }
    found = {name: v for name, v in found.items() if v is not None}
    if isinstance(found.get("codes"), list):
        found["codes"] = dict(found["codes"])
    return found


def repeated(found, numbers):
    """Repeats the chosen labels for samples with these numbers.

    Args:
        found: dict, as `chosen` returns it.
        numbers: range of ints, numbers of the samples.
    """
    if "labels" in found:
        labels = found["labels"]
        return {**found, "labels": [labels[n % len(labels)] for n in numbers]}
    return found


def _flag(control):
    return _flag_of(type(control).__name__, control.name)


def _flag_of(kind, name):
    return f"--{'no-' if kind == 'Switch' else ''}{name}"


def _arguments(control):
    """Returns arguments of `add_argument` that make argparse read a control."""
    from keras_gan_zoo.families import controls

    if isinstance(control, controls.Labels):
        names = control.names or ()
        example = f"7 or {','.join(names[:2])}" if names else "7 or 0,1,2"
        return {
            "type": functools.partial(_classes, names=names),
            "metavar": example,
        }
    if isinstance(control, controls.Codes):
        return {"type": _code, "action": "append", "metavar": "NAME=VALUE"}
    if isinstance(control, controls.Resolution):
        return {"type": int, "choices": control.sides}
    if isinstance(control, controls.Choice):
        return {"choices": list(control.options)}
    if isinstance(control, controls.Switch):
        return {"action": "store_const", "const": False}
    if isinstance(control, controls.Amount):
        return {"type": _positive, "metavar": "NUMBER"}
    return {"type": int}


def _classes(text, names):
    """The numbers of classes. A word that is a name is no number."""
    words = [word.strip() for word in text.split(",")]
    unknown = [w for w in words if w not in names and not w.isdecimal()]
    if unknown:
        known = f" or of {', '.join(names[:20])}" if names else ""
        raise argparse.ArgumentTypeError(
            f"expected numbers of classes{known}, got {unknown[0]!r}"
        )
    return [names.index(w) if w in names else int(w) for w in words]


def _positive(text):
    with contextlib.suppress(ValueError):
        if 0 < float(text) < float("inf"):
            return float(text)
    raise argparse.ArgumentTypeError(
        f"expected a positive number, got {text!r}"
    )


def _code(text):
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    return name, float(value) if "." in value else int(value)
