"""Batches of which one half has labels."""

import numpy as np
import pytest

import keras_gan_zoo as kgz

IMAGES = np.arange(30, dtype="uint8").reshape(30, 1, 1, 1)
LABELS = np.arange(30) % 3


def numbers(images):
    return np.round((images.numpy().ravel() + 1) * 127.5).astype(int)


def test_halves_and_passes():
    batches = kgz.data.semi_supervised(IMAGES, LABELS, 2, 10, seed=1)
    assert len(batches) == 6
    labeled, others = [], []
    for images, labels in batches:
        assert images.shape == (10, 1, 1, 1)
        labels, places = labels.numpy(), numbers(images)
        assert (labels[5:] == -1).all()
        np.testing.assert_array_equal(labels[:5], places[:5] % 3)
        labeled.append(places[:5])
        others.append(places[5:])
    # A pass is once through all images, with the labels or without.
    assert sorted(np.concatenate(others)) == list(range(30))
    found, counts = np.unique(np.concatenate(labeled), return_counts=True)
    assert len(found) == 6 and (np.bincount(found % 3) == 2).all()
    assert counts.min() >= 4


def test_the_seed_chooses_the_labels():
    chosen = [
        {*np.unique(numbers(next(iter(batches))[0])[:6])}
        for seed in (0, 0, 5)
        for batches in [
            kgz.data.semi_supervised(IMAGES, LABELS, 2, 12, seed=seed)
        ]
    ]
    assert chosen[0] == chosen[1] != chosen[2]


def test_fewer_labels_than_half_a_batch_repeat():
    labels = np.full(30, -1)
    labels[[4, 7]] = [1, 2]
    batches = kgz.data.semi_supervised(IMAGES, labels, batch_size=12)
    for images, found in batches:
        assert {*numbers(images)[:6]} <= {4, 7}
        assert {*found.numpy()[:6]} <= {1, 2}


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"labels": np.full(30, -1)}, "Received: -1 for all"),
        ({"labels_per_class": 11}, "Received: 10 of class 0"),
        ({"batch_size": 5}, "Received: batch_size=5"),
        ({"labels": LABELS[:5]}, "30 images"),
        ({"images": IMAGES[..., 0]}, r"images.shape=\(30, 1, 1\)"),
    ],
)
def test_errors(arguments, message):
    given = {"images": IMAGES, "labels": LABELS, "batch_size": 4, **arguments}
    with pytest.raises(ValueError, match=message):
        kgz.data.semi_supervised(**given)


def test_the_command_line_keeps_some_labels():
    batches = kgz.data.read_source(
        "digits:3", kgz.SemiSupervisedGAN, batch_size=20
    )
    assert batches.class_names == [str(digit) for digit in range(10)]
    assert len(batches) == 179  # of ten images each without labels
    labels = np.concatenate([labels.numpy()[:10] for _, labels in batches])
    assert {*labels} == {*range(10)}
    with pytest.raises(ValueError, match="Received: 'many'"):
        kgz.data.read_source("digits:many", kgz.SemiSupervisedGAN)
    with pytest.raises(ValueError, match="digits:LABELS_PER_CLASS"):
        kgz.data.read_source("digits", kgz.SemiSupervisedGAN)
