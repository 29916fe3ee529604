"""What is measured on held-out pictures, and tables of it.

A part of `inpainting.py` and `autoencoders.py`.
"""

import numpy as np


def neighbors(array):
    """Returns the four neighbors of all pixels of `(num, height, width)`."""
    padded = np.pad(array, ((0, 0), (1, 1), (1, 1)), "edge")
    return [
        padded[:, :-2, 1:-1],
        padded[:, 2:, 1:-1],
        padded[:, 1:-1, :-2],
        padded[:, 1:-1, 2:],
    ]


def laplacian_variance(images, masks):
    """Variance of the Laplacian of the brightness inside holes, `(num,)`.

    Of pixels whose neighbors are in the hole, too: the edge of the hole does
    not count.
    """
    gray, holes = images.mean(-1), masks[..., 0]
    edges = sum(neighbors(gray)) - 4 * gray
    inside = np.min([holes, *neighbors(holes)], axis=0)
    return np.array([e[i == 1].var() for e, i in zip(edges, inside)])


def relative_sharpness(made, images, masks):
    """log10 of the variance of the Laplacian relative to the true one."""
    sharpness = laplacian_variance(made, masks) + 1e-8
    return np.log10(sharpness / (laplacian_variance(images, masks) + 1e-8))


def mean(values):
    """The mean with a 95 % interval over pictures, as text."""
    half = 1.96 * values.std(ddof=1) / len(values) ** 0.5
    return f"{values.mean():.2f} ± {half:.2f}"


def table(results, first, second):
    """A row for each result, and one for the difference of two of them."""
    names = list(results[first])
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for result, values in results.items():
        cells = " | ".join(mean(values[name]) for name in names)
        lines.append(f"| {result} | {cells} |")
    cells = " | ".join(
        mean(results[second][name] - results[first][name]) for name in names
    )
    lines.append(f"| {second} less {first} | {cells} |")
    return "\n".join(lines)
