import ast
import importlib.util
import os
import pathlib
import runpy
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image, ImageSequence

ROOT = pathlib.Path(__file__).parent.parent
GRID = ["samples/epoch-0001.png", "samples/progress.gif"]
#: The pictures that each tutorial promises, by its name.
PICTURES = {
    "conditional_gan": [*GRID, "interpolation.png"],
    "custom_gan": [
        *GRID,
        "own_networks_and_loss.png",
        "own_architecture.png",
        "reconstructed.png",
    ],
    "cyclegan": [*GRID, "domains.png"],
    "data_augmentation": ["generated_from_10.png", "accuracy.png"],
    "dcgan": [
        *GRID,
        "real.png",
        "generated.png",
        "interpolation.png",
        "neighbours.png",
    ],
    "few_labels": ["labeled.png", "errors.png", "generated.png"],
    "fine_tuning": [
        "real.png",
        "preset.png",
        "new_model.png",
        "all_layers.png",
        "1_frozen.png",
        "2_frozen.png",
        "3_frozen.png",
    ],
    "infogan": [*GRID, "categorical.png"],
    "inpainting": ["filled.png", "painted.png"],
    "multi_gpu": [*GRID, "generated.png"],
    "one_dimensional_gan": [
        "epochs/epoch-0001.png",
        "progress.gif",
        "points.png",
        "scores.png",
    ],
    "own_pictures": [
        "samples/epoch-0001.png",
        "samples/progress.gif",
        "real.png",
        "generated.png",
        "truncated.png",
        "styles.png",
        "walk.gif",
    ],
    "pix2pix": [*GRID, "unseen.png", "drawing.png"],
    "progan": [*GRID, "digits_4.png", "digits_8.png"],
    "projection": [
        "own_samples.png",
        "digits.png",
        "between.png",
        "moved.png",
        "slant.png",
        "holes.png",
        "blended.png",
    ],
    "quickstart": [*GRID, "real.png", "generated.png", "preset.png"],
    "transfer_discriminator": [
        "generated.png",
        "features.png",
        "accuracy.png",
    ],
    "tune": ["search/report.png", "generated.png"],
    "vanilla_gan": [
        *GRID,
        "gradients.png",
        "head_start.png",
        "two_losses.png",
        "generated.png",
        "real.png",
    ],
    "wgan_to_biggan": [
        "wgan.png",
        "wgangp.png",
        "sngan.png",
        "sagan.png",
        "biggan.png",
        "truncated.png",
        "classes.png",
    ],
}
#: All but one are slow.
RUNS = [
    name if name == "quickstart" else pytest.param(name, marks=pytest.mark.slow)
    for name in sorted(PICTURES)
]
#: Two halves of equal length in time, one for each worker of `pytest -n 2`.
HALVES = RUNS[:7], RUNS[7:]


def script(name):
    return ROOT / "examples" / f"{name}.py"


def run(name, folder, monkeypatch):
    """Runs a tutorial as its reader would; checks what it leaves."""
    elsewhere, output = folder / "elsewhere", folder / "output"
    elsewhere.mkdir()
    arguments = [str(script(name)), "--quick", "--output", str(output)]
    if name == "multi_gpu":
        run_alone(arguments, elsewhere)
    else:  # in this process: each start of TensorFlow takes seconds
        monkeypatch.setattr(sys, "argv", arguments)
        monkeypatch.setenv("MPLBACKEND", "agg")
        monkeypatch.chdir(elsewhere)
        runpy.run_path(arguments[0], run_name="__main__")
    assert not list(elsewhere.iterdir())
    for picture in PICTURES[name]:
        with Image.open(output / picture) as image:
            frames = [
                np.asarray(frame.convert("RGB"))
                for frame in ImageSequence.Iterator(image)
            ]
        assert all(frame.std() > 1 for frame in frames), picture


def run_alone(arguments, folder):
    """It says how many devices TensorFlow has, before that has started."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("tf.distribute belongs to the TensorFlow backend")
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("name", HALVES[0])
class TestOneHalf:
    def test_runs(self, name, tmp_path, monkeypatch):
        run(name, tmp_path, monkeypatch)


@pytest.mark.parametrize("name", HALVES[1])
class TestOtherHalf:
    def test_runs(self, name, tmp_path, monkeypatch):
        run(name, tmp_path, monkeypatch)


def test_every_script_is_tested():
    scripts = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert scripts == {*PICTURES, "to_notebooks"}


@pytest.mark.parametrize("name", PICTURES)
def test_form(name):
    source = script(name).read_text()
    header = ast.get_docstring(ast.parse(source)).splitlines()
    assert [line.split(": ")[0] for line in header] == [
        "Title",
        "Author",
        "Date created",
        "Last modified",
        "Description",
        "Accelerator",
    ]
    assert header[1] == "Author: keras_gan_zoo contributors"
    sections = [
        "## Introduction",
        "## Setup",
        "## Hyper-parameters",
        "## What we learned",
        "## Where to go next",
    ]
    found = [s for s in source.splitlines() if s in sections]
    assert found == sections
    assert f'default="{name}"' in source
    assert f"python examples/{name}.py" in source


# -------------------------------------------------------------- notebooks


@pytest.fixture(scope="module")
def nbformat():
    reason = "the converter needs nbformat, the extra `notebooks`"
    return pytest.importorskip("nbformat", reason=reason)


@pytest.fixture(scope="module")
def converter(nbformat):
    spec = importlib.util.spec_from_file_location(
        "to_notebooks", script("to_notebooks")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", PICTURES)
def test_notebook(name, nbformat, converter):
    source = script(name).read_text()
    made = converter.notebook(source)
    nbformat.validate(made)
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    text = [cell.source for cell in made.cells if cell.cell_type == "markdown"]
    for cell in code:
        compile(cell, name, "exec")
        assert not cell.startswith('"""')
        shows = "display(Image(" in cell
        assert cell.startswith("from IPython.display import Image") == shows
    prose = [
        node.value.value.strip()
        for node in ast.parse(source).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    assert text[1:] == prose[1:]
    assert text[0].startswith(f"# {prose[0].splitlines()[0][7:]}\n")
    # All statements are there, in their order.
    statements = [
        node
        for node in ast.parse(source).body
        if not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )
    ]
    kept = [
        node
        for node in ast.parse("\n".join(code)).body
        if not ast.unparse(node).startswith("from IPython")
    ]
    assert len(kept) == len(statements)
    options = "".join(code).count('parser.parse_args([])  # or ["--quick"]')
    assert options == 1
    assert "print(kgz.pictures.save" not in "".join(code)


LITTLE = '''"""
Title: A little one
Author: somebody
"""
import argparse

"""
## Options
"""
parser = argparse.ArgumentParser()
parser.add_argument("--quick", action="store_true")
options = parser.parse_args()
if options.quick:
    print(
        kgz.pictures.save("a.png", picture)
    )
'''


def test_a_notebook_leaves_the_arguments_of_its_kernel(converter, monkeypatch):
    cells = converter.notebook(LITTLE).cells
    assert [cell.source for cell in cells[:3]] == [
        "# A little one\n\n**Author:** somebody",
        "import argparse",
        "## Options",
    ]
    code = cells[3].source
    assert '    display(Image(filename=str(kgz.pictures.save("a.png"' in code
    code = code.replace("from IPython.display import Image, display", "")
    monkeypatch.setattr(sys, "argv", ["kernel.py", "-f", "kernel.json"])
    names = {}
    exec(f"{cells[1].source}\n{code}", names)
    assert names["options"].quick is False


def test_a_script_without_header_is_refused(converter):
    with pytest.raises(ValueError, match="Expected a tutorial"):
        converter.notebook(script("to_notebooks").read_text())


def test_a_notebook_that_somebody_worked_in_stays(converter, tmp_path):
    path = tmp_path / "a.ipynb"
    converter.write(path, "made")
    converter.write(path, "made")
    path.write_text("worked in")
    with pytest.raises(SystemExit, match="--overwrite"):
        converter.write(path, "made")
    assert path.read_text() == "worked in"
    converter.write(path, "made", overwrite=True)
    assert path.read_text() == "made"
