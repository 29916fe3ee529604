"""The object that asks for the values of a search space."""

import functools
import inspect


class Asker:
    """Asks KerasTuner for values, except for those that the user fixed.

    Args:
        cls: the model's class. Its signature, and the signature of its
            `compile`, have the default values.
        hp: `keras_tuner.HyperParameters`.
        fixed: dict from names to values that are not tuned. It may hold
            further names.

    Attributes:
        defaults: dict from each argument of the class and of its `compile`
            to its default value, or to `inspect.Parameter.empty` if it has
            no default.
        fixed: dict from names to values that are not tuned, with `"none"`
            instead of None.

    Example:

    >>> import keras_tuner
    >>> class Model:
    ...     def __init__(self, filters=64):
    ...         pass
    >>> ask = Asker(Model, keras_tuner.HyperParameters())
    >>> ask.choice("filters", [16, 32, 64])
    64
    >>> ask = Asker(Model, keras_tuner.HyperParameters(), {"filters": 7})
    >>> ask.choice("filters", [16, 32, 64])
    7
    """

    def __init__(self, cls, hp, fixed=()):
        self.defaults = defaults_of(cls)
        self.fixed = {k: _plain(v) for k, v in dict(fixed).items()}
        self._name = cls.__name__
        self._hp = hp
        self._values = {}

    def choice(self, name, values, default=None, when=None, unless=None):
        """Asks for one of `values`.

        Args:
            name: string, the name of the value.
            values: list of names or of numbers.
            default: one of the values. None for the default of the class,
                which is added to the values if it is not one of them.
            when: tuple `(parent, parent_values)` or None. The value has a
                meaning only if the value named `parent` is one of
                `parent_values`. None if it always has a meaning.
            unless: tuple `(parent, parent_values)` or None. The value has a
                meaning only if the value named `parent` is not one of
                `parent_values`.

        Returns:
            The value, or None if it has no meaning.

        Raises:
            ValueError: if there is no default.
        """
        default = self._default(name, default)
        values = [*values] if default in values else [*values, default]
        self._values[name] = values
        return self._ask(
            name,
            lambda: self._hp.Choice(name, values, default=default),
            when,
            unless,
        )

    def log(self, name, low, high, default=None, when=None, unless=None):
        """Asks for a float on a log scale: 1 to 2 is as likely as 2 to 4.

        Args:
            name: string, the name of the value.
            low: float, the smallest value.
            high: float, the largest value.
            default: float. None for the default of the class. If the default
                is not between the bounds, a bound moves to the default.
            when: tuple or None, as in `choice`.
            unless: tuple or None, as in `choice`.

        Returns:
            The value rounded to three digits, so that reports show the exact
            number. None if it has no meaning.

        Raises:
            ValueError: if there is no default.
        """
        default = self._default(name, default)
        low, high = min(low, default), max(high, default)
        value = self._ask(
            name,
            lambda: self._hp.Float(
                name, low, high, sampling="log", default=default
            ),
            when,
            unless,
        )
        return float(f"{value:.3g}") if isinstance(value, float) else value

    def _default(self, name, default):
        if default is not None:
            return default
        default = self.defaults.get(name, inspect.Parameter.empty)
        if default is inspect.Parameter.empty:
            raise ValueError(
                f"The search has no first value for {name!r}. "
                f"Expected an argument {name}=... of {self._name} or of its "
                f"compile() that has a default, or default=... Received: "
                "default=None"
            )
        return _plain(default)

    def _ask(self, name, ask, when, unless):
        if name in self.fixed:
            return self.fixed[name]
        if when is None and unless is None:
            return ask()
        parent, listed = when or unless
        if parent in self.fixed:
            is_listed = self.fixed[parent] in listed
            return ask() if is_listed == bool(when) else None
        if unless:
            listed = [v for v in self._values[parent] if v not in listed]
        with self._hp.conditional_scope(parent, listed):
            return ask()


def _plain(value):
    return "none" if value is None else value


@functools.cache
def defaults_of(cls):
    """Returns the defaults of a class and its `compile`, inherited ones too.

    Args:
        cls: the model's class.

    Returns:
        Dict from argument to default value.
    """
    found = {}
    for base in reversed(cls.__mro__):  # a subclass overrides its bases
        for function in ("__init__", "compile"):
            if function in vars(base):
                parameters = inspect.signature(vars(base)[function]).parameters
                found |= {p.name: p.default for p in parameters.values()}
    return found
