"""Generated and real samples together, for `evaluate`."""

import collections.abc

import keras
import numpy as np

from keras_gan_zoo.families.batches import to_numpy
from keras_gan_zoo.files import position


class ModelSamples:
    """Real and generated samples of a model and a dataset.

    Attributes:
        name: string, name of the model's class.
        steps: int, how many steps the model was trained.
        num: int, how many samples are generated, or None for any number.
        shape: shape of a sample.
        real: iterable of batches of real samples.
        offers: set of what else is known of the samples: `"labels"` for a
            model that is asked for classes, `"targets"` for a model of pairs.
        features: name of the extractor that suits the samples.
    """

    def __init__(self, gan, dataset, controls, batch_size):
        self._gan, self._controls = gan, controls
        self._batch_size = batch_size
        self._dataset = batches_of(dataset, batch_size)
        self._plan = gan.comparison(**controls)
        self.name = type(gan).__name__
        self.steps = int(keras.ops.convert_to_numpy(gan.steps))
        self.real = self._member(self._plan.reference)
        self.offers = {"labels"} & set(self._plan.given)
        if self._plan.once and gan.aligned:
            self.offers = {"targets"}
        self.features = gan.modalities[self._plan.reference].features
        self.shape = tuple(next(iter(self.real)).shape[1:])
        self.num, self._pool = None, {}
        if self._plan.once:
            first = self._member(self._plan.given[0])
            self.num = sum(len(batch) for batch in first)
        else:
            self._pool = {
                name: np.concatenate(list(self._member(name)))
                for name in self._plan.given
            }

    def _member(self, name):
        return Member(self._dataset, list(self._gan.modalities).index(name))

    def _together(self, names):
        """Yields members that belong together. Two separate passes would
        have two orders."""
        places = [list(self._gan.modalities).index(name) for name in names]
        with position.looking(self._dataset):
            for batch in self._dataset:
                members = _members(batch)
                yield [to_numpy(members[place]) for place in places]

    def batches(self, num, seed):
        """Yields generated samples, each batch with a dict of its data."""
        for number, (count, inputs, known) in enumerate(self._given(num)):
            samples = self._gan.respond(
                count, inputs, mixed(seed, number), **self._controls
            )
            yield samples, known

    def _given(self, num):
        """Yields how many samples are wanted, the model's input, and what is
        known of the samples."""
        names = self._plan.given
        if self._plan.once:
            also = [self._plan.reference] * len(self.offers)
            for batch in self._together([*names, *also]):
                inputs = dict(zip(names, batch))
                known = dict(zip(self.offers, batch[len(names) :]))
                yield len(batch[0]), inputs, known
            return
        for start in range(0, num, self._batch_size):
            count = min(self._batch_size, num - start)
            places = start + np.arange(count)
            inputs = {
                name: pool[places % len(pool)]
                for name, pool in self._pool.items()
            }
            yield count, inputs, {name: inputs[name] for name in self.offers}


class Member:
    """One member of each batch, in numpy. Every pass is the same."""

    def __init__(self, batches, index):
        self._batches, self._index = batches, index

    def __iter__(self):
        with position.looking(self._batches):
            for batch in self._batches:
                members = _members(batch)
                if self._index >= len(members):
                    raise ValueError(
                        "The model needs batches of two members, images and "
                        "labels or two sets of images. Received: images "
                        "alone."
                    )
                yield to_numpy(members[self._index])


def _members(batch):
    """Returns the members of a batch, which may be the only one."""
    return batch if isinstance(batch, (tuple, list)) else (batch,)


def batches_of(dataset, batch_size):
    """Returns batches of arrays. A dataset is returned unchanged."""
    if isinstance(dataset, collections.abc.Iterator):
        raise ValueError(
            "The data are read more than once. Expected an array, a dataset "
            f"or a list of batches. Received: {type(dataset).__name__}, which "
            "can be read once. Make it a list: list(batches)."
        )
    arrays = dataset if isinstance(dataset, tuple) else (dataset,)
    if not hasattr(arrays[0], "dtype"):
        return dataset
    cuts = range(0, len(arrays[0]), batch_size)
    return [tuple(a[cut : cut + batch_size] for a in arrays) for cut in cuts]


def first_batch(dataset, batch_size=100):
    """Looks at the first batch.

    Args:
        dataset: arrays or batches, as for `evaluate`.
        batch_size: int, batch size for arrays.

    Returns:
        Tuple of numpy arrays, the members of the batch.
    """
    batches = batches_of(dataset, batch_size)
    with position.looking(batches):
        batch = next(iter(batches))
    return tuple(to_numpy(member) for member in _members(batch))


def mixed(seed, number):
    """Returns another seed for each batch, so that all images differ."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
