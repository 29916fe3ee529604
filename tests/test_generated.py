"""What is generated from the registry is what it knows now."""

import importlib.util
import pathlib

import pytest

from keras_gan_zoo.files import registry

ROOT = pathlib.Path(__file__).parents[1]


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location(
        "generate", ROOT / "docs" / "generate.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["README.md", "docs/reference/models.md"])
def test_the_pages_are_as_the_registry_has_it(page, generate):
    found = (ROOT / page).read_text(encoding="utf-8")
    assert found == generate.generated(page), "run python docs/generate.py"
    for known in registry.shipped().values():
        assert f"{known.class_name}" in generate.PAGES[page]()
