"""The architectures by name, registered with one decorator.

`@register(...)` stands above the class in the architecture's own file. The
list of architectures is read from these files as text. So it imports neither
Keras nor the forty architectures.
"""

import ast
import dataclasses
import functools
import importlib
import pathlib

from keras_gan_zoo.files.lookup import look_up

MODELS = pathlib.Path(__file__).parents[1] / "models"


@dataclasses.dataclass(frozen=True)
class Architecture:
    """Describes an architecture.

    Attributes:
        name: the name on the command line and in presets, e.g. `"dcgan"`.
        class_name: the class, e.g. `"DCGAN"`.
        module: the module that defines the class.
        paper: address of the paper.
        summary: a short phrase that says what the architecture does.
        title: the first line of the class' docstring, e.g. `"DCGAN (Radford
            et al., 2015)"`.
    """

    name: str
    class_name: str
    module: str
    paper: str
    summary: str
    title: str

    def load(self):
        """Imports and returns the class."""
        return getattr(importlib.import_module(self.module), self.class_name)


#: Architectures whose modules were imported, including users' own.
_imported = {}


def register(name, paper, summary, package="keras_gan_zoo"):
    """Registers a class by name, also in Keras for saving and loading.

    Args:
        name: string, the name on the command line and in presets, e.g.
            `"dcgan"`.
        paper: string, address of the paper.
        summary: string, a short phrase that says what the architecture does.
        package: string, the package name under which Keras registers the
            class.

    Returns:
        A decorator of the class.

    Raises:
        ValueError: if another class has this name.

    Example, above a class in `keras_gan_zoo/models/` or in a script:

    >>> decorator = register(
    ...     "my_gan", paper="https://arxiv.org/abs/1406.2661", summary="mine"
    ... )
    """

    def decorate(cls):
        import keras  # not needed to list the architectures

        known = architectures().get(name)
        place = (cls.__module__, cls.__name__)
        if known and (known.module, known.class_name) != place:
            raise ValueError(
                "Each architecture needs its own name. Expected another "
                f"name for {cls.__name__}. Received: name={name!r}, which "
                f"belongs to {known.class_name} in {known.module}."
            )
        _imported[name] = Architecture(
            name, *reversed(place), paper, summary, _title(cls.__doc__)
        )
        return keras.saving.register_keras_serializable(package)(cls)

    return decorate


def architectures():
    """Returns a sorted dict of the names of all architectures.

    The values are `Architecture`.

    Example:

    >>> architectures()["dcgan"].class_name
    'DCGAN'
    """
    return dict(sorted({**shipped(), **_imported}.items()))


def architecture(name):
    """Returns the `Architecture` of a name.

    Args:
        name: string, e.g. `"dcgan"`.

    Raises:
        ValueError: if there is no architecture of this name.
    """
    return look_up(name, architectures(), "architecture")


def of_class(class_name):
    """Returns the `Architecture` of a class, or None.

    Args:
        class_name: string, e.g. `"DCGAN"`.
    """
    for known in architectures().values():
        if known.class_name == class_name:
            return known
    return None


@functools.cache
def shipped():
    """Returns an unsorted dict of the package's own architectures."""
    found = [
        known
        for path in sorted(MODELS.rglob("*.py"))
        for known in _decorated(path)
    ]
    return {known.name: known for known in found}


def _decorated(path):
    """Returns the list of architectures that a file registers."""
    text = path.read_text(encoding="utf-8")
    if "@register(" not in text:
        return []
    parts = path.relative_to(MODELS).with_suffix("").parts
    module = ".".join(p for p in parts if p != "__init__")
    return [
        Architecture(
            *(argument.value for argument in decorator.args),
            class_name=node.name,
            module=f"keras_gan_zoo.models.{module}",
            title=_title(ast.get_docstring(node)),
            **{k.arg: ast.literal_eval(k.value) for k in decorator.keywords},
        )
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and getattr(decorator.func, "id", None) == "register"
    ]


def _title(docstring):
    """Returns a docstring's first line, without address and period."""
    first = (docstring or "").strip().partition("\n")[0]
    return first.partition(", http")[0].rstrip(".")
