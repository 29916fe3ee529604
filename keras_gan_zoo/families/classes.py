"""Classes in the data: their names, and labels of batches yet to come."""

import copy

import keras

from keras_gan_zoo.engine import pipelines
from keras_gan_zoo.families.batches import to_numpy
from keras_gan_zoo.files import warned
from keras_gan_zoo.modalities import Label


def remember_names(model, data):
    """Keeps the names of the classes that a model learns.

    Args:
        model: `GAN`. One that reads no labels is left as it is.
        data: what `fit` trains on. Datasets of `keras_gan_zoo.data` have
            the attribute `class_names`.

    Raises:
        ValueError: if the model has other classes.
    """
    labels = [m for m in model.modalities.values() if isinstance(m, Label)]
    names = getattr(data, "class_names", None)
    if not labels or names is None:
        return
    names = [str(name) for name in names]
    if len(names) != labels[0].num_classes:
        raise ValueError(
            "The data and the model have different classes. Expected "
            f"{labels[0].num_classes} classes. Received: {len(names)}, "
            f"{', '.join(names[:12])}. Make the model with num_classes="
            f"{len(names)}."
        )
    known = model.class_names
    if known is not None and list(known) != names:
        warned.warn(
            f"The model learned the classes {', '.join(known)}. In these "
            f"data the same numbers mean {', '.join(names)}, which are the "
            "names of its classes from now on."
        )
    model.class_names = names


def checked(model, data):
    """Lets data check the labels of each batch that they give.

    A number that is no class would train as no class at all, and the steps
    of JAX cannot stop for it.

    Args:
        model: `GAN`. For one that reads no labels nothing changes.
        data: a dataset, loader or generator, as `fit` trains on it.

    Returns:
        The data to train on. Each batch with other labels raises an error.
    """
    for at, (name, modality) in enumerate(model.modalities.items()):
        if isinstance(modality, Label):
            return _checked(data, _Check(at, name, modality))
    return data


def _checked(data, check):
    if hasattr(data, "element_spec") and hasattr(data, "map"):  # tf.data
        label = check.label
        return pipelines.check_labels(
            data, check.at, label.num_classes, check.name, label.partial
        )
    if isinstance(data, keras.utils.PyDataset):
        return _Sequence(data, check)
    if hasattr(data, "batch_sampler"):  # a DataLoader of PyTorch
        data = copy.copy(data)
        data.collate_fn = _Collate(data.collate_fn, check)
        return data
    if hasattr(data, "__next__"):
        return (check(batch) for batch in data)
    return data  # arrays are checked as a whole


class _Check:
    """Checks one member of a batch and returns the batch.

    Args:
        at: int, the place of the labels in a batch.
        name: string, what the error calls them.
        label: `Label`.
    """

    def __init__(self, at, name, label):
        self.at, self.name, self.label = at, name, label

    def __call__(self, batch):
        self.label.check(to_numpy(batch[self.at]), self.name)
        return batch


class _Sequence(keras.utils.PyDataset):
    """A `PyDataset` whose batches are checked."""

    def __init__(self, data, check):
        super().__init__(
            workers=data.workers,
            use_multiprocessing=data.use_multiprocessing,
            max_queue_size=data.max_queue_size,
        )
        self.data, self.check = data, check

    @property
    def num_batches(self):
        return self.data.num_batches

    def __getitem__(self, index):
        return self.check(self.data[index])

    def on_epoch_begin(self):
        self.data.on_epoch_begin()

    def on_epoch_end(self):
        self.data.on_epoch_end()


class _Collate:
    """Makes a batch of examples, as a `DataLoader` does, and checks it."""

    def __init__(self, collate, check):
        self.collate, self.check = collate, check

    def __call__(self, examples):
        return self.check(self.collate(examples))
