"""One row: all contestants in turn, again and again."""

import dataclasses
import importlib.util
from statistics import median

from contestants import CONTESTANTS, Remote
from rows import ROWS

OURS = next(iter(CONTESTANTS))
PRODUCTS = "products"
NOT_STACKED = ("progan_32",)  # the trick cannot express a gradient penalty


@dataclasses.dataclass
class Findings:
    """What was measured of a row; dicts are by contestant.

    Attributes:
        speed: images per second, median.
        ratio: how many times the other's is ours, median over the repeats.
        processors: seconds of all processors per image, median.
        processors_ratio: ratio of the processor times, as `ratio`.
        flops: floating point operations per image; None where not counted.
        products: floating point operations per second of matrix products.
        peak: peak memory in MiB.
        peaks: of our process after each of ten epochs.
    """

    speed: dict
    ratio: dict
    processors: dict
    processors_ratio: dict
    flops: dict
    products: float
    peak: dict
    peaks: list


def kinds_of(row_name):
    """The contestants that there are for a row."""
    missing = set()
    if row_name in NOT_STACKED:
        missing.add("stacked")
    if importlib.util.find_spec("torch") is None:
        missing.add("torch")
    return [kind for kind in CONTESTANTS if kind not in missing]


def num_ticks(row_name, repeats):
    """How often `measure` will call `tick`."""
    return (len(kinds_of(row_name)) + 1) * (1 + repeats) + 1


def measure(row_name, options, tick):
    """Measures a row.

    Args:
        row_name: key of `ROWS`.
        options: `repeats`, `seconds` and `dtype` of the command.
        tick: function of what is done next, called before it is done.

    Returns:
        `Findings`.
    """
    remotes = {
        kind: Remote(kind, row_name, options.dtype)
        for kind in [*kinds_of(row_name), PRODUCTS]
    }
    try:
        check_parameters(row_name, remotes)
        steps, times = interleaved(remotes, options, tick)
        tick("memory")
        peak = {kind: r("peak") for kind, r in remotes.items()}
        peaks = remotes[OURS]("peaks_of_epochs", -(-steps[OURS] // 10))
        flops = {kind: r("flops") for kind, r in remotes.items()}
    finally:
        for remote in remotes.values():
            remote.close()
    return findings(ROWS[row_name].batch_size, times, flops, peak, peaks)


def check_parameters(row_name, remotes):
    """Ends the program unless all train the same number of weights."""
    for remote in remotes.values():
        remote.ask("parameters")
    numbers = {kind: remote.answer() for kind, remote in remotes.items()}
    numbers.pop(PRODUCTS)
    if any(number != numbers[OURS] for number in numbers.values()):
        raise SystemExit(
            f"{row_name}: expected the same networks for all. Received "
            f"these numbers of trained parameters: {numbers}"
        )


def interleaved(remotes, options, tick):
    """How many steps each took at a time, and what `timed` told each time."""
    steps, times = {}, {kind: [] for kind in remotes}
    for kind, remote in remotes.items():
        tick(f"{kind} runs in")
        steps[kind] = remote("steps_in", options.seconds)
    for _ in range(options.repeats):
        for kind, remote in remotes.items():
            tick(kind)
            times[kind].append(remote("timed", steps[kind]))
    return steps, times


def findings(batch_size, times, flops, peak, peaks):
    # By contestant, seconds per step: of the clock and of all processors.
    clock, processors = (
        {kind: [pair[place] for pair in pairs] for kind, pairs in times.items()}
        for place in (0, 1)
    )
    products = flops.pop(PRODUCTS) / median(clock[PRODUCTS])
    return Findings(
        speed={k: batch_size / median(t) for k, t in clock.items()},
        ratio=ratios(clock),
        processors={k: median(t) / batch_size for k, t in processors.items()},
        processors_ratio=ratios(processors),
        flops={k: f and f / batch_size for k, f in flops.items()},
        products=products,
        peak=peak,
        peaks=peaks,
    )


def ratios(times):
    """How many times our time is the other's, medians of those in turn."""
    return {
        kind: median(b / a for a, b in zip(times[OURS], theirs))
        for kind, theirs in times.items()
    }
