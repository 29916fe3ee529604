"""Charts of a report, as SVG."""

import html

import numpy as np

WIDTH = 640  # of all charts, in SVG units


def bars(rows, highest=1.0):
    """Draws a horizontal bar for each value, with its interval as a line.

    Args:
        rows: list of `(name, value, interval)`. The interval is `(low,
            high)` or None.
        highest: float, the value of a bar that fills the width. The scale
            grows if a value is larger.

    Returns:
        string, an `<svg>` element.

    Example:

    >>> chart = bars([("recall", 0.5, (0.4, 0.6))])
    >>> "recall 0.5, 95 % interval 0.4 to 0.6" in chart
    True
    """
    ends = [value for _, value, _ in rows]
    ends += [high for *_, interval in rows if interval for high in interval]
    finite = [end for end in ends if np.isfinite(end)]
    highest = max([highest, *finite])
    left, right, height = 110, 70, 34
    scale = (WIDTH - left - right) / highest
    parts = []
    for number, (name, value, interval) in enumerate(rows):
        shown = value if np.isfinite(value) else 0.0
        length = scale * min(max(shown, 0.0), highest)
        top = number * height + 6
        middle = top + 11
        parts += [
            f'<text x="{left - 10}" y="{middle + 5}" text-anchor="end">'
            f"{html.escape(name)}</text>",
            f'<rect class="track" x="{left}" y="{top}" '
            f'width="{scale * highest:.1f}" height="22" rx="3"/>',
            f'<rect class="bar" x="{left}" y="{top}" width="{length:.1f}" '
            'height="22" rx="3"/>',
        ]
        if interval is not None:
            low, high = (
                left + scale * min(max(end, 0.0), highest) for end in interval
            )
            parts.append(
                f'<path class="interval" d="M{low:.1f} {middle}H{high:.1f}'
                f'M{low:.1f} {middle - 6}v12M{high:.1f} {middle - 6}v12"/>'
            )
        parts.append(
            f'<text x="{left + scale * highest + 10:.1f}" y="{middle + 5}">'
            f"{value:.3g}</text>"
        )
    told = "; ".join(_told(*row) for row in rows)
    return _svg(parts, len(rows) * height + 6, f"Bars: {told}")


def _told(name, value, interval):
    if interval is None:
        return f"{name} {value:.3g}"
    low, high = interval
    return f"{name} {value:.3g}, 95 % interval {low:.3g} to {high:.3g}"


def scatter(real, generated, text):
    """Draws two sets of points: rings for real, crosses for generated.

    Args:
        real: float array `(num, 2)`.
        generated: float array `(num, 2)`.
        text: string, describes the chart for people who cannot see it.

    Returns:
        string, an `<svg>` element.

    Example:

    >>> chart = scatter(np.zeros((3, 2)), np.ones((4, 2)), "Points.")
    >>> chart.count("<circle"), chart.count("m-3-3")
    (3, 4)
    """
    both = np.concatenate([real, generated])
    low, high = both.min(axis=0), both.max(axis=0)
    height, rim = 420, 14
    # One scale for both axes, so that distances are correct.
    span = np.maximum(high - low, 1e-12)
    scale = min((WIDTH - 2 * rim) / span[0], (height - 2 * rim) / span[1])
    middle = np.array([WIDTH, height]) / 2

    def placed(points):
        offset = (np.asarray(points) - (low + high) / 2) * scale
        return middle + offset * [1, -1]  # larger values are higher up

    rings = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in placed(real)
    )
    crosses = "".join(
        f"M{x:.1f} {y:.1f}m-3-3l6 6m0-6l-6 6" for x, y in placed(generated)
    )
    parts = [
        f'<g class="real">{rings}</g>',
        f'<path class="generated" d="{crosses}"/>',
    ]
    return _svg(parts, height, text)


def plane(real, generated):
    """Projects features onto the plane of their two principal components.

    The components are computed from both sets together.

    Args:
        real: float array `(num, features)`.
        generated: float array `(num, features)`.

    Returns:
        Two float arrays `(num, 2)`, and the share of the variance that the
        plane shows.

    Example:

    >>> line = np.outer(np.arange(4.0), np.ones(5))
    >>> real, generated, share = plane(line, line)
    >>> real.shape, round(share, 6)
    ((4, 2), 1.0)
    """
    both = np.concatenate([real, generated]).astype("float64")
    both -= both.mean(axis=0)
    # From the small matrix of inner products: there may be many features.
    values, vectors = np.linalg.eigh(both @ both.T)
    values, vectors = values[::-1][:2], vectors[:, ::-1][:, :2]
    points = vectors * np.sqrt(np.maximum(values, 0))
    # The sign of a component is arbitrary. Here it is always the same.
    largest = np.abs(points).argmax(axis=0)
    points = points * np.where(points[largest, [0, 1]] < 0, -1, 1)
    total = np.square(both).sum()
    share = float(np.maximum(values, 0).sum() / total) if total else 1.0
    return points[: len(real)], points[len(real) :], share


def _svg(parts, height, text):
    text = html.escape(text)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{text}">'
        f"<title>{text}</title>{''.join(parts)}</svg>"
    )
