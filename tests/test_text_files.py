"""Text files are UTF-8 on every system, whatever its locale is."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
FILES = [
    path
    for folder in ("keras_gan_zoo", "keras_gan_zoo_cli", "examples")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def is_text(call):
    """Whether a call reads or writes a text file by itself."""
    function = call.func
    if isinstance(function, ast.Attribute):
        owner = getattr(function.value, "id", None)
        return function.attr in ("read_text", "write_text") and (
            owner != "atomic"
        )
    modes = [a.value for a in call.args[1:2] if isinstance(a, ast.Constant)]
    return getattr(function, "id", None) == "open" and "b" not in "".join(modes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_text_files_name_their_encoding(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_text(node):
            names = {keyword.arg for keyword in node.keywords}
            assert "encoding" in names, f"{path}:{node.lineno}"
