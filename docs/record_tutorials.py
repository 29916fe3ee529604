"""Records what the tutorials print and draw, and makes their pages.

    python docs/record_tutorials.py quickstart dcgan   # runs and records
    python docs/record_tutorials.py --quick progan     # runs it with --quick
    python docs/record_tutorials.py --pages            # runs nothing

A recorded tutorial is a folder in docs/tutorials: `record.json` has the
output of every code cell, and the pictures lie next to it. The page,
docs/tutorials/NAME.md, is the script's text, its code and this output. After
a change of the text, `--pages` suffices. After a change of the code, run the
tutorial again. `tests/test_tutorial_pages.py` is red until you do.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import types

from PIL import Image, ImageSequence

ROOT = pathlib.Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "tutorials"
#: Pictures of callbacks; no line of output names them.
UNNAMED = ["samples/progress.gif", "progress.gif", "search/report.png"]
LARGEST = 140_000  # bytes of a picture
SMALLEST, WIDEST = 600, 1000  # pixels


def converter():
    """The module examples/to_notebooks.py, which knows the cells."""
    path = ROOT / "examples" / "to_notebooks.py"
    spec = importlib.util.spec_from_file_location("to_notebooks", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source_of(name):
    return (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")


def record_of(name):
    path = FOLDER / name / "record.json"
    return json.loads(path.read_text(encoding="utf-8"))


def recorded():
    """Names of the tutorials that have a record, sorted."""
    return sorted(path.parent.name for path in FOLDER.glob("*/record.json"))


def fingerprint(code):
    """A short hash of a code cell: other code, other output."""
    return hashlib.sha256(code.encode()).hexdigest()[:16]


# ----------------------------------------------------------------- recording


def record(name, quick):
    """Runs a tutorial in this process, in an empty folder, cell by cell.

    Args:
        name: the name of the script, without `.py`.
        quick: bool, whether to run it with `--quick`.
    """
    source, path = source_of(name), ROOT / "examples" / f"{name}.py"
    target = pathlib.Path(tempfile.mkdtemp())
    main = types.ModuleType("__main__")
    main.__file__ = str(path)
    sys.modules["__main__"] = main
    sys.argv = [str(path), *(["--quick"] if quick else [])]
    outputs, position, start = [], 0, time.monotonic()
    for kind, text in converter().split(source):
        if kind == "text":
            continue
        position = source.index(text, position)
        lines = "\n" * source[:position].count("\n")  # as in the file
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            exec(compile(lines + text, str(path), "exec"), vars(main))
        cell = {"code": fingerprint(text)}
        found = keep(heard.getvalue(), name, target, outputs)
        outputs.append({**cell, "output": found})
    result = {
        "quick": quick,
        "minutes": round((time.monotonic() - start) / 60, 1),
        "versions": versions(),
        "cells": outputs,
    }
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (target / "record.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    shutil.copytree(target, FOLDER / name)
    shutil.rmtree(target)


def versions():
    import keras

    backend = keras.backend.backend()
    module = {"torch": "torch", "jax": "jax"}.get(backend, "tensorflow")
    version = sys.modules[module].__version__
    return f"Keras {keras.__version__}, {module} {version}"


def keep(text, name, target, before):
    """Lines of text, and pictures copied to the record's folder.

    Args:
        text: what a cell printed.
        name: name of the tutorial, which is its folder of pictures.
        target: path of the folder of the record.
        before: the cells before.

    Returns:
        List of `{"text": ...}` and `{"picture": file name}`.
    """
    known = {
        part.get("of")
        for cell in before
        for part in cell["output"]
        if "of" in part
    }
    found = []
    for line in text.split("\n"):  # a bar returns to the start of its line
        line = line.rpartition("\r")[2].rstrip()
        path = pathlib.Path(line)
        if line and path.suffix in (".png", ".gif") and path.is_file():
            found.append(picture(path, target))
            known.add(str(path))
        elif found and "text" in found[-1]:
            found[-1]["text"] += f"\n{line}"
        else:
            found.append({"text": line})
    folder = pathlib.Path(name)
    unnamed = [*sorted(folder.glob("*.png")), *(folder / u for u in UNNAMED)]
    for path in unnamed:
        if path.is_file() and str(path) not in known:
            found.append(picture(path, target))
    for part in found:
        if "text" in part:
            part["text"] = part["text"].strip("\n")
    return [part for part in found if part.get("text", "picture").strip()]


def picture(path, target):
    """Copies a picture, made smaller, and returns its part of the record."""
    with Image.open(path) as image:
        frames = [
            frame.convert("RGB") for frame in ImageSequence.Iterator(image)
        ]
        duration = image.info.get("duration", 200)
    if path.suffix == ".gif" and len(frames) > 1:
        file = f"{path.stem}.gif"
        animate(frames, duration, target / file)
    else:
        file = f"{path.stem}.png"
        still(frames[-1], target / file)
    return {"picture": file, "of": str(path)}


def still(image, path):
    """Writes a picture, small pixels enlarged, with as few colors as needed."""
    image = folded(image)
    larger = min(SMALLEST // image.width, 1100 // image.height, 4)
    if larger > 1:
        image = image.resize((image.width * larger, image.height * larger), 0)
    if image.width > WIDEST:
        height = round(image.height * WIDEST / image.width)
        image = image.resize((WIDEST, height), Image.Resampling.LANCZOS)
    for colors in (256, 128, 64, 32, 16):
        image.quantize(colors).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return


def folded(image, columns=3, gap=2):
    """Lays a tall grid, of inputs and their translations, into three parts."""
    if image.height < 2.5 * image.width:
        return image
    step = (image.width + gap) // columns  # from row to row
    height = -(-image.height // step // 3) * step
    whole = Image.new("RGB", (3 * image.width + 2 * step, height), "white")
    for part in range(3):
        top = part * height
        bottom = min(top + height, image.height)
        kept = image.crop((0, top, image.width, bottom))
        whole.paste(kept, (part * (image.width + step), 0))
    return whole


def animate(frames, duration, path):
    """Writes an animation, of fewer colors and frames until it is small."""
    for step in (1, 1, 2, 3, 4, 6, 8, 12):
        kept = frames[::-step][::-1]  # the last one always
        colors = 32 if step == 1 and not path.exists() else 16
        small = [frame.quantize(colors) for frame in kept]
        small[0].save(
            path,
            save_all=True,
            append_images=small[1:],
            duration=[duration * step] * (len(small) - 1) + [3000],
            loop=0,
            optimize=True,
        )
        if path.stat().st_size <= LARGEST:
            return


# --------------------------------------------------------------------- pages


def page(name):
    """The Markdown page of a recorded tutorial.

    Args:
        name: the name of the script, without `.py`.
    """
    cells = converter()
    (_, header), *parts = cells.split(source_of(name))
    saved = record_of(name)
    outputs = iter(saved["cells"])
    fields = dict(line.split(": ", 1) for line in header.splitlines())
    mode = "with `--quick`, which is too short to learn much, " * saved["quick"]
    lines = [
        f"# {fields['Title']}",
        "",
        fields["Description"],
        "",
        "<!-- python docs/record_tutorials.py writes this page -->",
        f"The script is [`examples/{name}.py`](../../examples/{name}.py). The "
        f"output on this page was recorded {mode}on two CPU cores "
        f"({saved['versions']}).",
        "",
    ]
    for kind, text in parts:
        if kind == "text":
            lines += [text, ""]
            continue
        lines += ["```python", text, "```", ""]
        for part in next(outputs)["output"]:
            if "picture" in part:
                shown = pathlib.Path(part["picture"]).stem.replace("_", " ")
                lines += [f"![{shown}]({name}/{part['picture']})", ""]
            else:
                lines += ["```text", *shortened(part["text"]), "```", ""]
    return "\n".join(lines)


def shortened(text, most=16):
    """The lines of a text, and of a long one the first and the last."""
    lines = text.split("\n")
    if len(lines) <= most:
        return lines
    return [*lines[: most // 2], "...", *lines[-most // 2 :]]


def stale(name):
    """Code cells of a script that are not those that were recorded."""
    found = [
        text
        for kind, text in converter().split(source_of(name))
        if kind == "code"
    ]
    cells = [cell["code"] for cell in record_of(name)["cells"]]
    known = [*cells, *[None] * len(found)]
    changed = [t for t, k in zip(found, known) if fingerprint(t) != k]
    return changed or (["fewer cells"] if len(found) != len(cells) else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pages", action="store_true", help="run nothing")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name in options.names if not options.pages else ():
        if options.here:
            record(name, options.quick)
        else:
            run_alone(name, options.quick)
    for name in () if options.here else recorded():
        if stale(name):
            print(f"{name}: run it again, its code has changed")
            continue
        (FOLDER / f"{name}.md").write_text(page(name), encoding="utf-8")


def run_alone(name, quick):
    """Records a tutorial in a process of its own, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(pathlib.Path(__file__).resolve())]
        subprocess.run(
            [*command, "--here", name, *(["--quick"] if quick else [])],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
            check=True,
        )
    print(f"{name}: recorded", flush=True)


if __name__ == "__main__":
    main()
