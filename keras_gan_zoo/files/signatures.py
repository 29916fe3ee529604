"""Arguments of model classes, read from their files as text.

So a wrong name is found at once, without the import of Keras.
"""

import ast
import functools
import pathlib

PACKAGE = pathlib.Path(__file__).parents[1]
#: Arguments that `keras.Model` adds.
OF_KERAS = {
    "__init__": ("name", "dtype", "trainable"),
    "compile": ("run_eagerly", "steps_per_execution", "jit_compile"),
}


def arguments(known, method):
    """Lists the keyword arguments of a method of an architecture.

    Args:
        known: `Architecture` of the registry.
        method: `"__init__"` or `"compile"`.

    Returns:
        Tuple of strings, the class's own arguments first; or None for a class
        that does not ship with the package.

    Example:

    >>> from keras_gan_zoo.files import registry
    >>> arguments(registry.architecture("dcgan"), "compile")[:3]
    ('loss', 'generator_optimizer', 'discriminator_optimizer')
    """
    if not known.module.startswith(f"{PACKAGE.name}."):
        return None
    return tuple(dict.fromkeys(_taken(known.module, known.class_name, method)))


def _taken(module, name, method):
    """Returns the arguments of a class, and of bases it passes more to."""
    node, imported = _class(module, name)
    own = next(
        (
            part
            for part in node.body
            if isinstance(part, ast.FunctionDef) and part.name == method
        ),
        None,
    )
    names, own_last, handed = [], [], []
    if own is not None:
        names = [a.arg for a in own.args.args[1:]]
        keyword_only = [a.arg for a in own.args.kwonlyargs]
        if own.args.kwarg is None:
            return names + keyword_only
        # After *args, which are the first arguments of the base.
        own_last = keyword_only if own.args.vararg else []
        names += [] if own.args.vararg else keyword_only
        handed = _handed(own, method)
    by_name = {name for name in handed if name is not None}
    by_place = len(handed) - sum(name is not None for name in handed)
    for base in map(ast.unparse, node.bases):
        inherited = OF_KERAS[method] if base == "keras.Model" else ()
        if base in imported:
            inherited = _taken(*imported[base], method)
        # A value that a class sets for its base cannot be passed again.
        names += [n for n in inherited[by_place:] if n not in by_name]
    return names + own_last


def _handed(function, method):
    """Returns what a method passes to its base: names, or None by place."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == f"super().{method}"
        ):
            places = [None for a in node.args if not isinstance(a, ast.Starred)]
            return places + [k.arg for k in node.keywords if k.arg]
    return []


@functools.cache
def _class(module, name):
    """Returns the class in its module, and the names the module imports."""
    parts = module.split(".")[1:]
    path = PACKAGE.joinpath(*parts).with_suffix(".py")
    if not path.exists():
        path = PACKAGE.joinpath(*parts, "__init__.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(f"{PACKAGE.name}.")
        for alias in node.names
    }
    classes = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef)}
    return classes[name], imported
