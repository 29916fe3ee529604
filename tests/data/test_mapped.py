import numpy as np
import pytest
import tensorflow as tf

import keras_gan_zoo as kgz


def numbers(batches):
    return np.concatenate([b.ravel() for b in batches.as_numpy_iterator()])


def test_batches_change_and_their_order_goes_on():
    # `map` alone loses the position, and with it the exact order of a
    # training that goes on.
    images = np.linspace(-1, 1, 12, dtype="float32").reshape(12, 1, 1, 1)
    plain = kgz.data.arrays(images, batch_size=4, seed=3)
    halved = kgz.data.mapped(
        kgz.data.arrays(images, batch_size=4, seed=3), lambda x: x / 2
    )
    assert not hasattr(plain.map(lambda x: x), "position")
    assert len(halved) == len(plain)
    assert halved.position.order == plain.position.order
    for dataset in (plain, halved):
        dataset.position.epoch, dataset.position.batch = 5, 2
    for _ in range(2):  # the rest of a pass, then another order
        np.testing.assert_allclose(numbers(halved), numbers(plain) / 2)
    assert halved.position.epoch == plain.position.epoch == 7


def test_the_names_of_classes_stay():
    digits = kgz.data.digits(batch_size=64, labels=True)
    mapped = kgz.data.mapped(digits, lambda images, labels: (-images, labels))
    assert mapped.class_names == list("0123456789")


def test_other_datasets_are_refused():
    with pytest.raises(ValueError, match="order of this dataset is not known"):
        kgz.data.mapped(tf.data.Dataset.range(3), lambda x: x)
