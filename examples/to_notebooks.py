"""Makes Jupyter notebooks of the tutorials in this folder.

    pip install "keras_gan_zoo[notebooks]"
    python examples/to_notebooks.py                    # all, to notebooks/
    python examples/to_notebooks.py examples/dcgan.py --output my_notebooks

The scripts are the source; the notebooks are not kept. Strings that stand
alone become text, what is between them code. Two things differ in a notebook:
options are those written into the cell, since `sys.argv` belongs to the
kernel, and pictures are shown where the script prints their names.
"""

import argparse
import ast
import pathlib

THIS = pathlib.Path(__file__)
PARSED, GIVEN = "parser.parse_args()", "parser.parse_args([])"
SAVED = "kgz.pictures.save"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scripts", nargs="*", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, default="notebooks")
    parser.add_argument("--overwrite", action="store_true")
    options = parser.parse_args()
    import nbformat

    options.output.mkdir(parents=True, exist_ok=True)
    for script in options.scripts or tutorials():
        path = options.output / f"{script.stem}.ipynb"
        text = nbformat.writes(notebook(script.read_text(encoding="utf-8")))
        write(path, text, options.overwrite)
        print(path)


def write(path, text, overwrite=False):
    """Writes a notebook, but not over one that somebody worked in."""
    if (
        path.exists()
        and path.read_text(encoding="utf-8") != text
        and not overwrite
    ):
        raise SystemExit(
            f"Expected a new file, or the notebook as it was made. Received: "
            f"{path}, which differs. Choose another --output, or pass "
            "--overwrite to lose what is in it."
        )
    path.write_text(text, encoding="utf-8")


def tutorials():
    """The scripts of this folder that are tutorials, in alphabetical order."""
    scripts = sorted(THIS.parent.glob("*.py"))
    return [script for script in scripts if script.name != THIS.name]


def notebook(source):
    """The notebook of a script.

    Args:
        source: text of the script, which begins with its header.

    Returns:
        `nbformat.NotebookNode`.

    Raises:
        ValueError: if the script has no header of a tutorial.
    """
    import nbformat  # the cells can be read without it

    (_, header), *cells = split(source)
    if not header.startswith("Title: "):
        raise ValueError(
            "Expected a tutorial, whose first string has lines Title: ..., "
            f"Author: ... and so on. Received: a script that begins with "
            f"{header[:60]!r}. Give it a header like those in examples/."
        )
    made = [nbformat.v4.new_markdown_cell(title(header))]
    for kind, text in cells:
        if kind == "text":
            made.append(nbformat.v4.new_markdown_cell(text))
        else:
            made.append(nbformat.v4.new_code_cell(for_notebook(text)))
    for number, cell in enumerate(made):
        # Random ones would make another file of the same script each time.
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=made, metadata=metadata)


def split(source):
    """The parts of a script: a list of `(kind, text)`, "text" or "code"."""
    lines = source.splitlines()
    cells, end = [], 0
    for node in ast.parse(source).body:
        if isinstance(node, ast.Expr) and _is_text(node.value):
            cells.append(("code", "\n".join(lines[end : node.lineno - 1])))
            cells.append(("text", node.value.value))
            end = node.end_lineno
    cells.append(("code", "\n".join(lines[end:])))
    return [(kind, text.strip()) for kind, text in cells if text.strip()]


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def title(header):
    """Markdown of the header, whose lines are `Name: value`."""
    fields = dict(line.split(": ", 1) for line in header.splitlines())
    heading = fields.pop("Title")
    rows = [f"**{name}:** {value}" for name, value in fields.items()]
    return f"# {heading}\n\n" + "  \n".join(rows)


def for_notebook(code):
    """Code with its options in the cell, and with pictures to be seen."""
    code = code.replace(PARSED, f'{GIVEN}  # or ["--quick"]')
    shown = [
        (ast.get_source_segment(code, node), node.value.args[0])
        for node in ast.walk(ast.parse(code))
        if _prints_a_picture(node)
    ]
    for statement, call in shown:
        path = ast.get_source_segment(code, call)
        code = code.replace(statement, f"display(Image(filename=str({path})))")
    if shown:
        code = f"from IPython.display import Image, display\n\n{code}"
    return code


def _prints_a_picture(node):
    """Whether a node is the statement `print(kgz.pictures.save(...))`."""
    if not isinstance(node, ast.Expr):
        return False
    text = ast.unparse(node)
    return text.startswith(f"print({SAVED}(") and len(node.value.args) == 1


if __name__ == "__main__":
    main()
