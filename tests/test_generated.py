"""What is generated from the registry is what it knows now."""

import importlib.util
import pathlib

import pytest

from keras_gan_zoo.files import cards, registry

ROOT = pathlib.Path(__file__).parents[1]


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location(
        "generate", ROOT / "docs" / "generate.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/reference/models.md",
        "docs/gallery.md",
        "docs/tutorials/index.md",
    ],
)
def test_the_pages_are_up_to_date(page, generate):
    found = (ROOT / page).read_text(encoding="utf-8")
    assert found == generate.generated(page), "run python docs/generate.py"
    assert page in generate.PAGES


@pytest.mark.parametrize("page", ["README.md", "docs/reference/models.md"])
def test_every_architecture_is_named(page, generate):
    for known in registry.shipped().values():
        assert f"{known.class_name}" in generate.PAGES[page]()


def test_the_gallery_shows_every_preset(generate):
    text = generate.PAGES["docs/gallery.md"]()
    for name in cards.list_presets():
        assert f"## {name}\n\n![" in text
        picture = ROOT / "docs" / "pictures" / "gallery" / f"{name}.png"
        assert picture.stat().st_size < 250_000


def test_every_tutorial_is_listed(generate):
    scripts = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert {*generate.TUTORIALS, "to_notebooks"} == scripts
