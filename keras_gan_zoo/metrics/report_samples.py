"""The content of a report: samples, their features, and real neighbors."""

import numpy as np

from keras_gan_zoo.metrics.manifold import squared_distances


class Looked:
    """Generated and real samples with the features of one extractor.

    Args:
        source: source of real and generated samples, as for `evaluate`.
        extract: `FeatureExtractor`.
        num_images: int, the largest number of generated samples.
        num_real: int, the largest number of real samples.
        seed: int, seed of the samples.

    Attributes:
        fake: array of generated samples.
        fake_features: float array `(num, features)`.
        real_features: float array `(num, features)`.
        real_total: int, how many real samples there are.
    """

    def __init__(self, source, extract, num_images, num_real, seed):
        self._real = source.real
        total = source.num
        if total is None or source.steps is not None:
            # A model makes only the samples that are used.
            total = min(total or num_images, num_images)
        batches = (samples for samples, _ in source.batches(total, seed))
        self.fake = np.concatenate(list(_spread(batches, total, num_images)))
        self.fake_features = np.concatenate(
            [extract(part) for part in _parts(self.fake)]
        )
        self.real_total = sum(len(batch) for batch in self._real)
        spread = _spread(self._real, self.real_total, num_real)
        self.real_features = np.concatenate(
            [extract(samples) for samples in spread]
        )
        self._places = _places(self.real_total, num_real)

    def real(self, which):
        """Reads real samples again.

        Args:
            which: list of ints, rows of `real_features`.

        Returns:
            Array of samples.
        """
        places, found, start = self._places[np.asarray(which)], {}, 0
        for batch in self._real:
            here = (places >= start) & (places < start + len(batch))
            for place in places[here]:
                found[place] = batch[place - start]
            start += len(batch)
            if len(found) == len(set(places.tolist())):
                break
        return np.stack([found[place] for place in places])

    def neighbors(self, num):
        """Finds the real samples that are nearest to each generated one.

        Args:
            num: int, number of neighbors of each generated sample.

        Returns:
            Int array `(generated, num)`, rows of `real_features`, and float
            array of their distances.
        """
        return _nearest(self.fake_features, self.real_features, num)

    def apart(self, num=500):
        """Measures distances from real samples to their nearest real one.

        Args:
            num: int, the largest number of real samples to measure.

        Returns:
            Float array of distances, at most `num`.
        """
        rows = _places(len(self.real_features), num)
        # The nearest is the sample itself.
        _, distances = _nearest(self.real_features[rows], self.real_features, 2)
        return distances[:, -1]


def _nearest(points, centers, num):
    num = min(num, len(centers))
    places, distances = [], []
    for block in squared_distances(points, centers):
        order = np.argsort(block, axis=1, kind="stable")[:, :num]
        places.append(order)
        distances.append(np.sqrt(np.take_along_axis(block, order, axis=1)))
    return np.concatenate(places), np.concatenate(distances)


def _places(total, wanted):
    """Returns evenly spaced positions, as folders are sorted by class."""
    wanted = min(total, wanted)
    return np.linspace(0, total - 1, wanted).round().astype(int)


def _spread(batches, total, wanted):
    """Reads only the samples at these positions, batch by batch."""
    places, start = _places(total, wanted), 0
    for batch in batches:
        here = places[(places >= start) & (places < start + len(batch))]
        if len(here):
            yield batch[here - start]
        start += len(batch)
        if start > places[-1]:
            return


def _parts(samples, size=100):
    return np.split(samples, range(size, len(samples), size))
