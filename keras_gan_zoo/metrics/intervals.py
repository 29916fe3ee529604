"""Confidence intervals from the spread over parts."""

import numpy as np

CONFIDENCE = 0.95


def dealt(num, parts, seed):
    """Deals samples out to parts at random.

    Samples that follow each other may be alike, such as pictures of one
    class in a folder. Parts of neighbors would then differ by more than
    chance.

    Args:
        num: int, how many samples there are.
        parts: int, how many parts, whose sizes differ by at most 1. With 0,
            no sample gets into a part.
        seed: int, decides which sample gets into which part.

    Returns:
        Int array `(num,)`, the number of the part of each sample; empty if
        there are no parts.

    Example:

    >>> np.bincount(dealt(7, 3, seed=0)).tolist()
    [3, 2, 2]
    """
    if parts == 0:
        return np.empty(0, int)
    order = np.random.default_rng((seed, 3)).permutation(num)
    return order * parts // num


def intervals(metric, values, samples):
    """Confidence intervals of a metric's values.

    Args:
        metric: a `SampleMetric` that has seen all images.
        values: its result.
        samples: list of its samples, disjoint parts of these images, equal
            in size; of fewer than two, no intervals follow.

    Returns:
        Dict of names to `(low, high)`, of the values for which the metric
        has intervals. An interval that would reach a limit of the value if it
        were twice as wide is left out: near a limit, such as a share of 1,
        the spread over parts says too little.
    """
    from scipy import stats  # slow to import

    within = {name: metric.interval_within(name) for name in values}
    if len(samples) < 2 or not any(within.values()):
        return {}
    results = [metric.result(sample) for sample in samples]
    # The variance falls with the number of images that a value rests on.
    share = metric.num_used(samples[0].count) / metric.num_used(metric.num_fake)
    found = {}
    for name, value in values.items():
        if within[name] is None or not np.isfinite(value):
            continue
        deviation = np.std([result[name] for result in results], ddof=1)
        error, degrees = metric.standard_error(
            name, values, deviation * np.sqrt(share), len(samples) - 1
        )
        half = float(error * stats.t.ppf((1 + CONFIDENCE) / 2, degrees))
        lowest, highest = within[name]
        if lowest < value - 2 * half and value + 2 * half < highest:
            found[name] = (value - half, value + half)
    return found
