"""The page of a report: HTML that needs no other file and no network."""

import base64
import html

from keras_gan_zoo.modalities import pictures

# Nothing may be loaded: pictures and style are in the page.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5c6370;
  --paper: #fff; --card: #f5f6f8; --line: #d9dce1; --real: #0072b2;
  --made: #d55e00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed;
  --soft: #a6adb8; --paper: #15171a; --card: #202327; --line: #3a3f46;
  --real: #56b4e9; --made: #f0883e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .5rem; }
p { max-width: 44rem; margin: .4rem 0 1rem; }
.soft, figcaption, dt { color: var(--soft); }
dl { display: grid; gap: .6rem 1.5rem; margin: 1.2rem 0;
  grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
  background: var(--card); border-radius: .6rem; padding: 1rem; }
dt { font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
img { image-rendering: pixelated; max-width: 100%; height: auto;
  background: #fff; border-radius: .25rem; display: block; }
.side { display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
.side img { width: 100%; }
figure { margin: 0; }
figcaption { font-size: .85rem; margin-top: .3rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .9rem .4rem 0;
  border-bottom: 1px solid var(--line); vertical-align: middle; }
thead th { color: var(--soft); font-weight: 500; font-size: .85rem; }
td.number { text-align: right; white-space: nowrap; }
th.number { text-align: right; }
.number + :not(.number) { padding-left: 1rem; }
tbody th { font-weight: 600; }
.strips th { white-space: nowrap; width: 1%; }
.strips td { width: 99%; }
.pairs { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
.pair { background: var(--card); border-radius: .6rem; padding: .7rem; }
.pair div { display: flex; gap: .5rem; align-items: flex-end; }
.pair figure { flex: 1; min-width: 0; }
.pair figure:first-child { flex: 1.35; }
.pair img { width: 100%; }
svg { width: 100%; max-width: 46rem; height: auto; display: block; }
svg text { fill: var(--ink); font-size: 15px; }
.track { fill: var(--card); }
.bar { fill: var(--made); opacity: .75; }
.interval { stroke: var(--ink); stroke-width: 2; fill: none; }
.real circle { fill: none; stroke: var(--real); stroke-width: 1.6; }
.generated { stroke: var(--made); stroke-width: 1.8; fill: none; }
.key .ring { color: var(--real); font-weight: 700; }
.key .cross { color: var(--made); font-weight: 700; }
footer { margin-top: 3rem; font-size: .85rem; }
"""


def page(title, lead, facts, sections, foot):
    """Makes the HTML of a page.

    Args:
        title: string.
        lead: string, one sentence below the title.
        facts: dict of names to values: what was measured, and how.
        sections: list of `(title, HTML)`.
        foot: string, the last line.

    Returns:
        string, the HTML.

    Example:

    >>> text = page("Report", "Of a model.", {"seed": 0}, [], "The end.")
    >>> "<dt>seed</dt><dd>0</dd>" in text
    True
    """
    told = "".join(
        f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>"
        for name, value in facts.items()
    )
    body = "\n".join(
        f"<section><h2>{_text(name)}</h2>\n{content}</section>"
        for name, content in sections
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{_text(title)}</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<header><h1>{_text(title)}</h1>
<p class="soft">{_text(lead)}</p>
<dl>{told}</dl></header>
<main>
{body}
</main>
<footer class="soft">{_text(foot)}</footer>
</body>
</html>
"""


def picture(pixels, text, side=0):
    """Makes an `<img>` element that contains the picture.

    Args:
        pixels: uint8 array `(height, width, 3)`.
        text: string, describes the picture for people who cannot see it.
        side: int, the approximate height in pixels of a small picture.

    Returns:
        string.

    Example:

    >>> import numpy as np
    >>> picture(np.zeros((2, 3, 3), "uint8"), "black")[:35]
    '<img alt="black" width="3" height="'
    """
    height, width = pixels.shape[:2]
    factor = max(1, round(side / height))
    data = base64.b64encode(pictures.encoded(pixels)).decode()
    return (
        f'<img alt="{_text(text)}" width="{width * factor}" '
        f'height="{height * factor}" src="data:image/png;base64,{data}">'
    )


def figure(pixels, text, caption):
    """Makes a picture with a line of text below it.

    Args:
        pixels: uint8 array `(height, width, 3)`.
        text: string, describes the picture, as for `picture`.
        caption: string, the line below the picture.

    Returns:
        string.
    """
    return (
        f"<figure>{picture(pixels, text)}"
        f"<figcaption>{_text(caption)}</figcaption></figure>"
    )


def paragraph(text, kind=""):
    """Makes a paragraph of plain text.

    Args:
        text: string.
        kind: string, a class of the style sheet.

    Returns:
        string.

    Example:

    >>> paragraph("1 < 2")
    '<p>1 &lt; 2</p>'
    """
    kind = f' class="{kind}"' if kind else ""
    return f"<p{kind}>{_text(text)}</p>"


def metric_table(scores):
    """Makes a table of all values and their intervals.

    The numbers are rounded as in `Evaluation.table`. The attribute
    `data-value` of a cell has all digits.

    Args:
        scores: list of `keras_gan_zoo.metrics.Score`.

    Returns:
        string.
    """
    rows = []
    for score in scores:
        for name, value in score.values.items():
            between = score.intervals.get(name)
            between = " to ".join(f"{end:.4g}" for end in between or ())
            better = {"down": "lower", "up": "higher"}.get(score.direction, "")
            rows.append(
                f'<tr><th scope="row">{_text(name)}</th>'
                f'<td class="number" data-metric="{_text(name)}" '
                f'data-value="{value!r}">{value:.4g}</td>'
                f'<td class="number">{between}</td><td>{better}</td>'
                f"<td>{_text(score.extractor)}</td>"
                f'<td class="number">{score.num_real:,}</td>'
                f'<td class="number">{score.num_fake:,}</td></tr>'
            )
    names = ("metric", "*value", "*95 % interval", "better", "features",
             "*real", "*generated")  # fmt: skip
    head = "".join(
        f'<th scope="col"{" class=number" * (name[0] == "*")}>'
        f"{name.lstrip('*')}</th>"
        for name in names
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def strips(rows):
    """Makes a table of pictures, each after its name.

    Args:
        rows: list of `(name, pixels, text)`, as for `picture`.

    Returns:
        string.
    """
    body = "".join(
        f'<tr><th scope="row">{_text(name)}</th>'
        f"<td>{picture(pixels, text, 48)}</td></tr>"
        for name, pixels, text in rows
    )
    return f'<div class="scroll"><table class="strips">{body}</table></div>'


def _text(value):
    return html.escape(str(value))
