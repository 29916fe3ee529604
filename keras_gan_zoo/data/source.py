"""Datasets by a short name, as on the command line.

A source is `KIND` or `KIND:NAME`, e.g. `digits`, `emoji:food-drink`,
`tfds:mnist` or `folder:photos`. The available kinds depend on what a model
reads.
"""

import functools

from keras_gan_zoo.data.catalogue import tfds
from keras_gan_zoo.data.embedded import (
    digits,
    photograph_domains,
    photograph_pairs,
)
from keras_gan_zoo.data.folder import image_folder
from keras_gan_zoo.data.pairs import (
    paired_folder,
    unpaired_folders,
    unpaired_tfds,
)
from keras_gan_zoo.data.semi_supervised import few_labels
from keras_gan_zoo.data.sprites import emoji
from keras_gan_zoo.data.super_resolution import super_resolution_folder
from keras_gan_zoo.files import places


def _samples(**labels):
    """Returns sources of images, with or without labels."""
    return {
        "digits": lambda name, _, given: digits(**given, **labels),
        "emoji": lambda name, _, given: emoji(**given, **labels),
        "emoji:GROUP": lambda name, _, given: emoji(
            groups=name, **given, **labels
        ),
        "tfds:NAME": lambda name, tfds_given, given: tfds(
            name, **tfds_given, **given, **labels
        ),
        "folder:PATH": lambda name, _, given: image_folder(
            name, **given, **labels
        ),
    }


#: Maps what a model reads to the sources, in written form, and their readers.
#: The key has the kinds of the members, and whether they belong together.
SOURCES = {
    (("image",), True): _samples(),
    (("image", "label"), True): _samples(labels=True),
    (("image", "partial label"), True): {
        "digits:LABELS_PER_CLASS": lambda num, _, given: few_labels(
            digits, num, **given
        ),
        "tfds:NAME,LABELS_PER_CLASS": lambda words, tfds_given, given: (
            few_labels(
                functools.partial(tfds, words[0]),
                words[1],
                **tfds_given,
                **given,
            )
        ),
        "folder:PATH,LABELS_PER_CLASS": lambda words, _, given: few_labels(
            functools.partial(image_folder, words[0]), words[1], **given
        ),
    },
    (("image", "image"), True): {
        "pairs:PATH": lambda name, _, given: paired_folder(name, **given),
        "pairs:PATH_A,PATH_B": lambda names, _, given: paired_folder(
            names[0], path_b=names[1], **given
        ),
        "emoji:TASK": lambda name, _, given: emoji(task=name, **given),
        "photographs:TASK": lambda name, _, given: photograph_pairs(
            name, **given
        ),
        "photographs": lambda name, _, given: photograph_pairs(**given),
    },
    (("image", "image"), False): {
        "unpaired:PATH_A,PATH_B": lambda names, _, given: unpaired_folders(
            *names, **given
        ),
        "tfds:NAME": lambda name, tfds_given, given: unpaired_tfds(
            name, **tfds_given, **given
        ),
        "photographs": lambda name, _, given: photograph_domains(**given),
    },
    (("thumbnail", "image"), True): {
        "folder:PATH": lambda name, _, given: super_resolution_folder(
            name, **given
        ),
    },
}


def read_source(
    source, model_class, data_dir=None, split=None, arguments=(), **given
):
    """Opens the dataset of a source, in the form that a class of models reads.

    Args:
        source: string, `KIND` or `KIND:NAME`.
        model_class: a class of models. Its `reads` and `aligned` decide the
            form.
        data_dir: path of a folder of TensorFlow Datasets, or None for its
            own.
        split: string, part of a set of TensorFlow Datasets, or None for its
            default.
        arguments: dict of the model's arguments. The data take some of them,
            such as the scale of super-resolution.
        **given: `batch_size`, `image_size` and `seed` of the functions of
            `keras_gan_zoo.data`. Arguments that are None are left out.

    Returns:
        `tf.data.Dataset`.

    Raises:
        ValueError: if there is no such source for this class.

    Example:

    >>> import keras_gan_zoo as kgz
    >>> read_source("digits", kgz.DCGAN, batch_size=8).element_spec.shape
    TensorShape([8, 8, 8, 1])
    """
    kinds = tuple(modality.kind for modality in model_class.reads.values())
    known = SOURCES.get((kinds, model_class.aligned), {})
    kind, _, name = source.partition(":")
    found = places.places(name)
    forms = [form for form in known if _fits(form, kind, len(found))]
    if not forms:
        raise ValueError(
            f"{model_class.__name__} reads {' and '.join(kinds)}s. Expected "
            f"--data as one of {', '.join(known)}. "
            f"Received: --data {source}"
        )
    whole = kind == "tfds" and model_class.aligned
    if split is not None and not whole:
        raise ValueError(
            "A split is part of a set of TensorFlow Datasets. Expected "
            "--split with --data tfds:NAME. "
            f"Received: --split {split} with --data {source}"
        )
    shared = [n for n in model_class.shared_with_data if n in arguments]
    given.update({name: arguments[name] for name in shared})
    of_tfds = {"data_dir": data_dir, "split": split}
    return known[forms[0]](
        found if len(found) > 1 else name,
        {k: v for k, v in of_tfds.items() if v is not None},
        {k: v for k, v in given.items() if v is not None},
    )


def _fits(form, kind, num):
    """Returns whether such a source, with `num` names, has this form."""
    form_kind, _, names = form.partition(":")
    return kind == form_kind and num == (len(names.split(",")) if names else 0)
