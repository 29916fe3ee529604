"""Makes the sheet of emoji that ships with the package.

    python benchmarks/emoji.py PICTURES CAPTIONS

PICTURES is a folder of the Noto emoji as PNG files of 64x64 pixels on white,
named by their code points: `1f600.png`, `0023_20e3.png`. CAPTIONS is a table,
separated by tabs, with the columns `file` (the name without its ending),
`name`, `caption`, `group` and `subgroup`. Pictures without a row are left out.

It writes `sheet.webp` and `emoji.json` to `keras_gan_zoo/data/noto_emoji`.
The sheet is compressed without loss. To make it small, each picture is given
at most 48 colors first. It takes a minute.
"""

import argparse
import csv
import io
import json
import pathlib

import numpy as np
from PIL import Image

from keras_gan_zoo.files import atomic

SIDE, COLUMNS, COLORS = 64, 40, 48
MEGABYTES = 2.5
OUT = pathlib.Path(__file__).parents[1] / "keras_gan_zoo/data/noto_emoji"
#: The order of Unicode. Its four components, hair, are parts of people.
GROUPS = [
    "smileys-emotion",
    "people-body",
    "animals-nature",
    "food-drink",
    "travel-places",
    "activities",
    "objects",
    "symbols",
    "flags",
]


def read_table(path, files):
    """Rows of the pictures there are, those that look alike side by side."""
    with open(path, encoding="utf-8", newline="") as table:
        rows = list(
            csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        )
    found = []
    for row in rows:
        if row["file"] not in files:
            continue
        if row["group"] == "component":
            row["group"] = "people-body"
        found.append(row)
    return sorted(
        found,
        key=lambda r: (GROUPS.index(r["group"]), r["subgroup"], r["file"]),
    )


def read_picture(path):
    """One picture with few colors, uint8 `(64, 64, 3)`."""
    with Image.open(path) as image:
        image = image.convert("RGB")
    if image.size != (SIDE, SIDE):
        raise ValueError(f"Expected {SIDE}x{SIDE} pixels: {path}")
    # Median cut, improved by k-means.
    few = image.quantize(COLORS, kmeans=2, dither=Image.Dither.NONE)
    return np.asarray(few.convert("RGB"))


def sheet_of(pictures):
    """All pictures in rows of 40, white after the last."""
    rows = -(-len(pictures) // COLUMNS)
    sheet = np.full((rows * COLUMNS, SIDE, SIDE, 3), 255, "uint8")
    sheet[: len(pictures)] = pictures
    sheet = sheet.reshape(rows, COLUMNS, SIDE, SIDE, 3).swapaxes(1, 2)
    return Image.fromarray(sheet.reshape(rows * SIDE, COLUMNS * SIDE, 3))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", type=pathlib.Path, metavar="PICTURES")
    parser.add_argument("captions", type=pathlib.Path, metavar="CAPTIONS")
    options = parser.parse_args()
    files = {path.stem: path for path in options.pictures.glob("*.png")}
    rows = read_table(options.captions, files)
    sheet = sheet_of([read_picture(files[row["file"]]) for row in rows])
    written = io.BytesIO()
    sheet.save(written, "webp", lossless=True, quality=100, method=6)
    if len(written.getvalue()) > MEGABYTES * 1e6:
        raise ValueError(f"Expected at most {MEGABYTES} MB.")
    about = {
        "side": SIDE,
        "columns": COLUMNS,
        "groups": GROUPS,
        "emoji": [
            {
                "codepoints": row["file"],
                "name": row["name"],
                "caption": row["caption"],
                "group": row["group"],
            }
            for row in rows
        ],
    }
    atomic.write_atomically(
        OUT / "sheet.webp",
        lambda path: pathlib.Path(path).write_bytes(written.getvalue()),
    )
    text = json.dumps(about, ensure_ascii=False, indent=0)
    atomic.write_text(OUT / "emoji.json", text)
    print(f"{len(rows)} emoji, {len(written.getvalue()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
