"""The documentation is complete, runs, has no dead links, and builds."""

import doctest
import inspect
import pathlib
import re
import textwrap
import types
import zlib

import pytest

import keras_gan_zoo as kgz
from keras_gan_zoo.callbacks import symptoms
from keras_gan_zoo.files import registry

ROOT = pathlib.Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = {
    str(page.relative_to(ROOT)): page.read_text()
    for page in [
        *sorted(ROOT.glob("*.md")),
        *sorted(DOCS.rglob("*.md")),
    ]
}
# One trains on many machines. The tutorials are run by test_examples.py.
ONLY_COMPILED = {
    "docs/scale.md",
    *(page for page in PAGES if page.startswith("docs/tutorials/")),
}


# ---------------------------------------------------------------- docstrings


def exported(module):
    """What a module lists in `__all__`, or else defines without underscore."""
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
    ]
    return {
        f"{module.__name__}.{name}": getattr(module, name) for name in names
    }


def public():
    found, modules = {}, [kgz]
    for module in modules:  # which grows meanwhile
        for name, value in exported(module).items():
            if isinstance(value, types.ModuleType):
                modules.append(value)
            elif callable(value):
                found[name] = value
    return found


PUBLIC = public()
# What only architectures use: docs/adding_an_architecture.md is its example.
INSIDE = [*exported(kgz.engine).values(), *exported(kgz.families).values()]
CLASSES = {n: value for n, value in PUBLIC.items() if inspect.isclass(value)}


def documented(text):
    """The parameters that a docstring has an entry for."""
    sections = re.findall(
        r"^(?:Args|Attributes):\n((?:    .*\n|\n)+)",
        inspect.cleandoc(text) + "\n",
        re.MULTILINE,
    )
    entries = re.findall(r"^    (\w[\w, ]*):", "".join(sections), re.MULTILINE)
    return {name.strip() for entry in entries for name in entry.split(",")}


def test_parameters_are_found_in_a_docstring():
    text = """Adds.

    Args:
        first, second: numbers, such
            as: 1.
        third: number.

    Returns:
        fourth: their sum.
    """
    assert documented(text) == {"first", "second", "third"}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_says_what_it_takes_and_shows_it(name):
    text = PUBLIC[name].__doc__
    assert text, "no docstring"
    taken = {
        parameter.name
        for parameter in inspect.signature(PUBLIC[name]).parameters.values()
        if parameter.kind
        not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }
    assert taken <= documented(text)
    # `pytest --doctest-modules`, which the suite is run with, runs them.
    examples = doctest.DocTestParser().get_examples(text)
    assert examples or PUBLIC[name] in INSIDE, "no example"


@pytest.mark.parametrize("name", CLASSES)
def test_methods_that_no_base_has_are_described(name):
    _, *bases = CLASSES[name].__mro__
    for method, value in vars(CLASSES[name]).items():
        new = not any(method in vars(base) for base in bases)
        # A description of what Keras asks for would say nothing new.
        new = new and method not in ("get_config", "from_config")
        if new and not method.startswith("_") and inspect.isroutine(value):
            assert value.__doc__, method


# --------------------------------------------------------------------- pages


def blocks(text):
    """The Python blocks of a page, and whether they are to be run.

    A comment in front of one may say `not run: why`, or `in the class before`
    of methods of the class with which the block before ends.
    """
    found = []
    for comment, code in re.findall(
        r"(?:<!-- ([^>]*) -->\n)?```python\n(.*?)```", text, re.DOTALL
    ):
        if comment == "in the class before":
            before, runs = found[-1]
            found[-1] = (before + textwrap.indent(code, "    "), runs)
        else:
            found.append((code, not comment.startswith("not run")))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_python_blocks_compile(page):
    for code, _ in blocks(PAGES[page]):
        compile(code, f"<{page}>", "exec")


@pytest.mark.parametrize(
    "page",
    [p for p in PAGES if blocks(PAGES[p]) and p not in ONLY_COMPILED],
)
def test_python_blocks_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # An architecture of a page is known to nobody else, and may ship, too.
    own = re.findall(r'@register\(\s*"(\w+)"', PAGES[page])
    others = {n: a for n, a in registry.shipped().items() if n not in own}
    monkeypatch.setattr(registry, "shipped", lambda: others)
    monkeypatch.setattr(registry, "_imported", {})
    names = {"__name__": "page"}
    for code, runs in blocks(PAGES[page]):
        if runs:
            exec(compile(code, f"<{page}>", "exec"), names)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL)
    text = re.sub(r"^    .*", "", text, flags=re.MULTILINE)  # code, too
    headings = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    anchors = {f"#{heading.lower().replace(' ', '-')}" for heading in headings}
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target in anchors
        elif "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), target


def test_every_alarm_has_a_section_and_a_small_picture():
    text = PAGES["docs/training_goes_wrong.md"]
    for alarm in symptoms.REMEDIES:
        picture = f"pictures/{alarm.replace(' ', '_')}.png"
        title = alarm.capitalize()
        assert f"\n## {title}\n\n![{title}]({picture})\n" in text
        assert (DOCS / picture).stat().st_size < 60_000


def test_a_newcomer_reads_a_short_page_and_two_commands():
    text = PAGES["README.md"]
    assert len(text.splitlines()) <= 160
    first, *_ = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    commands = re.findall(r"```bash\n(.*)\n```", text)
    assert len(commands) == 2
    assert first == f"{commands[0]}\n"
    assert len(commands[0]) <= 120


def test_changelog_and_citation_know_the_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {kgz.__version__}\n" in citation
    assert f"{kgz.__version__}\n" in PAGES["CHANGELOG.md"]


# ---------------------------------------------------------------------- site


@pytest.mark.slow
# Of MyST about the next Sphinx; what Sphinx says of our pages is an error.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_the_site_builds_without_a_warning_and_has_every_public_name(tmp_path):
    build = pytest.importorskip("sphinx.cmd.build", reason="needs .[docs]")
    pytest.importorskip("myst_parser", reason="needs .[docs]")
    site = tmp_path / "site"
    options = ["-W", "--keep-going", "-q", "-d", str(tmp_path / "doctrees")]
    # A plainer site is made in half the time.
    options += ["-D", "html_theme=basic", "-D", "html_use_index=0"]
    assert (
        build.build_main([*options, "-c", str(DOCS), str(ROOT), str(site)]) == 0
    )
    page = (site / "docs" / "reference" / "models.html").read_text("utf-8")
    assert "DCGAN(image_shape=(64, 64, 3), " in re.sub("<[^>]*>", "", page)
    # Sphinx' list of all that the pages describe: four lines, then packed.
    *_, packed = (site / "objects.inv").read_bytes().split(b"\n", 4)
    lines = zlib.decompress(packed).decode().splitlines()
    described = {line.split()[0] for line in lines}
    missing = [
        name
        for name, value in PUBLIC.items()
        if not described.intersection(
            other for other, same in PUBLIC.items() if same is value
        )
    ]
    assert not missing
