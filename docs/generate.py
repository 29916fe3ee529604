"""Writes what the registry, the cards and the tutorials say into pages.

    python docs/generate.py

Replaces the text between two comments: the table of architectures in
README.md, the classes in docs/reference/models.md, the presets in
docs/gallery.md, and the list of tutorials. `tests/test_generated.py` is red
if a page is not up to date. A new preset also needs its picture: `python
docs/make_gallery.py`.
"""

import ast
import json
import pathlib

from keras_gan_zoo import recipes
from keras_gan_zoo.files import cards, registry
from keras_gan_zoo.recipes.checks import FOLDERS

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

    def age(known):
        year = known.title.rstrip(")").split()[-1]
        return year, known.paper

    return sorted(registry.shipped().values(), key=age)


def gallery():
    """Every preset with its picture, a line and commands, in Markdown."""
    lines = []
    for name, card in sorted(cards.list_presets().items()):
        description = card["description"]
        source = recipes.of_preset(name).data
        # Folders are the reader's own.
        data = f" --data {source}" if source.split(":")[0] in FOLDERS else ""
        lines += [
            f"## {name}",
            "",
            f"![Pictures by {name}](pictures/gallery/{name}.png)",
            "",
            f"`{card['class']}`: {description}. "
            f"Data: {card['data']}, {card['licence']}.",
            "",
            "```",
            command(name),
            f"keras-gan-zoo train {name}{data} --out runs/{name}",
            "```",
            "",
        ]
    return "\n".join(lines)


def command(name):
    """The command that uses a preset."""
    if cards.list_presets()[name].get("verb") == "restore":
        return f"keras-gan-zoo restore {name} pictures restored"
    recipe = ROOT / "saved_models" / name / "recipe.json"
    if "pairs" in json.loads(recipe.read_text(encoding="utf-8")):
        return f"keras-gan-zoo translate {name} pictures translated"
    return f"keras-gan-zoo generate {name} --num 100 --out grid.png"


def tutorials():
    """The tutorials, in the order in which one reads them, for the site."""
    lines = ["| tutorial | what it shows |", "|---|---|"]
    for name in TUTORIALS:
        path = ROOT / "examples" / f"{name}.py"
        header = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        fields = dict(line.split(": ", 1) for line in header.splitlines())
        lines.append(
            f"| [{fields['Title']}]({name}.md) | {fields['Description']} |"
        )
    toctree = ["", "```{toctree}", ":hidden:", "", *TUTORIALS, "```", ""]
    return "\n".join(lines + toctree)


#: In the order in which one reads them.
TUTORIALS = [
    "quickstart",
    "vanilla_gan",
    "one_dimensional_gan",
    "dcgan",
    "conditional_gan",
    "wgan_to_biggan",
    "infogan",
    "pix2pix",
    "cyclegan",
    "progan",
    "custom_gan",
    "data_augmentation",
    "few_labels",
    "transfer_discriminator",
    "fine_tuning",
    "own_pictures",
    "inpainting",
    "projection",
    "tune",
    "multi_gpu",
]
PAGES = {
    "README.md": table,
    "docs/reference/models.md": reference,
    "docs/gallery.md": gallery,
    "docs/tutorials/index.md": tutorials,
}


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
