"""Writes what the registry knows into README.md and the reference.

    python docs/generate.py

The table of the architectures in README.md and the list of their classes in
docs/reference/models.md stand between two comments and are written anew.
`tests/test_generated.py` is red if they are not those of the registry.
"""

import pathlib

from keras_gan_zoo.files import cards, registry

ROOT = pathlib.Path(__file__).parents[1]
START, END = "<!-- generated -->\n", "<!-- end of generated -->\n"


def table():
    """The architectures with their papers and presets, in Markdown."""
    known_cards = cards.list_presets()
    lines = ["| class | paper | what it does | presets |", "|---|---|---|---|"]
    for known in by_year():
        own = [
            n for n, c in known_cards.items() if c["class"] == known.class_name
        ]
        authors = known.title.partition("(")[2].rstrip(")")
        lines.append(
            f"| `{known.class_name}` | [{authors}]({known.paper}) | "
            f"{known.summary} | {', '.join(f'`{name}`' for name in own)} |"
        )
    return "\n".join(lines) + "\n"


def reference():
    """The classes for Sphinx."""
    lines = ["```{eval-rst}", ".. currentmodule:: keras_gan_zoo", ""]
    for known in by_year():
        lines += [f".. autoclass:: {known.class_name}", "   :members:", ""]
    return "\n".join([*lines[:-1], "```", ""])


def by_year():
    """The architectures that ship, the oldest paper first."""
    return sorted(registry.shipped().values(), key=lambda known: known.paper)


PAGES = {"README.md": table, "docs/reference/models.md": reference}


def generated(page):
    """The text of a page with what is generated in its place.

    Args:
        page: a key of `PAGES`.
    """
    text = (ROOT / page).read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return before + START + PAGES[page]() + END + after


def main():
    for page in PAGES:
        text = generated(page)
        (ROOT / page).write_text(text, encoding="utf-8")
        print(page)


if __name__ == "__main__":
    main()
