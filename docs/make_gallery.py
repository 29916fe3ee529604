"""Cuts the pictures of README.md, the landing page and the gallery.

    python docs/make_gallery.py

Takes tiles out of the sample pictures of the presets and writes small files
into docs/pictures. A second of one core.
"""

import pathlib

from PIL import Image, ImageSequence

ROOT = pathlib.Path(__file__).parents[1]
GAP = 16


def tiles(preset, side, gap):
    """A function that cuts the tile of a row and a column from a sample."""
    path = ROOT / "saved_models" / preset / "sample.png"
    picture = Image.open(path).convert("RGB")
    step = side + gap

    def tile(row, column):
        left, top = column * step, row * step
        return picture.crop((left, top, left + side, top + side))

    return tile


def panel(rows, side):
    """A picture of rows of tiles, each enlarged to `side` pixels."""
    made = Image.new("RGB", (side * len(rows[0]), side * len(rows)), "white")
    for y, row in enumerate(rows):
        for x, tile in enumerate(row):
            tile = tile.resize((side, side), Image.Resampling.LANCZOS)
            made.paste(tile, (x * side, y * side))
    return made


def save(picture, name):
    path = ROOT / "docs" / "pictures" / name
    path.parent.mkdir(exist_ok=True)
    picture.quantize(128).save(path, optimize=True)


def in_a_row(panels):
    """Panels in a row on white, with gaps."""
    width = sum(made.width for made in panels) + GAP * (len(panels) - 1)
    height = max(made.height for made in panels)
    strip, left = Image.new("RGB", (width, height), "white"), 0
    for made in panels:
        strip.paste(made, (left, 0))
        left += made.width + GAP
    return strip


def in_gallery(path):
    """A sample in a handy form: at most 6 tiles wide, tall ones in three."""
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    if height > 2 * width:
        third = height // 3
        return in_a_row(
            [
                picture.crop((0, top, width, top + third))
                for top in range(0, 3 * third, third)
            ]
        )
    return picture.crop((0, 0, 390, 390)) if width > 400 else picture


def training():
    """The start, the middle and the end of the quickstart's training."""
    path = ROOT / "docs" / "tutorials" / "quickstart" / "progress.gif"
    with Image.open(path) as image:
        frames = [f.convert("RGB") for f in ImageSequence.Iterator(image)]
    moments = frames[0], frames[min(4, len(frames) - 1)], frames[-1]
    parts = [frame.crop((0, 0, 70, 176)) for frame in moments]
    whole = in_a_row(parts)
    return whole.resize((256, round(256 * whole.height / whole.width)))


def learning():
    """What the players of the tutorial on one dimension have learned."""
    path = ROOT / "docs/tutorials/one_dimensional_gan/points.png"
    picture = Image.open(path).convert("RGB")
    return picture.crop((366, 19, 595, 191)).resize((256, 192))


def main():
    digit = tiles("conditional_gan_mnist_28", 28, 1)
    emoji = tiles("dcgan_emoji_64", 64, 1)
    outline = tiles("pix2pix_emoji_64", 64, 2)
    style = tiles("cyclegan_emoji_64", 64, 2)
    digits = panel([[digit(y, x) for x in range(10)] for y in range(6)], 32)
    columns = (0, 3, 6, 7, 9)
    drawn = panel([[emoji(y, x) for x in columns] for y in (4, 0, 3)], 64)
    translated = panel(
        [
            [outline(a, 0), outline(a, 1), style(b, 0), style(b, 1)]
            for a, b in ((1, 13), (4, 14), (10, 18))
        ],
        64,
    )
    save(in_a_row([digits, drawn, translated]), "strip.png")
    save(drawn.crop((0, 0, 256, 192)), "use.png")
    save(training(), "train.png")
    save(learning(), "learn.png")
    for path in sorted((ROOT / "saved_models").glob("*/sample.png")):
        save(in_gallery(path), f"gallery/{path.parent.name}.png")


if __name__ == "__main__":
    main()
