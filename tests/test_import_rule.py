"""A folder of the package imports only what stands left of it."""

import ast
import pathlib

import pytest

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
