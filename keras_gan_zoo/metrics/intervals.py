"""Confidence intervals from the spread over parts of the images."""

import numpy as np

CONFIDENCE = 0.95


def dealt(num, parts, seed):
    """Divides samples into parts at random.

    Neighboring samples may be similar, such as pictures of one class in a
    folder. Parts of neighboring samples would differ by more than chance.

    Args:
        num: int, how many samples there are.
        parts: int, number of parts. Their sizes differ by at most 1. With 0,
            no sample is in a part.
        seed: int, decides which sample is in which part.

    Returns:
        Int array `(num,)`, the number of each sample's part; empty if there
        are no parts.

    Example:

    >>> np.bincount(dealt(7, 3, seed=0)).tolist()
    [3, 2, 2]
    """
    if parts == 0:
        return np.empty(0, int)
    order = np.random.default_rng((seed, 3)).permutation(num)
    return order * parts // num


def intervals(metric, values, samples):
    """Computes confidence intervals of a metric's values.

    Args:
        metric: a `SampleMetric` that has seen all images.
        values: dict, the metric's result.
        samples: list of the metric's samples. They are disjoint parts of
            these images, of equal size. With fewer than two, there are no
            intervals.

    Returns:
        Dict of names to `(low, high)`, for the values for which the metric
        has intervals. An interval is left out if it would reach a limit of
        the value when twice as wide. Near a limit, such as a share of 1, the
        spread over parts says too little.
    """
    from scipy import stats  # slow to import

    within = {name: metric.interval_within(name) for name in values}
    if len(samples) < 2 or not any(within.values()):
        return {}
    results = [metric.result(sample) for sample in samples]
    # The variance falls with the number of images that a value uses.
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
