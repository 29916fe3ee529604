"""The pages of the tutorials are the scripts of today and what they print."""

import importlib.util
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "tutorials"
NAMES = sorted(
    path.stem
    for path in (ROOT / "examples").glob("*.py")
    if path.stem != "to_notebooks"
)


@pytest.fixture(scope="module")
def recorder():
    spec = importlib.util.spec_from_file_location(
        "record_tutorials", ROOT / "docs" / "record_tutorials.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_that_of_the_script(name, recorder):
    again = f"run python docs/record_tutorials.py {name}"
    assert not recorder.stale(name), again
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    remedy = "run python docs/record_tutorials.py --pages"
    assert text == recorder.page(name), remedy


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_output_and_pictures(name, recorder):
    parts = [
        part
        for cell in recorder.record_of(name)["cells"]
        for part in cell["output"]
    ]
    pictures = {part["picture"] for part in parts if "picture" in part}
    assert pictures and any("text" in part for part in parts)
    kept = {path.name for path in (FOLDER / name).iterdir()}
    assert kept == {*pictures, "record.json"}


def test_pictures_are_small():
    sizes = [path.stat().st_size for path in FOLDER.rglob("*.*")]
    assert max(sizes) < 150_000
    assert sum(sizes) < 4_000_000


LITTLE = '''"""
Title: A little one
Description: It prints.
"""
print("a line")

"""
## More
"""
print("one\\rtwo")
'''


def test_other_code_needs_another_run_and_other_text_does_not(
    recorder, tmp_path, monkeypatch
):
    monkeypatch.setattr(recorder, "ROOT", tmp_path)
    monkeypatch.setattr(recorder, "FOLDER", tmp_path / "pages")
    script = tmp_path / "examples" / "little.py"
    script.parent.mkdir()
    converter = ROOT / "examples" / "to_notebooks.py"
    (tmp_path / "examples" / converter.name).write_text(
        converter.read_text(encoding="utf-8"), encoding="utf-8"
    )
    script.write_text(LITTLE, encoding="utf-8")
    monkeypatch.setattr(recorder.sys, "argv", [])
    monkeypatch.setitem(recorder.sys.modules, "__main__", None)
    monkeypatch.setattr(recorder, "versions", lambda: "Keras")
    recorder.record("little", quick=False)
    assert not recorder.stale("little")
    page = recorder.page("little")
    assert "```text\na line\n```" in page
    assert "```text\ntwo\n```" in page
    script.write_text(LITTLE.replace("More", "Less"), encoding="utf-8")
    assert not recorder.stale("little")
    assert "## Less" in recorder.page("little")
    script.write_text(LITTLE.replace("a line", "a word"), encoding="utf-8")
    assert recorder.stale("little") == ['print("a word")']
