"""A wheel: all that it needs is in it, and its presets load by themselves."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[1]
PARTS = ("keras_gan_zoo", "keras_gan_zoo_cli", "saved_models")
MEGABYTES = 60  # what a wheel may weigh
ALONE = ("--no-deps", "--no-index")
FILES = ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")

# Draws from every preset on the backend of the process, and writes what came.
SCRIPT = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise OSError(f"no network in this test: {arguments}")
sys.addaudithook(refuse)
import numpy as np
import keras_gan_zoo as kgz
assert kgz.__file__.startswith(sys.argv[1]), kgz.__file__
images = {}
for name in kgz.list_presets():
    gan = kgz.from_preset(name)
    if gan.verb == "translate":
        x = next(iter(gan.modalities.values())).example(2)
        off = [c.name for c in gan.controls if type(c).__name__ == "Switch"]
        images[name] = gan.translate(x, **dict.fromkeys(off, False))
    elif gan.verb == "restore":
        x = next(iter(gan.modalities.values())).example(2)
        images[name] = gan.restore(x)
    else:
        images[name] = gan.generate(2, seed=0)
np.savez(sys.argv[2], **images)
"""


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--quiet", *arguments]
    subprocess.run(command, check=True, timeout=300)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in PARTS:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, source)
    pip("wheel", *ALONE, "--no-build-isolation", "-w", folder, source)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def site(wheel):
    """A folder with nothing in it but the installed wheel."""
    pip("install", *ALONE, "--target", wheel.parent / "site", wheel)
    return wheel.parent / "site"


def drawn(site, folder, backend):
    """What the wheel makes on a backend, a dict of preset to images."""
    path = folder / f"{backend}.npz"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(site), str(path)],
        env={**os.environ, "PYTHONPATH": str(site), "KERAS_BACKEND": backend},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with np.load(path) as file:
        return dict(file)


def test_every_module_and_preset_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        found = set(archive.namelist())
        (entry_points,) = (n for n in found if n.endswith("entry_points.txt"))
        scripts = archive.read(entry_points).decode()
    modules = {
        path.relative_to(ROOT).as_posix()
        for name in ("keras_gan_zoo", "keras_gan_zoo_cli")
        for path in (ROOT / name).rglob("*.py")
    }
    assert modules == {name for name in found if name.endswith(".py")}
    shipped = {
        f"keras_gan_zoo/{path.relative_to(ROOT).as_posix()}"
        for ending in ("keras", "npz", "json", "png")
        for path in (ROOT / "saved_models").rglob(f"*.{ending}")
    }
    shipped |= {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "keras_gan_zoo/data/noto_emoji").iterdir()
    }
    assert len(shipped) > 3
    assert shipped <= found
    assert "keras-gan-zoo = keras_gan_zoo_cli" in scripts
    assert wheel.stat().st_size < MEGABYTES * 1e6


@pytest.mark.slow
def test_presets_are_equal_on_all_backends(site, tmp_path):
    cards = {
        path.parent.name
        for path in (ROOT / "saved_models").glob("*/card.json")
        if "format" in json.loads(path.read_text())
    }
    reference = drawn(site, tmp_path, "tensorflow")
    assert set(reference) == cards
    assert min(images.std() for images in reference.values()) > 0.1
    for backend in ("jax", "torch"):
        if importlib.util.find_spec(backend) is None:
            continue
        images = drawn(site, tmp_path, backend)
        for name in cards:
            assert images[name].std() > 0.1, name
            np.testing.assert_allclose(
                images[name], reference[name], atol=1e-3, err_msg=name
            )
