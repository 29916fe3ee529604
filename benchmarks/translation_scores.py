"""How good translations are whose truth is known: the figures of test pairs.

Each function returns a list of scores, dicts as on the card of a preset:
`metric`, `extractor` (the space that distances are in), `num_real`, `values`
and `intervals`, the normal 95 % ones of means over pairs.
"""

import keras
import numpy as np

import keras_gan_zoo as kgz

SIZE = (64, 64)


def test_pairs(folder):
    """All pairs of a folder as two arrays, neither cut nor mirrored."""
    batches = kgz.data.paired_folder(
        folder, SIZE, batch_size=1, jitter=1, flip=False
    )
    inputs, targets = zip(*batches.as_numpy_iterator())
    return np.concatenate(inputs), np.concatenate(targets)


def score(metric, extractor, **samples):
    """A score of means: for each name one value for each pair."""
    values = {name: float(np.mean(x)) for name, x in samples.items()}
    intervals = {}
    for name, x in samples.items():
        half = 1.96 * float(np.std(x, ddof=1)) / len(x) ** 0.5
        intervals[name] = [values[name] - half, values[name] + half]
    return {
        "metric": metric,
        "extractor": extractor,
        "num_real": len(x),
        "values": values,
        "intervals": intervals,
    }


def absolute_error(images, others):
    """Mean absolute difference of each image to its other, `(num,)`."""
    return np.abs(images - others).mean(axis=(1, 2, 3))


def pix2pix(gan, inputs, targets, extractor, seed=0):
    """Error, and distance of the translations as a whole to the targets."""
    scores = []
    for name, noise in (("", True), ("_without_noise", False)):
        images = gan.translate(inputs, noise=noise, seed=seed)
        distance = kgz.metrics.FrechetDistance(extractor)
        distance.update_state(targets, images)
        error = {f"error{name}": absolute_error(images, targets)}
        value = float(distance.result()["frechet_distance"])
        scores += [
            score("MeanAbsoluteError", "pixels", **error),
            {
                "metric": "FrechetDistance",
                "extractor": extractor.name,
                "num_real": len(targets),
                "values": {f"frechet_distance{name}": value},
                "intervals": {},  # of so few images none can be had
            },
        ]
    return scores


def cyclegan(gan, inputs, partners, extractor):
    """Is the translation of an image nearer to its partner than the image?

    Features are compared by their Euclidean distance, of the images as they
    are and enlarged to the 224 pixels that such networks were trained on.
    `difference` is for the way there; `difference_back` of the way from
    the partners to the inputs, `difference_both_ways` the mean of both.
    """
    there = gan.translate(inputs, to="b", batch_size=50)
    again = gan.translate(there, to="a", batch_size=50)
    back = gan.translate(partners, to="a", batch_size=50)

    def features(images):
        found = [extractor(part) for part in np.array_split(images, 4)]
        return np.concatenate(found)

    def enlarged(images):
        images = keras.ops.image.resize(images, (224, 224), "bicubic")
        return features(keras.ops.convert_to_numpy(images).clip(-1, 1))

    scores = [
        score("CycleError", "pixels", cycle_error=absolute_error(again, inputs))
    ]
    for space, describe, distance in (
        (extractor.name, features, _euclidean),
        (f"{extractor.name}_at_224", enlarged, _euclidean),
        ("pixels", lambda images: images, absolute_error),
    ):
        a, b = describe(inputs), describe(partners)
        before, after = distance(a, b), distance(describe(there), b)
        difference = after - before
        difference_back = distance(describe(back), a) - before
        scores.append(
            score(
                "DistanceToPartner",
                space,
                of_inputs=before,
                of_translations=after,
                difference=difference,
                share_nearer=difference < 0,
                difference_back=difference_back,
                difference_both_ways=(difference + difference_back) / 2,
            )
        )
    return scores


def _euclidean(features, others):
    return np.linalg.norm(features - others, axis=1)


def table(scores):
    """The scores in Markdown."""
    lines = [
        "| metric | value | 95 % interval | extractor |",
        "|---|---|---|---|",
    ]
    for row in scores:
        for name, value in row["values"].items():
            interval = row["intervals"].get(name)
            if interval is None and name.endswith(("_std", "_error")):
                continue
            shown = "{:.4g} to {:.4g}".format(*interval) if interval else "-"
            lines.append(
                f"| {name} | {value:.4g} | {shown} | {row['extractor']} |"
            )
    return "\n".join(lines)
