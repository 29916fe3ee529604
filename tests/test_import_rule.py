"""Imports point to the left, and no paper is named outside of its file."""

import ast
import pathlib
import re

import pytest

from keras_gan_zoo.files import registry
from keras_gan_zoo.objectives import penalties

PACKAGE = pathlib.Path(__file__).parents[1] / "keras_gan_zoo"
ORDER = [
    "engine",
    "files",
    "modalities",
    "objectives",
    "layers",
    "blocks",
    "families",
    "models",
    "data",
    "metrics",
    "control",
    "callbacks",
    "recipes",
    "tuning",
]
FILES = sorted(PACKAGE.glob("*/**/*.py"))


def imported(path):
    """The modules below keras_gan_zoo that a file imports, dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {n for n in names if n.startswith("keras_gan_zoo.")}
    return {name.removeprefix("keras_gan_zoo.") for name in found}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_imports_point_to_the_left(path):
    own = path.relative_to(PACKAGE).parts
    for name in imported(path):
        folder, *inner = name.split(".")
        assert ORDER.index(folder) <= ORDER.index(own[0]), f"{path}: {name}"
        if own[0] == folder == "models":
            assert inner[0] in own[1], f"{path} imports the model {name}"


def test_no_module_lies_beside_the_folders():
    assert [p.name for p in PACKAGE.glob("*.py")] == ["__init__.py"]
    assert sorted(ORDER) == sorted(
        p.parent.name for p in PACKAGE.glob("*/__init__.py")
    )


def names_of_papers():
    """The names of all architectures, unless a penalty has the same name."""
    known = registry.shipped().values()
    names = {k.class_name for k in known} | {k.name for k in known}
    return names - set(penalties.PENALTIES)


def words_of_code(path):
    """The names and texts of a file, without its docstrings and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = set()
    for node in ast.walk(tree):
        first = getattr(node, "body", None)
        if isinstance(first, list) and first and isinstance(first[0], ast.Expr):
            prose.add(id(first[0].value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in prose:
                yield from re.findall(r"\w+", node.value)
        elif isinstance(node, (ast.Name, ast.ClassDef, ast.FunctionDef)):
            yield node.id if isinstance(node, ast.Name) else node.name
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in [
            *PACKAGE.rglob("*.py"),
            *PACKAGE.with_name("keras_gan_zoo_cli").rglob("*.py"),
        ]
        if path.relative_to(PACKAGE.parent).parts[1] != "models"
    ],
    ids=lambda path: path.stem,
)
def test_no_paper_is_named_outside_of_models(path):
    assert not names_of_papers() & set(words_of_code(path))
